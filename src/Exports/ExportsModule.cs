using DataPortal.Exports.Jobs;
using DataPortal.Exports.Requests;
using DataPortal.Kernel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace DataPortal.Exports;

public static class ExportsModule
{
    internal const string Route = "/api/v1/exports";

    public static IServiceCollection AddExports(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddPortalOptions<ExportsOptions>(configuration, ExportsOptions.Section);
        services.AddPortalEntities(typeof(ExportsModule).Assembly);
        services.AddValidation();
        services.AddScheduling(configuration);
        services.AddSingleton<ExportQueue>();
        services.AddScoped<ExportRun>();
        return services;
    }

    public static IEndpointRouteBuilder MapExports(this IEndpointRouteBuilder routes)
    {
        var exports = routes.MapGroup(Route).WithTags("Exports");
        RequestExport.Map(exports);
        ListExports.Map(exports);
        GetExport.Map(exports);
        CancelExport.Map(exports);
        RetryExport.Map(exports);
        DownloadFile.Map(exports);
        return routes;
    }
}
