using DataPortal.Audit.Contracts;
using DataPortal.Kernel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace DataPortal.Catalogue.Releases;

/// <summary>What can be searched: the published releases; for a steward, all that are sealed.</summary>
internal static class ListReleases
{
    public sealed record Response(string? Default, IReadOnlyList<ReleaseResponse> Items);

    public static void Map(RouteGroupBuilder releases) => releases
        .MapGet("", HandleAsync)
        .WithName("ListReleases")
        .WithSummary("Releases, newest first")
        .RequireAuthorization(Policies.SignedIn)
        .NotAudited("Names and sizes of releases, which every signed-in person may know; no data of cases.");

    private static async Task<Ok<Response>> HandleAsync(PortalDb db, CurrentUser user, CancellationToken ct)
    {
        var chosen = await db.DefaultReleaseAsync(ct);
        var entries = await db.ReleasesVisibleTo(user).AsNoTracking().OrderByDescending(r => r.CreatedAt).ThenBy(r => r.Name).ToListAsync(ct);
        return TypedResults.Ok(new Response(chosen, entries.ConvertAll(e => ReleaseResponse.Of(e, chosen))));
    }
}
