using DataPortal.Access.Contracts;
using DataPortal.Access.Evaluation;
using DataPortal.Access.Projects;
using DataPortal.Kernel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace DataPortal.Access;

public static class AccessModule
{
    public static IServiceCollection AddAccess(this IServiceCollection services)
    {
        services.AddPortalEntities(typeof(AccessModule).Assembly);
        services.AddSingleton<ProjectKeys>();
        services.AddScoped<IDataAccess, DataAccess>();
        services.AddSingleton<IEvaluationSetup, PrepareProjects>();
        return services;
    }

    public static IEndpointRouteBuilder MapAccess(this IEndpointRouteBuilder endpoints)
    {
        var projects = endpoints.MapGroup("/api/v1/projects").WithTags("Access");
        ListProjects.Map(projects);
        GetProject.Map(projects);
        return endpoints;
    }
}
