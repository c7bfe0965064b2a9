using DataPortal.Audit.Contracts;
using DataPortal.Kernel;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace DataPortal.Host;

/// <summary><c>/healthz</c>: the process answers. <c>/readyz</c>: it can do its work, and if not, why not. Modules add checks by <c>AddHealthChecks()</c>.</summary>
internal static class Readiness
{
    public sealed record Report(string Status, IReadOnlyList<Part> Checks);

    public sealed record Part(string Name, string Status, string? Reason);

    public static void AddReadiness(this IServiceCollection services) => services.AddHealthChecks()
        .AddCheck<DatabaseReady>("database", timeout: TimeSpan.FromSeconds(5))
        .AddCheck<DataDirectoryReady>("data");

    public static void MapReadiness(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/healthz", Live).WithName("Live").WithTags("Operation").AllowAnonymous().NotAudited("Gives no data.");
        routes.MapGet("/readyz", ReadyAsync).WithName("Ready").WithTags("Operation").AllowAnonymous().NotAudited("Gives no data.");
    }

    private static Ok<Report> Live(CancellationToken ct) => TypedResults.Ok(new Report("live", []));

    private static async Task<Results<Ok<Report>, JsonHttpResult<Report>>> ReadyAsync(HealthCheckService health, CancellationToken ct)
    {
        var report = await health.CheckHealthAsync(ct);
        var ready = report.Status != HealthStatus.Unhealthy;
        // Descriptions are ours; exceptions, which may name hosts and users, stay in the log.
        var checks = report.Entries.Select(e => new Part(e.Key, Name(e.Value.Status), e.Value.Description)).OrderBy(p => p.Name, StringComparer.Ordinal).ToList();
        var answer = new Report(ready ? "ready" : "not ready", checks);
        return ready ? TypedResults.Ok(answer) : TypedResults.Json(answer, statusCode: StatusCodes.Status503ServiceUnavailable);
    }

    private static string Name(HealthStatus status) => status switch
    {
        HealthStatus.Healthy => "ok",
        HealthStatus.Degraded => "degraded",
        _ => "failed",
    };

    private sealed class DatabaseReady(PortalDb db) : IHealthCheck
    {
        public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            try
            {
                var pending = (await db.Database.GetPendingMigrationsAsync(cancellationToken)).Count();
                return pending == 0 ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy($"{pending} migrations are pending; run `portal migrate`.");
            }
            catch (Exception e) when (e is System.Data.Common.DbException or TimeoutException or InvalidOperationException)
            {
                return HealthCheckResult.Unhealthy("The database does not answer.", e);
            }
        }
    }

    private sealed class DataDirectoryReady(IOptions<DataDirectory> data) : IHealthCheck
    {
        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            try
            {
                Directory.CreateDirectory(data.Value.Releases);
                return Task.FromResult(HealthCheckResult.Healthy());
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return Task.FromResult(HealthCheckResult.Unhealthy("Data:Directory cannot be written.", e));
            }
        }
    }
}
