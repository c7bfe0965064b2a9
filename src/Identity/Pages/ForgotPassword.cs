using System.ComponentModel.DataAnnotations;
using DataPortal.Audit.Contracts;
using DataPortal.Identity.Accounts;
using DataPortal.Identity.Credentials;
using DataPortal.Kernel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Localization;

namespace DataPortal.Identity.Pages;

/// <summary>Somebody has forgotten their password. The answer is the same for every address, and leaves before it is looked up.</summary>
internal static class ForgotPassword
{
    private static readonly TimeSpan Life = TimeSpan.FromHours(1);
    private static readonly EmailAddressAttribute Address = new();

    public static void Map(RouteGroupBuilder pages)
    {
        pages.MapGet("/forgot-password", Show).WithName("ShowForgotPassword").NotAudited("An empty form.");
        pages.MapPost("/forgot-password", Handle).WithName("ForgotPassword").NotAudited("Entered by hand where there is such an account; anybody may ask for anybody.");
    }

    private static RazorComponentResult<ForgotPage> Show(CancellationToken ct) => PageResults.Page<ForgotPage>(new { IsSent = false });

    private static RazorComponentResult<ForgotPage> Handle(HttpContext http, IServiceScopeFactory scopes, IStringLocalizer<Texts> texts, CancellationToken ct)
    {
        var email = http.Field("email") ?? "";
        if (email.Length > 320 || !Address.IsValid(email))
        {
            IReadOnlyList<PageFrame.Problem> problems = [new("email", texts["Field.EmailWrong"])];
            return PageResults.Page<ForgotPage>(new { Problems = problems }, StatusCodes.Status422UnprocessableEntity);
        }

        http.Response.OnCompleted(() => SendAsync(scopes, email));
        return PageResults.Page<ForgotPage>(new { IsSent = true });
    }

    private static async Task SendAsync(IServiceScopeFactory scopes, string email)
    {
        await using var scope = scopes.CreateAsyncScope();
        var services = scope.ServiceProvider;
        var db = services.GetRequiredService<PortalDb>();
        // As many a day as wrong passwords: whoever asks in somebody's name must not be able to fill their mailbox.
        if (await services.GetRequiredService<SignInAttempts>().BeginAsync(SignInAttempts.Reset(email), CancellationToken.None) == SignInAttempts.Permit.Locked)
        {
            return;
        }

        var address = Account.Normalise(email);
        var account = await db.Set<Account>().SingleOrDefaultAsync(a => a.Email == address && !a.IsDisabled);
        if (account is null || !await db.Set<Credential>().AnyAsync(c => c.Id == account.Id))
        {
            return;
        }

        var token = LinkToken.New();
        db.Add(OneTimeLink.For(LinkPurpose.ResetPassword, account.Id, token, services.GetRequiredService<TimeProvider>().GetUtcNow().UtcDateTime + Life));
        services.GetRequiredService<AccountMails>().ResetPassword(account, token);
        services.GetRequiredService<AuditTrail>().Record(new AuditEvent(AuditAction.PasswordResetRequested) { Resource = $"account/{account.Id}" });
        await db.SaveChangesAsync();
    }
}

/// <summary>The link of the mail: a new password, and everybody who was signed in is out. The second factor stays as it is.</summary>
internal static class ResetPassword
{
    public static void Map(RouteGroupBuilder pages)
    {
        pages.MapGet("/reset-password", ShowAsync).WithName("ShowResetPassword").NotAudited("Tells the holder of the link whose password it changes.");
        pages.MapPost("/reset-password", HandleAsync).WithName("ResetPassword").NotAudited("Entered by hand, with the account as the actor.");
    }

    private static async Task<Results<RazorComponentResult<NewPasswordPage>, RazorComponentResult<MessagePage>>> ShowAsync(
        HttpContext http, PortalDb db, IStringLocalizer<Texts> texts, TimeProvider clock, CancellationToken ct)
    {
        string? token = http.Request.Query["token"];
        return await FindAsync(db, token, clock, ct) is { } found ? Form(found.Account, token!, texts) : PageResults.Void();
    }

    private static async Task<Results<RazorComponentResult<NewPasswordPage>, RazorComponentResult<MessagePage>>> HandleAsync(
        HttpContext http, PortalDb db, PasswordChange change, SignInAttempts attempts, IStringLocalizer<Texts> texts, TimeProvider clock, CancellationToken ct)
    {
        var token = http.Field("token");
        if (await FindAsync(db, token, clock, ct) is not { } found)
        {
            return PageResults.Void();
        }

        var password = http.Field("password") ?? "";
        if (NewPassword.Check(password, http.Field("repeat"), found.Account.Name, found.Account.Email, texts) is { } problem)
        {
            return Form(found.Account, token!, texts, problem);
        }

        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        if (!await db.UseAsync(found.Link, clock.GetUtcNow().UtcDateTime, ct))
        {
            return PageResults.Void();
        }

        await change.SetAsync(found.Account, password, ct);
        // Whoever reads the mailbox is the owner of the address, and need not wait for a lock that somebody else set off.
        await attempts.SucceededAsync(SignInAttempts.Password(found.Account.Email), ct);
        await transaction.CommitAsync(ct);
        await change.SignOutAsync(found.Account, ct);
        return PageResults.Message("Reset", next: "/session/start?return=/account");
    }

    private static async Task<(OneTimeLink Link, Account Account)?> FindAsync(PortalDb db, string? token, TimeProvider clock, CancellationToken ct)
    {
        if (string.IsNullOrEmpty(token) || await db.Usable(LinkPurpose.ResetPassword, token, clock.GetUtcNow().UtcDateTime).AsNoTracking().SingleOrDefaultAsync(ct) is not { } link)
        {
            return null;
        }

        var account = await db.Set<Account>().SingleAsync(a => a.Id == link.AccountId, ct);
        return account.IsDisabled ? null : (link, account);
    }

    private static RazorComponentResult<NewPasswordPage> Form(Account account, string token, IStringLocalizer<Texts> texts, params PageFrame.Problem[] problems) =>
        PageResults.Page<NewPasswordPage>(
            new
            {
                Title = texts["ResetPassword.Title"].Value,
                Text = texts["ResetPassword.Text"].Value,
                Action = "/reset-password",
                Token = token,
                account.Email,
                Problems = (IReadOnlyList<PageFrame.Problem>)problems,
            },
            problems.Length == 0 ? StatusCodes.Status200OK : StatusCodes.Status422UnprocessableEntity);
}
