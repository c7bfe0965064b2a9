using DataPortal.Access.Contracts;
using DataPortal.Identity.Contracts;
using DataPortal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace DataPortal.Access.Projects;

/// <summary>What Identity must know of projects to confine a program to one of them.</summary>
internal sealed class ProgramProjects(PortalDb db, TimeProvider clock) : IProgramProjects
{
    public async Task<ProgramProject?> FindAsync(Guid account, string project, CancellationToken ct)
    {
        var id = Guid.TryParseExact(project, "D", out var parsed) ? parsed : Guid.Empty;
        var found = await (
            from membership in db.Set<Membership>().AsNoTracking()
            where membership.AccountId == account && membership.EndedAt == null
            join p in db.Set<Project>().AsNoTracking() on membership.ProjectId equals p.Id
            where p.Name == project || p.Id == id
            select new { Project = p, membership.Permissions }).FirstOrDefaultAsync(ct);
        return found is null ? null : new ProgramProject(
            found.Project.Id, found.Project.Name, DataAccess.Names(found.Permissions),
            found.Project.StateOn(TokyoDay.Today(clock)).State == ProjectState.Active ? found.Project.Contract.ValidUntil : null);
    }

    public async Task<IReadOnlyDictionary<Guid, string>> NamesAsync(IReadOnlyCollection<Guid> projects, CancellationToken ct) =>
        await db.Set<Project>().AsNoTracking().Where(p => projects.Contains(p.Id)).ToDictionaryAsync(p => p.Id, p => p.Name, ct);
}
