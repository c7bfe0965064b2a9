using System.Globalization;
using DataPortal.Releases;
using DataPortal.Releases.Vocabularies;

namespace DataPortal.Synthesis;

/// <summary>What the generator believes about cancers, genes, panels and drugs: the tables beside it, joined with a vocabulary.</summary>
internal sealed class Knowledge
{
    /// <summary>Germline findings that the tumour does not lead one to expect.</summary>
    private static readonly string[] SecondaryGenes =
        ["TP53", "MLH1", "MSH2", "MSH6", "PMS2", "ATM", "APC", "RB1", "PALB2", "BRCA1", "BRCA2", "VHL", "PTEN", "RAD51D", "RAD51C", "CHEK2"];

    private static readonly string[] UnstableGenes =
    [
        "ARID1A", "KMT2D", "RNF43", "MSH3", "KMT2B", "JAK1", "B2M", "ACVR2A", "TGFBR2", "PTEN", "ATM", "BRCA2", "MSH6", "ASXL1", "CREBBP", "EP300", "BCORL1", "QKI", "CIC",
        "SETD2",
    ];

    private readonly Dictionary<string, Gene> genes = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Gene, string Group), Draw<Change>> hot = [];
    private readonly List<(string Class, Draw<string> Events)> events = [];
    private readonly Dictionary<string, (int Exon, int From, int To)[]> exons = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (double Amount, string Unit)> doses = new(StringComparer.Ordinal);
    private readonly Vocabulary vocabulary;

    public Knowledge(Vocabulary vocabulary)
    {
        this.vocabulary = vocabulary;
        // Ordered, so that a gene has the same number in every run.
        foreach (var symbol in vocabulary.Genes.All.Select(g => g.Symbol).Order(StringComparer.Ordinal))
        {
            var gene = new Gene(symbol, genes.Count);
            ChangePools.Fill(gene);
            genes.Add(symbol, gene);
        }

        Panels = vocabulary.Panels.All.Where(p => UncertainByPanel.ContainsKey(p.Code)).Select(Use).ToArray();
        foreach (var row in Table("exons"))
        {
            exons.Add(row[0], row[1].Split('|', ':', '-').Select(n => int.Parse(n, CultureInfo.InvariantCulture)).Chunk(3).Select(n => (n[0], n[1], n[2])).ToArray());
        }

        foreach (var row in Table("doses"))
        {
            doses.Add(row[0], (Number(row[1]), row[2]));
        }

        foreach (var row in Table("changes"))
        {
            hot.Add((row[0], row[1]), new Draw<Change>(Weighted(row[2], Gene(row[0]), row[1])));
        }

        Resistances = Table("resistance").Select(r => new Resistance(r[0].Split('|').Select(Drug).ToArray(), r[1].Length == 0 ? null : Gene(r[1]), Gene(r[2]),
            r[3] == "amplification" ? Gene(r[2]).Amplification : Acquired(Gene(r[2]), r[3], r[4]), Number(r[5]) / 100)).ToArray();
        foreach (var row in Table("events"))
        {
            events.Add((row[0], new Draw<string>(Pairs(row[1]))));
        }

        foreach (var row in Table("evidence"))
        {
            var groups = row[2] == "*" ? [] : row[2].Split(',');
            Gene(row[0]).Evidence.Add(new EvidenceRule(row[1], groups, row[3][0], row[4].Length == 0 ? '\0' : row[4][0], row[5].Split('+').Select(Drug).ToArray()));
        }

        Groups = new Draw<Group>(Table("cancers").Select(r => (ReadGroup(r), Number(r[1]))).ToArray());
        var byKey = Groups.Things.ToDictionary(g => g.Key);
        ReadDrivers(byKey);
        foreach (var row in Table("regimens"))
        {
            var setting = row[1] switch { "neoadjuvant" => 0, "adjuvant" => 1, _ => 1 + int.Parse(row[1], CultureInfo.InvariantCulture) };
            byKey[row[0]].Regimens[setting] = Pairs(row[2]).Select(p => Choice(p.Thing, p.Weight)).ToArray();
        }

        Pembrolizumab = Drug("pembrolizumab");
        Secondary = new Draw<Gene>(SecondaryGenes.Select(g => (Gene(g), g == "ATM" ? 3.0 : 1.0)).ToArray());
        Unstable = UnstableGenes.Select(Gene).ToArray();
    }

    public Draw<Group> Groups { get; }

    public PanelUse[] Panels { get; }

    public Resistance[] Resistances { get; }

    public Drug Pembrolizumab { get; }

    /// <summary>Genes of germline findings that the tumour does not lead one to expect.</summary>
    public Draw<Gene> Secondary { get; }

    /// <summary>Genes with repeats that frameshift when mismatch repair is lost.</summary>
    public Gene[] Unstable { get; }

    /// <summary>Usual first dose; null where the table has none.</summary>
    public (double Amount, string Unit)? Dose(Drug drug) => doses.TryGetValue(drug.Name, out var dose) ? dose : null;

    public int GeneCount => genes.Count;

    /// <summary>Mean number of variants of unknown significance per report; paired panels subtract the germline and so report fewer. Assumption.</summary>
    private static readonly Dictionary<string, double> UncertainByPanel = new(StringComparer.Ordinal)
    {
        ["F1CDX"] = 10.2, ["F1LIQUID"] = 9.4, ["G360"] = 2.8, ["NCCOP"] = 3.2, ["GENMINETOP"] = 9.6,
    };

    public Gene Gene(string symbol) => genes.TryGetValue(symbol, out var gene) ? gene : throw new InvalidDataException($"The vocabulary has no gene '{symbol}'.");

    public PanelUse Panel(string code, string version) => Panels.First(p => p.Panel.Code == code && p.Panel.Version == version);

    private PanelUse Use(Panel panel)
    {
        var coverage = vocabulary.Panels.Coverage(panel.Code, panel.Version);
        var covers = Enum.GetValues<AlterationKind>().Select(_ => new bool[genes.Count]).ToArray();
        foreach (var entry in coverage.Where(e => e.Region.Length == 0))
        {
            covers[(int)entry.Kind][genes[entry.Gene].Index] = true;
        }

        return new PanelUse
        {
            Panel = panel, Assay = Assay.Of(panel, vocabulary.Panels), Covers = covers, Uncertain = UncertainByPanel[panel.Code],
            Regions = coverage.Where(e => e.Region.Length > 0 && e.Kind == AlterationKind.ShortVariant).Select(e => (genes[e.Gene].Index, e.Region)).ToHashSet(),
            UncertainIn = new Draw<Gene>(coverage.Where(e => e is { Kind: AlterationKind.ShortVariant, Region: "" }).Select(e => genes[e.Gene])
                .Select(g => (g, ChangePools.Weight(g))).ToArray()),
        };
    }

    private Group ReadGroup(string[] r) => new()
    {
        Key = r[0], Female = Number(r[2]) / 100, Age = Number(r[3]), AgeSpread = Number(r[4]), StageFour = Number(r[5]) / 100, Survival = Number(r[6]), Entry = Number(r[7]),
        Tmb = Number(r[8]), Msi = Number(r[9]) / 100, Lines = Number(r[10]), ResponseRates = r[11].Split('/').Select(x => Number(x) / 100).ToArray(), Given = Number(r[12]),
        Types = new Draw<CancerType>(Pairs(r[13]).Select(p => (Cancer(p.Thing), p.Weight)).ToArray()), Site = r[14],
        Metastases = Pairs(r[15]).Select(p => (p.Thing, p.Weight / 100)).ToArray(),
    };

    private void ReadDrivers(Dictionary<string, Group> groups)
    {
        var sets = new Dictionary<(string Group, string Set), List<Driver>>();
        foreach (var row in Table("drivers"))
        {
            var itsGenes = row[1].Split('+').Select(Gene).ToArray();
            var how = row[3][..(row[3].Contains(':', StringComparison.Ordinal) ? row[3].IndexOf(':', StringComparison.Ordinal) : row[3].Length)] switch
            {
                "hot" => How.Hot, "trunc" => How.Truncating, "missense" => How.Missense, "amp" => How.Amplification, "loss" => How.Loss, "fusion" => How.Fusion,
                "promoter" => How.Promoter, "germ" => How.Germline, var unknown => throw new InvalidDataException($"drivers: unknown way '{unknown}'"),
            };
            var changes = how switch
            {
                How.Hot => Hot(row[1], row[0]),
                How.Promoter => Hot(row[1], "promoter"),
                How.Germline => hot.GetValueOrDefault((row[1], "germline")),
                How.Truncating => hot.GetValueOrDefault((row[1], row[0])) ?? hot.GetValueOrDefault((row[1], "*")),
                How.Missense => new Draw<Change>(itsGenes[0].Uncertain.Where(c => c.Consequence == "missense").Take(12)
                    .Select((c, i) => (c with { Driver = true, Population = 0 }, 1.0 / (i + 1))).ToArray()),
                How.Fusion => new Draw<Change>(row[3].Split(':', 2)[1].Split(',').Select(p => (Fusion(p.Split(':')[0], row[1]), Number(p.Split(':')[1]))).ToArray()),
                _ => null,
            };
            var with = row[5].Length == 0 ? [] : row[5].Split(',').Select(w => (Gene(w.Split(':')[0]).Index, Number(w.Split(':')[1]))).ToArray();
            var driver = new Driver(itsGenes, Number(row[2]) / 100, how, changes, with);
            if (row[4].Length == 0)
            {
                groups[row[0]].Independent.Add(driver);
            }
            else if (sets.TryGetValue((row[0], row[4]), out var set))
            {
                set.Add(driver);
            }
            else
            {
                sets.Add((row[0], row[4]), [driver]);
            }
        }

        foreach (var ((group, _), set) in sets)
        {
            groups[group].ExclusiveSets.Add(new Draw<Driver?>([.. set.Select(d => ((Driver?)d, d.Probability)), (null, Math.Max(0, 1 - set.Sum(d => d.Probability)))]));
        }
    }

    private Draw<Change> Hot(string gene, string group) => hot.GetValueOrDefault((gene, group)) ?? hot.GetValueOrDefault((gene, "*"))
        ?? throw new InvalidDataException($"changes: none for {gene} in {group}");

    /// <summary><c>G12C:c.34G>T:6|~:30</c>; the tilde stands for the gene's truncating changes.</summary>
    private static (Change?, double)[] ParseChanges(string text) => text.Split('|').Select(part =>
    {
        var cells = part.Split(':');
        return cells[0] == "~" ? ((Change?)null, Number(cells[1])) : (Hotspot(cells[0], cells[1]), Number(cells[2]));
    }).ToArray();

    private (Change, double)[] Weighted(string text, Gene gene, string group)
    {
        var changes = new List<(Change, double)>();
        foreach (var (change, weight) in ParseChanges(text))
        {
            if (change is null)
            {
                changes.AddRange(gene.Truncating.Select(t => (t, weight / gene.Truncating.Length)));
            }
            else
            {
                changes.Add((group == "promoter" ? change with { Consequence = "promoter", Region = "promoter", Codon = 0 }
                    : change.Exon > 0 ? change : change with { Exon = ExonOf(gene, change.Codon) }, weight));
            }
        }

        return [.. changes];
    }

    private Change Acquired(Gene gene, string text, string cdna)
    {
        var change = Hotspot(text, cdna);
        return change with { Exon = ExonOf(gene, change.Codon) };
    }

    private int ExonOf(Gene gene, int codon)
    {
        foreach (var (exon, from, to) in exons.GetValueOrDefault(gene.Symbol) ?? [])
        {
            if (codon >= from && codon <= to)
            {
                return exon;
            }
        }

        return 0;
    }

    private static Change Hotspot(string text, string cdna)
    {
        if (text == "exon 14 skipping")
        {
            return new Change(text, AlterationKind.ShortVariant, "exon_skipping", 0, cdna, true) { Region = "exon 14 intron", Exon = 14 };
        }

        var consequence = text == "vIII" ? "long_deletion" : text.StartsWith("c.", StringComparison.Ordinal) ? "splice" : text.EndsWith('*') ? "nonsense"
            : text.Contains("fs", StringComparison.Ordinal) ? "frameshift" : text.EndsWith("del", StringComparison.Ordinal) ? "inframe_deletion"
            : text.Contains("delins", StringComparison.Ordinal) ? (text.Contains('_', StringComparison.Ordinal) ? "inframe_deletion" : "inframe_insertion")
            : text.Contains("ins", StringComparison.Ordinal) || text.EndsWith("dup", StringComparison.Ordinal) ? "inframe_insertion" : "missense";
        var codon = 0;
        for (var i = 1; i < text.Length && char.IsAsciiDigit(text[i]) && char.IsAsciiLetterUpper(text[0]); i++)
        {
            codon = (codon * 10) + (text[i] - '0');
        }

        return new Change(text, AlterationKind.ShortVariant, consequence, codon, cdna.StartsWith("c.", StringComparison.Ordinal) ? cdna : null, true);
    }

    private static Change Fusion(string partner, string gene)
    {
        // The driving gene gives the 3' end, except where it is the known 5' partner of the pair.
        var first = gene is "TMPRSS2" or "EWSR1" or "SS18" or "FUS" or "NAB2" or "ASPSCR1" or "FGFR2" or "FGFR3" or "CLDN18" or "MYB";
        return new Change(first ? $"{gene}-{partner}" : $"{partner}-{gene}", AlterationKind.Fusion, "fusion", 0, null, true) { Partner = partner };
    }

    private RegimenChoice Choice(string text, double weight)
    {
        var cut = text.IndexOfAny(['@', '!']);
        var code = cut < 0 ? text : text[..cut];
        var conditions = new List<(int, bool)>();
        var msi = false;
        foreach (var name in cut < 0 ? [] : text[cut..].Replace("@!", "!", StringComparison.Ordinal).Replace("!", " !", StringComparison.Ordinal).Replace("@", " ", StringComparison.Ordinal)
                     .Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (name == "MSI")
            {
                msi = true;
            }
            else
            {
                conditions.Add((Gene(name.TrimStart('!')).Index, name[0] != '!'));
            }
        }

        var term = vocabulary.Terms.Find(Terms.Regimens, code) ?? throw new InvalidDataException($"The vocabulary has no regimen '{code}'.");
        var drugs = term.Members.Select(Drug).ToArray();
        return new RegimenChoice(new Regimen(term.Code, drugs, drugs.Max(d => d.AvailableFromYear ?? 9999), EventsOf(drugs)), weight, [.. conditions], msi);
    }

    /// <summary>Adverse events typical of the drugs: the table goes from common classes to those with the most characteristic events, and ends with any drug.</summary>
    public Draw<string> EventsOf(Drug[] drugs)
    {
        for (var i = events.Count - 2; i >= 0; i--)
        {
            if (drugs.Any(d => d.Classes.Contains(events[i].Class)))
            {
                return events[i].Events;
            }
        }

        return events[^1].Events;
    }

    private Drug Drug(string name) => vocabulary.Drugs.Find(name) ?? throw new InvalidDataException($"The vocabulary has no drug '{name}'.");

    private CancerType Cancer(string code) => vocabulary.Cancers.Find(code) ?? throw new InvalidDataException($"The vocabulary has no cancer type '{code}'.");

    private static (string Thing, double Weight)[] Pairs(string text) => text.Split('|').Select(p =>
    {
        var colon = p.LastIndexOf(':');
        return (p[..colon], Number(p[(colon + 1)..]));
    }).ToArray();

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private static IEnumerable<string[]> Table(string name)
    {
        using var stream = typeof(Knowledge).Assembly.GetManifestResourceStream($"Synthesis.{name}.tsv") ?? throw new InvalidOperationException($"{name}.tsv is not embedded");
        using var reader = new StreamReader(stream);
        reader.ReadLine();
        while (reader.ReadLine() is { } line)
        {
            yield return line.Split('\t');
        }
    }
}
