using System.Globalization;

namespace DataPortal.Releases.Vocabularies;

/// <summary>One version of a panel test.</summary>
/// <param name="Code">Short code, e.g. <c>F1CDX</c>.</param>
/// <param name="NameEn">English name.</param>
/// <param name="NameJa">Japanese name.</param>
/// <param name="Version">Which gene list; coverage belongs to (code, version).</param>
/// <param name="Specimen"><c>tissue</c> or <c>plasma</c>.</param>
/// <param name="Paired">True when the patient's normal DNA is sequenced beside the tumour, so that germline and somatic are told apart.</param>
/// <param name="From">First day of insured use in Japan, where known.</param>
/// <param name="Synonyms">Other names.</param>
public sealed record Panel(string Code, string NameEn, string NameJa, string Version, string Specimen, bool Paired, DateOnly? From, IReadOnlyList<string> Synonyms);

/// <summary>What a panel can see in a gene; each kind is covered, or not, on its own.</summary>
public enum AlterationKind
{
    ShortVariant,
    Amplification,
    Loss,
    Fusion,
    Expression,
}

/// <summary>One fact of coverage.</summary>
/// <param name="Panel">Panel code.</param>
/// <param name="Version">Panel version.</param>
/// <param name="Gene">Current gene symbol.</param>
/// <param name="Kind">Kind of alteration that is called.</param>
/// <param name="Region">Empty for the coding sequence; else what is covered instead, e.g. <c>promoter</c>, <c>exon 14 intron</c>.</param>
/// <param name="Source">Where the fact is from.</param>
/// <param name="Assumed">True when the source does not state it and we take it to be so.</param>
public sealed record CoverageEntry(string Panel, string Version, string Gene, AlterationKind Kind, string Region, string Source, bool Assumed);

/// <summary>Panels and what each version of them covers.</summary>
public sealed class Panels
{
    internal const string File = "panels.tsv";
    internal const string CoverageFile = "panel_coverage.tsv";
    private static readonly string[] CoverageColumns = ["panel", "version", "kind", "region", "source", "assumed", "genes"];

    private readonly NameIndex<Panel> names = new();
    private readonly Dictionary<(string Code, string Version), List<CoverageEntry>> coverage = [];

    internal Panels(TsvTable panels, TsvTable coverageLines, Genes genes)
    {
        var all = new List<Panel>();
        foreach (var line in panels.Lines)
        {
            var from = line.Optional("from");
            DateOnly? day = from.Length == 0 ? null
                : DateOnly.TryParseExact(from, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var d) ? d
                : throw line.Problem($"'from' is not a date like 2019-06-01");
            var panel = new Panel(line.Required("code"), line.Required("name_en"), line.Required("name_ja"), line.Required("version"), line.Required("specimen"),
                line.Flag("paired"), day, line.List("synonyms"));
            if (panel.Specimen is not ("tissue" or "plasma"))
            {
                throw line.Problem("'specimen' is neither tissue nor plasma");
            }

            if (!coverage.TryAdd((panel.Code, panel.Version), []))
            {
                throw line.Problem($"panel '{panel.Code}' version '{panel.Version}' stands twice");
            }

            all.Add(panel);
            names.Add(panel.Code, panel);
            names.Add(panel.NameEn, panel);
            names.Add(panel.NameJa, panel);
            foreach (var synonym in panel.Synonyms)
            {
                names.Add(synonym, panel);
            }
        }

        All = all;
        foreach (var line in coverageLines.Lines)
        {
            var key = (line.Required("panel"), line.Required("version"));
            if (!coverage.TryGetValue(key, out var entries))
            {
                throw line.Problem($"panel '{key.Item1}' version '{key.Item2}' is not among the panels");
            }

            if (!Enum.TryParse<AlterationKind>(line.Required("kind"), ignoreCase: false, out var kind))
            {
                throw line.Problem($"unknown kind '{line.Required("kind")}'");
            }

            foreach (var gene in line.List("genes"))
            {
                var symbol = genes.BySymbol(gene)?.Symbol ?? throw line.Problem($"gene '{gene}' is not among the genes");
                entries.Add(new CoverageEntry(key.Item1, key.Item2, symbol, kind, line.Optional("region"), line.Required("source"), line.Flag("assumed")));
            }
        }
    }

    /// <summary>Every version of every panel, versions of one panel in order of their dates.</summary>
    public IReadOnlyList<Panel> All { get; }

    /// <summary>By code or by a name in either language; the latest version where there are several.</summary>
    public Panel? Find(string text) => names.Find(text) is [.., var latest] ? latest : null;

    public IReadOnlyList<Panel> Nearest(string text, int count) => names.Nearest(text, count).DistinctBy(p => p.Code).ToArray();

    /// <summary>Empty for a panel or version that is not known.</summary>
    public IReadOnlyList<CoverageEntry> Coverage(string code, string version) => coverage.TryGetValue((code, version), out var entries) ? entries : [];

    internal TsvTable ToTable()
    {
        var table = new TsvTable(File, ["code", "version", "name_en", "name_ja", "specimen", "paired", "from", "synonyms"]);
        foreach (var p in All)
        {
            table.Add(p.Code, p.Version, p.NameEn, p.NameJa, p.Specimen, p.Paired ? "yes" : "no", p.From?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? "",
                TsvTable.Join(p.Synonyms));
        }

        return table;
    }

    internal TsvTable CoverageTable()
    {
        var table = new TsvTable(CoverageFile, CoverageColumns);
        foreach (var panel in All)
        {
            foreach (var group in Coverage(panel.Code, panel.Version).GroupBy(e => (e.Kind, e.Region, e.Source, e.Assumed)))
            {
                table.Add(panel.Code, panel.Version, group.Key.Kind.ToString(), group.Key.Region, group.Key.Source, group.Key.Assumed ? "yes" : "no",
                    TsvTable.Join(group.Select(e => e.Gene)));
            }
        }

        return table;
    }
}
