using DataPortal.Audit.Contracts;
using DataPortal.Identity.Contracts;
using DataPortal.Kernel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace DataPortal.Identity.Programs;

/// <summary>One of the caller's programs, revoked ones included. Others' are absent, except to administrators.</summary>
internal static class GetProgram
{
    public static void Map(RouteGroupBuilder clients) => clients
        .MapGet("/{id}", HandleAsync)
        .WithName("GetProgram")
        .WithSummary("One of the caller's programs")
        .RequireAuthorization(Policies.SignedIn)
        .Audited(AuditAction.ProgramsRead)
        .RequirePerson();

    private static async Task<Results<Ok<ProgramView>, ProblemHttpResult>> HandleAsync(
        string id, CurrentUser user, IProgramProjects projects, PortalDb db, AuditDetails details, TimeProvider clock, CancellationToken ct)
    {
        if (await db.Set<Program>().AsNoTracking().ReadableBy(user).SingleOrDefaultAsync(p => p.Id == id, ct) is not { } program)
        {
            return Refusal.NotFound().ToProblem();
        }

        (details.Resource, details.Project) = ($"program/{program.Id}", program.ProjectId);
        return TypedResults.Ok(await ProgramView.OfAsync(program, projects, TokyoDay.Today(clock), ct));
    }
}
