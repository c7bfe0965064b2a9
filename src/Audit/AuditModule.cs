using DataPortal.Audit.Contracts;
using DataPortal.Audit.Reading;
using DataPortal.Audit.Recording;
using DataPortal.Kernel;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace DataPortal.Audit;

public static class AuditModule
{
    public static IServiceCollection AddAudit(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddPortalOptions<AuditOptions>(configuration, AuditOptions.Section);
        services.AddPortalEntities(typeof(AuditModule).Assembly);
        services.AddValidation();
        services.AddHttpContextAccessor();
        services.AddScoped<AuditDetails>();
        services.AddScoped<EntryFactory>();
        services.AddScoped<RequestEntry>();
        services.AddScoped<IInterceptor, JoinEntryToChanges>();
        services.AddScoped<IInterceptor, RefuseBulkChangesWithoutEntry>();
        services.AddScoped(provider => new AuditTrail(
            provider.GetRequiredService<PortalDb>(), provider.GetRequiredService<EntryFactory>(), provider.GetRequiredService<GroupCommit>()));
        services.AddSingleton<GroupCommit>().AddHostedService(provider => provider.GetRequiredService<GroupCommit>());
        services.AddSingleton<AnonymousDenials>().AddHostedService(provider => provider.GetRequiredService<AnonymousDenials>());
        services.AddSingleton<IAuthorizationMiddlewareResultHandler, EnterDenials>();
        return services;
    }

    public static IEndpointRouteBuilder MapAudit(this IEndpointRouteBuilder routes)
    {
        var audit = routes.MapGroup("/api/v1/audit").WithTags("Audit").RequireAuthorization(Policies.Auditor);
        ListEntries.Map(audit);
        ExportEntries.Map(audit);
        return routes;
    }
}
