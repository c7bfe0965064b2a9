using System.Globalization;
using DataPortal.Access.Contracts;
using DataPortal.Access.Organisations;
using DataPortal.Kernel;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace DataPortal.Access.Projects;

/// <summary>Reads memberships, contracts and states anew at each question; nothing is cached, so that whatever is taken away is gone at once.</summary>
internal sealed class DataAccess(PortalDb db, ProjectKeys keys, TimeProvider clock) : IDataAccess
{
    public async Task<DataGrantResult> AuthorizeAsync(CurrentUser user, string? project, string release, DataPermission needed, CancellationToken ct)
    {
        // Whoever sees identified registrations must never search the pseudonymised ones: the two together undo the pseudonyms.
        if (user.IsIn(Roles.Steward))
        {
            return Refusal.Forbidden("steward_never_searches", "A steward curates identified registrations, and so never searches cases.");
        }

        var today = TokyoDay.Today(clock);
        var memberships = await MembershipsAsync(user.AccountId, ct);
        Member membership;
        if (project is not null)
        {
            if (memberships.Find(m => IsNamed(m.Project, project)) is not { } named)
            {
                return Refusal.NotFound();
            }

            membership = named;
        }
        else
        {
            var candidates = OnesThatCount(memberships, today);
            if (candidates.Count == 0)
            {
                return AsExplorer(needed);
            }

            if (candidates.Count > 1)
            {
                return new Refusal("project_required", "You belong to several projects: name the one you act for.", StatusCodes.Status400BadRequest);
            }

            membership = candidates[0];
        }

        return Decide(membership, today, release, needed);
    }

    public async Task<IReadOnlyList<ProjectSummary>> ListProjectsAsync(CurrentUser user, CancellationToken ct)
    {
        var today = TokyoDay.Today(clock);
        var memberships = await MembershipsAsync(user.AccountId, ct);
        return [.. memberships.OrderBy(m => m.Project.Name, StringComparer.Ordinal).Select(m => Summarise(m, today))];
    }

    private DataGrantResult Decide(Member membership, DateOnly today, string release, DataPermission needed)
    {
        var project = membership.Project;
        var (state, reason) = project.StateOn(today);
        if (state != ProjectState.Active)
        {
            var name = state.ToString().ToLowerInvariant();
            return Refusal.Forbidden($"project_{name}", $"The project {project.Name} is {name}: {reason}.");
        }

        if (!project.Covers(release))
        {
            return Refusal.NotFound();
        }

        if ((membership.Permissions & needed) != needed)
        {
            var missing = Names(needed & ~membership.Permissions);
            return Refusal.Forbidden("permission_missing", $"Your membership of the project {project.Name} does not include: {string.Join(", ", missing)}.");
        }

        var tier = membership.Permissions.HasFlag(DataPermission.Records) ? DataTier.Member : DataTier.Summary;
        return new DataGrant(tier, project.Id, project.Name, membership.Permissions, project.OrganisationId, keys.Open(project.ProtectedKey));
    }

    private static DataGrantResult AsExplorer(DataPermission needed) => needed == DataPermission.Summary
        ? new DataGrant(DataTier.Explorer, null, null, DataPermission.Summary, null, null)
        : Refusal.Forbidden("permission_missing", "Without a project only feasibility counts are open to you.");

    /// <summary>The active projects; when there are none, those whose present state explains why nothing is open. Closed ones are history.</summary>
    private static List<Member> OnesThatCount(List<Member> memberships, DateOnly today)
    {
        var active = memberships.FindAll(m => m.Project.StateOn(today).State == ProjectState.Active);
        return active.Count > 0 ? active : memberships.FindAll(m => m.Project.State != ProjectState.Closed);
    }

    private async Task<List<Member>> MembershipsAsync(Guid accountId, CancellationToken ct) => await (
        from membership in db.Set<Membership>().AsNoTracking()
        where membership.AccountId == accountId && membership.EndedAt == null
        join project in db.Set<Project>().AsNoTracking().Include(p => p.Releases) on membership.ProjectId equals project.Id
        join organisation in db.Set<Organisation>() on project.OrganisationId equals organisation.Id
        select new Member(project, membership.Permissions, organisation.Name)).ToListAsync(ct);

    private static bool IsNamed(Project project, string text) =>
        string.Equals(project.Name, text, StringComparison.Ordinal)
        || (Guid.TryParseExact(text, "D", out var id) && id == project.Id);

    private static ProjectSummary Summarise(Member membership, DateOnly today)
    {
        var project = membership.Project;
        var (state, reason) = project.StateOn(today);
        return new ProjectSummary(
            project.Id, project.Name, project.Title, membership.OrganisationName, state, reason, membership.Permissions,
            project.Contract.ValidUntil,
            project.CoversEveryRelease ? null : [.. project.Releases.Select(r => r.Release).Order(StringComparer.Ordinal)]);
    }

    /// <summary>Names of the permissions in a set, as the API writes them.</summary>
    public static IReadOnlyList<string> Names(DataPermission permissions) =>
        [.. Enum.GetValues<DataPermission>()
            .Where(p => p != DataPermission.None && permissions.HasFlag(p))
            .Select(p => p.ToString().ToLower(CultureInfo.InvariantCulture))];

    private sealed record Member(Project Project, DataPermission Permissions, string OrganisationName);
}
