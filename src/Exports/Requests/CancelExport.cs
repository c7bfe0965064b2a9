using DataPortal.Audit.Contracts;
using DataPortal.Kernel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace DataPortal.Exports.Requests;

/// <summary>The one who asked does not want it any more. A run that is under way finds out before its next chunk and stops.</summary>
internal static class CancelExport
{
    public static void Map(RouteGroupBuilder exports) => exports
        .MapDelete("/{id:guid}", HandleAsync)
        .WithName("CancelExport")
        .WithSummary("Cancels an export that is queued or running")
        .RequireAuthorization(Policies.SignedIn)
        .Audited(AuditAction.ExportCancelled);

    private static async Task<Results<Accepted<ExportStatus>, ProblemHttpResult>> HandleAsync(
        Guid id, PortalDb db, CurrentUser user, AuditDetails details, TimeProvider clock, CancellationToken ct)
    {
        details.Resource = $"export/{id}";
        // The run records its progress meanwhile, and each record changes the version: the cancellation looks again and has the last word.
        while (true)
        {
            if (await db.ExportsOf(user.AccountId).SingleOrDefaultAsync(e => e.Id == id, ct) is not { } export)
            {
                return Refusal.NotFound().ToProblem();
            }

            details.Project = export.ProjectId;
            details.Release = export.Release;
            if (export.Cancel(clock.GetUtcNow().UtcDateTime) is { } refusal)
            {
                return refusal.ToProblem();
            }

            try
            {
                await db.SaveChangesAsync(ct);
                return TypedResults.Accepted((string?)null, ExportStatus.Of(export));
            }
            catch (DbUpdateConcurrencyException)
            {
                db.ChangeTracker.Clear();
            }
        }
    }
}
