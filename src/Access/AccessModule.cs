using DataPortal.Access.Contracts;
using DataPortal.Access.Evaluation;
using DataPortal.Access.Pledges;
using DataPortal.Access.Projects;
using DataPortal.Access.Trainings;
using DataPortal.Identity.Contracts;
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
        services.AddValidation();
        services.AddSingleton<ProjectKeys>();
        services.AddScoped<IDataAccess, DataAccess>();
        services.AddScoped<IProgramProjects, ProgramProjects>();
        services.AddSingleton<IEvaluationSetup, PrepareProjects>();
        return services;
    }

    public static IEndpointRouteBuilder MapAccess(this IEndpointRouteBuilder endpoints)
    {
        var projects = endpoints.MapGroup("/api/v1/projects").WithTags("Access");
        ListProjects.Map(projects);
        GetProject.Map(projects);
        GetPledge.Map(projects);
        SignPledge.Map(projects);

        var trainings = endpoints.MapGroup("/api/v1/trainings").WithTags("Access");
        ListTrainings.Map(trainings);
        RecordTraining.Map(trainings);
        WithdrawTraining.Map(trainings);
        return endpoints;
    }
}
