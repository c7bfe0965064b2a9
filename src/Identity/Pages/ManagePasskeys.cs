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

/// <summary>Passkeys of one's own.</summary>
internal static class ManagePasskeys
{
    private const int LongestName = 60;
    private const string ByHand = "Entered by hand when something is changed.";

    public static void Map(RouteGroupBuilder pages)
    {
        pages.MapPost("/account/passkeys/options", OfferAsync).WithName("OfferPasskey").RequireAuthorization(Policies.SignedIn).RequireFreshSignIn().NotAudited("A challenge of random bytes.");
        pages.MapPost("/account/passkeys", AddAsync).WithName("AddPasskey").RequireAuthorization(Policies.SignedIn).RequireFreshSignIn().NotAudited(ByHand);
        pages.MapPost("/account/passkeys/rename", RenameAsync).WithName("RenamePasskey").RequireAuthorization(Policies.SignedIn).NotAudited(ByHand);
        pages.MapPost("/account/passkeys/remove", RemoveAsync).WithName("RemovePasskey").RequireAuthorization(Policies.SignedIn).RequireFreshSignIn().NotAudited(ByHand);
    }

    private static async Task<Results<ContentHttpResult, RedirectHttpResult>> OfferAsync(HttpContext http, OwnAccount own, Passkeys passkeys, CancellationToken ct) =>
        await own.FindAsync(ct) is { Credential: not null } me
            ? TypedResults.Content(await passkeys.OfferAsync(http, me.Account), "application/json")
            : TypedResults.Redirect("/account");

    private static async Task<Results<RazorComponentResult<AccountPage>, RedirectHttpResult>> AddAsync(
        HttpContext http, OwnAccount own, Passkeys passkeys, UserManager<Credential> users, AuditTrail trail, AccountMails mails, IStringLocalizer<Texts> texts, CancellationToken ct)
    {
        if (Name(http, "passkey-name") is not { } name)
        {
            return await own.PageAsync(ct, problems: new PageFrame.Problem("passkey-name", texts["Account.PasskeyNameWrong"]));
        }

        if (await own.FindAsync(ct) is not { Credential: { } credential } me
            || (await users.GetPasskeysAsync(credential)).Count >= Passkeys.MostPerAccount
            || !await passkeys.AddAsync(http, me.Account, credential, http.Field("credential"), name, () => Tell(me.Account), ct))
        {
            return await own.PageAsync(ct, problems: new PageFrame.Problem("passkey-name", texts["Account.PasskeyWrong"]));
        }

        return own.Back("passkey-added");

        void Tell(Account account)
        {
            trail.Record(new AuditEvent(AuditAction.PasskeyAdded) { Resource = $"account/{account.Id}" });
            mails.Changed(account, "PasskeyAdded");
        }
    }

    private static async Task<Results<RazorComponentResult<AccountPage>, RedirectHttpResult>> RenameAsync(
        HttpContext http, OwnAccount own, UserManager<Credential> users, AuditTrail trail, IStringLocalizer<Texts> texts, CancellationToken ct)
    {
        if (Name(http, "name") is not { } name)
        {
            return await own.PageAsync(ct, problems: new PageFrame.Problem("passkey-name", texts["Account.PasskeyNameWrong"]));
        }

        if (await own.FindAsync(ct) is { Credential: { } credential } && await FindAsync(http, users, credential) is { } passkey)
        {
            passkey.Name = name;
            trail.Record(new AuditEvent(AuditAction.PasskeyRenamed) { Resource = $"account/{credential.Id}" });
            await users.AddOrUpdatePasskeyAsync(credential, passkey);
        }

        return own.Back("passkey-renamed");
    }

    private static async Task<RedirectHttpResult> RemoveAsync(HttpContext http, OwnAccount own, UserManager<Credential> users, AuditTrail trail, AccountMails mails, CancellationToken ct)
    {
        if (await own.FindAsync(ct) is { Credential: { } credential } me && await FindAsync(http, users, credential) is { } passkey)
        {
            trail.Record(new AuditEvent(AuditAction.PasskeyRemoved) { Resource = $"account/{me.Account.Id}" });
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
