namespace DataPortal.Identity.Contracts;

/// <summary>Port, implemented by Access: what a person may hand on to a program of theirs. Read anew at each question.</summary>
public interface IProgramProjects
{
    /// <summary>The project with this id or name, if the account is a member of it.</summary>
    Task<ProgramProject?> FindAsync(Guid account, string project, CancellationToken ct);

    /// <summary>Names of projects, for showing; ids that are unknown are left out.</summary>
    Task<IReadOnlyDictionary<Guid, string>> NamesAsync(IReadOnlyCollection<Guid> projects, CancellationToken ct);
}

/// <summary>A project as one of its members may hand it on.</summary>
/// <param name="Id">Stable.</param>
/// <param name="Name">Unique; usable wherever the id is.</param>
/// <param name="Permissions">The member's own, by name: <c>summary</c>, <c>records</c>, <c>download</c>, <c>germline</c>.</param>
/// <param name="LastDay">Last day of access (Asia/Tokyo) as things stand; null when the project gives no access today.</param>
public sealed record ProgramProject(Guid Id, string Name, IReadOnlyList<string> Permissions, DateOnly? LastDay);
