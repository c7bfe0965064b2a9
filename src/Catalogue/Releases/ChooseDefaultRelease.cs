using System.ComponentModel.DataAnnotations;
using DataPortal.Audit.Contracts;
using DataPortal.Kernel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace DataPortal.Catalogue.Releases;

/// <summary>A steward says which published release is asked by those who name none.</summary>
internal static class ChooseDefaultRelease
{
    public sealed record Request
    {
        [Required, StringLength(64, MinimumLength = 1)]
        public string? Release { get; init; }
    }

    public static void Map(RouteGroupBuilder releases) => releases
        .MapPut("/default", HandleAsync)
        .WithName("ChooseDefaultRelease")
        .WithSummary("Choose the release that is asked when none is named")
        .RequireAuthorization(Policies.Steward)
        .RequireStepUp()
        .Audited(AuditAction.ReleaseMadeDefault);

    private static async Task<Results<NoContent, NotFound, ProblemHttpResult>> HandleAsync(Request request, PortalDb db, CurrentUser user, AuditDetails details, CancellationToken ct)
    {
        details.Release = request.Release;
        var entry = await db.ReleasesVisibleTo(user).AsNoTracking().SingleOrDefaultAsync(r => r.Name == request.Release, ct);
        if (entry is null)
            return TypedResults.NotFound();
        if (entry.State != ReleaseState.Published)
            return Refusal.Conflict("release_not_published", "Only a published release can be the default: nobody else could see it.").ToProblem();
        if (await db.Set<DefaultRelease>().SingleOrDefaultAsync(d => d.Id == DefaultRelease.TheOne, ct) is { } choice)
            choice.Release = entry.Name;
        else
            db.Add(new DefaultRelease { Release = entry.Name });
        await db.SaveChangesAsync(ct);
        return TypedResults.NoContent();
    }
}
