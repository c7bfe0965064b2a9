using DataPortal.Identity.Provider;
using DataPortal.Identity.Sessions;
using DataPortal.Identity.Tokens;
using DataPortal.Kernel;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace DataPortal.Identity.Pages;

/// <summary>
/// What holds for every page: a form is small and carries the antiforgery token, or its endpoint never runs; and the page may load nothing but what is served from here.
/// </summary>
internal sealed class PageForms(IAntiforgery antiforgery, IOptions<OidcOptions> oidc) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers.ContentSecurityPolicy = Policy(Origin(oidc.Value.Authority));
        if (!HttpMethods.IsGet(http.Request.Method) && !HttpMethods.IsHead(http.Request.Method))
        {
            if (await ReadFormAsync(http) is { } refusal)
            {
                return refusal;
            }

            if (await CsrfProtection.IsForgedAsync(http))
            {
                return PageResults.Message("Forged", StatusCodes.Status400BadRequest);
            }
        }

        // Before anything is rendered, because it may set a cookie.
        antiforgery.GetAndStoreTokens(http);
        return await next(context);
    }

    /// <summary>
    /// Browsers hold <c>form-action</c> against every redirect that follows a form: back to the provider, and from there to the client. The command line waits on a port of
    /// its choice; where a third party's program waits, only the provider knows.
    /// </summary>
    public static void AllowReturnTo(HttpContext http, PendingInteraction interaction)
    {
        var further = interaction.ClientId == "portal-cli" ? " http://127.0.0.1:*" : interaction.IsFirstParty ? "" : " https: http://127.0.0.1:*";
        var authority = http.RequestServices.GetRequiredService<IOptions<OidcOptions>>().Value.Authority;
        http.Response.Headers.ContentSecurityPolicy = Policy(Origin(authority) + further);
    }

    private static string Policy(string formsMayLeadTo) =>
        $"default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' data:; form-action 'self' {formsMayLeadTo}; base-uri 'none'; frame-ancestors 'none'";

    private static string Origin(string authority) => new Uri(authority).GetLeftPart(UriPartial.Authority);

    /// <summary>Here and not in the antiforgery check, which takes a body that is too large for one without a token.</summary>
    private static async Task<IResult?> ReadFormAsync(HttpContext http)
    {
        if (http.Request.ContentLength > BodySize.DefaultBytes)
        {
            return PageResults.Message("TooLarge", StatusCodes.Status413PayloadTooLarge);
        }

        if (!http.Request.HasFormContentType)
        {
            return PageResults.Message("Forged", StatusCodes.Status400BadRequest);
        }

        try
        {
            await http.Request.ReadFormAsync(http.RequestAborted);
            return null;
        }
        catch (BadHttpRequestException e) when (e.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return PageResults.Message("TooLarge", StatusCodes.Status413PayloadTooLarge);
        }
        catch (InvalidDataException)
        {
            return PageResults.Message("Forged", StatusCodes.Status400BadRequest);
        }
    }
}

internal static class Forms
{
    /// <summary>The one value of that name; null when there is none, or more than one.</summary>
    public static string? Field(this HttpContext http, string name) => http.Request.Form[name] is [{ } value] ? value : null;
}
