using System.Buffers.Text;
using DataPortal.Audit.Contracts;
using DataPortal.Identity.Accounts;
using DataPortal.Identity.Credentials;
using DataPortal.Kernel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Localization;

namespace DataPortal.Identity.Pages;

/// <summary>The authenticator app and the recovery codes. All of it needs a fresh sign-in.</summary>
internal static class ManageSecondFactor
{
    public static void Map(RouteGroupBuilder pages)
    {
        pages.MapGet("/account/second-factor", ShowAsync).WithName("ShowSecondFactor").RequireAuthorization(Policies.SignedIn).NotAudited("Shows a key to its owner; it counts for nothing until it is confirmed.");
        pages.MapPost("/account/second-factor", ConfirmAsync).WithName("AddSecondFactor").RequireAuthorization(Policies.SignedIn).NotAudited("Entered by the action of the factor added.");
        pages.MapPost("/account/second-factor/remove", RemoveAsync).WithName("RemoveSecondFactor").RequireAuthorization(Policies.SignedIn).Audited(AuditAction.SecondFactorRemoved);
        pages.MapPost("/account/recovery-codes", RenewCodesAsync).WithName("RenewRecoveryCodes").RequireAuthorization(Policies.SignedIn).Audited(AuditAction.RecoveryCodesMade);
    }

    private static async Task<Results<RazorComponentResult<EnrolPage>, RedirectHttpResult>> ShowAsync(OwnAccount own, SecondFactor factor, CancellationToken ct)
    {
        if (!await own.IsFreshAsync(ct))
        {
            return TypedResults.Redirect(OwnAccount.StepUp);
        }

        return await own.FindAsync(ct) is { Credential.TwoFactorEnabled: false } me ? Form(me.Account, factor.Offer(me.Account)) : TypedResults.Redirect("/account");
    }

    private static async Task<Results<RazorComponentResult<EnrolPage>, RazorComponentResult<RecoveryCodesPage>, RedirectHttpResult>> ConfirmAsync(
        HttpContext http, OwnAccount own, SecondFactor factor, IStringLocalizer<Texts> texts, CancellationToken ct)
    {
        if (!await own.IsFreshAsync(ct))
        {
            return TypedResults.Redirect(OwnAccount.StepUp);
        }

        if (await own.FindAsync(ct) is not { Credential: { TwoFactorEnabled: false } credential } me)
        {
            return TypedResults.Redirect("/account");
        }

        var offer = http.Field("offer");
        return await factor.ConfirmAsync(me.Account, credential, offer, http.Field("code"), ct) is { } codes
            ? PageResults.Page<RecoveryCodesPage>(new { Codes = codes })
            : Form(me.Account, factor.Open(me.Account, offer) is { } key ? (key, offer!) : factor.Offer(me.Account), new PageFrame.Problem("code", texts["Code.Wrong"]));
    }

    private static async Task<RedirectHttpResult> RemoveAsync(OwnAccount own, SecondFactor factor, AccountMails mails, PortalDb db, CancellationToken ct)
    {
        if (!await own.IsFreshAsync(ct))
        {
            return TypedResults.Redirect(OwnAccount.StepUp);
        }

        if (await own.FindAsync(ct) is { Credential: { TwoFactorEnabled: true } credential } me)
        {
            await factor.RemoveAsync(credential, ct);
            mails.Changed(me.Account, "SecondFactorRemoved");
            await db.SaveChangesAsync(ct);
        }

        return own.Back("factor-removed");
    }

    private static async Task<Results<RazorComponentResult<RecoveryCodesPage>, RedirectHttpResult>> RenewCodesAsync(OwnAccount own, SecondFactor factor, AccountMails mails, CancellationToken ct)
    {
        if (!await own.IsFreshAsync(ct))
        {
            return TypedResults.Redirect(OwnAccount.StepUp);
        }

        if (await own.FindAsync(ct) is not { Credential: { TwoFactorEnabled: true } credential } me)
        {
            return TypedResults.Redirect("/account");
        }

        mails.Changed(me.Account, "RecoveryCodesMade");
        return PageResults.Page<RecoveryCodesPage>(new { Codes = await factor.NewRecoveryCodesAsync(credential) });
    }

    private static RazorComponentResult<EnrolPage> Form(Account account, (string Key, string Sealed) offer, params PageFrame.Problem[] problems) => PageResults.Page<EnrolPage>(
        new { Action = "/account/second-factor", offer.Key, Offer = offer.Sealed, Link = Totp.Link(offer.Key, account.Email), Problems = (IReadOnlyList<PageFrame.Problem>)problems },
        problems.Length == 0 ? StatusCodes.Status200OK : StatusCodes.Status422UnprocessableEntity);
}

/// <summary>Passkeys of one's own.</summary>
internal static class ManagePasskeys
{
    private const int LongestName = 60;

    public static void Map(RouteGroupBuilder pages)
    {
        pages.MapPost("/account/passkeys/options", OfferAsync).WithName("OfferPasskey").RequireAuthorization(Policies.SignedIn).NotAudited("A challenge of random bytes.");
        pages.MapPost("/account/passkeys", AddAsync).WithName("AddPasskey").RequireAuthorization(Policies.SignedIn).Audited(AuditAction.PasskeyAdded);
        pages.MapPost("/account/passkeys/rename", RenameAsync).WithName("RenamePasskey").RequireAuthorization(Policies.SignedIn).Audited(AuditAction.PasskeyRenamed);
        pages.MapPost("/account/passkeys/remove", RemoveAsync).WithName("RemovePasskey").RequireAuthorization(Policies.SignedIn).Audited(AuditAction.PasskeyRemoved);
    }

    private static async Task<Results<ContentHttpResult, RedirectHttpResult>> OfferAsync(HttpContext http, OwnAccount own, Passkeys passkeys, CancellationToken ct) =>
        await own.IsFreshAsync(ct) && await own.FindAsync(ct) is { Credential: not null } me
            ? TypedResults.Content(await passkeys.OfferAsync(http, me.Account), "application/json")
            : TypedResults.Redirect(OwnAccount.StepUp);

    private static async Task<Results<RazorComponentResult<AccountPage>, RedirectHttpResult>> AddAsync(
        HttpContext http, OwnAccount own, Passkeys passkeys, UserManager<Credential> users, AccountMails mails, IStringLocalizer<Texts> texts, CancellationToken ct)
    {
        if (!await own.IsFreshAsync(ct))
        {
            return TypedResults.Redirect(OwnAccount.StepUp);
        }

        if (Name(http, "passkey-name") is not { } name)
        {
            return await own.PageAsync(ct, problems: new PageFrame.Problem("passkey-name", texts["Account.PasskeyNameWrong"]));
        }

        if (await own.FindAsync(ct) is not { Credential: { } credential } me
            || (await users.GetPasskeysAsync(credential)).Count >= Passkeys.MostPerAccount
            || !await passkeys.AddAsync(http, me.Account, credential, http.Field("credential"), name, () => mails.Changed(me.Account, "PasskeyAdded"), ct))
        {
            return await own.PageAsync(ct, problems: new PageFrame.Problem("passkey-name", texts["Account.PasskeyWrong"]));
        }

        return own.Back("passkey-added");
    }

    private static async Task<Results<RazorComponentResult<AccountPage>, RedirectHttpResult>> RenameAsync(
        HttpContext http, OwnAccount own, UserManager<Credential> users, IStringLocalizer<Texts> texts, CancellationToken ct)
    {
        if (Name(http, "name") is not { } name)
        {
            return await own.PageAsync(ct, problems: new PageFrame.Problem("passkey-name", texts["Account.PasskeyNameWrong"]));
        }

        if (await own.FindAsync(ct) is { Credential: { } credential } && await FindAsync(http, users, credential) is { } passkey)
        {
            passkey.Name = name;
            await users.AddOrUpdatePasskeyAsync(credential, passkey);
        }

        return own.Back("passkey-renamed");
    }

    private static async Task<RedirectHttpResult> RemoveAsync(HttpContext http, OwnAccount own, UserManager<Credential> users, AccountMails mails, CancellationToken ct)
    {
        if (!await own.IsFreshAsync(ct))
        {
            return TypedResults.Redirect(OwnAccount.StepUp);
        }

        if (await own.FindAsync(ct) is { Credential: { } credential } me && await FindAsync(http, users, credential) is { } passkey)
        {
            mails.Changed(me.Account, "PasskeyRemoved");
            await users.RemovePasskeyAsync(credential, passkey.CredentialId);
        }

        return own.Back("passkey-removed");
    }

    /// <summary>Only among the person's own.</summary>
    private static async Task<UserPasskeyInfo?> FindAsync(HttpContext http, UserManager<Credential> users, Credential credential)
    {
        var id = http.Field("id");
        return (await users.GetPasskeysAsync(credential)).FirstOrDefault(p => string.Equals(Base64Url.EncodeToString(p.CredentialId), id, StringComparison.Ordinal));
    }

    private static string? Name(HttpContext http, string field) =>
        http.Field(field)?.Trim() is { Length: > 0 and <= LongestName } name && !name.Any(char.IsControl) ? name : null;
}
