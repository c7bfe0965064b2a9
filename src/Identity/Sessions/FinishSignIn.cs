using DataPortal.Audit.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace DataPortal.Identity.Sessions;

/// <summary>
/// Where the authority sends browsers back to. <see cref="RelyingParty"/> answers it, as the framework's handlers do, before any endpoint is
/// called; it is mapped because what is not mapped is 404 before that.
/// </summary>
internal static class FinishSignIn
{
    public static void Map(RouteGroupBuilder session) => session
        .MapGet("/callback", Handle)
        .WithName("FinishSignIn")
        .WithSummary("Where the OpenID provider sends browsers back to")
        .AllowAnonymous()
        .NotAudited("The relying party enters the session that starts, and the refusal of one, itself.");

    private static NotFound Handle(CancellationToken ct) => TypedResults.NotFound();
}
