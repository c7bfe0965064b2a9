using DataPortal.Releases;
using DataPortal.Releases.Dictionary;

namespace DataPortal.CohortEngine.Tests.Evaluation;

/// <summary>
/// Random cases with few values, so that terms often meet, and with every oddity: blanks, unknown codes, several assays, plasma, failed analyses, second tests
/// of a patient, fusions either way round and without partner, evidence of both snapshots and of none.
/// </summary>
internal sealed class RandomCases(int seed, bool annotated)
{
    public static readonly string[] Genes = ["KRAS", "TP53", "EGFR", "MET", "ALK", "EML4", "ERBB2", "TERT"];
    public static readonly string[] Changes = ["G12C", "G12D", "G13D", "R213*", "E746_A750del", "vIII", "c.-124C>T"];
    public static readonly string[] Drugs = ["sotorasib", "docetaxel", "osimertinib", "cisplatin"];

    private readonly Random random = new(seed);

    public IEnumerable<Row> Take(int count)
    {
        for (var i = 0; i < count; i++)
            yield return Case(i);
    }

    private Row Case(int i)
    {
        var (panel, version) = Pick(("PAIRED", "1"), ("PAIRED", "2"), ("LIQUID", "1"), ("EXOME", ""), ("NOBODY KNOWS", ""), ("PAIRED", "1"));
        // Every seventh case is a further test of an earlier patient, and there are third ones.
        var patient = i % 7 == 6 ? i - random.Next(1, 7) : i;
        var row = new Row(DataDictionary.Current.Case).With(
            ("registration_id", $"R{i}"), ("patient_id", $"P{patient}"), ("panel", panel), ("panel_version", version),
            ("specimen", panel == "LIQUID" ? "plasma" : Pick("tissue", "other", "")), ("analysis_failed", random.Next(12) == 0 ? "yes" : Pick("no", "")),
            ("cancer", Pick("LUAD", "COAD", "PAAD", "SKCM", "")), ("hospital", Pick("H1", "H2", "H3")), ("sex", Pick("male", "female", "unknown", "")),
            ("age", Maybe(random.Next(20, 91))), ("stage", Pick("I", "II", "III", "IV", "unknown", "")), ("tmb", Maybe(random.Next(0, 100_000) / 100.0)),
            ("breast_her2_ihc", Pick("0", "2+", "3+", "unknown", "", "")), ("gi_her2_ihc", Pick("0", "3+", "unknown", "", "")),
            ("salivary_her2_ihc", Pick("3+", "", "", "")), ("specimen_date", Day()), ("registered", Day()));
        for (var n = random.Next(3); n > 0; n--)
            row.And("metastasis", ("site", Pick("brain", "liver", "bone", "")));
        for (var n = random.Next(4); n > 0; n--)
            Line(row);
        for (var n = panel == "LIQUID" && random.Next(3) == 0 ? 0 : random.Next(5); n > 0; n--)
            Alteration(row);
        return row;
    }

    private void Line(Row row)
    {
        var line = row.Add(DataDictionary.Current.Entity("treatment")).With(
            ("line", Maybe(random.Next(1, 6))), ("purpose", Pick("palliative", "adjuvant", "unknown", "")), ("start", Day()),
            ("response", Pick("CR", "PR", "SD", "PD", "NE", "")), ("phase", Pick("pre-ep", "post-ep")));
        for (var n = random.Next(3); n > 0; n--)
            line.And("drug", ("drug", random.Next(8) == 0 ? "" : Pick(Drugs)));
        for (var n = random.Next(3); n > 0; n--)
            line.And("event", ("term", Pick("Pneumonitis", "Nausea", "")), ("grade", Maybe(random.Next(1, 6))));
    }

    private void Alteration(Row row)
    {
        var kind = Pick("small_scale_variant", "small_scale_variant", "copy_number_alteration", "fusion", "rearrangement", "");
        var consequence = kind switch
        {
            "copy_number_alteration" => Pick("amplification", "gain", "loss", "shallow_loss", ""),
            "fusion" or "rearrangement" => Pick("fusion", "rearrangement", "long_deletion", ""),
            "" => Pick("missense", "amplification", "fusion", ""),
            _ => Pick("missense", "nonsense", "splice", "promoter", "inframe_deletion", "inframe_insertion", "exon_skipping", "other", ""),
        };
        var alteration = row.Add(DataDictionary.Current.Entity("alteration")).With(
            ("kind", kind), ("consequence", consequence), ("gene", random.Next(20) == 0 ? "" : Pick(Genes)),
            ("partner", kind is "fusion" or "rearrangement" or "" && random.Next(2) == 0 ? Pick(Genes) : ""),
            ("change", kind is "small_scale_variant" or "" && random.Next(4) > 0 ? Pick(Changes) : Pick("", "", "vIII")), ("codon", Pick("12", "13", "213", "746", "")),
            ("exon", Pick("2", "14", "19", "20", "")), ("cdna", Pick("c.34G>T", "c.-124C>T", "", "")), ("vaf", Maybe(random.Next(0, 10_001) / 10_000.0)),
            ("copies", kind == "copy_number_alteration" ? Maybe(random.Next(0, 200) / 10.0) : ""), ("origin", Pick("somatic", "germline", "unknown", "")));
        if (!annotated)
            return;
        alteration.With(("pathogenicity", Pick("pathogenic", "uncertain", "", "")));
        for (var n = random.Next(3); n > 0; n--)
            alteration.And("evidence", ("snapshot", Pick("ep", "release", "")), ("level", Pick("A", "C", "F", "R", "")), ("drug", Pick("sotorasib", "osimertinib", "")));
    }

    private string Day() => random.Next(5) == 0 ? "" : new DateOnly(2022, 1, 1).AddDays(random.Next(400)).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);

    private string Maybe(double value) => random.Next(5) == 0 ? "" : value.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private T Pick<T>(params T[] values) => values[random.Next(values.Length)];
}
