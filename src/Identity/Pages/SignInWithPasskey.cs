using DataPortal.Audit.Contracts;
using DataPortal.Identity.Credentials;
using DataPortal.Identity.Provider;
using DataPortal.Identity.Tokens;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Localization;

namespace DataPortal.Identity.Pages;

/// <summary>A passkey: instead of a password, or as the second step after one. A locked password does not lock it, because it cannot be guessed.</summary>
internal static class SignInWithPasskey
{
    public static void Map(RouteGroupBuilder pages)
    {
        pages.MapPost("/sign-in/passkey/options", OptionsAsync).WithName("AskForPasskey").NotAudited("A challenge of random bytes.");
        pages.MapPost("/sign-in/passkey", HandleAsync).WithName("SignInWithPasskey").NotAudited("Entered by the action of the sign-in.");
    }

    private static async Task<Results<ContentHttpResult, RazorComponentResult<MessagePage>>> OptionsAsync(HttpContext http, Interactions interactions, Passkeys passkeys, CancellationToken ct) =>
        http.Field("uid") is { Length: > 0 } uid && await interactions.FindAsync(uid, ct) is { Kind: InteractionKind.Login }
            ? TypedResults.Content(await passkeys.AskAsync(http, uid), "application/json")
            : PageResults.Over();

    private static async Task<Results<RedirectHttpResult, RazorComponentResult<SignInPage>, RazorComponentResult<MessagePage>>> HandleAsync(
        HttpContext http, Interactions interactions, Passkeys passkeys, SigningIn signingIn, IStringLocalizer<Texts> texts, CancellationToken ct)
    {
        if (http.Field("uid") is not { Length: > 0 } uid || await interactions.FindAsync(uid, ct) is not { Kind: InteractionKind.Login } interaction)
        {
            return PageResults.Over();
        }

        PageForms.AllowReturnTo(http, interaction);
        if (await passkeys.AnswerAsync(http, uid, http.Field("credential"), ct) is not { IsUserVerified: true } answer
            || await signingIn.FindAsync(answer.Credential.Id, ct) is not { } person)
        {
            IReadOnlyList<PageFrame.Problem> problems = [new("email", texts["SignIn.PasskeyFailed"])];
            return PageResults.Page<SignInPage>(new { Uid = uid, Problems = problems }, StatusCodes.Status422UnprocessableEntity);
        }

        return TypedResults.Redirect(await signingIn.FinishAsync(http, interaction, person.Account, ["hwk", "mfa"], Acr.SecondFactor, ct));
    }
}
