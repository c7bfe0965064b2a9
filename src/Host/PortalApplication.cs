using DataPortal.Identity;
using DataPortal.Kernel;
using Microsoft.AspNetCore.HttpOverrides;

namespace DataPortal.Host;

/// <summary>Puts the portal together: the same way for production, for evaluation and for tests.</summary>
public static class PortalApplication
{
    private static readonly Dictionary<string, string?> Defaults = new(StringComparer.Ordinal)
    {
        ["Logging:LogLevel:Default"] = "Information",
        // The framework writes URLs, and with them queries, into its lines about requests.
        ["Logging:LogLevel:Microsoft"] = "Warning",
        ["Logging:LogLevel:Microsoft.Hosting.Lifetime"] = "Information",
    };

    /// <param name="configuration">The whole configuration; nothing is read from the environment or the working directory besides.</param>
    /// <param name="mode">Evaluation or not; cannot be set by configuration.</param>
    /// <param name="customise">Last word on services and listening, for tests.</param>
    public static WebApplication Build(IConfiguration configuration, RunMode mode, Action<WebApplicationBuilder>? customise = null)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            ApplicationName = typeof(PortalApplication).Assembly.GetName().Name,
            ContentRootPath = AppContext.BaseDirectory,
            // A variable left over in a shell must not turn on the developer's exception page.
            EnvironmentName = Environments.Production,
        });
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddInMemoryCollection(Defaults).AddConfiguration(configuration);

        var sections = new ConfigurationSections(builder.Configuration);
        var services = builder.Services;
        services.AddSingleton(mode);
        services.AddSingleton(sections);
        services.AddPortalOptions<ServerOptions>(sections, ServerOptions.Section);
        services.AddModules(sections);
        services.AddReadiness();
        services.AddOpenApiDocument();
        builder.WebHost.ConfigureKestrel(Limits.Configure);
        builder.WebHost.UseUrls(configuration.GetSection($"{ServerOptions.Section}:{nameof(ServerOptions.Urls)}").Get<string[]>() ?? []);
        customise?.Invoke(builder);

        var app = builder.Build();
        app.UsePortalPipeline();
        return app;
    }

    private static void UsePortalPipeline(this WebApplication app)
    {
        app.UseTrustedProxies();
        app.UseKernel();
        app.UseSecurityHeaders();
        app.UsePages();
        app.UseOpenApiDocument();
        app.UseRouting();
        app.UseNotFound();
        app.UseIdentityPages();
        app.UseAuthentication();
        app.UseCurrentUser();
        app.UseIdentity();
        app.UseAuthorization();
        app.MapReadiness();
        app.MapModules();
    }

    /// <summary>Without this the policy that closes forgotten endpoints would ask for a sign-in where there is nothing at all.</summary>
    private static void UseNotFound(this WebApplication app) => app.Use((context, next) =>
    {
        if (context.GetEndpoint() is not null)
        {
            return next(context);
        }

        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    });

    /// <summary>Behind a proxy the caller's address is in a header; believed only from proxies that the configuration names, or anyone could choose the address the audit shows.</summary>
    private static void UseTrustedProxies(this WebApplication app)
    {
        var proxies = app.Configuration.GetSection($"{ServerOptions.Section}:{nameof(ServerOptions.TrustedProxies)}").Get<string[]>() ?? [];
        var known = proxies.Select(p => System.Net.IPAddress.TryParse(p, out var address) ? address : null).OfType<System.Net.IPAddress>().ToList();
        if (known.Count == 0)
        {
            return;
        }

        var options = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedHost };
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        known.ForEach(options.KnownProxies.Add);
        app.UseForwardedHeaders(options);
    }
}
