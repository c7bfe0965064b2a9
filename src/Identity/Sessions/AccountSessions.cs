using System.Security.Claims;
using DataPortal.Identity.Accounts;
using DataPortal.Identity.Provider;
using DataPortal.Kernel;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace DataPortal.Identity.Sessions;

/// <summary>A browser that an account is signed in with, as its owner sees it.</summary>
internal sealed record SessionView(Guid Id, DateTime SignedInAt, DateTime LastSeenAt, string? UserAgent, string? Address, bool IsCurrent);

/// <summary>The sessions of one account. Changes are tracked, so that an audited endpoint's entry goes with them.</summary>
internal sealed class AccountSessions(PortalDb db, ProviderStore provider, IHttpContextAccessor http, TimeProvider clock)
{
    /// <summary>Newest first.</summary>
    public async Task<IReadOnlyList<SessionView>> ListAsync(Guid accountId, CancellationToken ct)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        var current = Guid.TryParse(http.HttpContext?.User.FindFirstValue(SessionScheme.IdClaim), out var id) ? id : (Guid?)null;
        return await db.Set<Session>().AsNoTracking().Where(s => s.AccountId == accountId && s.EndsAt > now).OrderByDescending(s => s.SignedInAt)
            .Select(s => new SessionView(s.Id, s.SignedInAt, s.LastSeenAt, s.UserAgent, s.Address, s.Id == current)).ToListAsync(ct);
    }

    /// <returns>False when the account has no such session.</returns>
    public async Task<bool> EndAsync(Guid accountId, Guid sessionId, CancellationToken ct)
    {
        if (await db.Set<Session>().SingleOrDefaultAsync(s => s.Id == sessionId && s.AccountId == accountId, ct) is not { } session)
        {
            return false;
        }

        db.Remove(session);
        await db.SaveChangesAsync(ct);
        return true;
    }

    /// <summary>Ends every session and refuses every token issued until now; at the bundled provider sessions, grants and refresh tokens too.</summary>
    public async Task EndAllAsync(Guid accountId, CancellationToken ct)
    {
        await using var transaction = db.Database.CurrentTransaction is null ? await db.Database.BeginTransactionAsync(ct) : null;
        var account = await db.Set<Account>().SingleAsync(a => a.Id == accountId, ct);
        account.SignOutEverywhere(clock.GetUtcNow().UtcDateTime);
        db.RemoveRange(await db.Set<Session>().Where(s => s.AccountId == accountId).ToListAsync(ct));
        await db.SaveChangesAsync(ct);
        await provider.RevokeAccountAsync(account.Subject, ct);
        if (transaction is not null)
        {
            await transaction.CommitAsync(ct);
        }
    }
}
