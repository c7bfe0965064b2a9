using DataPortal.Cohorts.Cases;
using DataPortal.Cohorts.Contracts;
using DataPortal.Cohorts.Opening;
using DataPortal.Cohorts.Searching;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace DataPortal.Cohorts;

public static class CohortsModule
{
    public static IServiceCollection AddCohorts(this IServiceCollection services)
    {
        services.AddValidation();
        services.AddScoped<ICohorts, OpenCohorts>();
        return services;
    }

    public static IEndpointRouteBuilder MapCohorts(this IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/api/v1").WithTags("Cohorts");
        Suggest.Map(api);
        var release = api.MapGroup("/releases/{release}");
        CountCases.Map(release);
        CharacteriseCohort.Map(release);
        ExplainQuery.Map(release);
        FollowAttrition.Map(release);
        ListCases.Map(release);
        ReadCase.Map(release);
        return routes;
    }
}
