using DataPortal.Audit.Contracts;
using DataPortal.Identity.Accounts;
using DataPortal.Identity.Credentials;
using DataPortal.Kernel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Localization;

namespace DataPortal.Identity.Pages;

/// <summary>The authenticator app and the recovery codes. All of it needs a fresh sign-in.</summary>
internal static class ManageSecondFactor
{
    private const string ByHand = "Entered by hand when something is changed.";

    public static void Map(RouteGroupBuilder pages)
    {
        pages.MapGet("/account/second-factor", ShowAsync).WithName("ShowSecondFactor").RequireAuthorization(Policies.SignedIn).RequireFreshSignIn().NotAudited("Shows a key to its owner; it counts for nothing until it is confirmed.");
        pages.MapPost("/account/second-factor", ConfirmAsync).WithName("AddSecondFactor").RequireAuthorization(Policies.SignedIn).RequireFreshSignIn().NotAudited(ByHand);
        pages.MapPost("/account/second-factor/remove", RemoveAsync).WithName("RemoveSecondFactor").RequireAuthorization(Policies.SignedIn).RequireFreshSignIn().NotAudited(ByHand);
        pages.MapPost("/account/recovery-codes", RenewCodesAsync).WithName("RenewRecoveryCodes").RequireAuthorization(Policies.SignedIn).RequireFreshSignIn().NotAudited(ByHand);
    }

    private static async Task<Results<RazorComponentResult<EnrolPage>, RedirectHttpResult>> ShowAsync(OwnAccount own, SecondFactor factor, CancellationToken ct) =>
        await own.FindAsync(ct) is { Credential.TwoFactorEnabled: false } me ? Form(me.Account, factor.Offer(me.Account)) : TypedResults.Redirect("/account");

    private static async Task<Results<RazorComponentResult<EnrolPage>, RazorComponentResult<RecoveryCodesPage>, RedirectHttpResult>> ConfirmAsync(
        HttpContext http, OwnAccount own, SecondFactor factor, IStringLocalizer<Texts> texts, CancellationToken ct)
    {
        if (await own.FindAsync(ct) is not { Credential: { TwoFactorEnabled: false } credential } me)
        {
            return TypedResults.Redirect("/account");
        }

        var offer = http.Field("offer");
        return await factor.ConfirmAsync(me.Account, credential, offer, http.Field("code"), ct) is { } codes
            ? PageResults.Page<RecoveryCodesPage>(new { Codes = codes })
            : Form(me.Account, factor.Open(me.Account, offer) is { } key ? (key, offer!) : factor.Offer(me.Account), new PageFrame.Problem("code", texts["Code.Wrong"]));
    }

    private static async Task<RedirectHttpResult> RemoveAsync(OwnAccount own, SecondFactor factor, AuditTrail trail, AccountMails mails, PortalDb db, CancellationToken ct)
    {
        if (await own.FindAsync(ct) is not { Credential: { TwoFactorEnabled: true } credential } me)
        {
            return TypedResults.Redirect("/account");
        }

        await factor.RemoveAsync(credential, ct);
        trail.Record(new AuditEvent(AuditAction.SecondFactorRemoved) { Resource = $"account/{me.Account.Id}" });
        mails.Changed(me.Account, "SecondFactorRemoved");
        await db.SaveChangesAsync(ct);
        return own.Back("factor-removed");
    }

    private static async Task<Results<RazorComponentResult<RecoveryCodesPage>, RedirectHttpResult>> RenewCodesAsync(
        OwnAccount own, SecondFactor factor, AuditTrail trail, AccountMails mails, CancellationToken ct)
    {
        if (await own.FindAsync(ct) is not { Credential: { TwoFactorEnabled: true } credential } me)
        {
            return TypedResults.Redirect("/account");
        }

        trail.Record(new AuditEvent(AuditAction.RecoveryCodesMade) { Resource = $"account/{me.Account.Id}" });
        mails.Changed(me.Account, "RecoveryCodesMade");
        return PageResults.Page<RecoveryCodesPage>(new { Codes = await factor.NewRecoveryCodesAsync(credential) });
    }

    private static RazorComponentResult<EnrolPage> Form(Account account, (string Key, string Sealed) offer, params PageFrame.Problem[] problems) => PageResults.Page<EnrolPage>(
        new { Action = "/account/second-factor", offer.Key, Offer = offer.Sealed, Link = Totp.Link(offer.Key, account.Email), Problems = (IReadOnlyList<PageFrame.Problem>)problems },
        problems.Length == 0 ? StatusCodes.Status200OK : StatusCodes.Status422UnprocessableEntity);
}
