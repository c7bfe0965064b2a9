using DataPortal.Access.Contracts;
using DataPortal.Audit.Contracts;
using DataPortal.Kernel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace DataPortal.Access.Projects;

/// <summary>One of the caller's projects. Others' are absent.</summary>
internal static class GetProject
{
    public static void Map(RouteGroupBuilder projects) => projects
        .MapGet("/{id:guid}", HandleAsync)
        .WithName("GetProject")
        .WithSummary("One of the caller's projects")
        .RequireAuthorization(Policies.SignedIn)
        .Audited(AuditAction.ProjectRead);

    private static async Task<Results<Ok<ProjectResponse>, ProblemHttpResult>> HandleAsync(
        Guid id, CurrentUser user, IDataAccess access, AuditDetails details, CancellationToken ct)
    {
        details.Resource = $"project/{id}";
        var project = (await access.ListProjectsAsync(user, ct)).FirstOrDefault(p => p.Id == id);
        if (project is null)
        {
            return Refusal.NotFound().ToProblem();
        }

        details.Project = id;
        return TypedResults.Ok(ProjectResponse.From(project));
    }
}
