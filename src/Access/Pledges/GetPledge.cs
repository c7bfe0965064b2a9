using DataPortal.Access.Contracts;
using DataPortal.Audit.Contracts;
using DataPortal.Kernel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace DataPortal.Access.Pledges;

/// <summary>The pledge of one of the caller's projects: the words, and whether the caller has signed them.</summary>
internal static class GetPledge
{
    /// <param name="Project">The project's id.</param>
    /// <param name="Version">The version that counts today; signing names it.</param>
    /// <param name="Text">The words, in both languages (Markdown).</param>
    /// <param name="SignedAt">When the caller signed this version; null when they have not.</param>
    /// <param name="SignedLanguage">In which language; null when they have not.</param>
    public sealed record Response(Guid Project, string Version, Words Text, DateTime? SignedAt, string? SignedLanguage);

    public sealed record Words(string Ja, string En);

    public static void Map(RouteGroupBuilder projects) => projects
        .MapGet("/{project}/pledge", HandleAsync)
        .WithName("GetPledge")
        .WithSummary("What a member promises, and whether the caller has")
        .RequireAuthorization(Policies.SignedIn)
        .Audited(AuditAction.PledgeRead);

    private static async Task<Results<Ok<Response>, ProblemHttpResult>> HandleAsync(
        string project, CurrentUser user, IDataAccess access, PortalDb db, AuditDetails details, CancellationToken ct)
    {
        if (await access.FindProjectAsync(user, project, ct) is not { } found)
        {
            return Refusal.NotFound().ToProblem();
        }

        (details.Project, details.Resource) = (found.Id, $"pledge/{PledgeText.Version}");
        var signed = await db.Set<Pledge>().AsNoTracking()
            .SingleOrDefaultAsync(p => p.ProjectId == found.Id && p.AccountId == user.AccountId && p.TextVersion == PledgeText.Version, ct);
        return TypedResults.Ok(Describe(found.Id, signed));
    }

    public static Response Describe(Guid project, Pledge? signed) =>
        new(project, PledgeText.Version, new Words(PledgeText.Japanese, PledgeText.English), signed?.SignedAt, signed?.Language);

    /// <summary>One of the caller's projects by id or name; null for any other.</summary>
    public static async Task<ProjectSummary?> FindProjectAsync(this IDataAccess access, CurrentUser user, string project, CancellationToken ct) =>
        (await access.ListProjectsAsync(user, ct)).FirstOrDefault(p =>
            string.Equals(p.Name, project, StringComparison.Ordinal) || (Guid.TryParseExact(project, "D", out var id) && id == p.Id));
}
