using DataPortal.Audit.Contracts;
using DataPortal.Kernel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace DataPortal.Catalogue.Releases;

/// <summary>A steward opens a sealed release to those whose projects cover it. The default release stays what it was.</summary>
internal static class PublishRelease
{
    public static void Map(RouteGroupBuilder releases) => releases
        .MapPost("/{release}/publish", HandleAsync)
        .WithName("PublishRelease")
        .WithSummary("Publish a sealed release")
        .RequireAuthorization(Policies.Steward)
        .RequireStepUp()
        .Audited(AuditAction.ReleasePublished);

    private static async Task<Results<Ok<ReleaseResponse>, NotFound, ProblemHttpResult>> HandleAsync(
        string release, PortalDb db, CurrentUser user, AuditDetails details, TimeProvider clock, CancellationToken ct)
    {
        details.Release = release;
        var entry = await db.ReleasesVisibleTo(user).SingleOrDefaultAsync(r => r.Name == release, ct);
        if (entry is null)
            return TypedResults.NotFound();
        if (entry.Publish(clock.GetUtcNow().UtcDateTime) is { } refusal)
            return refusal.ToProblem();
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateConcurrencyException)
        {
            return Refusal.Conflict("release_state", "Somebody else changed the release at the same moment; look at it again.").ToProblem();
        }

        return TypedResults.Ok(ReleaseResponse.Of(entry, await db.DefaultReleaseAsync(ct)));
    }
}
