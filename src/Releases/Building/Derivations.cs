using DataPortal.Releases.Dictionary;

namespace DataPortal.Releases.Building;

/// <summary>Fields of the case that the builder itself reads.</summary>
internal static class CaseFields
{
    public static readonly Field RegistrationId = Of("registration_id"), PatientId = Of("patient_id"), ConsentSecondaryUse = Of("consent_secondary_use"),
        Cancer = Of("cancer"), Hospital = Of("hospital"), Panel = Of("panel"), PanelVersion = Of("panel_version"), Registered = Of("registered"),
        LastAlive = Of("last_alive"), AnalysisFailed = Of("analysis_failed"), Specimen = Of("specimen"), SmokingYears = Of("smoking_years"),
        Cigarettes = Of("cigarettes_per_day"), PackYears = Of("pack_years"), Year = Of("year"), FiscalYear = Of("fiscal_year"), Patient = Of("patient"),
        Assay = Of("assay"), Readability = Of("readability"), EpDate = Of("ep_date"), EpHeld = Of("ep_held");

    private static Field Of(string name) => DataDictionary.Current["case." + name];
}

/// <summary>Fields of alterations and their evidence that the builder itself reads.</summary>
internal static class AlterationFields
{
    public static readonly Entity Entity = DataDictionary.Current.Entity("alteration"), Evidence = DataDictionary.Current.Entity("evidence");

    public static readonly Field Gene = Of("gene"), Partner = Of("partner"), Change = Of("change"), Origin = Of("origin"), Pathogenicity = Of("pathogenicity"),
        Oncogenic = Of("oncogenic"), Level = Of("level");

    public static readonly Field EvidenceLevel = DataDictionary.Current["evidence.level"], Snapshot = DataDictionary.Current["evidence.snapshot"];

    public static int ByGeneAndChange(Row a, Row b)
    {
        var byGene = string.CompareOrdinal(a.Text(Gene), b.Text(Gene));
        return byGene != 0 ? byGene : string.CompareOrdinal(a.Text(Change), b.Text(Change));
    }

    private static Field Of(string name) => DataDictionary.Current["alteration." + name];
}

/// <summary>Computes the fields that the data dictionary marks <c>derived</c>, except the patient number, which is known at sealing only.</summary>
internal sealed class Derivations
{
    private static readonly IReadOnlyList<string> Levels = ["A", "B", "C", "D", "E", "F", "R"];

    /// <summary>
    /// True once any alteration came with evidence or a stated pathogenicity. A release without either cannot tell oncogenic from not, so the column
    /// <c>oncogenic</c> stays blank throughout instead of saying "no" of everything.
    /// </summary>
    public bool EvidenceSeen { get; private set; }

    public void Derive(Row row)
    {
        if (row.Date(CaseFields.Registered) is { } registered)
        {
            row.Set(CaseFields.Year, registered.Year);
            row.Set(CaseFields.FiscalYear, registered.Month >= 4 ? registered.Year : registered.Year - 1);
        }

        if (row.Scaled(CaseFields.SmokingYears) is { } years && row.Scaled(CaseFields.Cigarettes) is { } perDay)
            row.Set(CaseFields.PackYears, years * perDay / 20.0);
        // The field that says whether a panel was held is answered by its date where it was left blank.
        if (!row.Has(CaseFields.EpHeld) && row.Has(CaseFields.EpDate))
            row.Set(CaseFields.EpHeld, "yes");

        var somatic = false;
        foreach (var alteration in row.ChildrenOrNull(AlterationFields.Entity) ?? [])
        {
            Annotate(alteration);
            somatic |= alteration.Text(AlterationFields.Origin) != "germline";
        }

        row.Set(CaseFields.Readability, row.Text(CaseFields.AnalysisFailed) == "yes" ? "failed"
            : row.Text(CaseFields.Specimen) == "plasma" && !somatic ? "empty-plasma" : "ok");
    }

    // Oncogenic is evidence F or better, or a stated pathogenicity (docs/query-language.md); level R speaks of resistance only.
    private void Annotate(Row alteration)
    {
        var best = int.MaxValue;
        var oncogenic = alteration.Text(AlterationFields.Pathogenicity) is "pathogenic" or "likely_pathogenic";
        EvidenceSeen |= alteration.Has(AlterationFields.Pathogenicity);
        foreach (var evidence in alteration.ChildrenOrNull(AlterationFields.Evidence) ?? [])
        {
            EvidenceSeen = true;
            var level = evidence.Text(AlterationFields.EvidenceLevel);
            var rank = level is null ? -1 : IndexOf(level);
            oncogenic |= rank is >= 0 and <= 5;
            if (rank >= 0 && evidence.Text(AlterationFields.Snapshot) != "release")
                best = Math.Min(best, rank);
        }

        alteration.Set(AlterationFields.Oncogenic, oncogenic ? "yes" : "no");
        alteration.Set(AlterationFields.Level, best == int.MaxValue ? null : Levels[best]);
    }

    private static int IndexOf(string level)
    {
        for (var i = 0; i < Levels.Count; i++)
        {
            if (Levels[i] == level)
                return i;
        }

        return -1;
    }
}
