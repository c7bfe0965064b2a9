using DataPortal.Releases.Vocabularies;

namespace DataPortal.Synthesis;

/// <summary>An alteration as the report states it.</summary>
internal struct Finding
{
    public Gene Gene;
    public Change Change;
    public bool Germline;
    public double Vaf;
    public int Depth;
    public double Copies;
    public string? Partner;
}

/// <summary>What is in the tumour, and what a panel saw of it. Used again for the next case.</summary>
internal sealed class Findings(Knowledge knowledge)
{
    /// <summary>Share of tumour DNA in plasma below which the test sees nothing.</summary>
    private const double Empty = 0.0027;

    private readonly List<(Gene Gene, Change Change, bool Germline)> truth = [];
    private readonly HashSet<(int, string)> reported = [];
    private readonly bool[] altered = new bool[knowledge.GeneCount];

    public List<Finding> Reported { get; } = [];

    public bool MsiHigh { get; private set; }

    /// <summary>Mutations per megabase of the tumour.</summary>
    public double Tmb { get; private set; }

    public bool Has(int gene) => altered[gene];

    /// <summary>A change of the gene in the tumour itself, seen by a panel or not; null without one.</summary>
    public Change? Of(Gene gene, AlterationKind kind)
    {
        foreach (var (g, change, _) in truth)
        {
            if (ReferenceEquals(g, gene) && change.Kind == kind)
            {
                return change;
            }
        }

        return null;
    }

    /// <summary>Symbol of the first gene altered in the germline; null without one.</summary>
    public string? Germline
    {
        get
        {
            foreach (var (gene, _, germline) in truth)
            {
                if (germline)
                {
                    return gene.Symbol;
                }
            }

            return null;
        }
    }

    public bool HasGermline(Gene gene)
    {
        foreach (var (g, _, germline) in truth)
        {
            if (germline && ReferenceEquals(g, gene))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Draws the tumour: at most one driver of each exclusive set, then the others with the factors of what is there already.</summary>
    public void Draw(Group group, Dice dice)
    {
        foreach (var (gene, _, _) in truth)
        {
            altered[gene.Index] = false;
        }

        truth.Clear();
        MsiHigh = dice.Chance(group.Msi);
        Tmb = Math.Min(400, dice.LogNormal(group.Tmb, 0.62) + (MsiHigh ? dice.LogNormal(28, 0.5) : 0));
        foreach (var set in group.ExclusiveSets)
        {
            if (set.Next(dice) is { } driver)
            {
                Add(driver, dice);
            }
        }

        foreach (var driver in group.Independent)
        {
            var probability = driver.Probability;
            foreach (var (gene, factor) in driver.With)
            {
                if (altered[gene])
                {
                    probability *= factor;
                }
            }

            if (dice.Chance(probability))
            {
                Add(driver, dice);
            }
        }

        if (truth.Exists(t => t.Gene.Symbol == "POLE"))
        {
            Tmb = Math.Min(400, Tmb + dice.LogNormal(110, 0.4));
        }

        for (var n = MsiHigh ? dice.Between(3, 9) : 0; n > 0; n--)
        {
            var gene = knowledge.Unstable[dice.Below(knowledge.Unstable.Length)];
            Add(gene, gene.Truncating[dice.Below(gene.Truncating.Length)], false);
        }

        if (dice.Chance(0.013))
        {
            var gene = knowledge.Secondary.Next(dice);
            Add(gene, gene.Truncating[dice.Below(gene.Truncating.Length)], true);
        }
    }

    /// <summary>Adds what the tumour learned under treatments that began some months before <paramref name="day"/>.</summary>
    public void Acquire(List<TreatmentLine> lines, int day, Dice dice)
    {
        foreach (var rule in knowledge.Resistances)
        {
            if ((rule.Needs is null || altered[rule.Needs.Index]) && WasGiven(rule.Drugs, lines, day - 120) && dice.Chance(rule.Probability))
            {
                Add(rule.Gene, rule.Change, false);
            }
        }
    }

    private static bool WasGiven(Drug[] drugs, List<TreatmentLine> lines, int before)
    {
        foreach (var line in lines)
        {
            foreach (var drug in line.Drugs)
            {
                if (line.Start < before && line.Number > 0 && Array.IndexOf(drugs, drug) >= 0)
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>What the panel reports. <paramref name="purity"/> is the tumour content, or the share of tumour DNA in plasma, 0 to 1.</summary>
    public void Read(PanelUse panel, double purity, Dice dice)
    {
        Reported.Clear();
        reported.Clear();
        var plasma = panel.Panel.Specimen == "plasma";
        foreach (var (gene, change, germline) in truth)
        {
            if (panel.Sees(gene, change) && dice.Chance(germline ? 0.99 : Sensitivity(change.Kind, purity, plasma)))
            {
                Report(gene, change, germline, purity, plasma, dice);
            }
        }

        var mean = panel.Uncertain * (0.72 + (0.28 * Math.Min(12, Tmb / 4)));
        // Without tumour DNA in the plasma nothing of the tumour is reported: such a test is empty.
        for (var n = plasma && purity < Empty ? 0 : dice.Poisson(mean); n > 0; n--)
        {
            var gene = panel.UncertainIn.Next(dice);
            var change = gene.Uncertain[Math.Min(dice.Below(gene.Uncertain.Length), dice.Below(gene.Uncertain.Length))];
            Report(gene, change, false, purity, plasma, dice);
        }
    }

    private static double Sensitivity(AlterationKind kind, double purity, bool plasma) => plasma
        ? purity < Empty ? 0 : kind switch
        {
            AlterationKind.ShortVariant => Math.Min(0.97, 0.5 + (12 * purity)),
            AlterationKind.Fusion => Math.Min(0.85, 0.35 + (7 * purity)),
            _ => purity < 0.08 ? 0.05 : 0.7,
        }
        : kind switch
        {
            AlterationKind.ShortVariant => purity < 0.1 ? 0.72 : 0.98,
            AlterationKind.Fusion => purity < 0.1 ? 0.6 : 0.94,
            _ => purity < 0.2 ? 0.4 : 0.9,
        };

    private void Report(Gene gene, Change change, bool germline, double purity, bool plasma, Dice dice)
    {
        if (!reported.Add((gene.Index, change.Text)))
        {
            return;
        }

        var finding = new Finding { Gene = gene, Change = change, Germline = germline, Partner = change.Partner };
        switch (change.Kind)
        {
            case AlterationKind.Amplification:
                finding.Copies = 6 + Math.Min(90, dice.Exponential(7));
                break;
            case AlterationKind.Loss:
                finding.Copies = 0;
                break;
            default:
                finding.Depth = (int)Math.Clamp(dice.LogNormal(plasma ? 4200 : 640, 0.45), 90, 20000);
                finding.Vaf = Fraction(change, germline, purity, dice);
                var reads = Math.Max(plasma ? 3 : 8, (int)((finding.Vaf * finding.Depth) + 0.5));
                finding.Vaf = Math.Min(1, reads / (double)finding.Depth);
                break;
        }

        Reported.Add(finding);
    }

    /// <summary>Germline variants stand at a half; a somatic heterozygous one at half the tumour content, with loss of the other allele near the whole of it.</summary>
    private static double Fraction(Change change, bool germline, double purity, Dice dice)
    {
        var polymorphism = change.Population > 0 && dice.Chance(0.7);
        if (germline || polymorphism)
        {
            return Math.Clamp(0.5 + (0.04 * dice.Normal()) + (germline ? 0.25 * purity * dice.Unit() : 0), 0.3, 0.97);
        }

        var both = change.Driver && change.Consequence is "nonsense" or "frameshift" or "splice" && dice.Chance(0.5);
        var share = both ? purity / (2 - purity) * 2 : purity;
        return Math.Clamp(share * 0.5 * (1 + (0.24 * dice.Normal())), 0.0008, 0.95);
    }

    private void Add(Driver driver, Dice dice)
    {
        foreach (var gene in driver.Genes)
        {
            Add(gene, driver.How switch
            {
                How.Amplification => gene.Amplification,
                How.Loss => gene.Loss,
                _ => driver.Changes?.Next(dice) ?? gene.Truncating[dice.Below(gene.Truncating.Length)],
            }, driver.How == How.Germline && dice.Chance(0.62));
        }
    }

    private void Add(Gene gene, Change change, bool germline)
    {
        truth.Add((gene, change, germline));
        altered[gene.Index] = true;
    }
}
