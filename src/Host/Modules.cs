using DataPortal.Access;
using DataPortal.Audit;
using DataPortal.Catalogue;
using DataPortal.Cohorts;
using DataPortal.Exports;
using DataPortal.Identity;
using DataPortal.Kernel;
using DataPortal.Notices;

namespace DataPortal.Host;

/// <summary>What the portal is made of: one line per module, lower modules first.</summary>
internal static class Modules
{
    public static void AddModules(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddKernel(configuration);
        services.AddAudit(configuration);
        services.AddNotices(configuration);
        services.AddIdentity(configuration);
        services.AddCatalogue(configuration);
        services.AddAccess();
        services.AddCohorts();
        services.AddExports(configuration);
    }

    public static void MapModules(this IEndpointRouteBuilder routes)
    {
        routes.MapAudit();
        routes.MapIdentity();
        routes.MapCatalogue();
        routes.MapAccess();
        routes.MapCohorts();
        routes.MapExports();
    }
}
