using DataPortal.Access.Contracts;

namespace DataPortal.Access.Projects;

/// <summary>A named user of a project and what this user may do there. Access is for those named, and for nobody else.</summary>
internal sealed class Membership
{
    private Membership()
    {
    }

    public Guid ProjectId { get; private set; }

    public Guid AccountId { get; private set; }

    public DataPermission Permissions { get; private set; }

    public DateTime GrantedAt { get; private set; }

    /// <summary>When the member left; null as long as they belong.</summary>
    public DateTime? EndedAt { get; private set; }

    public static Membership Grant(Guid projectId, Guid accountId, DataPermission permissions, DateTime now) =>
        new() { ProjectId = projectId, AccountId = accountId, Permissions = permissions, GrantedAt = now };

    public void End(DateTime now) => EndedAt ??= now;
}
