using DataPortal.Audit.Contracts;
using DataPortal.Kernel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace DataPortal.Catalogue.Registration;

/// <summary>Every finding of a finished import, one JSON object per line; the report itself shows only the first of each kind.</summary>
internal static class GetFindings
{
    public static void Map(RouteGroupBuilder registrations) => registrations
        .MapGet("/{id:guid}/findings", HandleAsync)
        .WithName("GetRegistrationFindings")
        .WithSummary("Every finding of one registration (NDJSON)")
        .Produces(StatusCodes.Status200OK, contentType: "application/x-ndjson")
        .RequireAnyRole(Roles.Steward, Roles.Hospital)
        .Audited(AuditAction.RegistrationRead);

    private static async Task<Results<PhysicalFileHttpResult, NotFound>> HandleAsync(
        Guid id, PortalDb db, CurrentUser user, CatalogueFolders folders, AuditDetails details, CancellationToken ct)
    {
        details.Resource = $"registration/{id}";
        var run = await db.RegistrationsVisibleTo(user).AsNoTracking().SingleOrDefaultAsync(r => r.Id == id, ct);
        var path = RunFolder.FindingsIn(Path.Combine(folders.Registrations, id.ToString("N")));
        return run is { IsFinished: true } && File.Exists(path)
            ? TypedResults.PhysicalFile(path, "application/x-ndjson", fileDownloadName: $"{run.Release}-findings.ndjson")
            : TypedResults.NotFound();
    }
}
