using DataPortal.Releases.Vocabularies;

namespace DataPortal.Synthesis;

/// <summary>A drug, or several given together, that the report names for a finding. Finding −1 and −2 stand for MSI-High and TMB-High.</summary>
internal readonly record struct EvidenceHit(int Finding, char Level, Drug[] Drugs);

/// <summary>The evidence as reported to the expert panel, with the drugs there were in that year.</summary>
internal sealed class Annotation(Knowledge knowledge)
{
    public const int Msi = -1, TmbHigh = -2;

    private readonly Drug[] pembrolizumab = [knowledge.Pembrolizumab];

    public List<EvidenceHit> Hits { get; } = [];

    /// <summary>The best hit that speaks for a drug (A to D), if any.</summary>
    public EvidenceHit? Best { get; private set; }

    public void Evaluate(Group group, Findings findings, bool msiReported, bool tmbHigh, int year)
    {
        Hits.Clear();
        Best = null;
        for (var i = 0; i < findings.Reported.Count; i++)
        {
            var finding = findings.Reported[i];
            if (finding.Change.Driver)
            {
                Evaluate(group.Key, i, finding.Gene, finding.Change, year);
            }
        }

        if (msiReported)
        {
            Hit(Msi, 'A', pembrolizumab, year);
        }

        if (tmbHigh && year >= 2022)
        {
            Hit(TmbHigh, 'A', pembrolizumab, year);
        }
    }

    private void Evaluate(string group, int number, Gene gene, Change change, int year)
    {
        var specific = false;
        foreach (var rule in gene.Evidence)
        {
            var applies = rule.Change == "*"
                ? change.Kind == AlterationKind.ShortVariant || (change.Kind == AlterationKind.Loss && !HasOwnRule(gene, "loss"))
                : rule.Change == "fusion" ? change.Kind == AlterationKind.Fusion : rule.Change == change.Text;
            var level = applies ? rule.LevelIn(group) : '\0';
            if (level == '\0' || (!rule.IsSpecific && specific && level != 'R'))
            {
                continue;
            }

            specific |= rule.IsSpecific && level != 'R';
            Hit(number, level, rule.Drugs, year);
        }
    }

    private static bool HasOwnRule(Gene gene, string change) => gene.Evidence.Exists(r => r.Change == change);

    private void Hit(int finding, char level, Drug[] drugs, int year)
    {
        if (level != 'R')
        {
            if (!IsOnMarket(drugs, year))
            {
                if (!IsInTrials(drugs, year))
                {
                    return;
                }

                level = level is 'A' or 'B' ? 'C' : level;
            }
        }

        var hit = new EvidenceHit(finding, level, drugs);
        Hits.Add(hit);
        if (level <= 'D' && (Best is null || level < Best.Value.Level))
        {
            Best = hit;
        }
    }

    public static bool IsOnMarket(Drug[] drugs, int year)
    {
        foreach (var drug in drugs)
        {
            if (drug.AvailableFromYear is not { } from || from > year)
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsInTrials(Drug[] drugs, int year)
    {
        foreach (var drug in drugs)
        {
            if ((drug.TrialFromYear ?? drug.AvailableFromYear ?? int.MaxValue) > year)
            {
                return false;
            }
        }

        return true;
    }
}
