using System.Collections.Concurrent;
using DataPortal.Releases;
using DataPortal.Releases.Vocabularies;

namespace DataPortal.CohortEngine.Query;

/// <summary>A change of a gene that a release holds, with the number of alterations that bear it.</summary>
public sealed record KnownChange(string Change, int Alterations);

/// <summary>
/// What one release itself knows beyond the vocabularies: which codes its open vocabularies hold (hospitals, panels of other registries, genes that no list has), and which
/// changes of a gene occur. Thread-safe when the functions given to it are.
/// </summary>
public sealed class QueryContext
{
    private readonly Func<string, IEnumerable<string>> codes;
    private readonly Func<string, string, bool> holds;
    private readonly Func<string, IReadOnlyList<KnownChange>> changes;
    private readonly ConcurrentDictionary<string, Dictionary<string, List<string>>> folded = new();

    /// <param name="codes">Domain of the data dictionary → every code stored for it; asked once per domain, and not for those of changes, which are many.</param>
    /// <param name="holds">Domain and text → whether exactly that code is stored.</param>
    /// <param name="changes">Gene → its changes, the most frequent first.</param>
    public QueryContext(Func<string, IEnumerable<string>> codes, Func<string, string, bool> holds, Func<string, IReadOnlyList<KnownChange>> changes)
    {
        this.codes = codes;
        this.holds = holds;
        this.changes = changes;
    }

    /// <summary>Nothing beyond the vocabularies.</summary>
    public static QueryContext None { get; } = new(_ => [], (_, _) => false, _ => []);

    /// <summary>The release's own codes and changes; reads them when they are first asked for.</summary>
    public static QueryContext Of(Release release)
    {
        var byGene = new ConcurrentDictionary<string, IReadOnlyList<KnownChange>>();
        return new QueryContext(
            domain => release.Codes(domain) is { } known ? Enumerable.Range(1, known.Count).Select(code => known[code]) : [],
            (domain, text) => release.Codes(domain)?.Find(text) > 0,
            gene => byGene.GetOrAdd(gene, g => ChangesOf(release, g)));
    }

    /// <summary>Codes of a domain which a reader takes for that text, in ordinal order; empty when there is none.</summary>
    internal IReadOnlyList<string> Find(string domain, string text) => Holds(domain) ? holds(domain, text) ? [text] : []
        : Index(domain).TryGetValue(Folding.Fold(text), out var found) ? found : [];

    /// <summary>Every code of a domain in ordinal order; empty for the domains that hold changes.</summary>
    internal IEnumerable<string> All(string domain) => Holds(domain) ? [] : Index(domain).Values.SelectMany(c => c).Order(StringComparer.Ordinal);

    internal IReadOnlyList<KnownChange> Changes(string gene) => changes(gene);

    private static bool Holds(string domain) => domain is "change" or "cdna";

    private static IReadOnlyList<KnownChange> ChangesOf(Release release, string gene)
    {
        if (release.Codes("gene") is not { } genes || release.Codes("change") is not { } texts)
            return [];
        var postings = release.Alterations;
        var found = new List<KnownChange>();
        var pairs = postings.Pairs(genes.Find(gene));
        for (var pair = pairs.Start.Value; pair < pairs.End.Value; pair++)
        {
            if (postings.Changes[pair] is > 0 and var change)
                found.Add(new KnownChange(texts[change], postings.Rows(pair..(pair + 1)).Length));
        }

        return [.. found.OrderByDescending(c => c.Alterations).ThenBy(c => c.Change, StringComparer.Ordinal)];
    }

    private Dictionary<string, List<string>> Index(string domain) => folded.GetOrAdd(domain, d =>
    {
        var index = new Dictionary<string, List<string>>();
        foreach (var code in codes(d).Order(StringComparer.Ordinal))
        {
            var key = Folding.Fold(code);
            if (!index.TryGetValue(key, out var same))
                index[key] = same = [];
            same.Add(code);
        }

        return index;
    });
}
