using DataPortal.Access.Contracts;
using DataPortal.Audit.Contracts;
using DataPortal.Kernel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace DataPortal.Access.Projects;

/// <summary>The projects the caller is a member of, by name. Nobody belongs to so many that the list would need pages.</summary>
internal static class ListProjects
{
    public sealed record Response(IReadOnlyList<ProjectResponse> Items);

    public static void Map(RouteGroupBuilder projects) => projects
        .MapGet("", HandleAsync)
        .WithName("ListProjects")
        .WithSummary("The caller's projects, with their state and the caller's permissions")
        .RequireAuthorization(Policies.SignedIn)
        .NotAudited("Lists the caller's own memberships; no case data.");

    private static async Task<Ok<Response>> HandleAsync(CurrentUser user, IDataAccess access, CancellationToken ct)
    {
        var projects = await access.ListProjectsAsync(user, ct);
        return TypedResults.Ok(new Response([.. projects.Select(ProjectResponse.From)]));
    }
}
