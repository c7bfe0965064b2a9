namespace DataPortal.Releases.Vocabularies;

/// <summary>A node of the OncoTree.</summary>
/// <param name="Code">OncoTree code, upper case, as in the current version.</param>
/// <param name="Parent">Code of the parent; null for level 1, the tissues.</param>
/// <param name="NameEn">English name.</param>
/// <param name="NameJa">Japanese name; the English one where none is known.</param>
/// <param name="Synonyms">Other names in either language under which it is found.</param>
/// <param name="Tissue">English name of the level-1 ancestor.</param>
/// <param name="Level">1 for tissues, counting downwards.</param>
public sealed record CancerType(string Code, string? Parent, string NameEn, string NameJa, IReadOnlyList<string> Synonyms, string Tissue, int Level);

/// <summary>The tree of cancer types.</summary>
public sealed class CancerTypes
{
    internal const string File = "cancer_types.tsv";
    internal const string CrosswalkFile = "cancer_crosswalk.tsv";
    private static readonly string[] Columns = ["code", "parent", "name_en", "name_ja", "synonyms"];

    private readonly Dictionary<string, CancerType> byCode = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, List<CancerType>> children = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> crosswalk = new(StringComparer.OrdinalIgnoreCase);
    private readonly NameIndex<CancerType> names = new();

    internal CancerTypes(TsvTable types, TsvTable old)
    {
        var all = new List<CancerType>(types.Lines.Count);
        var lines = new Dictionary<string, TsvTable.Line>(StringComparer.OrdinalIgnoreCase);
        foreach (var line in types.Lines)
        {
            if (!lines.TryAdd(line.Required("code"), line))
            {
                throw line.Problem($"cancer type '{line.Required("code")}' stands twice");
            }
        }

        foreach (var line in types.Lines)
        {
            var (tissue, level) = Root(line, lines);
            var parent = line.Optional("parent");
            var english = line.Required("name_en");
            var japanese = line.Optional("name_ja");
            all.Add(new CancerType(line.Required("code"), parent.Length == 0 ? null : parent, english, japanese.Length == 0 ? english : japanese,
                line.List("synonyms"), tissue, level));
        }

        All = all;
        foreach (var type in all)
        {
            byCode.Add(type.Code, type);
            if (type.Parent is { } parent)
            {
                if (!children.TryGetValue(parent, out var list))
                {
                    children[parent] = list = [];
                }

                list.Add(type);
            }

            names.Add(type.NameEn, type);
            names.Add(type.NameJa, type);
            foreach (var synonym in type.Synonyms)
            {
                names.Add(synonym, type);
            }
        }

        foreach (var line in old.Lines)
        {
            crosswalk[line.Required("old")] = line.Required("current");
        }
    }

    public IReadOnlyList<CancerType> All { get; }

    /// <summary>By current or old code, or by a name in either language. Where a name stands for several nodes the one nearest to the root is meant.</summary>
    public CancerType? Find(string text)
    {
        var trimmed = text.Trim();
        if (byCode.TryGetValue(Crosswalk(trimmed), out var byItsCode))
        {
            return byItsCode;
        }

        var found = names.Find(trimmed);
        return found.Count > 0 ? found.MinBy(t => t.Level) : byCode.GetValueOrDefault(Crosswalk(Folding.Fold(trimmed)));
    }

    public IReadOnlyList<CancerType> Nearest(string text, int count) => names.Nearest(text, count);

    /// <summary>The node itself first, then everything below it; empty for an unknown code.</summary>
    public IReadOnlyList<CancerType> Descendants(string code)
    {
        if (!byCode.TryGetValue(Crosswalk(code), out var root))
        {
            return [];
        }

        var result = new List<CancerType> { root };
        for (var i = 0; i < result.Count; i++)
        {
            if (children.TryGetValue(result[i].Code, out var below))
            {
                result.AddRange(below);
            }
        }

        return result;
    }

    /// <summary>The code that the current version uses for a code of an earlier one; the code itself where nothing changed or nothing is known.</summary>
    public string Crosswalk(string oldCode) =>
        !byCode.ContainsKey(oldCode) && crosswalk.TryGetValue(oldCode, out var current) ? current : oldCode;

    internal TsvTable ToTable()
    {
        var table = new TsvTable(File, Columns);
        foreach (var t in All)
        {
            table.Add(t.Code, t.Parent ?? "", t.NameEn, t.NameJa, TsvTable.Join(t.Synonyms));
        }

        return table;
    }

    internal TsvTable CrosswalkTable()
    {
        var table = new TsvTable(CrosswalkFile, ["old", "current"]);
        foreach (var (old, current) in crosswalk.OrderBy(c => c.Key, StringComparer.Ordinal))
        {
            table.Add(old, current);
        }

        return table;
    }

    private static (string Tissue, int Level) Root(TsvTable.Line line, Dictionary<string, TsvTable.Line> lines)
    {
        var level = 1;
        var at = line;
        while (at.Optional("parent") is { Length: > 0 } parent)
        {
            if (!lines.TryGetValue(parent, out var above))
            {
                throw at.Problem($"parent '{parent}' of '{at.Required("code")}' is not in the file");
            }

            at = above;
            if (++level > 32)
            {
                throw line.Problem($"'{line.Required("code")}' is its own ancestor");
            }
        }

        return (at.Required("name_en"), level);
    }
}
