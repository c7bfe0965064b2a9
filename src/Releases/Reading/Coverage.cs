using System.Collections.Frozen;
using System.Globalization;
using DataPortal.Releases.Vocabularies;

namespace DataPortal.Releases.Reading;

/// <summary>What each test of the release sees. A gene, kind or region that is not listed is not tested. Thread-safe.</summary>
public sealed class Coverage
{
    private static readonly byte AllKinds = (byte)Enum.GetValues<AlterationKind>().Aggregate(0, (mask, kind) => mask | Bit(kind));

    private readonly byte[] allGenes;
    private readonly FrozenDictionary<(string Gene, string Region), byte[]> kinds;

    internal Coverage(IReadOnlyList<ManifestAssay> assays, IEnumerable<string> lines)
    {
        Assays = assays;
        allGenes = [.. assays.Select(a => (byte)a.AllGenes.Aggregate(0, (mask, kind) => mask | Bit(kind)))];
        var map = new Dictionary<(string, string), byte[]>();
        foreach (var line in lines)
        {
            var c = line.Split('\t');
            if (c.Length < 6 || !int.TryParse(c[0], NumberStyles.None, CultureInfo.InvariantCulture, out var assay) || assay >= assays.Count
                || !Enum.TryParse<AlterationKind>(c[2], out var kind))
                throw new ReleaseException("release_damaged", "coverage.tsv cannot be read.");
            if (!map.TryGetValue((c[1], c[3]), out var masks))
                map.Add((c[1], c[3]), masks = new byte[assays.Count]);
            masks[assay] |= (byte)Bit(kind);
        }

        kinds = map.ToFrozenDictionary();
    }

    /// <summary>The tests; a case's <c>assay</c> is an index into this list.</summary>
    public IReadOnlyList<ManifestAssay> Assays { get; }

    /// <summary>Whether an assay calls a kind of alteration in a gene; <paramref name="region"/> is empty for the coding sequence, else for example <c>promoter</c>.</summary>
    public bool Covers(int assay, string gene, AlterationKind kind, string region = "") => (Kinds(assay, gene, region) & Bit(kind)) != 0;

    /// <summary>Whether an assay looks at the gene at all, whatever the kind.</summary>
    public bool Covers(int assay, string gene) => Kinds(assay, gene, "") != 0;

    /// <summary>The kinds an assay calls in a gene, as bits 1 &lt;&lt; <see cref="AlterationKind"/>.</summary>
    public int Kinds(int assay, string gene, string region) =>
        (region.Length == 0 ? allGenes[assay] & AllKinds : 0) | (kinds.TryGetValue((gene, region), out var masks) ? masks[assay] : 0);

    /// <summary>Genes that some assay lists by name, in no particular order.</summary>
    public IEnumerable<string> ListedGenes => kinds.Keys.Select(k => k.Gene).Distinct();

    /// <summary>Regions other than the coding sequence that some entry names, in no particular order.</summary>
    public IEnumerable<string> Regions => kinds.Keys.Select(k => k.Region).Where(r => r.Length > 0).Distinct();

    private static int Bit(AlterationKind kind) => 1 << (int)kind;
}
