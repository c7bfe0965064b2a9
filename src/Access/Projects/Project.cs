using DataPortal.Access.Contracts;
using DataPortal.Kernel;

namespace DataPortal.Access.Projects;

/// <summary>
/// An approved use of data by an organisation: pending → active ⇄ suspended → expired → closed. Refuses every other move itself.
/// The stored state changes by events; whether access is open on a given day is <see cref="StateOn"/>, so that a lapsed agreement or payment
/// bites at once and not when a job gets round to recording it.
/// </summary>
internal sealed class Project
{
    private readonly List<ProjectRelease> _releases = [];

    private Project()
    {
    }

    public Guid Id { get; private set; }

    public string Name { get; private set; } = "";

    public string Title { get; private set; } = "";

    public Guid OrganisationId { get; private set; }

    public ProjectState State { get; private set; }

    public string? SuspensionReason { get; private set; }

    public ProjectContract Contract { get; private set; } = null!;

    /// <summary>True: every release published here, later ones included. False: those of <see cref="Releases"/>.</summary>
    public bool CoversEveryRelease { get; private set; }

    public IReadOnlyList<ProjectRelease> Releases => _releases;

    /// <summary>The pseudonym key, encrypted by <see cref="ProjectKeys"/>.</summary>
    public byte[] ProtectedKey { get; private set; } = [];

    public DateTime CreatedAt { get; private set; }

    /// <summary>Changes with every event, so that of two people deciding at once the second is told.</summary>
    public Guid Version { get; private set; }

    /// <summary>A new project, pending. No <paramref name="releases"/> at all (null) means every release, later ones included.</summary>
    public static Project Approve(
        string name, string title, Guid organisationId, ProjectContract contract, IReadOnlyCollection<string>? releases, byte[] protectedKey, DateTime now)
    {
        var project = new Project
        {
            Id = Guid.CreateVersion7(),
            Name = name,
            Title = title,
            OrganisationId = organisationId,
            State = ProjectState.Pending,
            Contract = contract,
            CoversEveryRelease = releases is null,
            ProtectedKey = protectedKey,
            CreatedAt = now,
            Version = Guid.CreateVersion7(),
        };
        project._releases.AddRange((releases ?? []).Distinct(StringComparer.Ordinal).Select(release => new ProjectRelease(project.Id, release)));
        return project;
    }

    /// <summary>Opens access: only with the agreement in force and the fee paid or exempted.</summary>
    public Refusal? Open(DateOnly today)
    {
        if (State != ProjectState.Pending)
        {
            return Illegal("opened");
        }

        if (Contract.Obstacle(today) is { } obstacle)
        {
            return Refusal.Conflict("project_requirements_missing", $"The project cannot be opened: {obstacle}.");
        }

        Become(ProjectState.Active);
        return null;
    }

    public Refusal? Suspend(string reason)
    {
        if (State != ProjectState.Active)
        {
            return Illegal("suspended");
        }

        Become(ProjectState.Suspended);
        SuspensionReason = reason;
        return null;
    }

    /// <summary>Back from suspension, under the conditions of opening.</summary>
    public Refusal? Resume(DateOnly today)
    {
        if (State != ProjectState.Suspended)
        {
            return Illegal("resumed");
        }

        if (Contract.Obstacle(today) is { } obstacle)
        {
            return Refusal.Conflict("project_requirements_missing", $"The project cannot be resumed: {obstacle}.");
        }

        Become(ProjectState.Active);
        SuspensionReason = null;
        return null;
    }

    public Refusal? Expire()
    {
        if (State is not (ProjectState.Active or ProjectState.Suspended))
        {
            return Illegal("expired");
        }

        Become(ProjectState.Expired);
        return null;
    }

    /// <summary>The end: destruction or retention of the data is confirmed.</summary>
    public Refusal? Close()
    {
        if (State != ProjectState.Expired)
        {
            return Illegal("closed");
        }

        Become(ProjectState.Closed);
        return null;
    }

    public bool Covers(string release) => CoversEveryRelease || _releases.Any(r => string.Equals(r.Release, release, StringComparison.Ordinal));

    /// <summary>The state that counts on that day, and why it is not active.</summary>
    public (ProjectState State, string? Reason) StateOn(DateOnly day) => State switch
    {
        ProjectState.Pending => (ProjectState.Pending, Contract.Obstacle(day) ?? "access has not been opened yet"),
        ProjectState.Suspended => (ProjectState.Suspended, SuspensionReason),
        ProjectState.Expired => (ProjectState.Expired, "its time is over"),
        ProjectState.Closed => (ProjectState.Closed, "it is closed"),
        _ => Contract.Obstacle(day) is { } obstacle ? (ProjectState.Expired, obstacle) : (ProjectState.Active, null),
    };

    private Refusal Illegal(string what) =>
        Refusal.Conflict("project_state", $"A project that is {State.ToString().ToLowerInvariant()} cannot be {what}.");

    private void Become(ProjectState state)
    {
        State = state;
        Version = Guid.CreateVersion7();
    }
}

/// <summary>A release in a project's scope, by name.</summary>
internal sealed record ProjectRelease(Guid ProjectId, string Release);
