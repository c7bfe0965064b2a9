using DataPortal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace DataPortal.Catalogue.Releases;

internal static class ReleaseQueries
{
    /// <summary>Stewards see every release that is more than a draft; everybody else those that are published.</summary>
    public static IQueryable<ReleaseEntry> ReleasesVisibleTo(this PortalDb db, CurrentUser user) => user.IsIn(Roles.Steward)
        ? db.Set<ReleaseEntry>().Where(r => r.State != ReleaseState.Draft)
        : db.Set<ReleaseEntry>().Where(r => r.State == ReleaseState.Published);

    public static Task<string?> DefaultReleaseAsync(this PortalDb db, CancellationToken ct) =>
        db.Set<DefaultRelease>().Where(d => d.Id == DefaultRelease.TheOne).Select(d => d.Release).SingleOrDefaultAsync(ct);
}
