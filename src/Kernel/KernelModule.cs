using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace DataPortal.Kernel;

public static class KernelModule
{
    public static IServiceCollection AddKernel(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddPortalOptions<DatabaseOptions>(configuration, DatabaseOptions.Section);
        services.AddPortalOptions<DataDirectory>(configuration, DataDirectory.Section);
        services.AddPortalEntities(typeof(KernelModule).Assembly);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(new RunMode(IsEvaluation: false));
        services.AddPortalDb();
        services.AddScoped<CurrentUser>();
        services.AddScoped<IAuthorizationHandler, RoleHandler>();
        services.AddScoped<IAuthorizationHandler, StepUpHandler>();
        services.AddAuthorizationBuilder().AddPortalPolicies();
        services.AddSingleton<IProblemDetailsWriter, ProblemWriter>();
        services.AddProblemDetails();
        services.ConfigureHttpJsonOptions(json => StrictJson.Configure(json.SerializerOptions));
        // Left on, the framework throws in Development what it answers with 400 in Production, and `{}` becomes a 500.
        services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = false);
        return services;
    }

    /// <summary>The outermost part of the pipeline: request id, then problem documents for whatever goes wrong further in.</summary>
    public static IApplicationBuilder UseKernel(this IApplicationBuilder app)
    {
        app.UseRequestId();
        app.UsePortalProblems();
        return app;
    }

    /// <summary>Between authentication and authorisation: reads the caller's account and roles from the database.</summary>
    public static IApplicationBuilder UseCurrentUser(this IApplicationBuilder app) => app.Use(async (context, next) =>
    {
        if (context.User.Identity is { IsAuthenticated: true }
            && context.RequestServices.GetService<ICurrentUserSource>() is { } source
            && await source.FindAsync(context.User, context.RequestAborted) is { } caller)
        {
            context.RequestServices.GetRequiredService<CurrentUser>().ActAs(caller);
        }

        await next(context);
    });
}
