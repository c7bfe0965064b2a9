using System.Globalization;
using System.Security.Claims;
using DataPortal.Identity.Programs;
using DataPortal.Identity.Sessions;
using DataPortal.Identity.Tokens;
using DataPortal.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace DataPortal.Identity.Accounts;

/// <summary>Finds the account a validated token or session stands for, in the database, at every request: disabling it bites at the next one.</summary>
internal sealed class AccountOfToken(PortalDb db, RunMode mode, CurrentUser user, IOptions<OidcOptions> oidc, ProgramOfToken programs) : ICurrentUserSource
{
    public async ValueTask<Caller?> FindAsync(ClaimsPrincipal principal, CancellationToken ct)
    {
        var subject = principal.FindFirstValue("sub");
        var clientId = oidc.Value.ClientOf(principal);
        if (subject is null || clientId is null)
        {
            return null;
        }

        if (IsProgram(subject, clientId))
        {
            return await programs.FindAsync(clientId, ct);
        }

        if (await FindAccountAsync(subject, ct) is not { } account || await IsOverAsync(principal, account, ct))
        {
            return null;
        }

        return CallerOf(account, clientId) with
        {
            HasSecondFactor = oidc.Value.IsSecondFactor(principal.FindFirstValue("acr"), principal.FindAll("amr").Select(c => c.Value)),
            AuthenticatedAt = long.TryParse(principal.FindFirstValue("auth_time"), NumberStyles.None, CultureInfo.InvariantCulture, out var at) ? DateTimeOffset.FromUnixTimeSeconds(at).UtcDateTime : null,
        };
    }

    public async ValueTask<Caller?> FindForJobAsync(string subject, string clientId, CancellationToken ct)
    {
        var caller = IsProgram(subject, clientId) ? await programs.FindAsync(clientId, ct)
            : await FindAccountAsync(subject, ct) is { } account ? CallerOf(account, clientId)
            : null;
        return caller is null ? null : caller with { HasSecondFactor = true };
    }

    /// <summary>RFC 9068, 2.2: where no person is involved, the subject is the client itself.</summary>
    private static bool IsProgram(string subject, string clientId) => string.Equals(subject, clientId, StringComparison.Ordinal);

    private static Caller CallerOf(Account account, string clientId) =>
        new(account.Id, account.Subject, account.Name, account.Email, clientId, [.. account.Roles.Select(r => r.Role)], account.IsDemo);

    /// <summary>Signed out since: a session has lost its row, and a token is no younger than the last sign-out everywhere.</summary>
    private async Task<bool> IsOverAsync(ClaimsPrincipal principal, Account account, CancellationToken ct)
    {
        if (principal.FindFirstValue(SessionScheme.IdClaim) is { } session)
        {
            // Asked again, because a download outlives the check at its beginning.
            var id = Guid.Parse(session);
            return !await db.Set<Session>().AnyAsync(s => s.Id == id, ct);
        }

        // Tokens tell the second of their issue and no more: one of the same second may be of before.
        if (account.SignedOutAt is { } at
            && (!long.TryParse(principal.FindFirstValue("iat"), NumberStyles.None, CultureInfo.InvariantCulture, out var issued) || issued <= new DateTimeOffset(at).ToUnixTimeSeconds()))
        {
            user.Deny(TokenProblems.Revoked);
            return true;
        }

        return false;
    }

    private async Task<Account?> FindAccountAsync(string subject, CancellationToken ct)
    {
        var account = await db.Set<Account>().AsNoTracking().Include(a => a.Roles).SingleOrDefaultAsync(a => a.Subject == subject, ct);

        // A database that once served evaluation must not bring its accounts, whose secrets lie in a file, into production.
        return account is null || account.IsDisabled || (account.IsDemo && !mode.IsEvaluation) ? null : account;
    }
}
