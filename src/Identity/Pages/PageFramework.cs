using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using DataPortal.Identity.Credentials;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Localization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace DataPortal.Identity.Pages;

/// <summary>Marks a route whose answer is for a person's eyes.</summary>
internal sealed record PageMetadata;

/// <summary>The framework's parts the pages stand on: components rendered on the server, languages, antiforgery, the limiter.</summary>
internal static class PageFramework
{
    public const string SignInLimiter = "sign-in";
    private const string LanguageCookie = "lang";

    public static void AddPages(this IServiceCollection services)
    {
        services.AddRazorComponents();
        services.AddLocalization();
        services.AddHttpContextAccessor();
        services.AddSingleton<PortalAddress>();
        services.AddSingleton<SignInState>();
        services.Configure<RequestLocalizationOptions>(localisation =>
        {
            var cultures = new[] { CultureInfo.GetCultureInfo(Texts.English), CultureInfo.GetCultureInfo(Texts.Japanese) };
            localisation.DefaultRequestCulture = new RequestCulture(cultures[0]);
            localisation.SupportedCultures = cultures;
            localisation.SupportedUICultures = cultures;
            localisation.RequestCultureProviders =
            [
                new QueryStringRequestCultureProvider { QueryStringKey = "lang", UIQueryStringKey = "lang" },
                new CustomRequestCultureProvider(http => Task.FromResult(Wanted(http))),
                new CookieRequestCultureProvider { CookieName = LanguageCookie },
                new AcceptLanguageHeaderRequestCultureProvider(),
            ];
        });
        services.AddRateLimiter(limiter =>
        {
            limiter.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
            limiter.AddPolicy(SignInLimiter, http => RateLimitPartition.GetFixedWindowLimiter(
                Source(http.Connection.RemoteIpAddress),
                _ => new FixedWindowRateLimiterOptions
                {
                    PermitLimit = http.RequestServices.GetRequiredService<IOptions<SignInOptions>>().Value.RequestsPerMinute,
                    Window = TimeSpan.FromMinutes(1),
                }));
            limiter.OnRejected = async (context, _) =>
            {
                var seconds = context.Lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? (int)Math.Ceiling(after.TotalSeconds) : 60;
                context.HttpContext.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
                if (IsPage(context.HttpContext))
                {
                    context.HttpContext.Response.Headers.ContentSecurityPolicy = "default-src 'none'; style-src 'self'; img-src data:; frame-ancestors 'none'";
                    await PageResults.Message("TooMany", StatusCodes.Status429TooManyRequests).ExecuteAsync(context.HttpContext);
                }
            };
        });
    }

    public static void UsePages(this IApplicationBuilder app)
    {
        // For pages only: the API's numbers and dates are the same in every language.
        app.UseWhen(IsPage, pages =>
        {
            pages.UseRequestLocalization();
            pages.Use((http, next) =>
            {
                if (http.Request.Query["lang"] is [Texts.English or Texts.Japanese])
                {
                    http.Response.Cookies.Append(
                        LanguageCookie,
                        CookieRequestCultureProvider.MakeCookieValue(new RequestCulture(CultureInfo.CurrentUICulture)),
                        new CookieOptions { Path = "/", MaxAge = TimeSpan.FromDays(365), SameSite = SameSiteMode.Lax, HttpOnly = true, Secure = http.Request.IsHttps, IsEssential = true });
                }

                return next(http);
            });
        });
        app.UseRateLimiter();
    }

    private static bool IsPage(HttpContext http) => http.GetEndpoint()?.Metadata.GetMetadata<PageMetadata>() is not null;

    /// <summary>OpenID Connect: the client's choice for this sign-in, in the order of preference.</summary>
    private static ProviderCultureResult? Wanted(HttpContext http)
    {
        var wanted = http.Request.Query["ui_locales"].ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(tag => tag.Split('-')[0].ToLowerInvariant()).FirstOrDefault(tag => tag is Texts.English or Texts.Japanese);
        return wanted is null ? null : new ProviderCultureResult(wanted);
    }

    /// <summary>Who has one IPv6 address has 2^64 of them.</summary>
    private static string Source(IPAddress? address)
    {
        if (address is null || address.AddressFamily == AddressFamily.InterNetwork || address.IsIPv4MappedToIPv6)
        {
            return address?.MapToIPv4().ToString() ?? "";
        }

        return Convert.ToHexString(address.GetAddressBytes().AsSpan(0, 8));
    }
}
