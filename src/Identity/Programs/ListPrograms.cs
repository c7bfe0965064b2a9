using DataPortal.Audit.Contracts;
using DataPortal.Identity.Contracts;
using DataPortal.Kernel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace DataPortal.Identity.Programs;

/// <summary>Somebody's programs that are not revoked, newest first: one's own, or, for an administrator, anybody's. Few are live at a time: the list needs no pages.</summary>
internal static class ListPrograms
{
    /// <summary>Expired ones pile up slowly; those beyond this many are not shown.</summary>
    private const int Most = 200;

    public sealed record Response(IReadOnlyList<ProgramView> Items);

    public static void Map(RouteGroupBuilder clients) => clients
        .MapGet("", HandleAsync)
        .WithName("ListPrograms")
        .WithSummary("The caller's programs; an administrator may name another account")
        .RequireAuthorization(Policies.SignedIn)
        .Audited(AuditAction.ProgramsRead)
        .RequirePerson();

    private static async Task<Results<Ok<Response>, ProblemHttpResult>> HandleAsync(
        CurrentUser user, IProgramProjects projects, PortalDb db, AuditDetails details, TimeProvider clock, CancellationToken ct, Guid? account = null)
    {
        var of = account ?? user.AccountId;
        details.Resource = $"account/{of}";
        if (of != user.AccountId && !ProgramQueries.MayOversee(user))
        {
            return Refusal.NotFound().ToProblem();
        }

        var programs = await db.Set<Program>().AsNoTracking().MadeByPeople().Where(p => p.AccountId == of && p.RevokedAt == null)
            .OrderByDescending(p => p.CreatedAt).ThenByDescending(p => p.Id).Take(Most).ToListAsync(ct);
        var names = await projects.NamesAsync([.. programs.Select(p => p.ProjectId!.Value).Distinct()], ct);
        var today = TokyoDay.Today(clock);
        return TypedResults.Ok(new Response([.. programs.Select(p => ProgramView.Of(p, names.GetValueOrDefault(p.ProjectId!.Value), today))]));
    }
}
