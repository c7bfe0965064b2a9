using DataPortal.Audit.Contracts;

namespace DataPortal.Identity.Accounts;

internal static class AccountActions
{
    extension(AuditAction)
    {
        public static AuditAction AccountCreated => new("account.created");
    }
}
