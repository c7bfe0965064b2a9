using DataPortal.Identity.Tokens;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using DataPortal.Kernel;

namespace DataPortal.Identity.Sessions;

/// <summary>Who a request comes from: an <c>Authorization</c> header decides, and without one the session's cookie.</summary>
internal static class SessionScheme
{
    /// <summary>The scheme of the cookie.</summary>
    public const string Name = "session";

    /// <summary>The scheme that signs in at the authority.</summary>
    public const string OpenId = "openid";

    /// <summary>The claim with the id of the session's row.</summary>
    public const string IdClaim = "portal_session";

    public const string Cookie = "__Host-portal";

    public const string CallbackPath = "/session/callback";

    private const string Either = "caller";

    public static void AddSessions(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddPortalOptions<SessionOptions>(configuration, SessionOptions.Section);
        services.AddSingleton<SessionStore>();
        services.AddSingleton<IdTokens>();
        services.AddSingleton<ClientAuthentication>();
        services.AddScoped<AccountSessions>();
        services.AddHostedService<SweepSessions>();
        services.AddAuthentication(Either)
            .AddPolicyScheme(Either, null, either => either.ForwardDefaultSelector = SchemeOf)
            .AddCookie(Name)
            .AddOAuth<RelyingPartyOptions, RelyingParty>(OpenId, RelyingPartyOptions.Configure);
        services.AddOptions<CookieAuthenticationOptions>(Name).Configure<SessionStore, IOptions<SessionOptions>>(Configure);
        services.AddCsrfProtection();
    }

    /// <summary>The key that the request's cookie names, whether or not there still is such a session.</summary>
    public static string? KeyOf(HttpContext context)
    {
        var options = context.RequestServices.GetRequiredService<IOptionsMonitor<CookieAuthenticationOptions>>().Get(Name);
        return context.Request.Cookies[Cookie] is { } cookie && options.TicketDataFormat.Unprotect(cookie) is { } ticket
            ? ticket.Principal.Claims.FirstOrDefault()?.Value
            : null;
    }

    private static string SchemeOf(HttpContext context) =>
        context.Request.Headers.Authorization.Count > 0 ? JwtBearerDefaults.AuthenticationScheme : Name;

    private static void Configure(CookieAuthenticationOptions cookie, SessionStore store, IOptions<SessionOptions> options)
    {
        cookie.SessionStore = store;
        cookie.Cookie.Name = Cookie;
        cookie.Cookie.Path = "/";
        cookie.Cookie.HttpOnly = true;
        cookie.Cookie.IsEssential = true;
        cookie.Cookie.SameSite = SameSiteMode.Lax;
        // Also on http://localhost, where browsers accept such cookies; anywhere else TLS ends at the proxy.
        cookie.Cookie.SecurePolicy = CookieSecurePolicy.Always;
        cookie.CookieManager = new FreshCookies(cookie.CookieManager ?? new ChunkingCookieManager());
        cookie.ExpireTimeSpan = options.Value.Longest;
        cookie.SlidingExpiration = false;
        cookie.Events.OnRedirectToLogin = context => TokenProblems.SignInAsync(context.HttpContext);
        cookie.Events.OnRedirectToAccessDenied = context => TokenProblems.ForbidAsync(context.HttpContext);
    }

    /// <summary>
    /// Hides the caller's cookie where a sign-in ends. The handler would otherwise go on with its key, and whoever had planted that key in the
    /// browser would be signed in too (session fixation).
    /// </summary>
    private sealed class FreshCookies(ICookieManager inner) : ICookieManager
    {
        public string? GetRequestCookie(HttpContext context, string key) =>
            context.Request.Path == CallbackPath ? null : inner.GetRequestCookie(context, key);

        public void AppendResponseCookie(HttpContext context, string key, string? value, CookieOptions options) => inner.AppendResponseCookie(context, key, value, options);

        public void DeleteCookie(HttpContext context, string key, CookieOptions options) => inner.DeleteCookie(context, key, options);
    }
}
