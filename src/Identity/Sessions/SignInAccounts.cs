using DataPortal.Audit.Contracts;
using DataPortal.Identity.Accounts;
using DataPortal.Identity.People;
using DataPortal.Identity.Tokens;
using DataPortal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace DataPortal.Identity.Sessions;

/// <summary>
/// Whose account a sign-in is for. The subject decides. Somebody new gets in by an invitation to an address that the authority has verified; an
/// account that exists is never found by its address, or whoever controls that address at some provider would own it.
/// </summary>
internal sealed class SignInAccounts(PortalDb db, Invitations invitations, RunMode mode, AuditTrail trail)
{
    public const string Unknown = "account_unknown";

    /// <exception cref="SignInRefusedException">There is no account for them, or it is disabled.</exception>
    public async Task<Guid> FindAsync(IdTokenClaims claims, CancellationToken ct)
    {
        var account = await db.Set<Account>().AsNoTracking().SingleOrDefaultAsync(a => a.Subject == claims.Subject, ct);
        if (account is null && claims is { Email: { } email, IsEmailVerified: true }
            && await invitations.AcceptFromOutsideAsync(email, isVerified: true, claims.Subject, ct) is { } invited)
        {
            return invited.Id;
        }

        if (account is null || (account.IsDemo && !mode.IsEvaluation))
        {
            throw await RefusedAsync(null, Refusal.Forbidden(Unknown, "The sign-in was good, but there is no account for it here. Ask for an invitation, and accept it with the address it was sent to."), ct);
        }

        return account.IsDisabled
            ? throw await RefusedAsync(account.Id, Refusal.Forbidden(TokenProblems.AccountDisabled, "This account is disabled."), ct)
            : account.Id;
    }

    private async Task<SignInRefusedException> RefusedAsync(Guid? account, Refusal refusal, CancellationToken ct)
    {
        await trail.RecordReadAsync(new AuditEvent(AuditAction.SessionStarted) { Outcome = AuditOutcome.Denied, Code = refusal.Code, Actor = account }, ct);
        return new SignInRefusedException(refusal);
    }
}
