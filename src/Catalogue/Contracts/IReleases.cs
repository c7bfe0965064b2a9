using DataPortal.Releases;

namespace DataPortal.Catalogue.Contracts;

/// <summary>The published releases, for the modules that search them. Open releases are shared: one per process and name.</summary>
public interface IReleases
{
    /// <summary>The published release of that name, open; null when there is none, or none that is published. Never asks what the caller may see.</summary>
    /// <exception cref="Kernel.AnswerUnavailableException">It is published, but its folder cannot be read (<c>release_missing</c>, <c>release_damaged</c>, <c>release_format</c>).</exception>
    ValueTask<Release?> FindAsync(string name, CancellationToken ct);

    /// <summary>Name of the release that is asked when a caller names none; null while no default has been chosen.</summary>
    Task<string?> DefaultAsync(CancellationToken ct);

    /// <summary>The published ones, newest first.</summary>
    Task<IReadOnlyList<PublishedRelease>> ListAsync(CancellationToken ct);

    /// <summary>Release-internal ids of the cases whose consent has been withdrawn since the release was sealed; every call of the engine leaves them out.</summary>
    IReadOnlyCollection<ulong> WithdrawnCases(string release);
}

/// <param name="Name">The release's name.</param>
/// <param name="Cases">Cases when it was sealed.</param>
/// <param name="Patients">Patients when it was sealed.</param>
/// <param name="DataCutoff">Last day that the data speak of.</param>
/// <param name="PublishedAt">UTC.</param>
/// <param name="IsDefault">Whether it is asked when a caller names none.</param>
public sealed record PublishedRelease(string Name, int Cases, int Patients, DateOnly DataCutoff, DateTime PublishedAt, bool IsDefault);
