namespace DataPortal.Releases.Reading;

/// <summary>For each code of a vocabulary the rows that bear it and, beside each, its case; both ascending within a code. Thread-safe.</summary>
public sealed class Postings
{
    private readonly Mapping offsets;
    private readonly Mapping rows;
    private readonly Mapping cases;

    internal Postings(Release release, string name)
    {
        offsets = release.Map($"postings/{name}.offsets");
        rows = release.Map($"postings/{name}.rows");
        cases = release.Map($"postings/{name}.cases");
    }

    /// <summary>Child-table rows of a code (1-based; 0 has none).</summary>
    public ReadOnlySpan<int> Rows(int code) => Slice(rows, code);

    /// <summary>The case of each of <see cref="Rows"/>; a case stands as often as it has rows.</summary>
    public ReadOnlySpan<int> Cases(int code) => Slice(cases, code);

    private ReadOnlySpan<int> Slice(Mapping values, int code)
    {
        if (code == 0)
            return [];
        var ends = offsets.As<int>();
        return values.As<int>()[ends[code - 1]..ends[code]];
    }
}

/// <summary>
/// Posting lists of alterations by gene and change. The lists of a gene's changes lie behind one another, so that the gene as a whole is one slice too
/// (ascending within each change only). Thread-safe.
/// </summary>
public sealed class AlterationPostings
{
    private readonly Mapping first;
    private readonly Mapping second;
    private readonly Mapping offsets;
    private readonly Mapping rows;
    private readonly Mapping cases;

    internal AlterationPostings(Release release)
    {
        first = release.Map("postings/alteration.first");
        second = release.Map("postings/alteration.second");
        offsets = release.Map("postings/alteration.offsets");
        rows = release.Map("postings/alteration.rows");
        cases = release.Map("postings/alteration.cases");
    }

    /// <summary>The pairs (gene, change) of a gene, as a half-open range of pair numbers, ascending by change code. Empty for gene code 0.</summary>
    public Range Pairs(int gene) => gene == 0 ? default : first.As<int>()[gene - 1]..first.As<int>()[gene];

    /// <summary>Code in the vocabulary <c>change</c> of each pair; 0 where the change is blank.</summary>
    public ReadOnlySpan<int> Changes => second.As<int>();

    /// <summary>The pair of a gene and a change; -1 when the release has none.</summary>
    public int Find(int gene, int change)
    {
        var pairs = Pairs(gene);
        var at = Changes[pairs].BinarySearch(change);
        return at < 0 ? -1 : pairs.Start.Value + at;
    }

    /// <summary>Alteration rows of a range of pairs.</summary>
    public ReadOnlySpan<int> Rows(Range pairs) => Slice(rows, pairs);

    /// <summary>The case of each of <see cref="Rows"/>; a case stands as often as it has rows.</summary>
    public ReadOnlySpan<int> Cases(Range pairs) => Slice(cases, pairs);

    private ReadOnlySpan<int> Slice(Mapping values, Range pairs)
    {
        var ends = offsets.As<int>();
        return values.As<int>()[ends[pairs.Start.Value]..ends[pairs.End.Value]];
    }
}
