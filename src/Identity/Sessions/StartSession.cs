using DataPortal.Audit.Contracts;
using DataPortal.Kernel;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace DataPortal.Identity.Sessions;

/// <summary>Sends the browser to the authority to sign in; with <c>step_up=1</c> to prove anew, with a second factor, who they are.</summary>
internal static class StartSession
{
    public static void Map(RouteGroupBuilder session) => session
        .MapGet("/start", Handle)
        .WithName("StartSession")
        .WithSummary("Sign in at the OpenID provider, and come back to a path of the portal")
        .AllowAnonymous()
        .NotAudited("Begins nothing but a redirect; the session itself is entered when it starts.");

    private static Results<ChallengeHttpResult, ValidationProblem> Handle([FromQuery(Name = "return")] string? back, [FromQuery(Name = "step_up")] string? stepUp, CancellationToken ct)
    {
        if (!LocalPath.TryParse(back ?? "/", out var path))
        {
            return Problems.Invalid("return", "Only a path of the portal can be returned to.");
        }

        var properties = new AuthenticationProperties { RedirectUri = path };
        if (stepUp is "1" or "true")
        {
            properties.Items[RelyingParty.StepUpItem] = "1";
        }

        return TypedResults.Challenge(properties, [SessionScheme.OpenId]);
    }
}
