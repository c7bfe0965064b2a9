using DataPortal.Releases;
using DataPortal.Releases.Vocabularies;

namespace DataPortal.CohortEngine.Characteristics;

/// <summary>The cancer types that occur in a release, with everything above them. A code that the vocabulary does not know stands at the top by itself.</summary>
internal sealed class CancerTree
{
    private readonly List<(string Value, string Label, int Parent, int Root)> nodes = [];
    private readonly Dictionary<string, int> places = [];
    private readonly int[] nodeOfCode;

    public CancerTree(Release release, int codes, Labels labels)
    {
        var known = release.Vocabulary.Cancers.All.ToDictionary(t => t.Code);
        var column = release.Column("case.cancer");
        nodeOfCode = new int[codes];
        for (var code = 1; code < codes; code++)
            nodeOfCode[code] = Place(release.Vocabulary.Cancers.Crosswalk(column.Decode(code)!), known, labels);
    }

    /// <summary>The nodes; a parent stands before its children.</summary>
    public IReadOnlyList<(string Value, string Label, int Parent, int Root)> Nodes => nodes;

    /// <summary>Cases of each node itself; code 0, which is blank, has none.</summary>
    public int[] Own(ReadOnlySpan<int> byCode)
    {
        var own = new int[nodes.Count];
        for (var code = 1; code < byCode.Length; code++)
            own[nodeOfCode[code]] += byCode[code];
        return own;
    }

    /// <summary>Cases of each node with all below it.</summary>
    public int[] WithDescendants(int[] own)
    {
        var total = (int[])own.Clone();
        for (var node = total.Length - 1; node >= 0; node--)
        {
            if (nodes[node].Parent >= 0)
                total[nodes[node].Parent] += total[node];
        }

        return total;
    }

    private int Place(string code, Dictionary<string, CancerType> known, Labels labels)
    {
        if (places.TryGetValue(code, out var place))
            return place;
        var type = known.GetValueOrDefault(code);
        var parent = type?.Parent is { } above ? Place(above, known, labels) : -1;
        place = nodes.Count;
        nodes.Add((code, type is null ? code : labels.Name(type), parent, parent < 0 ? place : nodes[parent].Root));
        places.Add(code, place);
        return place;
    }
}
