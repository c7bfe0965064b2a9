using DataPortal.Audit.Contracts;
using DataPortal.Kernel;
using DataPortal.Releases.Sealing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace DataPortal.Catalogue.Releases;

/// <summary>A steward has every byte of a release checked against its signed manifest. Anybody with the folder and a public key can do the same without the portal.</summary>
internal static class VerifyRelease
{
    public sealed record Response(string Release, bool Holds, string? KeyId, int Files, long Bytes, IReadOnlyList<string> Problems);

    public static void Map(RouteGroupBuilder releases) => releases
        .MapPost("/{release}/verification", HandleAsync)
        .WithName("VerifyRelease")
        .WithSummary("Check a release against its signed manifest")
        .RequireAuthorization(Policies.Steward)
        .Audited(AuditAction.ReleaseVerified);

    private static async Task<Results<Ok<Response>, NotFound>> HandleAsync(
        string release, PortalDb db, CurrentUser user, CatalogueFolders folders, AuditDetails details, CancellationToken ct)
    {
        details.Release = release;
        var entry = await db.ReleasesVisibleTo(user).AsNoTracking().SingleOrDefaultAsync(r => r.Name == release, ct);
        if (entry is null)
            return TypedResults.NotFound();
        var folder = folders.Release(entry.Name);
        if (!Directory.Exists(folder))
            return TypedResults.Ok(new Response(entry.Name, false, null, 0, 0, ["The release's folder is missing."]));
        var keys = Directory.EnumerateFiles(folders.Keys, "*.pub").Select(File.ReadAllText).ToList();
        var found = await Task.Run(() => ReleaseVerifier.Verify(folder, keys, cancellation: ct), ct);
        // A folder that is whole in itself may still be another release's, or one sealed anew.
        var problems = found.Release is not null && (found.Release != entry.Name || await ReleaseBuilding.ManifestHashAsync(folder, ct) != entry.ManifestSha256)
            ? [.. found.Problems, "The manifest is not the one that this portal sealed."]
            : found.Problems;
        return TypedResults.Ok(new Response(entry.Name, problems.Count == 0, found.KeyId, found.Files, found.Bytes, problems));
    }
}
