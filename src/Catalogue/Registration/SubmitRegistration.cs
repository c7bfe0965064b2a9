using System.ComponentModel.DataAnnotations;
using DataPortal.Audit.Contracts;
using DataPortal.Catalogue.Releases;
using DataPortal.Kernel;
using DataPortal.Releases;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace DataPortal.Catalogue.Registration;

/// <summary>
/// A steward or a hospital hands over cases as a ZIP archive; a background job builds a release of them. The name of the release is taken at once, so that of two
/// hand-overs for the same name the second is told before it is sent.
/// </summary>
internal static class SubmitRegistration
{
    /// <summary>Names that mean something else in addresses.</summary>
    private const string Reserved = "default";

    public sealed record Query
    {
        /// <summary>Form of the data: <c>cbioportal</c> or <c>portal</c>.</summary>
        [Required, AllowedValues("cbioportal", "portal")]
        public string? Format { get; init; }

        /// <summary>Name of the release to build.</summary>
        [Required, RegularExpression("^[a-z0-9][a-z0-9._-]{0,63}$", ErrorMessage = ReleaseName.Rule), DeniedValues(Reserved)]
        public string? Release { get; init; }

        /// <summary>Publish it when it is sealed; stewards only.</summary>
        public bool? Publish { get; init; }
    }

    public static void Map(RouteGroupBuilder registrations) => registrations
        .MapPost("", HandleAsync)
        .WithName("SubmitRegistration")
        .WithSummary("Hand over cases (a ZIP archive) and have a release built of them")
        .MaxBody(CatalogueOptions.BodyLimit)
        .RequireAnyRole(Roles.Steward, Roles.Hospital)
        .Audited(AuditAction.RegistrationSubmitted);

    private static async Task<Results<Accepted<RegistrationResponse>, ProblemHttpResult, ValidationProblem>> HandleAsync(
        [AsParameters] Query query, HttpContext http, PortalDb db, CurrentUser user, AuditDetails details, CatalogueFolders folders, RegistrationQueue queue,
        IOptions<CatalogueOptions> options, TimeProvider clock, CancellationToken ct)
    {
        var id = Guid.CreateVersion7();
        (details.Release, details.Resource) = (query.Release, $"registration/{id}");
        if (query.Publish == true && !user.IsIn(Roles.Steward))
            return Refusal.Forbidden("publish_forbidden", "Only a steward publishes releases. Hand the cases over without 'publish'.").ToProblem();
        if (await db.Set<ReleaseEntry>().AnyAsync(r => r.Name == query.Release, ct) || Directory.Exists(folders.Release(query.Release!)))
            return Exists(query.Release!).ToProblem();
        if (queue.IsFull)
        {
            http.Response.Headers.RetryAfter = "30";
            return new Refusal("registration_queue_full", "Too many registrations are waiting; try again in a while.", StatusCodes.Status429TooManyRequests).ToProblem();
        }

        RunFolder? folder = null;
        try
        {
            folder = RunFolder.Take(Path.Combine(folders.Registrations, id.ToString("N")));
            if (!await ReceiveAsync(http.Request.Body, folder.Upload, options.Value.MaxUploadBytes, ct))
                return Abandon(folder, new Refusal(ProblemCodes.TooLarge, FormattableString.Invariant($"At most {options.Value.MaxUploadBytes} bytes are taken."), StatusCodes.Status413PayloadTooLarge));
            if (!ZipUpload.LooksLikeZip(folder.Upload))
            {
                folder.Remove();
                return Problems.Invalid("body", "A ZIP archive is wanted as the body.");
            }

            var run = RegistrationRun.Accept(id, query.Format!, query.Release!, query.Publish == true, user.AccountId, clock.GetUtcNow().UtcDateTime);
            db.AddRange(run, ReleaseEntry.Draft(run.Release, run.Format, run.RequestedAt));
            await db.SaveChangesAsync(ct);
            queue.Add(run.Id, folder);
            return TypedResults.Accepted($"/api/v1/registrations/{run.Id}", RegistrationResponse.Of(run));
        }
        catch (DbUpdateException e) when (e.IsUniqueViolation())
        {
            return Abandon(folder!, Exists(query.Release!));
        }
        catch (IOException e) when (DiskFull.Is(e))
        {
            folder?.Remove();
            return new Refusal(DiskFull.Code, DiskFull.Message, StatusCodes.Status507InsufficientStorage).ToProblem();
        }
        catch
        {
            folder?.Remove();
            throw;
        }
    }

    private static ProblemHttpResult Abandon(RunFolder folder, Refusal refusal)
    {
        folder.Remove();
        return refusal.ToProblem();
    }

    private static Refusal Exists(string release) =>
        Refusal.Conflict("release_exists", $"A release named '{release}' is there already, or is being built. Releases are never changed: choose another name.");

    /// <summary>False when the body is larger than the limit.</summary>
    private static async Task<bool> ReceiveAsync(Stream body, string path, long limit, CancellationToken ct)
    {
        // Unbuffered: a full disk shows at the write, not when the file is closed.
        await using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0, useAsync: true);
        var buffer = new byte[128 * 1024];
        for (int read; (read = await body.ReadAsync(buffer, ct)) > 0;)
        {
            if ((limit -= read) < 0)
                return false;
            await file.WriteAsync(buffer.AsMemory(0, read), ct);
        }

        return true;
    }
}
