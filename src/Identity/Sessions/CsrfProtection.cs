using DataPortal.Identity.Pages;
using DataPortal.Identity.Tokens;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace DataPortal.Identity.Sessions;

/// <summary>
/// A browser sends the session's cookie along with whatever another site makes it send. So nothing is changed for a session without the framework's
/// antiforgery token, on any route. Callers with a token of their own in <c>Authorization</c> need none: no other site can set that header.
/// </summary>
internal static class CsrfProtection
{
    public const string Code = "csrf_invalid";
    public const string Header = "X-CSRF-Token";

    /// <summary>Holds the request token, for scripts of our own pages to read.</summary>
    public const string ReadableCookie = "__Host-csrf";

    public static void AddCsrfProtection(this IServiceCollection services) => services.AddAntiforgery(options =>
    {
        options.HeaderName = Header;
        options.Cookie = new HostCookie { Name = "__Host-antiforgery", Path = "/", HttpOnly = true, SameSite = SameSiteMode.Strict, IsEssential = true };
    });

    public static IApplicationBuilder UseCsrfProtection(this IApplicationBuilder app) => app.Use(async (context, next) =>
    {
        // Forms of our own pages are held to it whether anybody is signed in or not, once they are read: PageForms.
        var isPage = context.GetEndpoint()?.Metadata.GetMetadata<PageMetadata>() is not null;
        if (!isPage && context.User.HasClaim(c => c.Type == SessionScheme.IdClaim) && await IsForgedAsync(context))
        {
            if (context.GetEndpoint()?.Metadata.GetMetadata<PageMetadata>() is not null)
            {
                await PageResults.Message("Forged", StatusCodes.Status403Forbidden).ExecuteAsync(context);
                return;
            }

            await TokenProblems.WriteAsync(context, StatusCodes.Status403Forbidden, Code, $"The request does not come from a page of the portal: send the token that GET /session gives in the header {Header}.");
            return;
        }

        await next(context);
    });

    /// <summary>Whether the request would change something, and does not come from a page of ours.</summary>
    public static async Task<bool> IsForgedAsync(HttpContext context)
    {
        var request = context.Request;
        if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || HttpMethods.IsOptions(request.Method) || HttpMethods.IsTrace(request.Method))
        {
            return false;
        }

        // A second lock: whatever goes wrong with tokens, browsers say where a request comes from, and scripts cannot make them lie.
        if (string.Equals(request.Headers["Sec-Fetch-Site"], "cross-site", StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }

        // The API takes it from the header only: to look into a form, the framework would read an upload of gigabytes to its end.
        if (request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase) && request.Headers[Header].Count != 1)
        {
            return true;
        }

        try
        {
            await context.RequestServices.GetRequiredService<IAntiforgery>().ValidateRequestAsync(context);
            return false;
        }
        catch (AntiforgeryValidationException e)
        {
            // A form that the server would not read (413, 408) has its own answer.
            return e.InnerException is BadHttpRequestException unread ? throw unread : true;
        }
    }

    /// <summary>Secure even where TLS ends before us, or on http://localhost; the framework would refuse to work there when asked for it outright.</summary>
    private sealed class HostCookie : CookieBuilder
    {
        public override CookieOptions Build(HttpContext context, DateTimeOffset expiresFrom)
        {
            var options = base.Build(context, expiresFrom);
            options.Secure = true;
            return options;
        }
    }
}
