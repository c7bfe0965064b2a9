using DataPortal.Access.Contracts;

namespace DataPortal.Access.Projects;

/// <summary>A project as its members read it over HTTP.</summary>
internal sealed record ProjectResponse(
    Guid Id,
    string Name,
    string Title,
    string Organisation,
    ProjectState State,
    string? Reason,
    IReadOnlyList<string> Permissions,
    DateOnly? ValidUntil,
    IReadOnlyList<string>? Releases)
{
    public static ProjectResponse From(ProjectSummary project) => new(
        project.Id, project.Name, project.Title, project.OrganisationName, project.State, project.Reason,
        DataAccess.Names(project.Permissions), project.ValidUntil, project.Releases);
}
