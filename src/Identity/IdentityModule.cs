using DataPortal.Identity.Accounts;
using DataPortal.Identity.Contracts;
using DataPortal.Identity.Credentials;
using DataPortal.Identity.Evaluation;
using DataPortal.Identity.Keys;
using DataPortal.Identity.Pages;
using DataPortal.Identity.People;
using DataPortal.Identity.Programs;
using DataPortal.Identity.Provider;
using DataPortal.Identity.Sessions;
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
        services.AddCredentials(configuration);
        services.AddAccessTokens();
        services.AddSessions(configuration);
        services.AddScoped<SignInAccounts>();
        services.AddScoped<ProgramOfToken>();
        services.AddScoped<IKnownClients, ProgramClients>();
        services.AddScoped<ICurrentUserSource, AccountOfToken>();
        services.AddScoped<IAccountDirectory, AccountDirectory>();
        services.AddScoped<IFirstAdministrator, CreateFirstAdministrator>();
        services.AddHealthChecks().AddCheck<OpenIdHealth>("openid");

        services.AddProvider(configuration);
        services.AddSingleton<IEvaluationSetup, PrepareIdentity>();
        services.AddScoped<IDemoAccounts, DemoAccounts>();
        return services;
    }

    /// <summary>After routing: languages of the pages, and the limit on requests of people who are not signed in.</summary>
    public static IApplicationBuilder UseIdentityPages(this IApplicationBuilder app)
    {
        app.UsePages();
        return app;
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
        api.MapPeople();
        endpoints.MapPages();
        return endpoints;
    }
}
