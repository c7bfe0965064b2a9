using System.Diagnostics.CodeAnalysis;
using DataPortal.Kernel;

namespace DataPortal.Access.Contracts;

/// <summary>What a member may do with a project's data. Four separate permissions: none follows from another.</summary>
[Flags]
public enum DataPermission
{
    None = 0,

    /// <summary>Suppressed and rounded counts and characteristics.</summary>
    Summary = 1,

    /// <summary>Exact counts and single cases.</summary>
    Records = 2,

    /// <summary>Extracts that leave the portal.</summary>
    Download = 4,

    /// <summary>Findings in the germline; off unless the committee grants it.</summary>
    Germline = 8,
}

/// <summary>How exact the answers are.</summary>
public enum DataTier
{
    /// <summary>Signed in, no project: feasibility counts, suppressed and rounded, on a budget.</summary>
    Explorer,

    /// <summary>Member without <see cref="DataPermission.Records"/>: suppressed as for explorers, on a larger budget.</summary>
    Summary,

    /// <summary>Member with <see cref="DataPermission.Records"/>: exact.</summary>
    Member,
}

/// <summary>What the caller may see of one release at this moment. Holds for one request or one chunk of a job; never keep it longer.</summary>
/// <param name="Tier">How exact the answers are.</param>
/// <param name="ProjectId">Null for explorers.</param>
/// <param name="ProjectName">Null for explorers.</param>
/// <param name="Permissions">All permissions the member has, not only those asked for.</param>
/// <param name="OrganisationId">The organisation whose budget of queries is spent; null for an explorer without one.</param>
/// <param name="Pseudonyms">The project's names for cases and patients; null for explorers, who never see one.</param>
public sealed record DataGrant(
    DataTier Tier, Guid? ProjectId, string? ProjectName, DataPermission Permissions, Guid? OrganisationId, Pseudonyms? Pseudonyms);

/// <summary>Either a grant or the reason why there is none.</summary>
public sealed class DataGrantResult
{
    private DataGrantResult(DataGrant? grant, Refusal? refusal)
    {
        Grant = grant;
        Refusal = refusal;
    }

    public DataGrant? Grant { get; }

    public Refusal? Refusal { get; }

    [MemberNotNullWhen(true, nameof(Grant))]
    [MemberNotNullWhen(false, nameof(Refusal))]
    public bool IsGranted => Grant is not null;

    public static implicit operator DataGrantResult(DataGrant grant) => new(grant, null);

    public static implicit operator DataGrantResult(Refusal refusal) => new(null, refusal);

    public static DataGrantResult FromDataGrant(DataGrant grant) => grant;

    public static DataGrantResult FromRefusal(Refusal refusal) => refusal;
}

/// <summary>Decides, from the database as it is now, whether somebody may see a release. Ask anew for each request, job, chunk and download.</summary>
public interface IDataAccess
{
    /// <summary>
    /// <paramref name="project"/> is the id or name of a project, or null for the user's only active one; all of <paramref name="needed"/> are
    /// needed. Whether <paramref name="release"/> exists is for the asker to find out.
    /// </summary>
    /// <returns>
    /// Refusals: <c>project_required</c> (400: several projects, none named), <c>not_found</c> (404: not the user's project, or the release is outside
    /// its scope), <c>project_pending</c>, <c>project_suspended</c>, <c>project_expired</c>, <c>project_closed</c> (403, with the reason in words),
    /// <c>permission_missing</c> (403: visible, but not allowed), <c>steward_never_searches</c> (403), <c>mfa_required</c> (403: a membership with more than
    /// summaries needs a second factor), <c>pledge_missing</c>, <c>training_missing</c>, <c>training_expired</c> (403: the member has to do something first).
    /// For a program only its own project exists, with those of its owner's permissions that it was given.
    /// </returns>
    /// <exception cref="InvalidOperationException">Nobody is signed in.</exception>
    Task<DataGrantResult> AuthorizeAsync(CurrentUser user, string? project, string release, DataPermission needed, CancellationToken ct);

    /// <summary>The projects the user is a member of, by name.</summary>
    Task<IReadOnlyList<ProjectSummary>> ListProjectsAsync(CurrentUser user, CancellationToken ct);
}

/// <summary>A project as its members see it.</summary>
/// <param name="Id">Stable.</param>
/// <param name="Name">Unique, lower-case; usable wherever the id is.</param>
/// <param name="Title">As approved and published.</param>
/// <param name="OrganisationName">The organisation that holds the contract.</param>
/// <param name="State">As it is today: a project whose agreement or payment has lapsed is no longer active.</param>
/// <param name="Reason">Why the project is not active, in words; null when it is.</param>
/// <param name="Permissions">The caller's own.</param>
/// <param name="ValidUntil">Last day of access (Asia/Tokyo) as things stand; null while nothing is in force.</param>
/// <param name="Releases">Names of the releases in scope; null for every release, later ones included.</param>
public sealed record ProjectSummary(
    Guid Id,
    string Name,
    string Title,
    string OrganisationName,
    ProjectState State,
    string? Reason,
    DataPermission Permissions,
    DateOnly? ValidUntil,
    IReadOnlyList<string>? Releases);

/// <summary>The life of a project, in order.</summary>
public enum ProjectState
{
    /// <summary>Approved; waits for the agreement, the payment, or both.</summary>
    Pending,

    Active,

    /// <summary>Stopped for a while: overdue, breach, ethics approval lapsed.</summary>
    Suspended,

    /// <summary>Its time is over; the data is to be destroyed or retained.</summary>
    Expired,

    /// <summary>Destruction confirmed; nothing more can happen.</summary>
    Closed,
}
