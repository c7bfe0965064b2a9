using System.ComponentModel.DataAnnotations;
using DataPortal.Access.Contracts;
using DataPortal.Audit.Contracts;
using DataPortal.Kernel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace DataPortal.Access.Pledges;

/// <summary>A member signs the pledge of a project. The body names the version that was read, so that nobody signs words which changed meanwhile.</summary>
internal static class SignPledge
{
    public sealed record Request
    {
        [Required, StringLength(20, MinimumLength = 1)]
        public string? Version { get; init; }

        [Required, AllowedValues("ja", "en")]
        public string? Language { get; init; }
    }

    public static void Map(RouteGroupBuilder projects) => projects
        .MapPost("/{project}/pledge", HandleAsync)
        .WithName("SignPledge")
        .WithSummary("Signs the pledge")
        .RequireAuthorization(Policies.SignedIn)
        .Audited(AuditAction.PledgeSigned)
        .RequirePerson();

    private static async Task<Results<Ok<GetPledge.Response>, ProblemHttpResult>> HandleAsync(
        string project, Request request, CurrentUser user, IDataAccess access, PortalDb db, AuditDetails details, TimeProvider clock, CancellationToken ct)
    {
        if (await access.FindProjectAsync(user, project, ct) is not { } found)
        {
            return Refusal.NotFound().ToProblem();
        }

        (details.Project, details.Resource) = (found.Id, $"pledge/{PledgeText.Version}");
        if (!string.Equals(request.Version, PledgeText.Version, StringComparison.Ordinal))
        {
            return Refusal.Conflict("pledge_version", $"The pledge that counts today is version {PledgeText.Version}: read it, then sign that one.").ToProblem();
        }

        var pledge = Pledge.Sign(found.Id, user.AccountId, request.Language!, clock.GetUtcNow().UtcDateTime);
        db.Add(pledge);
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateException e) when (e.IsUniqueViolation())
        {
            return Refusal.Conflict("pledge_signed", "You have signed this pledge already.").ToProblem();
        }

        return TypedResults.Ok(GetPledge.Describe(found.Id, pledge));
    }
}
