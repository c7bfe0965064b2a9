using System.ComponentModel.DataAnnotations;
using DataPortal.Audit.Contracts;
using DataPortal.Audit.Recording;
using DataPortal.Kernel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace DataPortal.Audit.Reading;

/// <summary>The auditor pages through the trail, newest entries first.</summary>
internal static class ListEntries
{
    public sealed record Query
    {
        public Guid? Actor { get; init; }

        public Guid? Project { get; init; }

        [StringLength(64)]
        public string? Action { get; init; }

        public AuditOutcome? Outcome { get; init; }

        [StringLength(64)]
        public string? RequestId { get; init; }

        public DateTimeOffset? From { get; init; }

        public DateTimeOffset? To { get; init; }

        [Range(1, PageRequest.MaxLimit)]
        public int? Limit { get; init; }

        [StringLength(512)]
        public string? After { get; init; }
    }

    public sealed record Item(
        Guid Id, DateTime Time, string Action, string Outcome, string? Code, Guid? Actor, string? Name, string? Email, string? Client, Guid? Project,
        string? Release, string? Resource, string? Query, string? QueryHash, long? Rows, string? RequestId, string Node);

    public static void Map(RouteGroupBuilder audit) => audit
        .MapGet("", HandleAsync)
        .WithName("ListAuditEntries")
        .WithSummary("Entries of the audit trail, newest first")
        .Audited(AuditAction.AuditRead);

    private static async Task<Results<Ok<Page<Item>>, ValidationProblem>> HandleAsync(
        [AsParameters] Query query, HttpContext http, PortalDb db, AuditDetails details, CancellationToken ct)
    {
        var entries = db.Set<AuditEntry>().AsNoTracking();
        if (query.After is not null)
        {
            if (!Cursor.TryDecode(query.After, 1, out var cursor) || !Guid.TryParse(cursor[0], out var last))
            {
                return Problems.Invalid("after", "This is not a cursor of this list.");
            }

            entries = entries.Where(e => e.Id < last);
        }

        entries = query.Actor is { } actor ? entries.Where(e => e.Actor == actor) : entries;
        entries = query.Project is { } project ? entries.Where(e => e.Project == project) : entries;
        entries = query.Action is { } action ? entries.Where(e => e.Action == action) : entries;
        entries = query.Outcome is { } outcome ? entries.Where(e => e.Outcome == outcome) : entries;
        entries = query.RequestId is { } request ? entries.Where(e => e.RequestId == request) : entries;
        entries = query.From is { } from ? entries.Where(e => e.Time >= from.UtcDateTime) : entries;
        entries = query.To is { } to ? entries.Where(e => e.Time < to.UtcDateTime) : entries;

        var limit = new PageRequest { Limit = query.Limit }.Take();
        var rows = await (
            from e in entries.OrderByDescending(e => e.Id).Take(limit + 1)
            join p in db.Set<AuditPersonal>() on e.Id equals p.EntryId into personal
            from p in personal.DefaultIfEmpty()
            orderby e.Id descending
            select new { Entry = e, p!.Name, p.Email }).ToListAsync(ct);
        var items = rows.ConvertAll(r => new Item(
            r.Entry.Id, r.Entry.Time, r.Entry.Action, CanonicalEntry.Name(r.Entry.Outcome), r.Entry.Code, r.Entry.Actor, r.Name, r.Email, r.Entry.Client, r.Entry.Project,
            r.Entry.Release, r.Entry.Resource, r.Entry.Query, r.Entry.QueryHash, r.Entry.Rows, r.Entry.RequestId, r.Entry.Node));
        var page = Paging.Cut(http, items, limit, last => Cursor.Encode(last.Id.ToString("D")));
        details.Rows = page.Items.Count;
        return TypedResults.Ok(page);
    }
}
