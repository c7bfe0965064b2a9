using System.Globalization;
using DataPortal.Releases;
using DataPortal.Releases.Building;
using DataPortal.Releases.Dictionary;
using DataPortal.Releases.Sealing;
using DataPortal.Releases.Vocabularies;

namespace DataPortal.Research.Tests;

/// <summary>
/// A release whose every number can be counted on one's fingers: of 360 cases every sixth has KRAS G12C, every sixtieth EGFR L858R (six, too few to show),
/// every twentieth a germline BRCA2 finding; every tenth is a second test of the patient before. Its texts are what a spreadsheet would run.
/// </summary>
internal static class ResearchRelease
{
    public const int Cases = 360;
    public const int Patients = 324;
    public const int KrasG12C = 60;
    public const int EgfrL858R = 6;
    public const string Live = "=HYPERLINK(\"http://127.0.0.1/\",\"open\")";

    private static readonly string[] Texts = [Live, "+1+1", "-1+1", "@SUM(1)", "＝1+1", "\t=1+1", "腺癌, \"moderately\" differentiated\r\nsecond line", " =1+1"];
    private static readonly string[] Cancers = ["LUAD", "COAD", "PAAD"];

    public static Manifest Build(string folder, string keys, string name)
    {
        using var signer = ReleaseSigner.OpenOrCreate(keys);
        var settings = new ReleaseSettings(folder, name, "test", new byte[32], signer, Vocabulary.Shipped, TimeProvider.System, TextsReviewed: true);
        using var builder = new ReleaseBuilder(settings);
        builder.Declare(Assay.Of(Vocabulary.Shipped.Panels.All.Single(p => p is { Code: "F1CDX", Version: "1" }), Vocabulary.Shipped.Panels));
        for (var i = 0; i < Cases; i++)
        {
            builder.Add(Case(i));
        }

        return builder.Seal(new DateOnly(2025, 3, 31));
    }

    private static Row Case(int i)
    {
        var row = new Row(DataDictionary.Current.Case);
        var registered = new DateOnly(2021, 4, 1).AddDays(i);
        Set(row, "registration_id", $"REGISTRATION-{i}");
        Set(row, "patient_id", $"PATIENT-{(i % 10 == 9 ? i - 1 : i)}");
        Set(row, "consent_secondary_use", "yes");
        Set(row, "hospital", $"Hospital {i % 7}");
        Set(row, "sex", i % 2 == 0 ? "male" : "female");
        row.Set(Field(row, "age"), 40 + (i % 45));
        Set(row, "cancer", Cancers[i % 3]);
        Set(row, "panel", "F1CDX");
        Set(row, "panel_version", "1");
        Set(row, "specimen", "tissue");
        Set(row, "pathological_diagnosis", Texts[i % Texts.Length]);
        row.Set(Field(row, "registered"), registered);
        row.Set(Field(row, "diagnosis_date"), registered.AddDays(-200 - (i % 100)));
        row.Set(Field(row, "specimen_date"), registered.AddDays(-30));
        Set(row, "hereditary", i % 20 == 0 ? "yes" : "no");
        Set(row, "outcome", i % 4 == 0 ? "dead" : "alive");
        if (i % 4 != 0)
        {
            row.Set(Field(row, "last_alive"), registered.AddDays(300));
        }
        else if (i % 8 == 0)
        {
            row.Set(Field(row, "death_date"), registered.AddDays(100 + (i % 50)));
        }

        Alterations(row, i);
        Treatments(row, i, registered);
        var relative = row.Add(DataDictionary.Current.Entity("family"));
        Set(relative, "relation", "parent");
        return row;
    }

    private static void Alterations(Row row, int i)
    {
        Alteration(row, "TP53", "R175H", 175, "somatic");
        if (i % 6 == 0)
        {
            Alteration(row, "KRAS", "G12C", 12, "somatic");
        }

        if (i % 60 == 1)
        {
            Alteration(row, "EGFR", "L858R", 858, "somatic");
        }

        if (i % 20 == 0)
        {
            Alteration(row, "BRCA2", "R2318*", 2318, "germline");
        }
    }

    private static void Alteration(Row row, string gene, string change, int codon, string origin)
    {
        var alteration = row.Add(DataDictionary.Current.Entity("alteration"));
        Set(alteration, "kind", "small_scale_variant");
        Set(alteration, "origin", origin);
        Set(alteration, "nucleic", "DNA");
        Set(alteration, "gene", gene);
        Set(alteration, "change", change);
        Set(alteration, "consequence", change.EndsWith('*') ? "nonsense" : "missense");
        alteration.Set(Field(alteration, "codon"), codon);
        alteration.Set(Field(alteration, "vaf"), 0.21);
        var evidence = alteration.Add(DataDictionary.Current.Entity("evidence"));
        Set(evidence, "snapshot", "ep");
        Set(evidence, "type", "Oncogenic");
        Set(evidence, "level", "F");
    }

    private static void Treatments(Row row, int i, DateOnly registered)
    {
        for (var line = 1; line <= 1 + (i % 2); line++)
        {
            var treatment = row.Add(DataDictionary.Current.Entity("treatment"));
            Set(treatment, "phase", "pre-ep");
            treatment.Set(Field(treatment, "line"), line);
            Set(treatment, "purpose", "palliative");
            Set(treatment, "regimen", "-regimen " + line.ToString(CultureInfo.InvariantCulture));
            treatment.Set(Field(treatment, "start"), registered.AddDays(-180 + (line * 60)));
            Set(treatment, "response", line == 1 ? "PR" : "PD");
            foreach (var drug in new[] { "carboplatin", "pemetrexed" })
            {
                Set(treatment.Add(DataDictionary.Current.Entity("drug")), "drug", drug);
            }

            var harm = treatment.Add(DataDictionary.Current.Entity("event"));
            Set(harm, "term", "Pneumonitis");
            harm.Set(Field(harm, "grade"), 3);
        }
    }

    private static void Set(Row row, string field, string value) => row.Set(Field(row, field), value);

    private static Field Field(Row row, string field) => DataDictionary.Current[$"{row.Entity.Name}.{field}"];
}
