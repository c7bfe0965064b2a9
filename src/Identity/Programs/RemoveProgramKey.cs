using DataPortal.Audit.Contracts;
using DataPortal.Kernel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace DataPortal.Identity.Programs;

/// <summary>Rotation, second half: the old key goes. The last one stays; a program without a key is a revoked one.</summary>
internal static class RemoveProgramKey
{
    public static void Map(RouteGroupBuilder clients) => clients
        .MapDelete("/{id}/keys/{kid}", HandleAsync)
        .WithName("RemoveProgramKey")
        .WithSummary("Removes one of a program's keys")
        .RequireAuthorization(Policies.SignedIn)
        .Audited(AuditAction.ProgramKeyRemoved)
        .RequirePerson();

    private static async Task<Results<NoContent, ProblemHttpResult>> HandleAsync(
        string id, string kid, CurrentUser user, PortalDb db, AuditDetails details, CancellationToken ct)
    {
        if (await db.Set<Program>().OwnedBy(user).SingleOrDefaultAsync(p => p.Id == id, ct) is not { } program)
        {
            return Refusal.NotFound().ToProblem();
        }

        (details.Resource, details.Project) = ($"program/{program.Id}", program.ProjectId);
        if (program.RemoveKey(kid) is { } refusal)
        {
            return refusal.ToProblem();
        }

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
