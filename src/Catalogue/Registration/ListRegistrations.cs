using DataPortal.Audit.Contracts;
using DataPortal.Kernel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace DataPortal.Catalogue.Registration;

/// <summary>Registrations, newest first, without their reports. A hospital sees its own only.</summary>
internal static class ListRegistrations
{
    public static void Map(RouteGroupBuilder registrations) => registrations
        .MapGet("", HandleAsync)
        .WithName("ListRegistrations")
        .WithSummary("Registrations, newest first")
        .RequireAnyRole(Roles.Steward, Roles.Hospital)
        .Audited(AuditAction.RegistrationRead);

    private static async Task<Results<Ok<Page<RegistrationResponse>>, ValidationProblem>> HandleAsync(
        [AsParameters] PageRequest page, HttpContext http, PortalDb db, CurrentUser user, AuditDetails details, CancellationToken ct)
    {
        var runs = db.RegistrationsVisibleTo(user).AsNoTracking();
        if (page.After is not null)
        {
            if (!Cursor.TryDecode(page.After, 1, out var cursor) || !Guid.TryParse(cursor[0], out var last))
                return Problems.Invalid("after", "This is not a cursor of this list.");
            runs = runs.Where(r => r.Id < last);
        }

        var rows = await runs.OrderByDescending(r => r.Id).Take(page.Take() + 1).ToListAsync(ct);
        var answer = Paging.Cut(http, rows.ConvertAll(r => RegistrationResponse.Of(r) with { Report = null }), page.Take(), r => Cursor.Encode(r.Id.ToString("D")));
        details.Rows = answer.Items.Count;
        return TypedResults.Ok(answer);
    }
}
