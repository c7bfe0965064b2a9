using DataPortal.Audit.Contracts;
using DataPortal.Kernel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace DataPortal.Identity.Programs;

/// <summary>The owner, or an administrator, ends a program for good: its tokens are refused from the next request on. Twice is once.</summary>
internal static class RevokeProgram
{
    public static void Map(RouteGroupBuilder clients) => clients
        .MapDelete("/{id}", HandleAsync)
        .WithName("RevokeProgram")
        .WithSummary("Revokes a program")
        .RequireAuthorization(Policies.SignedIn)
        .Audited(AuditAction.ProgramRevoked)
        .RequirePerson();

    private static async Task<Results<NoContent, ProblemHttpResult>> HandleAsync(
        string id, CurrentUser user, PortalDb db, AuditDetails details, TimeProvider clock, CancellationToken ct)
    {
        if (await db.Set<Program>().ReadableBy(user).SingleOrDefaultAsync(p => p.Id == id, ct) is not { } program)
        {
            return Refusal.NotFound().ToProblem();
        }

        (details.Resource, details.Project) = ($"program/{program.Id}", program.ProjectId);
        program.Revoke(user.AccountId, clock.GetUtcNow().UtcDateTime);
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateConcurrencyException)
        {
            return ChangeProgram.Changed().ToProblem();
        }

        return TypedResults.NoContent();
    }
}
