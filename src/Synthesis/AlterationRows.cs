using DataPortal.Releases;
using DataPortal.Releases.Vocabularies;

namespace DataPortal.Synthesis;

/// <summary>Writes what the panel reported, with the evidence of that day.</summary>
internal static class AlterationRows
{
    private static readonly string[] Levels = ["A", "B", "C", "D", "E", "F", "R"];

    /// <summary>Genes whose variants near one half of the reads make a germline origin likely on a panel without a normal sample.</summary>
    private static readonly HashSet<string> Suspected = new(StringComparer.Ordinal)
        { "BRCA1", "BRCA2", "PALB2", "ATM", "CHEK2", "MLH1", "MSH2", "MSH6", "PMS2", "RAD51C", "RAD51D", "VHL", "RET", "RB1", "SDHB", "TSC2" };

    public static void Write(Row row, PanelUse panel, Findings findings, Annotation annotation, bool msi, bool tmbHigh, Dice dice)
    {
        var hit = 0;
        for (var i = 0; i < findings.Reported.Count; i++)
        {
            var a = row.Add(X.Alteration);
            Write(a, findings.Reported[i], panel, dice);
            if (findings.Reported[i].Change.Driver)
            {
                Evidence(a, "Oncogenic", "F", null);
            }

            for (; hit < annotation.Hits.Count && annotation.Hits[hit].Finding == i; hit++)
            {
                Evidence(a, annotation.Hits[hit]);
            }

            Expression(row, findings.Reported[i], panel, dice);
        }

        for (; hit < annotation.Hits.Count; hit++)
        {
            var a = row.Add(X.Alteration);
            a.Set(X.Kind, "other_biomarker");
            a.Set(X.Origin, "somatic");
            a.Set(X.Nucleic, "DNA");
            a.Set(X.Change, annotation.Hits[hit].Finding == Annotation.Msi ? "MSI-High" : "TMB-High");
            Evidence(a, annotation.Hits[hit]);
        }
    }

    private static void Write(Row a, in Finding finding, PanelUse panel, Dice dice)
    {
        var change = finding.Change;
        var fusion = change.Kind == AlterationKind.Fusion;
        a.Set(X.Kind, fusion ? "fusion" : change.Kind == AlterationKind.ShortVariant ? "small_scale_variant" : "copy_number_alteration");
        a.Set(X.Nucleic, fusion && panel.Panel.Code == "GENMINETOP" ? "RNA" : "DNA");
        // Without a normal sample nobody can tell: such panels label everything somatic, and a suspicion is stated apart.
        a.Set(X.Origin, finding.Germline && panel.Panel.Paired ? "germline" : "somatic");
        if (!panel.Panel.Paired && change.Driver && finding.Vaf is > 0.34 and < 0.75 && Suspected.Contains(finding.Gene.Symbol) && dice.Chance(0.8))
        {
            a.Set(X.Pgpv, "yes");
        }

        if (fusion)
        {
            var first = change.Text.StartsWith(finding.Gene.Symbol, StringComparison.Ordinal);
            a.Set(X.Gene, first ? finding.Gene.Symbol : finding.Partner);
            a.Set(X.Partner, first ? finding.Partner : finding.Gene.Symbol);
        }
        else
        {
            a.Set(X.Gene, finding.Gene.Symbol);
        }

        a.Set(X.Change, change.Text);
        a.Set(X.Consequence, change.Consequence);
        if (change.Codon > 0)
        {
            a.Set(X.Codon, change.Codon);
        }

        if (change.Exon > 0)
        {
            a.Set(X.Exon, change.Exon);
        }

        a.Set(X.Cdna, change.Cdna);
        if (change.Kind is AlterationKind.Amplification or AlterationKind.Loss)
        {
            a.Set(X.Copies, finding.Copies);
        }
        else if (!fusion || !dice.Chance(0.5))
        {
            a.Set(X.Vaf, finding.Vaf);
            a.Set(X.Depth, finding.Depth);
            a.Set(X.AltReads, (int)((finding.Vaf * finding.Depth) + 0.5));
        }

        if (change.Population > 0)
        {
            a.Set(X.Tommo, change.Population);
            a.Set(X.Exac, change.Population * 0.9);
        }

        a.Set(X.Pathogenicity, change.Driver ? dice.Chance(0.8) ? "pathogenic" : "likely_pathogenic" : "uncertain");
    }

    /// <summary>Panels with RNA report what an amplified gene makes of it.</summary>
    private static void Expression(Row row, in Finding finding, PanelUse panel, Dice dice)
    {
        if (finding.Change.Kind != AlterationKind.Amplification || !panel.Covers[(int)AlterationKind.Expression][finding.Gene.Index] || !dice.Chance(0.6))
        {
            return;
        }

        var a = row.Add(X.Alteration);
        a.Set(X.Kind, "expression");
        a.Set(X.Nucleic, "RNA");
        a.Set(X.Origin, "somatic");
        a.Set(X.Gene, finding.Gene.Symbol);
        a.Set(X.Change, "overexpression");
        a.Set(X.Consequence, "overexpression");
        a.Set(X.Tpm, 60 + (finding.Copies * 20 * (0.5 + dice.Unit())));
        a.Set(X.Pathogenicity, "uncertain");
    }

    private static void Evidence(Row alteration, EvidenceHit hit)
    {
        foreach (var drug in hit.Drugs)
        {
            var e = Evidence(alteration, "Predictive", Level(hit.Level), drug.Name);
            e.Set(X.Significance, hit.Level == 'R' ? "Resistance" : "Sensitivity/Response");
            e.Set(X.Reachability, hit.Level switch { 'R' => null, 'A' => "approved in Japan", 'B' or 'C' => "in trials in Japan", _ => "not reachable" });
        }
    }

    private static Row Evidence(Row alteration, string type, string level, string? drug)
    {
        var e = alteration.Add(X.Evidence);
        e.Set(X.Snapshot, "ep");
        e.Set(X.EvidenceType, type);
        e.Set(X.Level, level);
        e.Set(X.EvidenceDrug, drug);
        return e;
    }

    private static string Level(char level) => level == 'R' ? "R" : Levels[level - 'A'];
}
