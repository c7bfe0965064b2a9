using DataPortal.Audit.Contracts;
using DataPortal.Kernel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace DataPortal.Exports.Requests;

/// <summary>The caller's own exports, newest first.</summary>
internal static class ListExports
{
    public static void Map(RouteGroupBuilder exports) => exports
        .MapGet("", HandleAsync)
        .WithName("ListExports")
        .WithSummary("The caller's exports, newest first")
        .RequireAuthorization(Policies.SignedIn)
        .Audited(AuditAction.ExportRead);

    private static async Task<Results<Ok<Page<ExportStatus>>, ValidationProblem>> HandleAsync(
        [AsParameters] PageRequest page, HttpContext http, PortalDb db, CurrentUser user, AuditDetails details, CancellationToken ct)
    {
        var exports = db.ExportsOf(user.AccountId).AsNoTracking();
        if (page.After is not null)
        {
            if (!Cursor.TryDecode(page.After, 1, out var cursor) || !Guid.TryParse(cursor[0], out var last))
            {
                return Problems.Invalid("after", "This is not a cursor of this list.");
            }

            exports = exports.Where(e => e.Id < last);
        }

        var rows = await exports.OrderByDescending(e => e.Id).Take(page.Take() + 1).ToListAsync(ct);
        var cut = Paging.Cut(http, rows.ConvertAll(ExportStatus.Of), page.Take(), last => Cursor.Encode(last.Id.ToString("D")));
        details.Rows = cut.Items.Count;
        return TypedResults.Ok(cut);
    }
}
