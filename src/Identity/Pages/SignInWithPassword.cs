using DataPortal.Audit.Contracts;
using DataPortal.Identity.Credentials;
using DataPortal.Identity.Provider;
using DataPortal.Kernel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Localization;

namespace DataPortal.Identity.Pages;

/// <summary>The first step: an address and a password.</summary>
internal static class SignInWithPassword
{
    public static void Map(RouteGroupBuilder pages)
    {
        pages.MapGet("/sign-in", ShowAsync).WithName("ShowSignIn").NotAudited("An empty form.");
        pages.MapPost("/sign-in", HandleAsync).WithName("SignInWithPassword").NotAudited("Sign-ins and locks are entered by their own actions; single wrong passwords are counted, not entered.");
        pages.MapPost("/sign-in/abort", AbortAsync).WithName("AbortSignIn").NotAudited("Gives up a sign-in that has not led to anything.");
    }

    private static async Task<Results<RazorComponentResult<SignInPage>, RazorComponentResult<MessagePage>, RedirectHttpResult>> ShowAsync(
        HttpContext http, Interactions interactions, CancellationToken ct)
    {
        string? uid = http.Request.Query["uid"];
        if (string.IsNullOrEmpty(uid))
        {
            // Whoever comes here by hand begins where a sign-in begins.
            return TypedResults.Redirect("/session/start?return=" + Uri.EscapeDataString(LocalPath.TryParse(http.Request.Query["return"], out var path) ? path : "/"));
        }

        return await interactions.FindAsync(uid, ct) is { Kind: InteractionKind.Login } interaction ? Form(http, interaction, interaction.LoginHint) : PageResults.Over();
    }

    private static async Task<Results<RazorComponentResult<SignInPage>, RazorComponentResult<MessagePage>, RedirectHttpResult>> HandleAsync(
        HttpContext http, Interactions interactions, PasswordCheck check, SigningIn signingIn, IStringLocalizer<Texts> texts, CancellationToken ct)
    {
        if (http.Field("uid") is not { Length: > 0 } uid || await interactions.FindAsync(uid, ct) is not { Kind: InteractionKind.Login } interaction)
        {
            return PageResults.Over();
        }

        var email = http.Field("email") ?? "";
        var password = http.Field("password") ?? "";
        if (await check.FindAsync(email, password, ct) is not { } person)
        {
            return Form(http, interaction, email, new PageFrame.Problem("email", texts["SignIn.Wrong"]));
        }

        PageForms.AllowReturnTo(http, interaction);
        return TypedResults.Redirect(await signingIn.AfterPasswordAsync(http, interaction, person.Account, person.Credential, ct));
    }

    private static async Task<Results<RazorComponentResult<MessagePage>, RedirectHttpResult>> AbortAsync(HttpContext http, Interactions interactions, SignInState state, CancellationToken ct)
    {
        if (http.Field("uid") is not { Length: > 0 } uid || await interactions.FindAsync(uid, ct) is null)
        {
            return PageResults.Over();
        }

        state.Clear(http);
        return TypedResults.Redirect(interactions.Abort(uid).AbsoluteUri);
    }

    private static RazorComponentResult<SignInPage> Form(HttpContext http, PendingInteraction interaction, string? email, params PageFrame.Problem[] problems)
    {
        PageForms.AllowReturnTo(http, interaction);
        return PageResults.Page<SignInPage>(
            new { interaction.Uid, Email = email, Client = interaction.IsFirstParty ? null : interaction.ClientName, Problems = (IReadOnlyList<PageFrame.Problem>)problems },
            problems.Length == 0 ? StatusCodes.Status200OK : StatusCodes.Status422UnprocessableEntity);
    }
}
