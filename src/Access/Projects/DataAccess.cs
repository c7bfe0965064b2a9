using System.Globalization;
using DataPortal.Access.Contracts;
using DataPortal.Access.Organisations;
using DataPortal.Access.Pledges;
using DataPortal.Access.Trainings;
using DataPortal.Kernel;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace DataPortal.Access.Projects;

/// <summary>Reads memberships, contracts and states anew at each question; nothing is cached, so that whatever is taken away is gone at once.</summary>
internal sealed class DataAccess(PortalDb db, ProjectKeys keys, TimeProvider clock) : IDataAccess
{
    private const DataPermission NeedsSecondFactor = DataPermission.Records | DataPermission.Download | DataPermission.Germline;

    public async Task<DataGrantResult> AuthorizeAsync(CurrentUser user, string? project, string release, DataPermission needed, CancellationToken ct)
    {
        // Whoever sees identified registrations must never search the pseudonymised ones: the two together undo the pseudonyms.
        if (user.IsIn(Roles.Steward))
        {
            return Refusal.Forbidden("steward_never_searches", "A steward curates identified registrations, and so never searches cases.");
        }

        var today = TokyoDay.Today(clock);
        var memberships = await MembershipsAsync(user, ct);
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
                // A program was made for its project; when that is gone, it is not its owner's explorer instead.
                return user.Program is null ? AsExplorer(needed) : Refusal.NotFound();
            }

            if (candidates.Count > 1)
            {
                return new Refusal("project_required", "You belong to several projects: name the one you act for.", StatusCodes.Status400BadRequest);
            }

            membership = candidates[0];
        }

        if ((Obstacle(user, membership, today, release, needed) ?? await ObligationAsync(user.AccountId, membership.Project, today, ct)) is { } refusal)
        {
            return refusal;
        }

        return Grant(membership);
    }

    public async Task<IReadOnlyList<ProjectSummary>> ListProjectsAsync(CurrentUser user, CancellationToken ct)
    {
        var today = TokyoDay.Today(clock);
        var memberships = await MembershipsAsync(user, ct);
        return [.. memberships.OrderBy(m => m.Project.Name, StringComparer.Ordinal).Select(m => Summarise(m, today))];
    }

    /// <summary>What stands against it in project, membership and sign-in; null when nothing does.</summary>
    private static Refusal? Obstacle(CurrentUser user, Member membership, DateOnly today, string release, DataPermission needed)
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

        // Whoever has records gets exact numbers whatever they ask for: the second factor goes with having, not with asking.
        return (membership.Permissions & NeedsSecondFactor) != DataPermission.None && !user.HasSecondFactor
            ? Refusal.Forbidden(ProblemCodes.MfaRequired, "Records and downloads need a sign-in with a second factor: set one up in your account, then sign in again.")
            : null;
    }

    /// <summary>What the member still owes the project: the pledge under today's words, and a training of the past year. Null when nothing.</summary>
    private async Task<Refusal?> ObligationAsync(Guid account, Project project, DateOnly today, CancellationToken ct)
    {
        if (!await db.Set<Pledge>().AnyAsync(p => p.ProjectId == project.Id && p.AccountId == account && p.TextVersion == PledgeText.Version, ct))
        {
            return Refusal.Forbidden(
                "pledge_missing", $"You have not signed the pledge (version {PledgeText.Version}) for {project.Name}: read and sign it at /api/v1/projects/{project.Name}/pledge.");
        }

        var until = await db.Set<Training>().Where(t => t.AccountId == account && t.WithdrawnAt == null && t.CompletedOn <= today)
            .MaxAsync(t => (DateOnly?)t.ValidThrough, ct);
        return until switch
        {
            null => Refusal.Forbidden("training_missing", "No training in the handling of patients' data is on record for you: complete it, and have an administrator record it."),
            { } day when day < today => Refusal.Forbidden(
                "training_expired", FormattableString.Invariant($"Your training counted until {day:yyyy-MM-dd}: complete it anew, and have an administrator record it.")),
            _ => null,
        };
    }

    private DataGrant Grant(Member membership)
    {
        var tier = membership.Permissions.HasFlag(DataPermission.Records) ? DataTier.Member : DataTier.Summary;
        return new DataGrant(
            tier, membership.Project.Id, membership.Project.Name, membership.Permissions, membership.Project.OrganisationId, keys.Open(membership.Project.ProtectedKey));
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

    /// <summary>The caller's memberships; a program has its owner's in its one project, cut down to what it was given.</summary>
    private async Task<List<Member>> MembershipsAsync(CurrentUser user, CancellationToken ct)
    {
        var memberships = await (
            from membership in db.Set<Membership>().AsNoTracking()
            where membership.AccountId == user.AccountId && membership.EndedAt == null
            join project in db.Set<Project>().AsNoTracking().Include(p => p.Releases) on membership.ProjectId equals project.Id
            join organisation in db.Set<Organisation>() on project.OrganisationId equals organisation.Id
            select new Member(project, membership.Permissions, organisation.Name)).ToListAsync(ct);
        return user.Program is not { } limits
            ? memberships
            : [.. from m in memberships where m.Project.Id == limits.ProjectId select m with { Permissions = m.Permissions & Parse(limits.Permissions) }];
    }

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

    private static DataPermission Parse(IReadOnlyCollection<string> names) =>
        Enum.GetValues<DataPermission>().Where(p => names.Contains(p.ToString(), StringComparer.OrdinalIgnoreCase)).Aggregate(DataPermission.None, (all, p) => all | p);

    private sealed record Member(Project Project, DataPermission Permissions, string OrganisationName);
}
