using System.ComponentModel.DataAnnotations;
using DataPortal.Audit.Contracts;
using DataPortal.Identity.Accounts;
using DataPortal.Identity.Credentials;
using DataPortal.Identity.Sessions;
using DataPortal.Kernel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Localization;

namespace DataPortal.Identity.Pages;

/// <summary>Name and language of mails.</summary>
internal static class ChangeProfile
{
    public static void Map(RouteGroupBuilder pages) => pages
        .MapPost("/account/profile", HandleAsync)
        .WithName("ChangeProfile")
        .RequireAuthorization(Policies.SignedIn)
        .Audited(AuditAction.ProfileChanged);

    private static async Task<Results<RazorComponentResult<AccountPage>, RedirectHttpResult>> HandleAsync(
        HttpContext http, OwnAccount own, PortalDb db, IStringLocalizer<Texts> texts, CancellationToken ct)
    {
        var name = (http.Field("name") ?? "").Trim();
        if (name.Length is 0 or > 200 || name.Any(char.IsControl))
        {
            return await own.PageAsync(ct, problems: new PageFrame.Problem("name", texts["Field.NameWrong"]));
        }

        var (account, _) = await own.FindAsync(ct);
        account.Rename(name);
        account.Speak(http.Field("locale") == Texts.Japanese ? Texts.Japanese : Texts.English);
        await db.SaveChangesAsync(ct);
        return own.Back("saved");
    }
}

/// <summary>A new address counts once its owner has followed the link sent there; the old one is told.</summary>
internal static class ChangeAddress
{
    private static readonly TimeSpan Life = TimeSpan.FromHours(1);
    private static readonly EmailAddressAttribute Valid = new();

    public static void Map(RouteGroupBuilder pages)
    {
        pages.MapPost("/account/address", RequestAsync).WithName("RequestAddressChange").RequireAuthorization(Policies.SignedIn).RequireFreshSignIn().NotAudited("Entered by hand when a link is sent.");
        pages.MapGet("/new-address", ShowAsync).WithName("ShowAddressChange").AllowAnonymous().RequireRateLimiting(PageFramework.SignInLimiter).NotAudited("Asks the holder of the link to confirm; a mail scanner that follows links changes nothing.");
        pages.MapPost("/new-address", ConfirmAsync).WithName("ConfirmAddressChange").AllowAnonymous().RequireRateLimiting(PageFramework.SignInLimiter).NotAudited("Entered by hand, with the account as the actor.");
    }

    private static async Task<Results<RazorComponentResult<AccountPage>, RedirectHttpResult>> RequestAsync(
        HttpContext http, OwnAccount own, PortalDb db, AccountMails mails, AuditTrail trail, IStringLocalizer<Texts> texts, TimeProvider clock, CancellationToken ct)
    {
        var email = Account.Normalise(http.Field("new-email") ?? "");
        if (email.Length is 0 or > 320 || email.Any(c => char.IsControl(c) || char.IsWhiteSpace(c)) || !Valid.IsValid(email))
        {
            return await own.PageAsync(ct, problems: new PageFrame.Problem("new-email", texts["Field.EmailWrong"]));
        }

        var (account, credential) = await own.FindAsync(ct);
        if (credential is null)
        {
            // The address of an account of another provider is that provider's to say.
            return TypedResults.Redirect("/account");
        }

        // Whether somebody else has the address is not told here: the mail simply does not come.
        if (!await db.Set<Account>().AnyAsync(a => a.Email == email, ct))
        {
            var token = LinkToken.New();
            db.Add(OneTimeLink.For(LinkPurpose.NewAddress, account.Id, token, clock.GetUtcNow().UtcDateTime + Life, email));
            mails.ProveAddress(account, email, token);
            mails.Changed(account, "AddressRequested");
            trail.Record(new AuditEvent(AuditAction.AddressChangeRequested) { Resource = $"account/{account.Id}" });
            await db.SaveChangesAsync(ct);
        }

        return own.Back("address");
    }

    private static async Task<RazorComponentResult<MessagePage>> ShowAsync(HttpContext http, PortalDb db, TimeProvider clock, CancellationToken ct)
    {
        string? token = http.Request.Query["token"];
        return !string.IsNullOrEmpty(token) && await db.Usable(LinkPurpose.NewAddress, token, clock.GetUtcNow().UtcDateTime).AnyAsync(ct)
            ? PageResults.Page<MessagePage>(new { Key = "NewAddress", Action = "/new-address", Token = token })
            : PageResults.Void();
    }

    private static async Task<RazorComponentResult<MessagePage>> ConfirmAsync(
        HttpContext http, PortalDb db, AccountMails mails, AuditTrail trail, AccountSessions sessions, TimeProvider clock, CancellationToken ct)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        if (http.Field("token") is not { Length: > 0 } token || await db.Usable(LinkPurpose.NewAddress, token, now).AsNoTracking().SingleOrDefaultAsync(ct) is not { } link)
        {
            return PageResults.Void();
        }

        var account = await db.Set<Account>().SingleAsync(a => a.Id == link.AccountId, ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        if (account.IsDisabled || !await db.UseAsync(link, now, ct))
        {
            return PageResults.Void();
        }

        var old = account.Email;
        account.MoveTo(link.Email!);
        mails.Changed(account, "Address", to: old);
        mails.Changed(account, "Address");
        trail.Record(new AuditEvent(AuditAction.AddressChanged) { Actor = account.Id, Resource = $"account/{account.Id}" });
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateException e) when (e.IsUniqueViolation())
        {
            return PageResults.Void();
        }

        await transaction.CommitAsync(ct);
        await sessions.EndAllAsync(account.Id, ct);
        return PageResults.Message("AddressChanged", next: "/session/start?return=/account");
    }
}

/// <summary>The password is asked for again, and guessing it is counted here as at sign-in.</summary>
internal static class ChangePassword
{
    public static void Map(RouteGroupBuilder pages) => pages
        .MapPost("/account/password", HandleAsync)
        .WithName("ChangePassword")
        .RequireAuthorization(Policies.SignedIn)
        .NotAudited("Entered by hand: the attempt is counted in bulk before anything is known to change.");

    private static async Task<Results<RazorComponentResult<AccountPage>, RazorComponentResult<MessagePage>, RedirectHttpResult>> HandleAsync(
        HttpContext http, OwnAccount own, PasswordCheck check, PasswordChange change, IStringLocalizer<Texts> texts, CancellationToken ct)
    {
        var (account, credential) = await own.FindAsync(ct);
        if (credential is null)
        {
            return TypedResults.Redirect("/account");
        }

        var password = http.Field("password") ?? "";
        if (NewPassword.Check(password, http.Field("repeat"), account.Name, account.Email, texts) is { } problem)
        {
            return await own.PageAsync(ct, problems: problem);
        }

        if (!await check.IsRightAsync(account, http.Field("current") ?? "", ct))
        {
            return await own.PageAsync(ct, problems: new PageFrame.Problem("current", texts["Password.CurrentWrong"]));
        }

        await change.SetAsync(account, password, ct);
        await change.SignOutAsync(account, ct);
        return PageResults.Message("Reset", next: "/session/start?return=/account");
    }
}
