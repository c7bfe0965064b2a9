using System.Security.Cryptography;
using DataPortal.Catalogue.Import;
using DataPortal.Releases;
using DataPortal.Releases.Building;
using DataPortal.Releases.Dictionary;
using DataPortal.Releases.Sealing;
using DataPortal.Releases.Vocabularies;

namespace DataPortal.Catalogue.Releases;

/// <summary>How far a release has come.</summary>
/// <param name="Stage"><c>reading</c> or <c>sealing</c>.</param>
/// <param name="Done">Share of the whole work, 0 to 1.</param>
/// <param name="Cases">Cases taken so far.</param>
internal sealed record BuildProgress(string Stage, double Done, int Cases);

/// <summary>Turns registrations into a sealed folder. Nothing is visible under the release's name before all of it is on the disk.</summary>
internal sealed class ReleaseBuilding(CatalogueFolders folders, TimeProvider clock)
{
    private const int IdentifierKeyBytes = 32;

    // Measured on made-up cases: reading and encoding takes about two thirds of the time.
    private const double ShareOfReading = 0.65;
    private const int CasesPerReport = 500;

    private static readonly Field Panel = DataDictionary.Current["case.panel"], Version = DataDictionary.Current["case.panel_version"];

    /// <param name="name">The release's name; its folder must not exist.</param>
    /// <param name="format">Goes into the manifest as the source.</param>
    /// <param name="vocabulary">Sealed with the release.</param>
    /// <param name="source">Where the cases come from.</param>
    /// <param name="progress">Told from time to time.</param>
    /// <param name="ct">Stops the work and leaves nothing.</param>
    /// <exception cref="ImportException">The source is damaged.</exception>
    /// <exception cref="ReleaseException">The builder refuses, for example because there is no case.</exception>
    public Manifest Build(string name, string format, Vocabulary vocabulary, RegistrationSource source, IProgress<BuildProgress> progress, CancellationToken ct)
    {
        Directory.CreateDirectory(folders.Releases);
        try
        {
            using var signer = ReleaseSigner.OpenOrCreate(folders.Keys);
            // Texts of a published study are public already, made-up ones are nobody's; texts of registrations wait for a review that does not exist yet.
            var settings = new ReleaseSettings(folders.Release(name), name, format, IdentifierKey(folders.Keys), signer, vocabulary, clock, TextsReviewed: format is not "portal");
            using var builder = new ReleaseBuilder(settings);
            Fill(builder, vocabulary, source, progress, ct);
            var cases = builder.Cases;
            return builder.Seal(progress: new Direct<double>(done => progress.Report(new BuildProgress("sealing", ShareOfReading + ((1 - ShareOfReading) * done), cases))), cancellation: ct);
        }
        catch
        {
            // On a full disk the builder's own clean-up may stumble over what it still wants to write.
            RemoveRemains(name);
            throw;
        }
    }

    public static async Task<string> ManifestHashAsync(string folder, CancellationToken ct)
    {
        await using var manifest = File.OpenRead(Path.Combine(folder, "manifest.json"));
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(manifest, ct));
    }

    /// <summary>What an unfinished build may have left, whether it failed or its process died.</summary>
    public void RemoveRemains(string name)
    {
        if (!Directory.Exists(folders.Releases))
            return;
        foreach (var folder in Directory.EnumerateDirectories(folders.Releases, $".building-{name}-*"))
        {
            // The name of another release may begin with this one's and a hyphen; what follows here is exactly an id.
            if (Guid.TryParseExact(Path.GetFileName(folder)[(".building-".Length + name.Length + 1)..], "N", out _))
                Directory.Delete(folder, recursive: true);
        }
    }

    private static void Fill(ReleaseBuilder builder, Vocabulary vocabulary, RegistrationSource source, IProgress<BuildProgress> progress, CancellationToken ct)
    {
        var declared = new HashSet<(string, string)>();
        foreach (var assay in source.Assays)
        {
            builder.Declare(assay);
            declared.Add((assay.Panel, assay.Version));
        }

        var panels = vocabulary.Panels.All.ToDictionary(p => (p.Code, p.Version));
        foreach (var (row, drop) in source.Cases)
        {
            ct.ThrowIfCancellationRequested();
            var key = (row.Text(Panel) ?? "", row.Text(Version) ?? "");
            if (declared.Add(key) && panels.TryGetValue(key, out var panel))
                builder.Declare(Assay.Of(panel, vocabulary.Panels));
            switch (builder.Add(row))
            {
                case AddOutcome.NoConsent:
                    drop("no_consent");
                    break;
                case AddOutcome.Duplicate:
                    drop("duplicate_registration");
                    break;
                default:
                    if (builder.Cases % CasesPerReport == 0)
                        progress.Report(new BuildProgress("reading", ShareOfReading * source.Done(), builder.Cases));
                    break;
            }
        }
    }

    /// <summary>The key under which registry identifiers become release-internal ids, made at first use: readable by the owner alone, and never changed.</summary>
    private static byte[] IdentifierKey(string keys)
    {
        Directory.CreateDirectory(keys);
        var path = Path.Combine(keys, "identifier.key");
        if (!File.Exists(path))
        {
            // Written aside and moved into place: two nodes starting at once must end with one whole key.
            var fresh = Path.Combine(keys, $".identifier-{Guid.CreateVersion7():N}");
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            using (var file = new FileStream(fresh, options))
            {
                file.Write(RandomNumberGenerator.GetBytes(IdentifierKeyBytes));
                file.Flush(flushToDisk: true);
            }

            try
            {
                File.Move(fresh, path, overwrite: false);
            }
            catch (IOException) when (File.Exists(path))
            {
                File.Delete(fresh);
            }
        }

        var key = File.ReadAllBytes(path);
        return key.Length == IdentifierKeyBytes ? key : throw new ReleaseException("identifier_key", "keys/identifier.key does not hold 32 bytes. Without the right key cases would get other ids than before.");
    }

    /// <summary>Reports on the calling thread, in order; <see cref="Progress{T}"/> does neither.</summary>
    private sealed class Direct<T>(Action<T> report) : IProgress<T>
    {
        public void Report(T value) => report(value);
    }
}
