using System.Globalization;

namespace DataPortal.Releases.Vocabularies;

/// <summary>A gene under its current symbol.</summary>
/// <param name="Symbol">Current HGNC symbol.</param>
/// <param name="EntrezId">NCBI gene id; null where unknown.</param>
/// <param name="Aliases">Other names in use, such as HER2.</param>
/// <param name="Previous">Symbols that were official once, such as MLL2.</param>
public sealed record Gene(string Symbol, int? EntrezId, IReadOnlyList<string> Aliases, IReadOnlyList<string> Previous);

/// <summary>How a text came to stand for genes.</summary>
public enum GeneResolutionKind
{
    Unknown,
    Current,
    Previous,
    Alias,

    /// <summary>A group such as RAS or BRCA1/2: any of its members is meant.</summary>
    Group,

    /// <summary>Several readings; <see cref="GeneResolution.Symbols"/> lists them and none is to be chosen silently.</summary>
    Ambiguous,
}

/// <summary>What a text names among the genes.</summary>
/// <param name="Symbols">Current symbols, empty when unknown.</param>
/// <param name="Kind">Which sort of name it was.</param>
/// <param name="NameOfGroup">Canonical name of the group; null unless a group.</param>
public sealed record GeneResolution(IReadOnlyList<string> Symbols, GeneResolutionKind Kind, string? NameOfGroup);

/// <summary>A named set of genes.</summary>
/// <param name="Name">Canonical name, e.g. <c>BRCA1/2</c>.</param>
/// <param name="Ambiguous">True for a name that must be asked back, e.g. bare BRCA.</param>
/// <param name="Members">Current symbols.</param>
/// <param name="Synonyms">Other spellings of the group's name.</param>
public sealed record GeneGroup(string Name, bool Ambiguous, IReadOnlyList<string> Members, IReadOnlyList<string> Synonyms);

/// <summary>Genes and groups of genes.</summary>
public sealed class Genes
{
    internal const string File = "genes.tsv";
    internal const string GroupsFile = "gene_groups.tsv";

    private readonly Dictionary<string, Gene> bySymbol = new(StringComparer.OrdinalIgnoreCase);
    private readonly NameIndex<Gene> current = new();
    private readonly NameIndex<Gene> previous = new();
    private readonly NameIndex<Gene> aliases = new();
    private readonly NameIndex<GeneGroup> groups = new();

    internal Genes(TsvTable genes, TsvTable groupLines)
    {
        var all = new List<Gene>(genes.Lines.Count);
        foreach (var line in genes.Lines)
        {
            var gene = new Gene(line.Required("symbol"), line.Number32("entrez"), line.List("aliases"), line.List("previous"));
            if (!bySymbol.TryAdd(gene.Symbol, gene))
            {
                throw line.Problem($"gene '{gene.Symbol}' stands twice");
            }

            all.Add(gene);
            current.Add(gene.Symbol, gene);
            foreach (var name in gene.Previous)
            {
                previous.Add(name, gene);
            }

            foreach (var name in gene.Aliases)
            {
                aliases.Add(name, gene);
            }
        }

        All = all;
        var allGroups = new List<GeneGroup>();
        foreach (var line in groupLines.Lines)
        {
            var group = new GeneGroup(line.Required("name"), line.Flag("ambiguous"), line.List("members"), line.List("synonyms"));
            foreach (var member in group.Members.Where(m => !bySymbol.ContainsKey(m)))
            {
                throw line.Problem($"member '{member}' of '{group.Name}' is not among the genes");
            }

            allGroups.Add(group);
            groups.Add(group.Name, group);
            foreach (var synonym in group.Synonyms)
            {
                groups.Add(synonym, group);
            }
        }

        Groups = allGroups;
    }

    public IReadOnlyList<Gene> All { get; }

    public IReadOnlyList<GeneGroup> Groups { get; }

    /// <summary>By current symbol; case does not matter, spelling does.</summary>
    public Gene? BySymbol(string symbol) => bySymbol.GetValueOrDefault(symbol);

    /// <summary>Groups go first (<c>RAS</c> is never quietly one gene), then current symbols, old symbols, aliases.</summary>
    public GeneResolution Resolve(string text)
    {
        var trimmed = text.Trim();
        if (bySymbol.TryGetValue(trimmed, out var exact))
        {
            return new GeneResolution([exact.Symbol], GeneResolutionKind.Current, null);
        }

        var key = Folding.Fold(trimmed);
        if (groups.FindKey(key) is [var group, ..])
        {
            return group.Ambiguous
                ? new GeneResolution(group.Members, GeneResolutionKind.Ambiguous, null)
                : new GeneResolution(group.Members, GeneResolutionKind.Group, group.Name);
        }

        return One(current.FindKey(key), GeneResolutionKind.Current) ?? One(previous.FindKey(key), GeneResolutionKind.Previous)
            ?? One(aliases.FindKey(key), GeneResolutionKind.Alias) ?? new GeneResolution([], GeneResolutionKind.Unknown, null);
    }

    /// <summary>Genes whose symbol, old symbol or alias is near to the text.</summary>
    public IReadOnlyList<Gene> Nearest(string text, int count) =>
        current.Nearest(text, count).Concat(aliases.Nearest(text, count)).Concat(previous.Nearest(text, count)).Distinct().Take(count).ToArray();

    internal TsvTable ToTable() => Table(All);

    internal static TsvTable Table(IEnumerable<Gene> genes)
    {
        var table = new TsvTable(File, ["symbol", "entrez", "aliases", "previous"]);
        foreach (var g in genes)
        {
            table.Add(g.Symbol, g.EntrezId?.ToString(CultureInfo.InvariantCulture) ?? "", TsvTable.Join(g.Aliases), TsvTable.Join(g.Previous));
        }

        return table;
    }

    internal TsvTable GroupsTable()
    {
        var table = new TsvTable(GroupsFile, ["name", "ambiguous", "members", "synonyms"]);
        foreach (var g in Groups)
        {
            table.Add(g.Name, g.Ambiguous ? "yes" : "no", TsvTable.Join(g.Members), TsvTable.Join(g.Synonyms));
        }

        return table;
    }

    private static GeneResolution? One(IReadOnlyList<Gene> found, GeneResolutionKind kind) => found.Count switch
    {
        0 => null,
        1 => new GeneResolution([found[0].Symbol], kind, null),
        _ => new GeneResolution(found.Select(g => g.Symbol).ToArray(), GeneResolutionKind.Ambiguous, null),
    };
}
