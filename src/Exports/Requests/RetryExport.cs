using DataPortal.Access.Contracts;
using DataPortal.Audit.Contracts;
using DataPortal.Exports.Jobs;
using DataPortal.Kernel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace DataPortal.Exports.Requests;

/// <summary>A failed export is put into the queue again; it goes on after the last chunk that was recorded.</summary>
internal static class RetryExport
{
    public static void Map(RouteGroupBuilder exports) => exports
        .MapPost("/{id:guid}/retry", HandleAsync)
        .WithName("RetryExport")
        .WithSummary("Tries a failed export again")
        .RequireAuthorization(Policies.SignedIn)
        .Audited(AuditAction.ExportRetried);

    private static async Task<Results<AcceptedAtRoute<ExportStatus>, ProblemHttpResult>> HandleAsync(
        Guid id, HttpContext http, PortalDb db, CurrentUser user, IDataAccess access, ExportQueue queue, AuditDetails details, CancellationToken ct)
    {
        details.Resource = $"export/{id}";
        if (await db.ExportsOf(user.AccountId).SingleOrDefaultAsync(e => e.Id == id, ct) is not { } export)
        {
            return Refusal.NotFound().ToProblem();
        }

        details.Project = export.ProjectId;
        details.Release = export.Release;
        var granted = await access.AuthorizeAsync(user, export.ProjectId.ToString("D"), export.Release, RequestExport.Needed(export.IncludesGermline), ct);
        if ((granted.Refusal ?? export.Retry()) is { } refusal)
        {
            return refusal.ToProblem();
        }

        try
        {
            await queue.CommitAsync(db, export, ct);
        }
        catch (DbUpdateConcurrencyException)
        {
            return Refusal.Conflict("export_state", "The export has just been changed by another request.").ToProblem();
        }

        http.Response.Headers.ContentLocation = GetExport.PathOf(http, id);
        return TypedResults.AcceptedAtRoute(ExportStatus.Of(export), GetExport.Name, new RouteValueDictionary { ["id"] = id });
    }
}
