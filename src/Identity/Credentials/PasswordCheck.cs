using DataPortal.Audit.Contracts;
using DataPortal.Identity.Accounts;
using DataPortal.Kernel;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace DataPortal.Identity.Credentials;

/// <summary>An address and a password: the same steps, in the same time, whether or not there is such an account.</summary>
internal sealed class PasswordCheck(PortalDb db, SignInAttempts attempts, NormalisingHasher hasher, AuditTrail trail, RunMode mode)
{
    /// <summary>For somebody who is signed in already.</summary>
    public async Task<bool> IsRightAsync(Account account, string password, CancellationToken ct) =>
        await FindAsync(account.Email, password, ct) is { } found && found.Account.Id == account.Id;

    /// <summary>The account and its credential, or null: wrong, unknown, disabled and locked are one answer.</summary>
    public async Task<(Account Account, Credential Credential)?> FindAsync(string email, string password, CancellationToken ct)
    {
        var key = SignInAttempts.Password(email);
        var permit = await attempts.BeginAsync(key, ct);
        if (permit == SignInAttempts.Permit.Locked)
        {
            return null;
        }

        var address = Account.Normalise(email);
        var found = await (
            from a in db.Set<Account>().Include(a => a.Roles)
            join c in db.Set<Credential>() on a.Id equals c.Id into credentials
            from c in credentials.DefaultIfEmpty()
            where a.Email == address
            select new { Account = a, Credential = c }).SingleOrDefaultAsync(ct);
        if (found is { Credential.PasswordHash: { } hash } && !found.Account.IsDisabled && (!found.Account.IsDemo || mode.IsEvaluation))
        {
            var result = hasher.VerifyHashedPassword(found.Credential, hash, password);
            if (result != PasswordVerificationResult.Failed)
            {
                await attempts.SucceededAsync(key, ct);
                if (result == PasswordVerificationResult.SuccessRehashNeeded)
                {
                    found.Credential.Rehash(hasher.HashPassword(found.Credential, password));
                }

                return (found.Account, found.Credential);
            }
        }
        else
        {
            hasher.VerifyNothing(password);
        }

        if (permit == SignInAttempts.Permit.Last)
        {
            trail.Record(new AuditEvent(AuditAction.SignInLocked)
            {
                Outcome = AuditOutcome.Denied,
                Code = "password_attempts_used_up",
                Resource = found is null ? null : $"account/{found.Account.Id}",
            });
            await db.SaveChangesAsync(ct);
        }

        return null;
    }
}
