using DataPortal.Identity.Accounts;
using DataPortal.Identity.Contracts;
using DataPortal.Identity.Credentials;
using DataPortal.Identity.Evaluation;
using DataPortal.Identity.Keys;
using DataPortal.Identity.Pages;
using DataPortal.Identity.People;
using DataPortal.Identity.Tokens;
using DataPortal.Kernel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace DataPortal.Identity;

public static class IdentityModule
{
    public static IServiceCollection AddIdentity(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddPortalOptions<OidcOptions>(configuration, OidcOptions.Section);
        services.AddPortalEntities(typeof(IdentityModule).Assembly);
        services.AddValidation();
        services.AddKeyRing();
        services.AddCredentials(configuration);
        services.AddAccessTokens();
        services.AddScoped<ICurrentUserSource, AccountOfToken>();
        services.AddScoped<IFirstAdministrator, CreateFirstAdministrator>();
        services.AddHealthChecks().AddCheck<OpenIdHealth>("openid");

        services.AddSingleton<BundledProvider>();
        services.AddSingleton<IEvaluationSetup, PrepareIdentity>();
        services.AddScoped<IDemoAccounts, DemoAccounts>();
        return services;
    }

    /// <summary>After routing: languages of the pages, and the limit on requests of people who are not signed in.</summary>
    public static IApplicationBuilder UseIdentity(this IApplicationBuilder app)
    {
        app.UsePages();
        return app;
    }

    public static IEndpointRouteBuilder MapIdentity(this IEndpointRouteBuilder endpoints)
    {
        var api = endpoints.MapGroup("/api/v1").WithTags("Identity");
        GetMe.Map(api);
        api.MapPeople();
        endpoints.MapPages();
        return endpoints;
    }
}
