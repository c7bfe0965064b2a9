using DataPortal.Audit.Contracts;

namespace DataPortal.Identity.Programs;

internal static class ProgramActions
{
    extension(AuditAction)
    {
        public static AuditAction ProgramsRead => new("programs.read");

        public static AuditAction ProgramCreated => new("program.created");

        public static AuditAction ProgramChanged => new("program.changed");

        public static AuditAction ProgramKeyAdded => new("program.key-added");

        public static AuditAction ProgramKeyRemoved => new("program.key-removed");

        public static AuditAction ProgramRevoked => new("program.revoked");
    }
}
