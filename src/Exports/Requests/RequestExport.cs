using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using DataPortal.Access.Contracts;
using DataPortal.Audit.Contracts;
using DataPortal.Cohorts.Contracts;
using DataPortal.Exports.Jobs;
using DataPortal.Exports.Packaging;
using DataPortal.Kernel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace DataPortal.Exports.Requests;

/// <summary>A member asks for an extract; a job makes it, and <c>Content-Location</c> says where to follow it (FHIR Bulk Data's asynchronous pattern).</summary>
internal static class RequestExport
{
    public sealed record Request
    {
        /// <summary>Name of the release; the portal's default one when absent.</summary>
        [StringLength(64)]
        public string? Release { get; init; }

        /// <summary>Text in the query language; this or <see cref="Tree"/>.</summary>
        public string? Query { get; init; }

        public JsonElement? Tree { get; init; }

        /// <summary>Id or name; the caller's only active project when absent.</summary>
        [StringLength(64)]
        public string? Project { get; init; }

        /// <summary><c>tables</c>.</summary>
        [Required, StringLength(64)]
        public string? Profile { get; init; }
    }

    private const int MaxKey = 255;

    /// <summary>Larger than any query that is understood, so that a nonsense one is answered by the language and not by the connection.</summary>
    private const long MaxBody = 2 * 1024 * 1024;

    public static void Map(RouteGroupBuilder exports) => exports
        .MapPost("", HandleAsync)
        .WithName("RequestExport")
        .WithSummary("Starts an extract of the cases that a query selects")
        .MaxBody(MaxBody)
        .RequireAuthorization(Policies.SignedIn)
        .Audited(AuditAction.ExportRequested);

    /// <summary>An extract holds single cases and leaves the portal: both permissions, at the request, at every chunk and at every download.</summary>
    public static DataPermission Needed(bool includesGermline) =>
        DataPermission.Records | DataPermission.Download | (includesGermline ? DataPermission.Germline : DataPermission.None);

    private static async Task<Results<AcceptedAtRoute<ExportStatus>, ValidationProblem, ProblemHttpResult>> HandleAsync(
        Request request, [FromHeader(Name = "Idempotency-Key")] string? key, HttpContext http, PortalDb db, CurrentUser user, ICohorts cohorts, ExportQueue queue,
        AuditDetails details, TimeProvider clock, CancellationToken ct)
    {
        if (!string.Equals(request.Profile, TablesProfile.Name, StringComparison.Ordinal))
        {
            return Problems.Invalid("profile", $"The only profile is '{TablesProfile.Name}'.");
        }

        if (key is { Length: 0 or > MaxKey })
        {
            return Problems.Invalid("Idempotency-Key", $"A key has 1 to {MaxKey} characters.");
        }

        if ((request.Query is null) == (request.Tree is null))
        {
            return Problems.Invalid("query", "Give either a query or a tree.");
        }

        var hash = HashOf(request);
        if (key is not null && await db.ExportsOf(user.AccountId).AsNoTracking().SingleOrDefaultAsync(e => e.IdempotencyKey == key, ct) is { } earlier)
        {
            return Repeated(earlier, hash, http, details);
        }

        var question = new CohortQuestion(request.Release ?? CohortQuestion.DefaultRelease, request.Project, request.Query, request.Tree?.GetRawText(), Language.IsJapanese(http));
        var opened = await cohorts.OpenAsync(user, question, Needed(includesGermline: false), ct);
        if (!opened.IsOpen)
        {
            return opened.Refusal.ToProblem();
        }

        var cohort = opened.Cohort;
        var export = Export.Request(
            new ExportRequest(
                user.AccountId, user.Subject, user.ClientId ?? "", cohort.Grant.ProjectId!.Value, cohort.Grant.ProjectName!, cohort.Release.Name, cohort.Canonical,
                TablesProfile.Name, cohort.Grant.Permissions.HasFlag(DataPermission.Germline), key, hash),
            clock.GetUtcNow().UtcDateTime);
        db.Add(export);
        details.Resource = $"export/{export.Id}";
        try
        {
            await queue.CommitAsync(db, export, ct);
        }
        catch (DbUpdateException e) when (key is not null && e.IsUniqueViolation())
        {
            // The same request came twice at once; the other one was first.
            db.ChangeTracker.Clear();
            return Repeated(await db.ExportsOf(user.AccountId).AsNoTracking().SingleAsync(other => other.IdempotencyKey == key, ct), hash, http, details);
        }

        return Accepted(export, http);
    }

    private static Results<AcceptedAtRoute<ExportStatus>, ValidationProblem, ProblemHttpResult> Repeated(Export earlier, string hash, HttpContext http, AuditDetails details)
    {
        details.Resource = $"export/{earlier.Id}";
        return earlier.RequestHash == hash
            ? Accepted(earlier, http)
            : Refusal.Unprocessable("idempotency_key_reused", "This Idempotency-Key was used for another request. Use a new key for a new request.").ToProblem();
    }

    private static AcceptedAtRoute<ExportStatus> Accepted(Export export, HttpContext http)
    {
        http.Response.Headers.ContentLocation = GetExport.PathOf(http, export.Id);
        return TypedResults.AcceptedAtRoute(ExportStatus.Of(export), GetExport.Name, new RouteValueDictionary { ["id"] = export.Id });
    }

    private static string HashOf(Request request) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
        JsonSerializer.Serialize(new[] { request.Release, request.Query, request.Tree?.GetRawText(), request.Project, request.Profile }))));
}
