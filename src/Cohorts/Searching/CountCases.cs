using DataPortal.Access.Contracts;
using DataPortal.Audit.Contracts;
using DataPortal.CohortEngine.Query;
using DataPortal.Cohorts.Contracts;
using DataPortal.Cohorts.Opening;
using DataPortal.Kernel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace DataPortal.Cohorts.Searching;

/// <summary>How many cases a query selects: exact for members who may see records; for everybody else suppressed and rounded.</summary>
internal static class CountCases
{
    public sealed record Request : SearchRequest;

    public static void Map(RouteGroupBuilder release) => release
        .MapPost("/count", HandleAsync)
        .WithName("CountCases")
        .WithSummary("Cases and patients that a query selects, and among how many")
        .MaxBody(SearchRequest.MaxBody)
        .RequireAuthorization(Policies.SignedIn)
        .Audited(AuditAction.CohortCounted);

    private static async Task<Results<Ok<CountOfCases>, ValidationProblem, ProblemHttpResult>> HandleAsync(
        string release, Request request, HttpContext http, ICohorts cohorts, CurrentUser user, AuditDetails details, TimeProvider clock, CancellationToken ct)
    {
        var started = clock.GetTimestamp();
        var opened = await cohorts.OpenAsync(user, request.Ask(release, http), DataPermission.Summary, ct);
        if (!opened.IsOpen)
        {
            return opened.Refusal.ToProblem();
        }
    }
}
