using System.Text.Json;
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
using Microsoft.Net.Http.Headers;

namespace DataPortal.Exports.Requests;

/// <summary>A file of a completed export leaves the portal: the third check of permission, and an entry for every answer, parts of files included.</summary>
internal static class DownloadFile
{
    public static void Map(RouteGroupBuilder exports) => exports
        .MapGet("/{id:guid}/files/{*path}", HandleAsync)
        .WithName("DownloadExportFile")
        .WithSummary("A file of a completed export; understands Range and If-Range")
        .Produces(StatusCodes.Status200OK, contentType: "text/csv")
        .Produces(StatusCodes.Status206PartialContent, contentType: "text/csv")
        .RequireAuthorization(Policies.SignedIn)
        .Audited(AuditAction.ExportDownloaded);

    private static async Task<Results<WatchedDownload, ProblemHttpResult>> HandleAsync(
        Guid id, string path, PortalDb db, CurrentUser user, IDataAccess access, IOptions<DataDirectory> data, AuditDetails details, CancellationToken ct)
    {
        details.Resource = $"export/{id}";
        if (await db.ExportsOf(user.AccountId).AsNoTracking().SingleOrDefaultAsync(e => e.Id == id, ct) is not { } export)
        {
            return Refusal.NotFound().ToProblem();
        }

        details.Project = export.ProjectId;
        details.Release = export.Release;
        if (export.State != ExportState.Completed)
        {
            return (export.IsActive ? Refusal.Conflict("export_running", "The export is not finished yet.") : GetExport.Ended(export)).ToProblem();
        }

        var granted = await access.AuthorizeAsync(user, export.ProjectId.ToString("D"), export.Release, RequestExport.Needed(export.IncludesGermline), ct);
        if (!granted.IsGranted)
        {
            return granted.Refusal.ToProblem();
        }

        // Only what the manifest lists can be asked for, so a path can lead nowhere else.
        var folder = Path.Combine(ExportFiles.Home(data.Value, id), export.Folder!);
        if (await FindAsync(folder, path, ct) is not { } file)
        {
            return Refusal.NotFound().ToProblem();
        }

        details.Resource = $"export/{id}/{file.Path}";
        details.Query = export.Query;
        details.Rows = file.Rows;
        var sent = TypedResults.PhysicalFile(
            Path.Combine(folder, file.Path), file.Path.EndsWith(".csv", StringComparison.Ordinal) ? "text/csv; charset=utf-8" : "application/json", file.Path,
            lastModified: null, entityTag: new EntityTagHeaderValue($"\"{file.Sha256}\""), enableRangeProcessing: true);
        return new WatchedDownload(sent, export, details.Resource);
    }

    private static async Task<PackagedFile?> FindAsync(string folder, string path, CancellationToken ct)
    {
        var bytes = await File.ReadAllBytesAsync(Path.Combine(folder, ExportManifest.FileName), ct);
        if (path == ExportManifest.FileName)
        {
            return new PackagedFile(path, null, Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes)), null, bytes.Length);
        }

        return JsonSerializer.Deserialize<Listing>(bytes, JsonSerializerOptions.Web)!.Files.FirstOrDefault(f => string.Equals(f.Path, path, StringComparison.Ordinal));
    }

    private sealed record Listing(IReadOnlyList<PackagedFile> Files);
}
