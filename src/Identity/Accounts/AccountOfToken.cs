using System.Security.Claims;
using DataPortal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace DataPortal.Identity.Accounts;

/// <summary>Finds the account a validated token stands for, in the database, at every request: disabling it bites at the next one.</summary>
internal sealed class AccountOfToken(PortalDb db, RunMode mode) : ICurrentUserSource
{
    public async ValueTask<Caller?> FindAsync(ClaimsPrincipal principal, CancellationToken ct)
    {
        var subject = principal.FindFirstValue("sub");
        var clientId = principal.FindFirstValue("client_id");
        if (subject is null || clientId is null)
        {
            return null;
        }

        var account = await FindAsync(subject, clientId, ct);

        // A database that once served evaluation must not bring its accounts, whose secrets lie in a file, into production.
        if (account is null || account.IsDisabled || (account.IsDemo && !mode.IsEvaluation))
        {
            return null;
        }

        return new Caller(account.Id, account.Subject, account.Name, account.Email, clientId, [.. account.Roles.Select(r => r.Role)], account.IsDemo);
    }
    private async Task<Account?> FindAsync(string subject, string clientId, CancellationToken ct)
    {
        // RFC 9068, 2.2: where no person is involved, the subject is the client itself.
        if (string.Equals(subject, clientId, StringComparison.Ordinal))
        {
            var client = await db.Set<Client>().AsNoTracking().Include(c => c.Account.Roles).SingleOrDefaultAsync(c => c.Id == clientId, ct);
            return client?.Account;
        }

        return await db.Set<Account>().AsNoTracking().Include(a => a.Roles).SingleOrDefaultAsync(a => a.Subject == subject, ct);
    }
}
