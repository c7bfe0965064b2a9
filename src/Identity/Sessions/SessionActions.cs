using DataPortal.Audit.Contracts;

namespace DataPortal.Identity.Sessions;

internal static class SessionActions
{
    extension(AuditAction)
    {
        public static AuditAction SessionStarted => new("session.started");

        public static AuditAction SessionEnded => new("session.ended");
    }
}
