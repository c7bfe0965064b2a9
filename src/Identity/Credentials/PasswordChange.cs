using DataPortal.Audit.Contracts;
using DataPortal.Identity.Accounts;
using DataPortal.Identity.Sessions;
using DataPortal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace DataPortal.Identity.Credentials;

/// <summary>A password is set anew: links sent before are void, the person is told, and whoever was signed in is out.</summary>
internal sealed class PasswordChange(PortalDb db, NormalisingHasher hasher, AccountMails mails, AuditTrail trail, AccountSessions sessions, TimeProvider clock)
{
    /// <summary>Within the caller's transaction, if there is one.</summary>
    public async Task SetAsync(Account account, string password, CancellationToken ct)
    {
        var credential = await db.Set<Credential>().SingleAsync(c => c.Id == account.Id, ct);
        credential.SetPassword(hasher.HashPassword(credential, password));
        trail.Record(new AuditEvent(AuditAction.PasswordSet) { Actor = account.Id, Resource = $"account/{account.Id}" });
        mails.Changed(account, "Password");
        await db.SaveChangesAsync(ct);
        var now = clock.GetUtcNow().UtcDateTime;
        await db.Set<OneTimeLink>().Where(l => l.AccountId == account.Id && l.UsedAt == null).ExecuteUpdateAsync(l => l.SetProperty(x => x.UsedAt, now), ct);
    }

    public async Task SignOutAsync(Account account, CancellationToken ct)
    {
        await sessions.EndAllAsync(account.Id, ct);
    }
}
