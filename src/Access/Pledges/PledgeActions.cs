using DataPortal.Audit.Contracts;

namespace DataPortal.Access.Pledges;

internal static class PledgeActions
{
    extension(AuditAction)
    {
        public static AuditAction PledgeRead => new("pledge.read");

        public static AuditAction PledgeSigned => new("pledge.signed");
    }
}
