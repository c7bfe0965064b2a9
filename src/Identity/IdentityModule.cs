using DataPortal.Identity.Accounts;
using DataPortal.Identity.Contracts;
using DataPortal.Identity.Evaluation;
using DataPortal.Identity.Keys;
using DataPortal.Identity.Provider;
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
        services.AddKeyRing();
        services.AddAccessTokens();
        services.AddScoped<ICurrentUserSource, AccountOfToken>();
        services.AddScoped<IFirstAdministrator, CreateFirstAdministrator>();
        services.AddHealthChecks().AddCheck<OpenIdHealth>("openid");

        services.AddProvider(configuration);
        services.AddSingleton<IEvaluationSetup, PrepareIdentity>();
        services.AddScoped<IDemoAccounts, DemoAccounts>();
        return services;
    }

    public static IEndpointRouteBuilder MapIdentity(this IEndpointRouteBuilder endpoints)
    {
        var api = endpoints.MapGroup("/api/v1").WithTags("Identity");
        GetMe.Map(api);
        return endpoints;
    }
}
