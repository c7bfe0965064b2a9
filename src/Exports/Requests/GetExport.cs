using System.Globalization;
using DataPortal.Access.Contracts;
using DataPortal.Audit.Contracts;
using DataPortal.Exports.Packaging;
using DataPortal.Kernel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace DataPortal.Exports.Requests;

/// <summary>The one who asked looks how far it is: 202 with <c>X-Progress</c> while it runs, 200 with the signed manifest when it is done.</summary>
internal static class GetExport
{
    public const string Name = "GetExport";

    private const int PollSeconds = 2;

    public static void Map(RouteGroupBuilder exports) => exports
        .MapGet("/{id:guid}", HandleAsync)
        .WithName(Name)
        .WithSummary("Progress of an export, or its manifest")
        .Produces<ExportManifest>()
        .RequireAuthorization(Policies.SignedIn)
        .Audited(AuditAction.ExportRead);

    public static string PathOf(HttpContext http, Guid id) => $"{http.Request.PathBase}{ExportsModule.Route}/{id:D}";

    private static async Task<Results<Accepted<ExportStatus>, PhysicalFileHttpResult, ProblemHttpResult>> HandleAsync(
        Guid id, HttpContext http, PortalDb db, CurrentUser user, IDataAccess access, IOptions<DataDirectory> data, AuditDetails details, CancellationToken ct)
    {
        details.Resource = $"export/{id}";
        if (await db.ExportsOf(user.AccountId).AsNoTracking().SingleOrDefaultAsync(e => e.Id == id, ct) is not { } export)
        {
            return Refusal.NotFound().ToProblem();
        }

        details.Project = export.ProjectId;
        details.Release = export.Release;
        if (export.IsActive)
        {
            http.Response.Headers["X-Progress"] = ExportStatus.Progress(export);
            http.Response.Headers.RetryAfter = PollSeconds.ToString(CultureInfo.InvariantCulture);
            return TypedResults.Accepted((string?)null, ExportStatus.Of(export));
        }

        if (export.State != ExportState.Completed)
        {
            return Ended(export).ToProblem();
        }

        // The manifest tells exact numbers: it is under the same lock as the files.
        var granted = await access.AuthorizeAsync(user, export.ProjectId.ToString("D"), export.Release, RequestExport.Needed(export.IncludesGermline), ct);
        if (!granted.IsGranted)
        {
            return granted.Refusal.ToProblem();
        }

        details.Query = export.Query;
        details.Rows = export.Cases;
        http.Response.Headers.Expires = export.ExpiresAt!.Value.ToString("R", CultureInfo.InvariantCulture);
        return TypedResults.PhysicalFile(Path.Combine(ExportFiles.Home(data.Value, id), export.Folder!, ExportManifest.FileName), "application/json");
    }

    /// <summary>There is nothing to fetch any more: 410, with the reason. A failed export says why it failed, in <c>failure</c>.</summary>
    public static Refusal Ended(Export export) => new(
        export.State == ExportState.Failed ? "export_failed" : $"export_{export.State.ToString().ToLowerInvariant()}",
        export.State switch
        {
            ExportState.Failed => $"The export failed: {export.FailureMessage}",
            ExportState.Cancelled => "The export was cancelled.",
            _ => "The export's time is over, and its files are deleted.",
        },
        export.State == ExportState.Failed ? StatusCodes.Status409Conflict : StatusCodes.Status410Gone)
    {
        Details = new Dictionary<string, object?>(StringComparer.Ordinal) { ["export"] = ExportStatus.Of(export) },
    };
}
