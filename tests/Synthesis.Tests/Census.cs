using DataPortal.Releases;
using DataPortal.Releases.Dictionary;
using DataPortal.Releases.Vocabularies;

namespace DataPortal.Synthesis.Tests;

/// <summary>What the tests need of one case, so that 20,000 of them fit in little memory.</summary>
public sealed record CaseFacts(
    int Index, string Patient, string Cancer, string Tissue, string Sex, string Hospital, string Panel, string Specimen, bool Paired, bool Failed, DateOnly Registered, string? Stage,
    int? Content, double? Tmb, string? Msi, bool? Prior, bool Earlier, DateOnly? Diagnosed, DateOnly? Ep, string? Option, string? Treated, string? Outcome, DateOnly? LastAlive, DateOnly? Death,
    int Alterations, int Uncertain, bool G12C, bool T790M, HashSet<string> Drivers, bool Germline, double? DriverVaf, bool MatchedA, IReadOnlyList<LineFacts> Lines);

/// <summary>A line of treatment.</summary>
public sealed record LineFacts(string? Purpose, int? Line, string? Response, bool Ongoing, DateOnly? Start, DateOnly? End, string? Route, bool Recommended, IReadOnlyList<string> Drugs);

/// <summary>20,000 cases, made once for all tests.</summary>
public sealed class Census
{
    private static readonly DataDictionary Fields = DataDictionary.Current;

    public Census()
    {
        var tissues = Vocabulary.Shipped.Cancers.All.ToDictionary(t => t.Code, t => t.Tissue);
        var paired = Vocabulary.Shipped.Panels.All.Where(p => p.Paired).Select(p => p.Code).ToHashSet();
        Cases = [.. new SyntheticRegistrations(20_000, 42).MadeAhead(2).Select((row, i) => Facts(row, i, tissues, paired))];
    }

    public IReadOnlyList<CaseFacts> Cases { get; }

    public static double Percent<T>(IEnumerable<T> of, Func<T, bool> which)
    {
        var (all, some) = (0, 0);
        foreach (var x in of)
        {
            all++;
            some += which(x) ? 1 : 0;
        }

        return all == 0 ? 0 : 100.0 * some / all;
    }

    private static CaseFacts Facts(Row row, int index, Dictionary<string, string> tissues, HashSet<string> paired)
    {
        var alterations = row.Children(Fields.Entity("alteration"));
        var drivers = alterations.Where(a => Text(a, "pathogenicity") is "pathogenic" or "likely_pathogenic").ToList();
        var vafs = drivers.Where(a => Text(a, "origin") == "somatic" && Text(a, "consequence") == "missense" && a.Has(Field(a, "vaf"))).Select(a => a.Scaled(Field(a, "vaf"))!.Value / 1e4).ToList();
        var lines = row.Children(Fields.Entity("treatment"));
        var evidence = alterations.SelectMany(a => a.Children(Fields.Entity("evidence"))).Where(e => Text(e, "level") == "A").Select(e => Text(e, "drug")).ToHashSet();
        return new CaseFacts(
            index, Text(row, "patient_id")!, Text(row, "cancer")!, tissues[Text(row, "cancer")!], Text(row, "sex")!, Text(row, "hospital")!, Text(row, "panel")!, Text(row, "specimen")!,
            paired.Contains(Text(row, "panel")!), Text(row, "analysis_failed") == "yes", Date(row, "registered")!.Value, Text(row, "stage"),
            (int?)row.Scaled(Field(row, "tumour_content")), row.Scaled(Field(row, "tmb")) / 100.0, Text(row, "msi_panel"),
            Text(row, "prior_therapy") is { } p ? p == "yes" : null, Text(row, "earlier_registration") == "yes", Date(row, "diagnosis_date"), Date(row, "ep_date"), Text(row, "ep_option"),
            Text(row, "ep_treated"), Text(row, "outcome"), Date(row, "last_alive"), Date(row, "death_date"),
            alterations.Count, alterations.Count(a => Text(a, "pathogenicity") == "uncertain"), alterations.Exists(a => Text(a, "gene") == "KRAS" && Text(a, "change") == "G12C"),
            alterations.Exists(a => Text(a, "gene") == "EGFR" && Text(a, "change") == "T790M"),
            drivers.SelectMany(a => new[] { Text(a, "gene"), Text(a, "partner") }).OfType<string>().ToHashSet(), alterations.Exists(a => Text(a, "origin") == "germline"),
            vafs.Count > 0 ? vafs.Average() : null, lines.Exists(t => Text(t, "recommended") == "yes" && t.Children(Fields.Entity("drug")).Exists(d => evidence.Contains(Text(d, "drug")))),
            [.. lines.Select(t => new LineFacts(Text(t, "purpose"), (int?)t.Scaled(Field(t, "line")), Text(t, "response"), Text(t, "ongoing") == "yes", Date(t, "start"), Date(t, "end"), Text(t, "route"),
                Text(t, "recommended") == "yes", [.. t.Children(Fields.Entity("drug")).Select(d => Text(d, "drug")!)]))]);
    }

    private static Field Field(Row row, string name) => Fields[$"{row.Entity.Name}.{name}"];

    private static string? Text(Row row, string name) => row.Text(Field(row, name));

    private static DateOnly? Date(Row row, string name) => row.Date(Field(row, name));
}
