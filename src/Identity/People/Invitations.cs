using DataPortal.Audit.Contracts;
using DataPortal.Identity.Accounts;
using DataPortal.Identity.Credentials;
using DataPortal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace DataPortal.Identity.People;

/// <summary>Invitations that are being accepted: by the link in the mail, or by somebody whom another provider knows under the invited address.</summary>
internal sealed class Invitations(PortalDb db, NormalisingHasher hasher, AuditTrail trail, TimeProvider clock)
{
    /// <summary>Null when the link is unknown, used, withdrawn or too old.</summary>
    public Task<Invitation?> FindAsync(string token, CancellationToken ct)
    {
        var hash = LinkToken.Hash(token);
        var now = clock.GetUtcNow().UtcDateTime;
        return db.Set<Invitation>().AsNoTracking()
            .SingleOrDefaultAsync(i => i.TokenHash == hash && i.AcceptedAt == null && i.WithdrawnAt == null && i.ExpiresAt > now, ct);
    }

    /// <summary>Makes the account, its password and its roles. Null when somebody else was first, or the address has an account by now.</summary>
    public Task<Account?> AcceptAsync(Invitation invitation, string password, CancellationToken ct) =>
        AcceptAsync(invitation, subject: null, hasher.HashPassword(null!, password), ct);

    /// <summary>
    /// The first sign-in of somebody from an outside provider. Only an address which that provider has verified counts: anybody may write any address into an
    /// unverified one, and would get the invited person's roles.
    /// </summary>
    public async Task<Account?> AcceptFromOutsideAsync(string email, bool isVerified, string subject, CancellationToken ct)
    {
        if (!isVerified || string.IsNullOrWhiteSpace(subject))
        {
            return null;
        }

        var address = Account.Normalise(email);
        var now = clock.GetUtcNow().UtcDateTime;
        var invitation = await db.Set<Invitation>().AsNoTracking()
            .Where(i => i.Email == address && i.AcceptedAt == null && i.WithdrawnAt == null && i.ExpiresAt > now && i.AccountId == null)
            .OrderByDescending(i => i.Id).FirstOrDefaultAsync(ct);
        return invitation is null ? null : await AcceptAsync(invitation, subject, passwordHash: null, ct);
    }

    private async Task<Account?> AcceptAsync(Invitation invitation, string? subject, string? passwordHash, CancellationToken ct)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var won = await db.Set<Invitation>()
            .Where(i => i.Id == invitation.Id && i.TokenHash == invitation.TokenHash && i.AcceptedAt == null && i.WithdrawnAt == null)
            .ExecuteUpdateAsync(i => i.SetProperty(x => x.AcceptedAt, now), ct);
        if (won == 0)
        {
            return null;
        }

        var account = invitation.AccountId is { } existing
            ? await db.Set<Account>().Include(a => a.Roles).SingleAsync(a => a.Id == existing, ct)
            : Account.Create(invitation.Name, invitation.Email, subject, invitation.Roles, now);
        if (account.IsDisabled)
        {
            return null;
        }

        account.Speak(invitation.Locale);
        if (invitation.AccountId is null)
        {
            db.Add(account);
            trail.Record(new AuditEvent(AuditAction.AccountCreated) { Actor = account.Id, Resource = $"account/{account.Id}" });
        }

        if (passwordHash is not null)
        {
            var credential = Credential.For(account);
            credential.SetPassword(passwordHash);
            db.Add(credential);
        }

        trail.Record(new AuditEvent(AuditAction.InvitationAccepted) { Actor = account.Id, Resource = $"invitation/{invitation.Id}" });
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateException e) when (e.IsUniqueViolation())
        {
            return null;
        }

        await db.Set<Invitation>().Where(i => i.Id == invitation.Id).ExecuteUpdateAsync(i => i.SetProperty(x => x.AccountId, account.Id), ct);
        await transaction.CommitAsync(ct);
        return account;
    }
}
