using DataPortal.Audit.Contracts;
using DataPortal.Identity.Tokens;
using DataPortal.Kernel;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace DataPortal.Identity.Sessions;

/// <summary>Signs out: here at once, then at the authority, where it offers that (OpenID Connect RP-Initiated Logout).</summary>
internal static class EndSession
{
    /// <param name="Next">Where the browser has to go now: the authority's page for signing out, or the portal's first page.</param>
    public sealed record Response(string Next);

    public static void Map(RouteGroupBuilder session) => session
        .MapPost("/end", HandleAsync)
        .WithName("EndSession")
        .WithSummary("Sign out here and at the OpenID provider; a script gets the next address as JSON, a form is redirected")
        .AllowAnonymous()
        .Audited(AuditAction.SessionEnded);

    private static async Task<Results<RedirectHttpResult, Ok<Response>>> HandleAsync(
        HttpContext http, PortalDb db, SessionStore store, AuthorityMetadata metadata, IOptions<OidcOptions> oidc, AuditDetails details, CancellationToken ct)
    {
        var next = "/";
        if (Guid.TryParse(http.User.FindFirst(SessionScheme.IdClaim)?.Value, out var id) && await db.Set<Session>().SingleOrDefaultAsync(s => s.Id == id, ct) is { } session)
        {
            details.Resource = $"session/{id}";
            next = await LogoutAddressAsync(store.IdTokenOf(session), http.Request, metadata, oidc.Value, ct) ?? next;
            db.Remove(session);
            await db.SaveChangesAsync(ct);
        }

        await http.SignOutAsync(SessionScheme.Name);
        http.Response.Cookies.Delete(CsrfProtection.ReadableCookie, new CookieOptions { Secure = true, Path = "/" });
        return http.Request.Headers.Accept.ToString().Contains("application/json", StringComparison.OrdinalIgnoreCase)
            ? TypedResults.Ok(new Response(next))
            : TypedResults.Redirect(next);
    }

    private static async Task<string?> LogoutAddressAsync(string? idToken, HttpRequest request, AuthorityMetadata metadata, OidcOptions oidc, CancellationToken ct)
    {
        try
        {
            var provider = await metadata.GetConfigurationAsync(ct);
            return string.IsNullOrEmpty(provider.EndSessionEndpoint) || idToken is null ? null : QueryHelpers.AddQueryString(provider.EndSessionEndpoint, new Dictionary<string, string?>(StringComparer.Ordinal)
            {
                ["id_token_hint"] = idToken,
                ["client_id"] = oidc.ClientId,
                ["post_logout_redirect_uri"] = oidc.RedirectUri(request, "/"),
            });
        }
        catch (InvalidOperationException)
        {
            // The authority is down: signed out here all the same.
            return null;
        }
    }
}
