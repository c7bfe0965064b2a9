using System.Collections.Concurrent;
using DataPortal.Catalogue.Contracts;
using DataPortal.Kernel;
using DataPortal.Releases;
using Microsoft.EntityFrameworkCore;

namespace DataPortal.Catalogue.Releases;

/// <summary>Releases that have been opened, by name. A release never changes, so an open one stays good for the life of the process.</summary>
internal sealed class OpenReleases(CatalogueFolders folders)
{
    private readonly ConcurrentDictionary<string, Lazy<Release>> open = new(StringComparer.Ordinal);

    /// <exception cref="ReleaseException">The folder cannot be read; the next call tries again.</exception>
    public Release Open(string name)
    {
        var opening = open.GetOrAdd(name, n => new Lazy<Release>(() => Release.Open(folders.Release(n))));
        try
        {
            return opening.Value;
        }
        catch
        {
            open.TryRemove(new KeyValuePair<string, Lazy<Release>>(name, opening));
            throw;
        }
    }
}

/// <summary>Asks the database whether a release is published, every time: withdrawing one bites at once, on every node.</summary>
internal sealed class ReleaseStore(PortalDb db, OpenReleases open) : IReleases
{
    public async ValueTask<Release?> FindAsync(string name, CancellationToken ct)
    {
        if (!ReleaseName.IsValid(name) || !await db.Set<ReleaseEntry>().AnyAsync(r => r.Name == name && r.State == ReleaseState.Published, ct))
            return null;
        try
        {
            return open.Open(name);
        }
        catch (ReleaseException e)
        {
            throw new AnswerUnavailableException(e.Code, $"The release '{name}' cannot be read at the moment. The operator has to look at its folder.", e);
        }
    }

    public Task<string?> DefaultAsync(CancellationToken ct) => db.DefaultReleaseAsync(ct);

    public async Task<IReadOnlyList<PublishedRelease>> ListAsync(CancellationToken ct)
    {
        var chosen = await db.DefaultReleaseAsync(ct);
        var published = await db.Set<ReleaseEntry>().AsNoTracking().Where(r => r.State == ReleaseState.Published).OrderByDescending(r => r.PublishedAt).ThenBy(r => r.Name).ToListAsync(ct);
        return published.ConvertAll(r => new PublishedRelease(r.Name, r.Cases, r.Patients, r.DataCutoff!.Value, r.PublishedAt!.Value, r.Name == chosen));
    }

    // Consent cannot be withdrawn through the portal yet, so no case is excluded.
    public IReadOnlyCollection<ulong> WithdrawnCases(string release) => [];
}
