namespace DataPortal.Releases.Vocabularies;

/// <summary>A coded item with its labels.</summary>
/// <param name="Code">Code, unique within its list.</param>
/// <param name="NameEn">English label.</param>
/// <param name="NameJa">Japanese label.</param>
/// <param name="Synonyms">Other names under which it is found.</param>
/// <param name="Members">For regimens: general names of the drugs; else empty.</param>
public sealed record Term(string Code, string NameEn, string NameJa, IReadOnlyList<string> Synonyms, IReadOnlyList<string> Members);

/// <summary>Lists of coded items: adverse events, sites, regimens, routes and the like.</summary>
public sealed class Terms
{
    /// <summary>Adverse events (CTCAE v5.0 terms).</summary>
    public const string Events = "event";

    /// <summary>Sites of metastasis and of collection.</summary>
    public const string Sites = "site";

    public const string Regimens = "regimen";

    /// <summary>Routes of access to a recommended drug.</summary>
    public const string Routes = "route";

    /// <summary>Reasons for ending a line of treatment.</summary>
    public const string EndReasons = "end_reason";

    /// <summary>Known hereditary diseases.</summary>
    public const string HereditaryDiseases = "hereditary";

    internal const string File = "terms.tsv";

    private readonly Dictionary<string, (List<Term> All, NameIndex<Term> Names)> lists = new(StringComparer.Ordinal);

    internal Terms(TsvTable table)
    {
        foreach (var line in table.Lines)
        {
            var name = line.Required("list");
            if (!lists.TryGetValue(name, out var list))
            {
                lists[name] = list = ([], new NameIndex<Term>());
            }

            var term = new Term(line.Required("code"), line.Required("name_en"), line.Required("name_ja"), line.List("synonyms"), line.List("members"));
            if (list.All.Exists(t => t.Code == term.Code))
            {
                throw line.Problem($"'{term.Code}' stands twice in the list '{name}'");
            }

            list.All.Add(term);
            list.Names.Add(term.Code, term);
            list.Names.Add(term.NameEn, term);
            list.Names.Add(term.NameJa, term);
            foreach (var synonym in term.Synonyms)
            {
                list.Names.Add(synonym, term);
            }
        }

        Lists = lists.Keys.Order(StringComparer.Ordinal).ToArray();
    }

    public IReadOnlyList<string> Lists { get; }

    /// <summary>Empty for an unknown list.</summary>
    public IReadOnlyList<Term> All(string list) => lists.TryGetValue(list, out var found) ? found.All : [];

    /// <summary>By code or by a name in either language.</summary>
    public Term? Find(string list, string text) => lists.TryGetValue(list, out var found) ? found.Names.First(text) : null;

    public IReadOnlyList<Term> Nearest(string list, string text, int count) => lists.TryGetValue(list, out var found) ? found.Names.Nearest(text, count) : [];

    internal TsvTable ToTable()
    {
        var table = new TsvTable(File, ["list", "code", "name_en", "name_ja", "synonyms", "members"]);
        foreach (var (name, list) in lists)
        {
            foreach (var t in list.All)
            {
                table.Add(name, t.Code, t.NameEn, t.NameJa, TsvTable.Join(t.Synonyms), TsvTable.Join(t.Members));
            }
        }

        return table;
    }
}
