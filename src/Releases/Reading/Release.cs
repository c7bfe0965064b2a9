using System.Collections.Concurrent;
using DataPortal.Releases.Dictionary;
using DataPortal.Releases.Reading;
using DataPortal.Releases.Vocabularies;

namespace DataPortal.Releases;

/// <summary>
/// A sealed release, opened for reading. Opening reads the manifest, the coverage and the vocabularies; columns are mapped when first asked for, and their
/// pages are shared by all processes. Opening checks sizes, not hashes: <see cref="Sealing.ReleaseVerifier"/> does those. Thread-safe.
/// </summary>
public sealed class Release
{
    private readonly string folder;
    private readonly Dictionary<string, ManifestColumn> columns;
    private readonly Dictionary<string, long> sizes;
    private readonly Dictionary<string, Table> tables = [];
    private readonly ConcurrentDictionary<string, OpenCodes> vocabularies = new();
    private readonly Lazy<AlterationPostings> alterations;
    private readonly Lazy<Postings> partners;
    private readonly Lazy<Postings> drugs;
    private readonly Lazy<Mapping> byId;

    private Release(string folder, Manifest manifest)
    {
        this.folder = folder;
        Manifest = manifest;
        columns = manifest.Columns.ToDictionary(c => c.Field);
        sizes = manifest.Files.ToDictionary(f => f.Path, f => f.Bytes);
        foreach (var table in manifest.Tables)
        {
            var entity = DataDictionary.Current.Entity(table.Entity);
            tables.Add(table.Entity, new Table(this, entity, table.Rows, entity.Parent is null ? null : tables[entity.Parent.Name]));
        }

        Coverage = new Coverage(manifest.Assays, File.ReadLines(Path.Combine(folder, "coverage.tsv")).Skip(1));
        Vocabulary = Vocabulary.Read(Path.Combine(folder, "vocabulary"));
        alterations = new(() => new AlterationPostings(this));
        partners = new(() => new Postings(this, "partner"));
        drugs = new(() => new Postings(this, "drug"));
        byId = new(() => Map("index/case.by-id"));
    }

    public Manifest Manifest { get; }

    public string Name => Manifest.Name;

    /// <summary>Number of cases; case numbers run from 0.</summary>
    public int Cases => Manifest.Cases;

    public int Patients => Manifest.Patients;

    public Coverage Coverage { get; }

    /// <summary>The vocabularies as sealed with the release, so that a query means what it meant then.</summary>
    public Vocabulary Vocabulary { get; }

    /// <summary>Alterations by gene and change.</summary>
    public AlterationPostings Alterations => alterations.Value;

    /// <summary>Alterations by the gene that stands second in a fusion.</summary>
    public Postings Partners => partners.Value;

    /// <summary>Rows of <c>drug</c> by drug.</summary>
    public Postings Drugs => drugs.Value;

    /// <exception cref="ReleaseException"><c>release_damaged</c>, <c>release_format</c>, or <c>release_missing</c> when there is no such folder.</exception>
    public static Release Open(string folder)
    {
        var path = Path.Combine(folder, Manifest.FileName);
        if (!File.Exists(path))
            throw new ReleaseException("release_missing", $"'{folder}' is not a release: it has no {Manifest.FileName}.");
        try
        {
            return new Release(folder, Manifest.Parse(File.ReadAllBytes(path)));
        }
        catch (Exception e) when (e is FileNotFoundException or KeyNotFoundException)
        {
            throw new ReleaseException("release_damaged", $"The release in '{folder}' is not whole.", e);
        }
    }

    /// <summary>The rows of an entity.</summary>
    public Table Table(string entity) => tables.TryGetValue(entity, out var table) ? table : throw new KeyNotFoundException($"The release has no table '{entity}'.");

    /// <summary>The column of a field, by its key (<c>case.sex</c>).</summary>
    public Column Column(string key)
    {
        var dot = key.IndexOf('.', StringComparison.Ordinal);
        return Table(key[..dot]).Column(key[(dot + 1)..]);
    }

    public Column Column(Field field) => Table(field.Entity.Name).Column(field.Name);

    /// <summary>An open vocabulary by its name; null when no row of the release uses it.</summary>
    public OpenCodes? Codes(string name) => Manifest.Vocabularies.TryGetValue(name, out var count)
        ? vocabularies.GetOrAdd(name, n => new OpenCodes(n, count, Map($"vocabularies/{n}"), Map($"vocabularies/{n}.offsets")))
        : null;

    /// <summary>The number of the case with that release-internal id; -1 when the release has none.</summary>
    public int FindCase(ulong id)
    {
        var order = byId.Value.As<int>();
        var ids = Column("case.registration_id").Ids;
        int low = 0, high = order.Length - 1;
        while (low <= high)
        {
            var middle = (low + high) / 2;
            var found = ids[order[middle]];
            if (found == id)
                return order[middle];
            if (found < id)
                low = middle + 1;
            else
                high = middle - 1;
        }

        return -1;
    }

    /// <summary>The release-internal id of a case. It never leaves the portal: outside it becomes a project pseudonym.</summary>
    public ulong CaseId(int number) => Column("case.registration_id").Ids[number];

    /// <summary>The release-internal id of a case's patient.</summary>
    public ulong PatientId(int number) => Column("case.patient_id").Ids[number];

    internal Mapping Map(string path) =>
        new(Path.Combine(folder, path), sizes.TryGetValue(path, out var size) ? size : throw new ReleaseException("release_damaged", $"{path} is not in the manifest."));

    internal Column OpenColumn(Table table, string name)
    {
        var field = DataDictionary.Current[$"{table.Entity.Name}.{name}"];
        var description = columns.TryGetValue(field.Key, out var found) ? found : throw new KeyNotFoundException($"The release '{Name}' has no field '{field.Key}'.");
        var data = description.Width == 0 ? null : Map($"columns/{field.Key}");
        var offsets = description.Width > 0 && field.Type == FieldType.Text ? Map($"columns/{field.Key}.offsets") : null;
        return new Column(field, description, table.Rows, data, offsets, description.Vocabulary is { } vocabulary ? Codes(vocabulary) : null);
    }
}
