using DataPortal.Access;
using DataPortal.Audit;
using DataPortal.Identity;
using DataPortal.Kernel;

namespace DataPortal.Host;

/// <summary>What the portal is made of: one line per module, lower modules first.</summary>
internal static class Modules
{
    public static void AddModules(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddKernel(configuration);
        services.AddAudit(configuration);
        services.AddIdentity(configuration);
        services.AddAccess();
    }

    public static void MapModules(this IEndpointRouteBuilder routes)
    {
        routes.MapAudit();
        routes.MapIdentity();
        routes.MapAccess();
    }
}
