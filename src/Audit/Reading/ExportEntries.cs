using System.Text;
using System.Text.Json;
using DataPortal.Audit.Contracts;
using DataPortal.Audit.Recording;
using DataPortal.Kernel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace DataPortal.Audit.Reading;

/// <summary>
/// The auditor takes the trail away: one line of JSON per entry, oldest first, with the canonical entry as it is hashed, its leaf hash and, when
/// asked for, the personal fields with the salt that ties them to <c>personalHash</c>.
/// </summary>
internal static class ExportEntries
{
    private const int ChunkRows = 1000;

    public static void Map(RouteGroupBuilder audit) => audit
        .MapGet("/export", HandleAsync)
        .WithName("ExportAuditEntries")
        .WithSummary("The audit trail as NDJSON: canonical entries with their leaf hashes")
        .Produces(StatusCodes.Status200OK, contentType: "application/x-ndjson")
        .Audited(AuditAction.AuditExported);

    private static async Task<PushStreamHttpResult> HandleAsync(
        DateTimeOffset? from, DateTimeOffset? to, bool? personal, PortalDb db, TimeProvider clock, AuditDetails details, CancellationToken ct)
    {
        // Bounded by the clock at the start: entries made while the export runs, its own included, belong to the next one.
        var end = (to is { } given && given < clock.GetUtcNow() ? given : clock.GetUtcNow()).UtcDateTime;
        var start = (from ?? DateTimeOffset.UnixEpoch).UtcDateTime;
        var entries = db.Set<AuditEntry>().AsNoTracking().Where(e => e.Time >= start && e.Time < end);
        details.Rows = await entries.LongCountAsync(ct);
        return TypedResults.Stream(stream => WriteAsync(stream, entries, personal == true ? db : null, ct), "application/x-ndjson");
    }

    private static async Task WriteAsync(Stream stream, IQueryable<AuditEntry> entries, PortalDb? personal, CancellationToken ct)
    {
        var last = Guid.Empty;
        List<AuditEntry> chunk;
        do
        {
            chunk = await entries.Where(e => e.Id > last).OrderBy(e => e.Id).Take(ChunkRows).ToListAsync(ct);
            var ids = chunk.ConvertAll(e => e.Id);
            var fields = personal is null
                ? []
                : await personal.Set<AuditPersonal>().AsNoTracking().Where(p => ids.Contains(p.EntryId)).ToDictionaryAsync(p => p.EntryId, ct);
            foreach (var entry in chunk)
            {
                await stream.WriteAsync(Line(entry, fields.GetValueOrDefault(entry.Id)), ct);
                last = entry.Id;
            }
        }
        while (chunk.Count == ChunkRows);
    }

    private static byte[] Line(AuditEntry entry, AuditPersonal? personal)
    {
        var canonical = CanonicalEntry.Bytes(entry);
        var line = new StringBuilder("{\"entry\":").Append(Encoding.UTF8.GetString(canonical))
            .Append(",\"leafHash\":\"").Append(Convert.ToHexStringLower(CanonicalEntry.LeafHash(canonical))).Append('"');
        if (personal is not null)
        {
            line.Append(",\"personal\":").Append(JsonSerializer.Serialize(new
            {
                address = personal.Address,
                email = personal.Email,
                name = personal.Name,
                salt = Convert.ToHexStringLower(personal.Salt),
                userAgent = personal.UserAgent,
            }));
        }

        return Encoding.UTF8.GetBytes(line.Append("}\n").ToString());
    }
}
