using System.Security.Cryptography;
using DataPortal.Audit.Contracts;
using DataPortal.Identity.Accounts;
using DataPortal.Kernel;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace DataPortal.Identity.Credentials;

/// <summary>Codes from an authenticator app, and the recovery codes for the day it is lost.</summary>
internal sealed class SecondFactor(
    PortalDb db, UserManager<Credential> users, IUserStore<Credential> store, IDataProtectionProvider protection, SignInAttempts attempts, AccountMails mails, AuditTrail trail)
{
    private const int RecoveryCodes = 10;
    private static readonly TimeSpan OfferLife = TimeSpan.FromMinutes(15);

    private readonly ITimeLimitedDataProtector _offers = protection.CreateProtector("DataPortal.Identity.TotpOffers").ToTimeLimitedDataProtector();

    /// <summary>Takes a code once. Wrong ones are counted before they are judged, as passwords are.</summary>
    public async Task<bool> TakeCodeAsync(Account account, Credential credential, string? code, CancellationToken ct)
    {
        if (!credential.TwoFactorEnabled || !await BeginAsync(account, ct))
        {
            return false;
        }

        var taken = await MatchAsync(credential, code, ct);
        if (taken)
        {
            await attempts.SucceededAsync(SignInAttempts.Code(account.Id), ct);
        }

        return taken;
    }

    /// <summary>
    /// A new key, and the same sealed: it goes with the page to the browser, and comes back with the first code. Kept in the database until then, it would be shown to
    /// whoever knows the password and looks first, and would open the account that its owner protects with it later.
    /// </summary>
    public (string Key, string Sealed) Offer(Account account)
    {
        var key = Totp.NewKey();
        return (key, _offers.Protect($"{account.Id:N} {key}", OfferLife));
    }

    /// <summary>What <see cref="Offer"/> sealed for this account; null when it is too old, or another's.</summary>
    public string? Open(Account account, string? offer)
    {
        try
        {
            return string.IsNullOrEmpty(offer) || _offers.Unprotect(offer).Split(' ') is not [var id, var key] || id != account.Id.ToString("N") ? null : key;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    /// <summary>The first code from a new key shows that the app has it: from now on codes are asked for. Answers the recovery codes, which are shown this once.</summary>
    public async Task<IReadOnlyList<string>?> ConfirmAsync(Account account, Credential credential, string? offer, string? code, CancellationToken ct)
    {
        if (credential.TwoFactorEnabled || Open(account, offer) is not { } key || !await BeginAsync(account, ct)
            || Totp.Match(key, code, Totp.Now) is not { } step || !await UseAsync(credential, step, ct) || credential.TwoFactorEnabled)
        {
            return null;
        }

        await attempts.SucceededAsync(SignInAttempts.Code(account.Id), ct);
        await ((IUserAuthenticatorKeyStore<Credential>)store).SetAuthenticatorKeyAsync(credential, key, ct);
        credential.TwoFactorEnabled = true;
        trail.Record(new AuditEvent(AuditAction.SecondFactorAdded) { Actor = account.Id, Resource = $"account/{account.Id}" });
        mails.Changed(account, "SecondFactorAdded");
        return await NewRecoveryCodesAsync(credential);
    }

    /// <summary>Saves what the caller has added to the database besides.</summary>
    public async Task<IReadOnlyList<string>> NewRecoveryCodesAsync(Credential credential) =>
        [.. await users.GenerateNewTwoFactorRecoveryCodesAsync(credential, RecoveryCodes) ?? throw new InvalidOperationException("The recovery codes could not be saved.")];

    public async Task<bool> TakeRecoveryCodeAsync(Account account, Credential credential, string? code, CancellationToken ct)
    {
        if (!credential.TwoFactorEnabled || string.IsNullOrWhiteSpace(code) || code.Length > 40 || !await BeginAsync(account, ct))
        {
            return false;
        }

        // The framework saves the rest of the codes under the credential's concurrency stamp: of two who type the same code, one fails.
        if (!(await users.RedeemTwoFactorRecoveryCodeAsync(credential, code)).Succeeded)
        {
            return false;
        }

        await attempts.SucceededAsync(SignInAttempts.Code(account.Id), ct);
        trail.Record(new AuditEvent(AuditAction.RecoveryCodeUsed) { Actor = account.Id, Resource = $"account/{account.Id}" });
        mails.Changed(account, "RecoveryCodeUsed");
        await db.SaveChangesAsync(ct);
        return true;
    }

    /// <summary>Key and recovery codes go; the caller saves.</summary>
    public async Task RemoveAsync(Credential credential, CancellationToken ct)
    {
        credential.TurnOffSecondFactor();
        db.RemoveRange(await db.Set<CredentialToken>().Where(t => t.UserId == credential.Id).ToListAsync(ct));
    }

    private async Task<bool> BeginAsync(Account account, CancellationToken ct)
    {
        var permit = await attempts.BeginAsync(SignInAttempts.Code(account.Id), ct);
        if (permit == SignInAttempts.Permit.Last)
        {
            trail.Record(new AuditEvent(AuditAction.SignInLocked) { Outcome = AuditOutcome.Denied, Code = "code_attempts_used_up", Resource = $"account/{account.Id}" });
            await db.SaveChangesAsync(ct);
        }

        return permit != SignInAttempts.Permit.Locked;
    }

    private async Task<bool> MatchAsync(Credential credential, string? code, CancellationToken ct) =>
        await users.GetAuthenticatorKeyAsync(credential) is { Length: > 0 } key && Totp.Match(key, code, Totp.Now) is { } step && await UseAsync(credential, step, ct);

    /// <summary>True for one of any number who come with a code of this step. The credential is read anew.</summary>
    private async Task<bool> UseAsync(Credential credential, long step, CancellationToken ct)
    {
        // The stamp changes too: somebody who loaded the credential before would otherwise write the old step back.
        var stamp = Guid.CreateVersion7().ToString("N");
        var won = await db.Set<Credential>().Where(c => c.Id == credential.Id && (c.LastTotpStep == null || c.LastTotpStep < step))
            .ExecuteUpdateAsync(c => c.SetProperty(x => x.LastTotpStep, step).SetProperty(x => x.ConcurrencyStamp, stamp), ct) == 1;
        await db.Entry(credential).ReloadAsync(ct);
        return won;
    }
}
