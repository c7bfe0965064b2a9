using DataPortal.Identity.Accounts;
using DataPortal.Identity.Contracts;
using DataPortal.Identity.Evaluation;
using DataPortal.Identity.Keys;
using DataPortal.Identity.Provider;
using DataPortal.Identity.Sessions;
using DataPortal.Identity.Programs;
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
        services.AddKeyRing(configuration);
        services.AddAccessTokens();
        services.AddSessions(configuration);
        services.AddScoped<SignInAccounts>();
        services.AddScoped<Invitations>();
        services.AddSingleton<ClientKey>();
        services.AddKeyRing();
        services.AddAccessTokens();
        services.AddScoped<ProgramOfToken>();
        services.AddScoped<ICurrentUserSource, AccountOfToken>();
        services.AddScoped<IAccountDirectory, AccountDirectory>();
        services.AddScoped<IFirstAdministrator, CreateFirstAdministrator>();
        services.AddHealthChecks().AddCheck<OpenIdHealth>("openid");

        services.AddProvider(configuration);
        services.AddSingleton<IEvaluationSetup, PrepareIdentity>();
        services.AddScoped<IDemoAccounts, DemoAccounts>();
        return services;
    }

    /// <summary>After the caller is known, and before anything is done for them.</summary>
    public static IApplicationBuilder UseIdentity(this IApplicationBuilder app) => app.UseCsrfProtection();

    public static IEndpointRouteBuilder MapIdentity(this IEndpointRouteBuilder endpoints)
    {
        var api = endpoints.MapGroup("/api/v1").WithTags("Identity");
        GetMe.Map(api);

        var session = endpoints.MapGroup("/session").WithTags("Session");
        GetSession.Map(session);
        StartSession.Map(session);
        FinishSignIn.Map(session);
        EndSession.Map(session);
        BackChannelLogout.Map(session);
        ProtectedResource.Map(endpoints);

        var clients = api.MapGroup("/clients");
        CreateProgram.Map(clients);
        ListPrograms.Map(clients);
        GetProgram.Map(clients);
        ChangeProgram.Map(clients);
        RevokeProgram.Map(clients);
        AddProgramKey.Map(clients);
        RemoveProgramKey.Map(clients);
        return endpoints;
    }
}
