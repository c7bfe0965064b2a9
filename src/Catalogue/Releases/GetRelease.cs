using DataPortal.Audit.Contracts;
using DataPortal.Kernel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Net.Http.Headers;

namespace DataPortal.Catalogue.Releases;

/// <summary>One release. Its entity tag follows manifest, state and default, which is all that the answer is made of.</summary>
internal static class GetRelease
{
    public static void Map(RouteGroupBuilder releases) => releases
        .MapGet("/{release}", HandleAsync)
        .WithName("GetRelease")
        .WithSummary("One release")
        .RequireAuthorization(Policies.SignedIn)
        .NotAudited("Name and size of a release, which every signed-in person may know; no data of cases.");

    private static async Task<Results<Ok<ReleaseResponse>, StatusCodeHttpResult, NotFound>> HandleAsync(
        string release, HttpContext http, PortalDb db, CurrentUser user, CancellationToken ct)
    {
        var entry = await db.ReleasesVisibleTo(user).AsNoTracking().SingleOrDefaultAsync(r => r.Name == release, ct);
        if (entry is null)
            return TypedResults.NotFound();
        var answer = ReleaseResponse.Of(entry, await db.DefaultReleaseAsync(ct));
        var tag = new EntityTagHeaderValue($"\"{entry.ManifestSha256![..32]}-{answer.State}{(answer.IsDefault ? "-default" : "")}\"".ToLowerInvariant());
        http.Response.GetTypedHeaders().ETag = tag;
        http.Response.Headers.CacheControl = "private, no-cache";
        var known = http.Request.GetTypedHeaders().IfNoneMatch;
        return known.Any(k => k.Compare(tag, useStrongComparison: false) || k.Equals(EntityTagHeaderValue.Any))
            ? TypedResults.StatusCode(StatusCodes.Status304NotModified)
            : TypedResults.Ok(answer);
    }
}
