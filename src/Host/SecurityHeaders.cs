namespace DataPortal.Host;

/// <summary>Headers on every answer, errors included (OWASP ASVS 5.0, 3.4).</summary>
internal static class SecurityHeaders
{
    /// <summary>An answer of the API is never a page; should a browser take one for it, it may load and run nothing.</summary>
    private const string ForData = "default-src 'none'; frame-ancestors 'none'";

    /// <summary>The OpenAPI page sets styles by script; everything it loads is served from here.</summary>
    private const string ForPages =
        "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    /// <summary>
    /// Our own pages: scripts, styles and fonts are files from here and nothing is inline, styles included (the theme is a file, and what is set by script is set
    /// through the object model, which no policy is needed for). Pictures of charts are made in the page.
    /// </summary>
    private const string ForOurPages =
        "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data: blob:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    private static readonly object Ours = new();

    /// <summary>The answer is one of our pages; everything that does not say so gets the policy for data.</summary>
    public static void IsPage(HttpContext context) => context.Items[Ours] = true;

    public static void UseSecurityHeaders(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        // As late as this, because the handler of exceptions clears the headers set before it.
        context.Response.OnStarting(() =>
        {
            Set(context);
            return Task.CompletedTask;
        });
        return next(context);
    });

    private static void Set(HttpContext context)
    {
        var headers = context.Response.Headers;
        // A page may have said what it needs; whatever says nothing gets nothing.
        headers.ContentSecurityPolicy = headers.ContentSecurityPolicy is [{ Length: > 0 } own] ? own : context.Items.ContainsKey(Ours) ? ForOurPages : context.Request.Path.StartsWithSegments(OpenApi.PagePath, StringComparison.OrdinalIgnoreCase) ? ForPages : ForData;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()";
        if (context.Request.IsHttps)
        {
            headers.StrictTransportSecurity = "max-age=31536000; includeSubDomains";
        }

        if (context.Request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase))
        {
            // What one project may see must not be served to the next caller from a cache on the way.
            headers.CacheControl = "no-store";
        }
    }
}
