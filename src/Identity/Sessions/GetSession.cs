using DataPortal.Audit.Contracts;
using DataPortal.Identity.Accounts;
using DataPortal.Kernel;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace DataPortal.Identity.Sessions;

/// <summary>What a page asks first: is anybody signed in, who, and which token do changes need?</summary>
internal static class GetSession
{
    /// <param name="Account">Null when nobody is signed in.</param>
    /// <param name="HasSecondFactor">The sign-in had a second factor.</param>
    /// <param name="AuthenticatedAt">When they last proved who they are (UTC); null where the OpenID provider does not say.</param>
    /// <param name="CsrfToken">For the header <c>X-CSRF-Token</c> of every request that changes something.</param>
    public sealed record Response(GetMe.Response? Account, bool HasSecondFactor, DateTime? AuthenticatedAt, string? CsrfToken);

    public static void Map(RouteGroupBuilder session) => session
        .MapGet("", Handle)
        .WithName("GetSession")
        .WithSummary("Who is signed in with this browser, and the token that changes need")
        .AllowAnonymous()
        .NotAudited("Tells callers nothing but what their own session is.");

    private static Ok<Response> Handle(HttpContext http, CurrentUser user, IAntiforgery antiforgery, CancellationToken ct)
    {
        http.Response.Headers.CacheControl = "no-store";
        if (!user.IsAuthenticated)
        {
            return TypedResults.Ok(new Response(null, false, null, null));
        }

        var token = antiforgery.GetAndStoreTokens(http).RequestToken!;
        http.Response.Cookies.Append(CsrfProtection.ReadableCookie, token, new CookieOptions { Secure = true, SameSite = SameSiteMode.Strict, Path = "/", IsEssential = true });
        return TypedResults.Ok(new Response(GetMe.Response.Of(user), user.HasSecondFactor, user.AuthenticatedAt, token));
    }
}
