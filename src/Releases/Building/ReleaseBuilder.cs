using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using DataPortal.Releases.Dictionary;
using DataPortal.Releases.Sealing;
using DataPortal.Releases.Vocabularies;

namespace DataPortal.Releases.Building;

/// <summary>What became of a case handed to the builder.</summary>
public enum AddOutcome
{
    Added,

    /// <summary>The patient does not consent to secondary use: nothing of the case enters the release.</summary>
    NoConsent,

    /// <summary>A case of the same registration is already in.</summary>
    Duplicate,
}

/// <summary>How a release is to be built.</summary>
/// <param name="Folder">Where the finished folder will stand. Must not exist.</param>
/// <param name="Name">The release's name.</param>
/// <param name="Source">See <see cref="Manifest.Source"/>.</param>
/// <param name="IdentifierKey">Key of at least 32 bytes under which identifiers of the registry become release-internal ids. The same key gives the same id in every release.</param>
/// <param name="Signer">Signs the manifest.</param>
/// <param name="Vocabulary">Sealed with the release, so that a query means the same years later.</param>
/// <param name="Clock">Tells the instant of sealing.</param>
/// <param name="TextsReviewed">True when somebody answers for the running texts: reviewed and redacted, published already, or made up. Otherwise no running text enters.</param>
public sealed record ReleaseSettings(
    string Folder, string Name, string Source, ReadOnlyMemory<byte> IdentifierKey, ReleaseSigner Signer, Vocabulary Vocabulary, TimeProvider Clock, bool TextsReviewed = false);

/// <summary>
/// Builds a release by streaming: each case is encoded and written to spool files beside the target at once, and sealing rewrites the spools in the
/// final order. Memory holds the vocabularies, one number per case and child row, and the posting lists: not the text. Nothing is visible under the
/// target's name before everything is hashed, signed and flushed; an abandoned builder leaves nothing. Not thread-safe.
/// </summary>
public sealed class ReleaseBuilder : IDisposable
{
    private static readonly DataDictionary Dictionary = DataDictionary.Current;

    private readonly ReleaseSettings settings;
    private readonly string spoolFolder;
    private readonly EntitySpool[] spools;
    private readonly Dictionary<string, OpenVocabulary> vocabularies = [];
    private readonly HashSet<ulong> registrations = [];
    private readonly Dictionary<ulong, int> casesOfPatient = [];
    private readonly List<Assay> assays = [];
    private readonly HashSet<(string, string)> unlisted = [];
    private readonly Dictionary<(string, string), int> assayNumbers = [];
    private readonly Derivations derivations = new();
    private readonly byte[] identifierKey;
    private DateOnly latest;
    private bool done;

    /// <exception cref="ReleaseException"><c>release_exists</c> when the target is there already, <c>release_name</c> for an unusable name.</exception>
    public ReleaseBuilder(ReleaseSettings settings)
    {
        this.settings = settings;
        if (!ReleaseName.IsValid(settings.Name))
            throw new ReleaseException("release_name", ReleaseName.Rule);
        if (Directory.Exists(settings.Folder))
            throw new ReleaseException("release_exists", $"A release named '{settings.Name}' is there already. Releases are never changed: choose another name.");
        if (settings.IdentifierKey.Length < 32)
            throw new ArgumentException("The identifier key must have at least 32 bytes.", nameof(settings));

        identifierKey = settings.IdentifierKey.ToArray();
        spoolFolder = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(settings.Folder))!, $".building-{settings.Name}-{Guid.CreateVersion7():N}");
        Directory.CreateDirectory(spoolFolder);
        spools = [.. Dictionary.Entities.Select(e => new EntitySpool(e, spoolFolder, Vocabulary, settings.TextsReviewed))];
    }

    /// <summary>Cases added so far.</summary>
    public int Cases => spools[0].Rows;

    /// <summary>Says what a test covers. Undeclared tests count as covering nothing.</summary>
    public void Declare(Assay assay)
    {
        if (assayNumbers.TryGetValue((assay.Panel, assay.Version), out var number))
        {
            assays[number] = assay;
            unlisted.Remove((assay.Panel, assay.Version));
            return;
        }

        AddAssay(assay);
    }

    /// <summary>Encodes one case with all its children.</summary>
    /// <exception cref="ReleaseException"><c>unknown_code</c> or <c>out_of_range</c>, naming the field but never the value: the import answers for clean rows.</exception>
    /// <exception cref="IOException">The disk is full or fails; dispose the builder.</exception>
    public AddOutcome Add(Row row)
    {
        ObjectDisposedException.ThrowIf(done, this);
        if (row.Text(CaseFields.ConsentSecondaryUse) == "no")
            return AddOutcome.NoConsent;
        var registration = KeyedHash('c', row.Text(CaseFields.RegistrationId) ?? throw new ReleaseException("identifier_missing", "A case has no registration id."));
        if (!registrations.Add(registration))
            return AddOutcome.Duplicate;
        var patient = row.Text(CaseFields.PatientId) is { } id ? KeyedHash('p', id) : KeyedHash('p', "\0" + row.Text(CaseFields.RegistrationId));
        casesOfPatient[patient] = casesOfPatient.GetValueOrDefault(patient) + 1;

        derivations.Derive(row);
        row.Set(CaseFields.Assay, AssayOf(row));
        if (LatestDay(row) is { } day && day > latest)
            latest = day;
        spools[0].AddIds(registration, patient);
        Write(row);
        foreach (var spool in spools.AsSpan(1))
            spool.EndCase();
        return AddOutcome.Added;
    }

    /// <summary>Sorts, writes, hashes, signs and publishes the folder. <paramref name="progress"/> gets the share done, 0 to 1.</summary>
    /// <param name="cutoff">Last day that the data speak of; by default the latest registration or last-alive date among the cases.</param>
    /// <param name="progress">Told from time to time; may be null.</param>
    /// <param name="cancellation">Stops the work and leaves nothing.</param>
    /// <exception cref="ReleaseException"><c>release_empty</c> when no case was added.</exception>
    public Manifest Seal(DateOnly? cutoff = null, IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        ObjectDisposedException.ThrowIf(done, this);
        if (Cases == 0)
            throw new ReleaseException("release_empty", "There is no case to put into the release.");

        var target = Path.Combine(spoolFolder, "sealed");
        var writer = new ReleaseWriter(target, spools, vocabularies, casesOfPatient, derivations.EvidenceSeen, progress, cancellation);
        var written = writer.Write();
        WriteCoverage(target, written);
        settings.Vocabulary.Write(Path.Combine(target, "vocabulary"));
        foreach (var file in Directory.EnumerateFiles(Path.Combine(target, "vocabulary")))
            written.Files.Add(ReleaseFiles.Describe(target, file));

        var manifest = new Manifest(
            Manifest.CurrentFormat, settings.Name, DataDictionary.Version, settings.Source,
            new DateTime(settings.Clock.GetUtcNow().UtcTicks / TimeSpan.TicksPerSecond * TimeSpan.TicksPerSecond, DateTimeKind.Utc),
            cutoff ?? (latest == default ? DateOnly.FromDateTime(settings.Clock.GetUtcNow().UtcDateTime) : latest),
            Cases, casesOfPatient.Count, casesOfPatient.Values.Count(n => n > 1),
            [.. RulesApplied()],
            [.. assays.Select(a => new ManifestAssay(a.Panel, a.Version, a.Paired, a.AllGenes, unlisted.Contains((a.Panel, a.Version))))],
            [.. spools.Select(s => new ManifestTable(s.Entity.Name, s.Rows))], written.Columns,
            new SortedDictionary<string, int>(vocabularies.ToDictionary(v => v.Key, v => v.Value.Count), StringComparer.Ordinal),
            [.. written.Files.OrderBy(f => f.Path, StringComparer.Ordinal)]);
        ReleaseFiles.Sign(target, manifest, settings.Signer);
        cancellation.ThrowIfCancellationRequested();

        ReleaseFiles.Publish(target, settings.Folder);
        Dispose();
        return manifest;
    }

    /// <summary>Removes the spools; without <see cref="Seal"/> before, nothing of the release remains.</summary>
    public void Dispose()
    {
        if (done)
            return;
        done = true;
        foreach (var spool in spools)
            spool.Dispose();
        Directory.Delete(spoolFolder, recursive: true);
        CryptographicOperations.ZeroMemory(identifierKey);
    }

    private void Write(Row row)
    {
        spools[row.Entity.Index].Add(row);
        foreach (var child in row.Entity.Children)
        {
            var rows = row.ChildrenOrNull(child);
            // Alterations lie sorted by gene and change within a case: the engine counts each gene of a case once by looking at its neighbour.
            if (rows is { Count: > 1 } && child == AlterationFields.Entity)
                rows.Sort(AlterationFields.ByGeneAndChange);
            foreach (var r in rows ?? [])
                Write(r);
            spools[child.Index].EndParent(rows?.Count ?? 0);
        }
    }

    private int AssayOf(Row row)
    {
        var key = (row.Text(CaseFields.Panel) ?? "", row.Text(CaseFields.PanelVersion) ?? "");
        if (assayNumbers.TryGetValue(key, out var number))
            return number;
        unlisted.Add(key);
        return AddAssay(new Assay(key.Item1, key.Item2, false, [], []));
    }

    private int AddAssay(Assay assay)
    {
        if (assays.Count == 250)
            throw new ReleaseException("too_many_assays", "A release holds at most 250 combinations of panel and version.");
        assays.Add(assay);
        assayNumbers.Add((assay.Panel, assay.Version), assays.Count - 1);
        return assays.Count - 1;
    }

    private void WriteCoverage(string target, ReleaseWriter.Written written)
    {
        using var file = new SealedFile(target, "coverage.tsv");
        file.Write(Encoding.UTF8.GetBytes("assay\tgene\tkind\tregion\tsource\tassumed\n"));
        foreach (var (number, assay) in assays.Index())
        {
            foreach (var c in assay.Coverage)
                file.Write(Encoding.UTF8.GetBytes(FormattableString.Invariant($"{number}\t{c.Gene}\t{c.Kind}\t{c.Region}\t{c.Source}\t{(c.Assumed ? 1 : 0)}\n")));
        }

        written.Files.Add(file.Seal());
    }

    private OpenVocabulary Vocabulary(string domain)
    {
        if (!vocabularies.TryGetValue(domain, out var vocabulary))
            vocabularies.Add(domain, vocabulary = new OpenVocabulary());
        return vocabulary;
    }

    private ulong KeyedHash(char kind, string text)
    {
        Span<byte> hash = stackalloc byte[32];
        HMACSHA256.HashData(identifierKey, Encoding.UTF8.GetBytes(kind + text), hash);
        return Math.Max(1, BinaryPrimitives.ReadUInt64LittleEndian(hash));
    }

    // What this builder did to the values, no more: dates are shifted or cut at the output edge only.
    private IEnumerable<string> RulesApplied() => Dictionary.Fields
        .Where(f => f.Rule == "keyed-hash" || f.Rule.StartsWith("cap:", StringComparison.Ordinal)).Select(f => $"{f.Key} {f.Rule}")
        .Concat(Dictionary.Fields.Where(f => f.Rule == "review").Select(f => $"{f.Key} {(settings.TextsReviewed ? "reviewed" : "dropped")}"))
        .Append("cases without consent to secondary use dropped");

    private static DateOnly? LatestDay(Row row)
    {
        var registered = row.Date(CaseFields.Registered);
        var alive = row.Date(CaseFields.LastAlive);
        return registered > alive || alive is null ? registered : alive;
    }
}
