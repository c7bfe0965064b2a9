using System.Buffers.Text;
using System.Globalization;
using DataPortal.Audit.Contracts;
using DataPortal.Identity.Accounts;
using DataPortal.Identity.Credentials;
using DataPortal.Identity.Sessions;
using DataPortal.Kernel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace DataPortal.Identity.Pages;

/// <summary>A person's own account.</summary>
internal static class ShowAccount
{
    public static void Map(RouteGroupBuilder pages) => pages
        .MapGet("/account", HandleAsync)
        .WithName("ShowAccount")
        .RequireAuthorization(Policies.SignedIn)
        .NotAudited("Shows people their own account.");

    private static async Task<RazorComponentResult<AccountPage>> HandleAsync(HttpContext http, OwnAccount own, CancellationToken ct)
    {
        string? notice = http.Request.Query["notice"];
        return await own.PageAsync(ct, OwnAccount.Notices.Contains(notice, StringComparer.Ordinal) ? notice : null);
    }
}

/// <summary>The account of whoever asks, for the pages about it.</summary>
internal sealed class OwnAccount(PortalDb db, CurrentUser user, UserManager<Credential> users, AccountSessions sessions, TimeProvider clock)
{
    public static readonly string[] Notices = ["saved", "address", "password", "factor-removed", "passkey-added", "passkey-renamed", "passkey-removed", "session-ended"];

    public const string StepUp = "/session/start?return=/account&step_up=1";

    /// <summary>Whether whoever sits there proved lately who they are. A screen left open must not be enough to let others in for good.</summary>
    public async Task<bool> IsFreshAsync(CancellationToken ct)
    {
        if (user.IsDemo)
        {
            return true;
        }

        var hasFactor = await db.Set<Credential>().AnyAsync(c => c.Id == user.AccountId && c.TwoFactorEnabled, ct) || await db.Set<CredentialPasskey>().AnyAsync(p => p.UserId == user.AccountId, ct);
        return user.AuthenticatedAt is { } at && clock.GetUtcNow().UtcDateTime - at <= Policies.StepUpWithin && (user.HasSecondFactor || !hasFactor);
    }

    public async Task<(Account Account, Credential? Credential)> FindAsync(CancellationToken ct) => (
        await db.Set<Account>().Include(a => a.Roles).SingleAsync(a => a.Id == user.AccountId, ct),
        await db.Set<Credential>().SingleOrDefaultAsync(c => c.Id == user.AccountId, ct));

    public RedirectHttpResult Back(string notice) => TypedResults.Redirect("/account?notice=" + notice);

    public async Task<RazorComponentResult<AccountPage>> PageAsync(CancellationToken ct, string? notice = null, params PageFrame.Problem[] problems)
    {
        var (account, credential) = await FindAsync(ct);
        var passkeys = credential is null ? [] : await users.GetPasskeysAsync(credential);
        var me = new AccountPage.View(
            account.Name,
            account.Email,
            account.Locale,
            [.. account.Roles.Select(r => r.Role).Order(StringComparer.Ordinal)],
            credential is not null,
            credential is { TwoFactorEnabled: true },
            credential is null ? 0 : await users.CountRecoveryCodesAsync(credential),
            [.. passkeys.OrderBy(p => p.CreatedAt).Select(p => new AccountPage.Passkey(Base64Url.EncodeToString(p.CredentialId), p.Name ?? "", Day(p.CreatedAt.UtcDateTime)))],
            [.. (await sessions.ListAsync(account.Id, ct)).Select(s => new AccountPage.Session(s.Id, Minute(s.SignedInAt), s.Address, s.UserAgent, s.IsCurrent))]);
        return PageResults.Page<AccountPage>(
            new { Me = me, Notice = notice, Problems = (IReadOnlyList<PageFrame.Problem>)problems },
            problems.Length == 0 ? StatusCodes.Status200OK : StatusCodes.Status422UnprocessableEntity);
    }

    private static string Day(DateTime at) => at.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string Minute(DateTime at) => at.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
}

/// <summary>Sends whoever has not proved lately who they are to do so, before anything is read or entered.</summary>
internal sealed class FreshSignIn(OwnAccount own) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next) =>
        await own.IsFreshAsync(context.HttpContext.RequestAborted) ? await next(context) : TypedResults.Redirect(OwnAccount.StepUp);
}

internal static class FreshSignIns
{
    public static RouteHandlerBuilder RequireFreshSignIn(this RouteHandlerBuilder page) => page.AddEndpointFilter<FreshSignIn>();
}
