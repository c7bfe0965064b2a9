using DataPortal.Audit.Contracts;
using DataPortal.Identity.Accounts;
using DataPortal.Identity.Credentials;
using DataPortal.Identity.Provider;
using DataPortal.Identity.Tokens;
using DataPortal.Kernel;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace DataPortal.Identity.Pages;

/// <summary>What the steps of a sign-in share: which step comes next, and the way back to the provider.</summary>
internal sealed class SigningIn(PortalDb db, Interactions interactions, SignInState state, Passkeys passkeys, AuditTrail trail, TimeProvider clock, RunMode mode)
{
    /// <summary>The right password was given: what now? The address of the next step.</summary>
    public async Task<string> AfterPasswordAsync(HttpContext http, PendingInteraction interaction, Account account, Credential credential, CancellationToken ct)
    {
        if (credential.TwoFactorEnabled || await passkeys.AnyAsync(account.Id, ct))
        {
            Write(http, interaction, credential, SignInState.Step.Password);
            return "/sign-in/code?uid=" + Uri.EscapeDataString(interaction.Uid);
        }

        if (!account.IsDemo && (account.Roles.Count > 0 || interaction.AcrValues.Contains(Acr.SecondFactor, StringComparer.Ordinal)))
        {
            Write(http, interaction, credential, SignInState.Step.Enrolling);
            return "/sign-in/enrol?uid=" + Uri.EscapeDataString(interaction.Uid);
        }

        return await FinishAsync(http, interaction, account, ["pwd"], Acr.Password, ct);
    }

    /// <summary>The person of the step reached, read anew; null when the sign-in is over, or they may not come in any more.</summary>
    public async Task<(PendingInteraction Interaction, Account Account, Credential Credential)?> ResumeAsync(
        HttpContext http, string? uid, SignInState.Step reached, CancellationToken ct)
    {
        if (state.Read(http, uid) is not { } progress || progress.Reached != reached
            || await interactions.FindAsync(progress.Uid, ct) is not { Kind: InteractionKind.Login } interaction
            || await FindAsync(progress.AccountId, ct) is not { } person || person.Credential.SecurityStamp != progress.Stamp)
        {
            return null;
        }

        PageForms.AllowReturnTo(http, interaction);
        return (interaction, person.Account, person.Credential);
    }

    /// <summary>Null when there is no such account, or it may not sign in.</summary>
    public async Task<(Account Account, Credential Credential)?> FindAsync(Guid accountId, CancellationToken ct)
    {
        var account = await db.Set<Account>().Include(a => a.Roles).SingleOrDefaultAsync(a => a.Id == accountId, ct);
        var credential = await db.Set<Credential>().SingleOrDefaultAsync(c => c.Id == accountId, ct);
        return account is null || credential is null || account.IsDisabled || (account.IsDemo && !mode.IsEvaluation) ? null : (account, credential);
    }

    public void Write(HttpContext http, PendingInteraction interaction, Credential credential, SignInState.Step reached) =>
        state.Write(http, new SignInState.Progress(interaction.Uid, credential.Id, reached, credential.SecurityStamp!));

    public async Task<string> FinishAsync(HttpContext http, PendingInteraction interaction, Account account, string[] amr, string acr, CancellationToken ct)
    {
        trail.Record(new AuditEvent(AuditAction.AccountSignedIn) { Actor = account.Id, Resource = $"account/{account.Id}" });
        await db.SaveChangesAsync(ct);
        state.Clear(http);
        return interactions.SignIn(interaction.Uid, new SignedIn(account.Subject, amr, acr, clock.GetUtcNow().UtcDateTime)).AbsoluteUri;
    }
}
