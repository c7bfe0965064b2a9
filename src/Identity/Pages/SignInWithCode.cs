using DataPortal.Audit.Contracts;
using DataPortal.Identity.Accounts;
using DataPortal.Identity.Credentials;
using DataPortal.Identity.Tokens;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Localization;

namespace DataPortal.Identity.Pages;

/// <summary>The second step: a code from the app, or a recovery code.</summary>
internal static class SignInWithCode
{
    private static readonly string[] Amr = ["pwd", "otp", "mfa"];

    public static void Map(RouteGroupBuilder pages)
    {
        pages.MapGet("/sign-in/code", ShowAsync).WithName("ShowSecondStep").NotAudited("An empty form.");
        pages.MapPost("/sign-in/code", TakeCodeAsync).WithName("SignInWithCode").NotAudited("Sign-ins and locks are entered by their own actions; single wrong codes are counted, not entered.");
        pages.MapPost("/sign-in/recovery", TakeRecoveryCodeAsync).WithName("SignInWithRecoveryCode").NotAudited("Entered by the actions of the sign-in and of the code used.");
    }

    private static async Task<Results<RazorComponentResult<CodePage>, RazorComponentResult<MessagePage>>> ShowAsync(HttpContext http, SigningIn signingIn, Passkeys passkeys, CancellationToken ct) =>
        await signingIn.ResumeAsync(http, http.Request.Query["uid"], SignInState.Step.Password, ct) is { } at
            ? await FormAsync(at.Interaction.Uid, at.Credential, passkeys, null, ct)
            : PageResults.Over();

    private static async Task<Results<RazorComponentResult<CodePage>, RazorComponentResult<MessagePage>, RedirectHttpResult>> TakeCodeAsync(
        HttpContext http, SigningIn signingIn, SecondFactor factor, Passkeys passkeys, IStringLocalizer<Texts> texts, CancellationToken ct)
    {
        if (await signingIn.ResumeAsync(http, http.Field("uid"), SignInState.Step.Password, ct) is not { } at)
        {
            return PageResults.Over();
        }

        return await factor.TakeCodeAsync(at.Account, at.Credential, http.Field("code"), ct)
            ? TypedResults.Redirect(await signingIn.FinishAsync(http, at.Interaction, at.Account, Amr, Acr.SecondFactor, ct))
            : await FormAsync(at.Interaction.Uid, at.Credential, passkeys, new PageFrame.Problem("code", texts["Code.Wrong"]), ct);
    }

    private static async Task<Results<RazorComponentResult<CodePage>, RazorComponentResult<MessagePage>, RedirectHttpResult>> TakeRecoveryCodeAsync(
        HttpContext http, SigningIn signingIn, SecondFactor factor, Passkeys passkeys, IStringLocalizer<Texts> texts, CancellationToken ct)
    {
        if (await signingIn.ResumeAsync(http, http.Field("uid"), SignInState.Step.Password, ct) is not { } at)
        {
            return PageResults.Over();
        }

        return await factor.TakeRecoveryCodeAsync(at.Account, at.Credential, http.Field("recovery"), ct)
            ? TypedResults.Redirect(await signingIn.FinishAsync(http, at.Interaction, at.Account, Amr, Acr.SecondFactor, ct))
            : await FormAsync(at.Interaction.Uid, at.Credential, passkeys, new PageFrame.Problem("recovery", texts["Recovery.Wrong"]), ct);
    }

    private static async Task<RazorComponentResult<CodePage>> FormAsync(string uid, Credential credential, Passkeys passkeys, PageFrame.Problem? problem, CancellationToken ct)
    {
        IReadOnlyList<PageFrame.Problem> problems = problem is null ? [] : [problem];
        return PageResults.Page<CodePage>(
            new { Uid = uid, HasApp = credential.TwoFactorEnabled, HasPasskey = await passkeys.AnyAsync(credential.Id, ct), Problems = problems },
            problem is null ? StatusCodes.Status200OK : StatusCodes.Status422UnprocessableEntity);
    }
}

/// <summary>The step in between for those who must have a second factor and have none.</summary>
internal static class EnrolAtSignIn
{
    public static void Map(RouteGroupBuilder pages)
    {
        pages.MapGet("/sign-in/enrol", ShowAsync).WithName("ShowEnrolment").NotAudited("Shows a key to its owner; it counts for nothing until it is confirmed.");
        pages.MapPost("/sign-in/enrol", ConfirmAsync).WithName("EnrolAtSignIn").NotAudited("Entered by the action of the factor added.");
        pages.MapPost("/sign-in/continue", ContinueAsync).WithName("ContinueSignIn").NotAudited("Entered by the action of the sign-in.");
    }

    private static async Task<Results<RazorComponentResult<EnrolPage>, RazorComponentResult<MessagePage>>> ShowAsync(HttpContext http, SigningIn signingIn, SecondFactor factor, CancellationToken ct)
    {
        if (await signingIn.ResumeAsync(http, http.Request.Query["uid"], SignInState.Step.Enrolling, ct) is not { Credential.TwoFactorEnabled: false } at)
        {
            return PageResults.Over();
        }

        return Form(at.Interaction.Uid, at.Account, factor.Offer(at.Account));
    }

    private static async Task<Results<RazorComponentResult<EnrolPage>, RazorComponentResult<RecoveryCodesPage>, RazorComponentResult<MessagePage>>> ConfirmAsync(
        HttpContext http, SigningIn signingIn, SecondFactor factor, IStringLocalizer<Texts> texts, CancellationToken ct)
    {
        if (await signingIn.ResumeAsync(http, http.Field("uid"), SignInState.Step.Enrolling, ct) is not { Credential.TwoFactorEnabled: false } at)
        {
            return PageResults.Over();
        }

        var offer = http.Field("offer");
        if (await factor.ConfirmAsync(at.Account, at.Credential, offer, http.Field("code"), ct) is not { } codes)
        {
            var again = factor.Open(at.Account, offer) is { } key ? (key, offer!) : factor.Offer(at.Account);
            return Form(at.Interaction.Uid, at.Account, again, new PageFrame.Problem("code", texts["Code.Wrong"]));
        }

        signingIn.Write(http, at.Interaction, at.Credential, SignInState.Step.Enrolled);
        return PageResults.Page<RecoveryCodesPage>(new { at.Interaction.Uid, Codes = codes });
    }

    private static async Task<Results<RedirectHttpResult, RazorComponentResult<MessagePage>>> ContinueAsync(HttpContext http, SigningIn signingIn, CancellationToken ct) =>
        await signingIn.ResumeAsync(http, http.Field("uid"), SignInState.Step.Enrolled, ct) is { } at
            ? TypedResults.Redirect(await signingIn.FinishAsync(http, at.Interaction, at.Account, ["pwd", "otp", "mfa"], Acr.SecondFactor, ct))
            : PageResults.Over();

    private static RazorComponentResult<EnrolPage> Form(string uid, Account account, (string Key, string Sealed) offer, params PageFrame.Problem[] problems) => PageResults.Page<EnrolPage>(
        new
        {
            Uid = uid,
            Action = "/sign-in/enrol",
            offer.Key,
            Offer = offer.Sealed,
            Link = Totp.Link(offer.Key, account.Email),
            IsRequired = true,
            Problems = (IReadOnlyList<PageFrame.Problem>)problems,
        },
        problems.Length == 0 ? StatusCodes.Status200OK : StatusCodes.Status422UnprocessableEntity);
}
