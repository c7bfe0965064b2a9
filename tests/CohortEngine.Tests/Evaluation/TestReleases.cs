using DataPortal.Releases;
using DataPortal.Releases.Building;
using DataPortal.Releases.Dictionary;
using DataPortal.Releases.Sealing;
using DataPortal.Releases.Vocabularies;

namespace DataPortal.CohortEngine.Tests.Evaluation;

/// <summary>Small sealed releases in a folder of their own; gone at the end.</summary>
public sealed class TestReleases : IDisposable
{
    private readonly string folder = Path.Combine(Path.GetTempPath(), "dataportal-" + Guid.CreateVersion7().ToString("N"));
    private readonly Dictionary<string, Release> built = [];
    private readonly Lock gate = new();

    /// <summary>Assays of the test releases: a paired panel, a tumour-only one with less, an exome, and, by not being declared, a test nobody knows.</summary>
    public static IReadOnlyList<Assay> Assays { get; } =
    [
        new("PAIRED", "1", true, [],
        [
            .. Entries("PAIRED", "1", AlterationKind.ShortVariant, "", "KRAS", "TP53", "EGFR", "MET", "ALK", "ERBB2"),
            .. Entries("PAIRED", "1", AlterationKind.Amplification, "", "ERBB2", "MET", "KRAS"), .. Entries("PAIRED", "1", AlterationKind.Loss, "", "TP53"),
            .. Entries("PAIRED", "1", AlterationKind.Fusion, "", "ALK", "EML4"), .. Entries("PAIRED", "1", AlterationKind.ShortVariant, "promoter", "TERT"),
        ]),
        new("PAIRED", "2", true, [],
        [
            .. Entries("PAIRED", "2", AlterationKind.ShortVariant, "", "KRAS", "TP53"), .. Entries("PAIRED", "2", AlterationKind.ShortVariant, "exon 14 intron", "MET"),
        ]),
        new("LIQUID", "1", false, [],
        [
            .. Entries("LIQUID", "1", AlterationKind.ShortVariant, "", "KRAS", "EGFR", "MET"), .. Entries("LIQUID", "1", AlterationKind.Fusion, "", "ALK"),
            .. Entries("LIQUID", "1", AlterationKind.Amplification, "", "ERBB2"),
        ]),
        new("EXOME", "", true, [AlterationKind.ShortVariant, AlterationKind.Loss], []),
    ];

    public Release Build(string name, IEnumerable<Row> rows)
    {
        lock (gate)
        {
            if (built.TryGetValue(name, out var release))
                return release;
            var path = Path.Combine(folder, "releases", name);
            var key = new byte[32];
            Array.Fill(key, (byte)3);
            using var signer = ReleaseSigner.OpenOrCreate(Path.Combine(folder, "keys"));
            using var builder = new ReleaseBuilder(new ReleaseSettings(path, name, "test", key, signer, Vocabulary.Shipped, TimeProvider.System));
            foreach (var assay in Assays)
                builder.Declare(assay);
            foreach (var row in rows)
                builder.Add(row);
            builder.Seal();
            release = Release.Open(path);
            built.Add(name, release);
            return release;
        }
    }

    public void Dispose()
    {
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
    }

    private static IEnumerable<CoverageEntry> Entries(string panel, string version, AlterationKind kind, string region, params string[] genes) =>
        genes.Select(g => new CoverageEntry(panel, version, g, kind, region, "test", false));
}

/// <summary>Short ways to write cases down.</summary>
internal static class Write
{
    public static Row Case(string id, string panel = "PAIRED", string version = "1", string? patient = null, params (string Field, string Value)[] values)
    {
        var row = new Row(DataDictionary.Current.Case).With([("registration_id", id), ("patient_id", patient ?? "patient of " + id), .. values]);
        // Cases lie in the order of their hospital codes, which makes the case numbers of hand-written releases those of writing.
        return row.With([("panel", panel), ("panel_version", version), ("hospital", id)]);
    }

    public static Row With(this Row row, params (string Field, string Value)[] values)
    {
        foreach (var (name, value) in values)
            Set(row, DataDictionary.Current[$"{row.Entity.Name}.{name}"], value);
        return row;
    }

    public static Row And(this Row row, string entity, params (string Field, string Value)[] values)
    {
        row.Add(DataDictionary.Current.Entity(entity)).With(values);
        return row;
    }

    /// <summary>A line of treatment with its drugs.</summary>
    public static Row Line(this Row row, string start, string[] drugs, params (string Field, string Value)[] values)
    {
        var line = row.Add(DataDictionary.Current.Entity("treatment")).With(values);
        if (start.Length > 0)
            line.With(("start", start));
        foreach (var drug in drugs)
            line.Add(DataDictionary.Current.Entity("drug")).With(("drug", drug));
        return row;
    }

    public static Row Alteration(this Row row, string gene, string change, string consequence = "missense", string kind = "small_scale_variant",
        params (string Field, string Value)[] values) =>
        row.And("alteration", [("gene", gene), ("change", change), ("consequence", consequence), ("kind", kind), .. values]);

    private static void Set(Row row, Field field, string value)
    {
        if (value.Length == 0)
            return;
        switch (field.Type)
        {
            case FieldType.Date:
                row.Set(field, DateOnly.ParseExact(value, "yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture));
                break;
            case FieldType.Integer or FieldType.Decimal:
                row.Set(field, double.Parse(value, System.Globalization.CultureInfo.InvariantCulture));
                break;
            default:
                row.Set(field, value);
                break;
        }
    }
}
