using System.Globalization;
using System.Security.Claims;
using DataPortal.Identity.Programs;
using DataPortal.Identity.Tokens;
using DataPortal.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace DataPortal.Identity.Accounts;

/// <summary>Finds the account a validated token stands for, in the database, at every request: disabling it bites at the next one.</summary>
internal sealed class AccountOfToken(PortalDb db, RunMode mode, IOptions<OidcOptions> oidc, ProgramOfToken programs) : ICurrentUserSource
{
    public async ValueTask<Caller?> FindAsync(ClaimsPrincipal principal, CancellationToken ct)
    {
        var subject = principal.FindFirstValue("sub");
        var clientId = principal.FindFirstValue("client_id");
        if (subject is null || clientId is null || await FindCallerAsync(subject, clientId, ct) is not { } caller)
        {
            return null;
        }

        return caller.Program is not null ? caller : caller with
        {
            HasSecondFactor = oidc.Value.IsSecondFactor(principal.FindFirstValue("acr"), principal.FindAll("amr").Select(c => c.Value)),
            AuthenticatedAt = long.TryParse(principal.FindFirstValue("auth_time"), NumberStyles.None, CultureInfo.InvariantCulture, out var at) ? DateTimeOffset.FromUnixTimeSeconds(at).UtcDateTime : null,
        };
    }

    public async ValueTask<Caller?> FindForJobAsync(string subject, string clientId, CancellationToken ct) =>
        await FindCallerAsync(subject, clientId, ct) is { } caller ? caller with { HasSecondFactor = true } : null;

    private async Task<Caller?> FindCallerAsync(string subject, string clientId, CancellationToken ct)
    {
        // RFC 9068, 2.2: where no person is involved, the subject is the client itself.
        if (string.Equals(subject, clientId, StringComparison.Ordinal))
        {
            return await programs.FindAsync(clientId, ct);
        }

        var account = await db.Set<Account>().AsNoTracking().Include(a => a.Roles).SingleOrDefaultAsync(a => a.Subject == subject, ct);

        // A database that once served evaluation must not bring its accounts, whose secrets lie in a file, into production.
        if (account is null || account.IsDisabled || (account.IsDemo && !mode.IsEvaluation))
        {
            return null;
        }

        return new Caller(account.Id, account.Subject, account.Name, account.Email, clientId, [.. account.Roles.Select(r => r.Role)], account.IsDemo);
    }
}
