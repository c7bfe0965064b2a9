using System.ComponentModel.DataAnnotations;
using DataPortal.Audit.Contracts;
using DataPortal.Identity.Contracts;
using DataPortal.Kernel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace DataPortal.Identity.Programs;

/// <summary>The owner renames a program, or sets its limits anew: never beyond their own.</summary>
internal static class ChangeProgram
{
    /// <summary>What is left out stays as it is.</summary>
    public sealed record Request
    {
        [StringLength(100, MinimumLength = 1)]
        public string? Name { get; init; }

        [Length(1, 8)]
        public IReadOnlyList<string>? Permissions { get; init; }

        /// <summary>Last day, Asia/Tokyo.</summary>
        public DateOnly? ExpiresOn { get; init; }

        public bool? Dpop { get; init; }
    }

    public static void Map(RouteGroupBuilder clients) => clients
        .MapPatch("/{id}", HandleAsync)
        .WithName("ChangeProgram")
        .WithSummary("Renames a program or changes its limits")
        .RequireAuthorization(Policies.SignedIn)
        .Audited(AuditAction.ProgramChanged)
        .RequirePerson();

    private static async Task<Results<Ok<ProgramView>, ValidationProblem, ProblemHttpResult>> HandleAsync(
        string id, Request request, CurrentUser user, IProgramProjects projects, PortalDb db, AuditTrail trail, AuditDetails details, TimeProvider clock, CancellationToken ct)
    {
        if (request is { Name: null, Permissions: null, ExpiresOn: null, Dpop: null })
        {
            return Problems.Invalid("request", "Nothing is to be changed.");
        }

        if (await db.Set<Program>().OwnedBy(user).SingleOrDefaultAsync(p => p.Id == id, ct) is not { } program)
        {
            return Refusal.NotFound().ToProblem();
        }

        (details.Resource, details.Project) = ($"program/{program.Id}", program.ProjectId);
        var (today, permissions) = (TokyoDay.Today(clock), request.Permissions?.Distinct(StringComparer.Ordinal).ToList());
        if (request is not { Permissions: null, ExpiresOn: null, Dpop: null })
        {
            if (!user.HasSecondFactor)
            {
                return KeyChoice.NeedsSecondFactor().ToProblem();
            }

            if (await projects.FindAsync(user.AccountId, program.ProjectId!.Value.ToString("D"), ct) is not { } project)
            {
                return Refusal.Conflict("project_left", "You are no longer a member of this program's project: all that is left is to revoke it.").ToProblem();
            }

            if (HandingOn.Check(project, permissions, request.ExpiresOn, today) is { } beyond)
            {
                return beyond.ToProblem();
            }
        }

        if (program.Change(request.Name?.Trim(), permissions, request.ExpiresOn, request.Dpop) is { } refusal)
        {
            return refusal.ToProblem();
        }

        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        trail.Record(new AuditEvent(AuditAction.ProgramChanged) { Project = program.ProjectId, Resource = details.Resource });
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateConcurrencyException)
        {
            await transaction.RollbackAsync(ct);
            return Changed().ToProblem();
        }

        // Lengthened, an expired program is a live one more.
        if (program.IsLive(today) && await HandingOn.TooManyAsync(db, user.AccountId, today, ct) is { } full)
        {
            await transaction.RollbackAsync(ct);
            return full.ToProblem();
        }

        await transaction.CommitAsync(ct);
        return TypedResults.Ok(await ProgramView.OfAsync(program, projects, today, ct));
    }

    public static Refusal Changed() => Refusal.Conflict("program_changed", "The program was changed by somebody else just now: look at it again.");
}
