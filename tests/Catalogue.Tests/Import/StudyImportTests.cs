using System.Text.Json;
using DataPortal.Catalogue.Import;
using DataPortal.Releases;
using DataPortal.Releases.Dictionary;
using DataPortal.Releases.Vocabularies;

namespace DataPortal.Catalogue.Tests.Import;

public sealed class StudyImportTests : IDisposable
{
    private static readonly DataDictionary Dictionary = DataDictionary.Current;
    private static readonly Entity Alteration = Dictionary.Entity("alteration"), Treatment = Dictionary.Entity("treatment"), Drug = Dictionary.Entity("drug");

    private readonly SmallStudy study = new();

    public void Dispose() => study.Dispose();

    [Fact]
    public void Clinical_attributes_become_codes_and_numbers_of_the_dictionary()
    {
        var run = ImportRun.OfStudy(study.Folder);
        var (first, second) = (Case(run, "S1"), Case(run, "S2"));
        Equal(["male", "95", "III", "dead", "12.5", "yes", "LUAD", "primary", "40"],
            ["case.sex", "case.age", "case.stage", "case.outcome", "case.os_months", "case.smoking", "case.cancer", "case.specimen_site", "case.tumour_content"], first);
        Equal(["female", "61", "IV", "alive", null, "no", "metastasis", "30"],
            ["case.sex", "case.age", "case.stage", "case.outcome", "case.os_months", "case.smoking", "case.specimen_site", "case.tumour_content"], second);
        Assert.Equal(1, run.Count("fraction_as_percent"));
    }

    [Fact]
    public void Old_cancer_codes_become_current_ones_and_unknown_ones_are_kept_beside()
    {
        var run = ImportRun.OfStudy(study.Folder);
        Equal(["GB", "GBM"], ["case.cancer", "case.cancer_as_registered"], Case(run, "S2"));
        Equal([null, "NOSUCH"], ["case.cancer", "case.cancer_as_registered"], Case(run, "S3"));
    }

    [Fact]
    public void A_sample_without_a_clinical_row_becomes_a_case_with_blank_items_and_the_cancer_of_the_study()
    {
        var run = ImportRun.OfStudy(study.Folder);
        Assert.Equal(4, run.Cases.Count);
        Equal([null, null, "LUAD"], ["case.patient_id", "case.sex", "case.cancer"], Case(run, "S4"));
        Assert.Equal(1, run.Count("sample_without_clinical_row"));
        Assert.Equal(1, run.Count("no_clinical_items"));
    }

    [Fact]
    public void Mutations_carry_change_consequence_reads_and_place()
    {
        var run = ImportRun.OfStudy(study.Folder);
        var kras = Case(run, "S1").Children(Alteration).Single(a => a.Text(Dictionary["alteration.gene"]) == "KRAS");
        Equal(["small_scale_variant", "somatic", "DNA", "G12C", "missense", "12", "2", "c.34G>T", "0.21", "21", "100", "12", "25398285", "C", "A"],
            ["alteration.kind", "alteration.origin", "alteration.nucleic", "alteration.change", "alteration.consequence", "alteration.codon", "alteration.exon", "alteration.cdna",
             "alteration.vaf", "alteration.alt_reads", "alteration.depth", "alteration.chromosome", "alteration.position", "alteration.reference", "alteration.alternate"], kras);
    }

    [Fact]
    public void Old_gene_symbols_and_three_letter_changes_are_mended_and_unknown_genes_kept()
    {
        var run = ImportRun.OfStudy(study.Folder);
        var mended = Case(run, "S2").Children(Alteration).Single(a => a.Text(Dictionary["alteration.gene"]) == "KMT2D");
        Equal(["R5501*", "nonsense", "germline", "5501"], ["alteration.change", "alteration.consequence", "alteration.origin", "alteration.codon"], mended);
        Equal(["NOSUCHGENE", "A155Rfs*59", "frameshift", "155"], ["alteration.gene", "alteration.change", "alteration.consequence", "alteration.codon"],
            Assert.Single(Case(run, "S4").Children(Alteration)));
        Assert.Equal((1L, 1L, 1L), (run.Count("old_gene_symbol"), run.Count("three_letter_change"), run.Count("unknown_gene")));
    }

    [Fact]
    public void Silent_variants_are_left_out_but_the_promoter_of_TERT_stays()
    {
        var run = ImportRun.OfStudy(study.Folder);
        Assert.Equal(1, run.Count("silent_variant"));
        Assert.Equal("promoter", Case(run, "S2").Children(Alteration).Single(a => a.Text(Dictionary["alteration.gene"]) == "TERT").Text(Dictionary["alteration.consequence"]));
    }

    [Fact]
    public void The_meta_file_s_own_filter_replaces_the_default_one()
    {
        study["meta_mutations.txt"] += "variant_classification_filter: Missense_Mutation\n";
        var run = ImportRun.OfStudy(study.Folder);
        Assert.Contains(run.Alterations, a => a.Text(Dictionary["alteration.gene"]) == "TP53" && a.Text(Dictionary["alteration.change"]) == "R273R");
        Assert.DoesNotContain(run.Alterations, a => a.Text(Dictionary["alteration.change"]) == "G12C");
    }

    [Fact]
    public void Only_amplifications_and_losses_of_both_copies_are_alterations()
    {
        var run = ImportRun.OfStudy(study.Folder);
        string[] Changes(string sample) => [.. Case(run, sample).Children(Alteration).Where(a => a.Text(Dictionary["alteration.kind"]) == "copy_number_alteration")
            .Select(a => a.Text(Dictionary["alteration.gene"]) + " " + a.Text(Dictionary["alteration.change"])).Order(StringComparer.Ordinal)];
        Assert.Equal(["CDKN2A loss", "MYC amplification"], Changes("S1"));
        Assert.Empty(Changes("S2"));
        Assert.Equal(["CDKN2A loss"], Changes("S3"));
        var counts = run.File("data_cna.txt").Counts;
        Assert.Equal((1L, 2L, 1L, 1L, 3L, 1L), (counts["amplification"], counts["loss"], counts["gain_not_reported"], counts["shallow_loss_not_reported"], counts["neutral"], counts["not_examined"]));
    }

    [Fact]
    public void A_fusion_has_its_five_prime_gene_first_where_the_event_says_so()
    {
        var run = ImportRun.OfStudy(study.Folder);
        var fusions = Case(run, "S1").Children(Alteration).Where(a => a.Text(Dictionary["alteration.kind"]) == "fusion").ToList();
        Assert.Contains(fusions, f => (f.Text(Dictionary["alteration.gene"]), f.Text(Dictionary["alteration.partner"])) == ("EML4", "ALK"));
        Assert.Contains(fusions, f => (f.Text(Dictionary["alteration.gene"]), f.Text(Dictionary["alteration.partner"])) == ("RET", "KIF5B"));
        Assert.Equal((1L, 1L), (run.File("data_sv.txt").Counts["direction_known"], run.File("data_sv.txt").Counts["direction_unknown"]));
    }

    [Fact]
    public void One_gene_or_a_gene_and_a_place_between_genes_make_a_rearrangement()
    {
        var run = ImportRun.OfStudy(study.Folder);
        var found = Case(run, "S2").Children(Alteration).Where(a => a.Text(Dictionary["alteration.kind"]) == "rearrangement").ToList();
        Assert.Equal(["EGFR", "TP53"], found.Select(a => a.Text(Dictionary["alteration.gene"])).Order(StringComparer.Ordinal));
        Assert.All(found, a => Equal(["long deletion", "long_deletion", null], ["alteration.change", "alteration.consequence", "alteration.partner"], a));
    }

    [Fact]
    public void Coverage_is_that_of_the_panels_where_there_are_any_else_of_the_case_lists()
    {
        var run = ImportRun.OfStudy(study.Folder);
        string Name(string sample) => Case(run, sample).Text(Dictionary["case.panel"]) + "|" + Case(run, sample).Text(Dictionary["case.panel_version"]);
        Assert.Equal("SMALLPANEL|mutations=SMALLPANEL cna=SMALLPANEL", Name("S1"));
        Assert.Equal("SMALLPANEL+all-genes|mutations=SMALLPANEL cna=all-genes", Name("S2"));
        Assert.Equal("all-genes|mutations=all-genes cna=all-genes", Name("S3"));
        Assert.Equal("|", Name("S4"));
        Assay Of(string sample) => run.Assays.Single(a => $"{a.Panel}|{a.Version}" == Name(sample));
        Assert.Equal(["KMT2D Amplification", "KMT2D Loss", "KMT2D ShortVariant"], Of("S1").Coverage.Where(c => c.Gene == "KMT2D").Select(c => $"{c.Gene} {c.Kind}").Order(StringComparer.Ordinal));
        Assert.Equal([AlterationKind.Amplification, AlterationKind.Loss], Of("S2").AllGenes);
        Assert.All(Of("S2").Coverage, c => Assert.Equal(AlterationKind.ShortVariant, c.Kind));
        Assert.Equal([AlterationKind.ShortVariant, AlterationKind.Amplification, AlterationKind.Loss], Of("S3").AllGenes);
        Assert.Empty(Of("S4").AllGenes);
        // Nobody says who was examined for structural variants.
        Assert.Contains(run.Report.Totals, t => t is { Code: "no_examined_samples", Field: "structural_variants" });
    }

    [Fact]
    public void A_list_of_samples_without_the_data_themselves_covers_nothing()
    {
        study.Delete("meta_mutations.txt");
        var run = ImportRun.OfStudy(study.Folder);
        Assert.Contains(run.Report.Totals, t => t is { Code: "profile_without_data", Field: "mutations" });
        Assert.DoesNotContain(run.Assays, a => a.AllGenes.Contains(AlterationKind.ShortVariant) || a.Coverage.Any(c => c.Kind == AlterationKind.ShortVariant));
    }

    [Fact]
    public void A_panel_that_nobody_describes_is_reported_and_stays_undeclared()
    {
        study.Delete("data_gene_panel_small.txt");
        var run = ImportRun.OfStudy(study.Folder);
        Assert.Equal(1, run.Count("unlisted_panel"));
        Assert.DoesNotContain(run.Assays, a => a.Panel == "SMALLPANEL");
    }

    [Fact]
    public void Treatments_keep_their_order_and_have_no_calendar_dates()
    {
        var run = ImportRun.OfStudy(study.Folder);
        var lines = Case(run, "S1").Children(Treatment);
        Assert.Equal(["1", "2"], lines.Select(t => t.Display(Dictionary["treatment.line"])));
        Assert.Equal(["cisplatin", "pemetrexed"], lines[0].Children(Drug).Select(d => d.Text(Dictionary["drug.drug"])).Order(StringComparer.Ordinal));
        Assert.Equal(["sotorasib"], lines[1].Children(Drug).Select(d => d.Text(Dictionary["drug.drug"])));
        Assert.All(lines, t => Assert.False(t.Has(Dictionary["treatment.start"]) || t.Has(Dictionary["treatment.end"])));
        var undated = Assert.Single(Case(run, "S2").Children(Treatment));
        Assert.False(undated.Has(Dictionary["treatment.line"]));
        Assert.Equal((1L, 1L, 1L), (run.Count("start_unknown"), run.Count("unknown_drug"), run.Count("treatment_without_drug")));
    }

    [Fact]
    public void What_the_portal_has_no_place_for_is_named_with_its_reason() =>
        Assert.Contains(ImportRun.OfStudy(study.Folder).Report.Skipped, s => s.Path == "data_expression.txt" && s.Reason.Contains("MRNA_EXPRESSION", StringComparison.Ordinal));

    [Fact]
    public void The_figures_of_every_file_add_up()
    {
        var report = ImportRun.OfStudy(study.Folder).Report;
        Assert.All(report.Files, f => Assert.Equal(f.Rows, f.Read + f.Dropped));
        Assert.Equal((5L, 4L, 1L, 1L), Figures(report, "data_mutations.txt"));
        Assert.Equal((6L, 4L, 1L, 2L), Figures(report, "data_timeline.txt"));
        Assert.Equal(report.FindingsTotal, report.Totals.Sum(t => t.Count));

        static (long, long, long, long) Figures(ImportReport report, string path) =>
            report.Files.Single(f => f.Path == path) is var f ? (f.Rows, f.Read, f.Mended, f.Dropped) : default;
    }

    [Theory]
    [InlineData("data_samples.txt", "S1\tP1\tLUAD\tPrimary\t40\n", "S1\tP1\tLUAD\tPrimary\t40\nS1\tP1\tLUAD\tPrimary\t40\n", "duplicate_sample", nameof(FindingKind.Dropped))]
    [InlineData("data_patients.txt", "P3\t\t\t\t\t\t\n", "P1\t\t\t\t\t\t\n", "duplicate_patient", nameof(FindingKind.Dropped))]
    [InlineData("data_samples.txt", "S3\tP3", "\tP3", "missing_id", nameof(FindingKind.Dropped))]
    [InlineData("data_patients.txt", "\t61\t", "\tsixty\t", "bad_number", nameof(FindingKind.Mended))]
    [InlineData("data_patients.txt", "\t61\t", "\t611\t", "out_of_range", nameof(FindingKind.Mended))]
    [InlineData("data_patients.txt", "\t61\t", "\t>61\t", "bounded_number", nameof(FindingKind.Mended))]
    [InlineData("data_patients.txt", "IVB", "I or II NOS", "unknown_code", nameof(FindingKind.Mended))]
    [InlineData("data_mutations.txt", "\t21\t79\n", "\n", "short_line", nameof(FindingKind.Mended))]
    [InlineData("data_mutations.txt", "\t21\t79\n", "\t21\t79\tX\n", "long_line", nameof(FindingKind.Dropped))]
    [InlineData("data_mutations.txt", "Missense_Mutation\tC\tC\tA\tS1", "\tC\tC\tA\tS1", "classification_missing", nameof(FindingKind.Dropped))]
    [InlineData("data_mutations.txt", "KRAS\t3845", "\t", "gene_missing", nameof(FindingKind.Dropped))]
    [InlineData("data_mutations.txt", "\tSOMATIC\t", "\tLOH\t", "not_an_alteration", nameof(FindingKind.Dropped))]
    [InlineData("data_mutations.txt", "KRAS\t3845", "MYSTERY\t3845", "gene_by_entrez", nameof(FindingKind.Mended))]
    [InlineData("data_cna.txt", "MYC\t4609\t2", "MYC\t4609\tmany", "bad_number", nameof(FindingKind.Mended))]
    public void Dirty_rows_are_mended_or_dropped_and_said_so(string file, string old, string with, string code, string kind)
    {
        study.Replace(file, old, with);
        var run = ImportRun.OfStudy(study.Folder);
        Assert.Contains(run.Report.Totals, t => t.File == file && t.Code == code && t.Kind.ToString() == kind);
        Assert.All(run.Report.Files, f => Assert.Equal(f.Rows, f.Read + f.Dropped));
    }

    [Theory]
    [InlineData("meta_study.txt", null, null, "missing_meta_study")]
    [InlineData("meta_samples.txt", null, null, "missing_clinical_samples")]
    [InlineData("data_mutations.txt", null, null, "missing_file")]
    [InlineData("meta_mutations.txt", "datatype: MAF", "datatype: MA", "meta_unknown_type")]
    [InlineData("meta_mutations.txt", "data_filename: data_mutations.txt", "", "meta_incomplete")]
    [InlineData("meta_mutations.txt", "data_filename: data_mutations.txt", "data_filename: ../data_mutations.txt", "bad_file_name")]
    [InlineData("meta_mutations.txt", "cancer_study_identifier: small", "cancer_study_identifier: large", "meta_other_study")]
    [InlineData("meta_mutations.txt", "datatype: MAF", "datatype", "meta_malformed")]
    [InlineData("data_mutations.txt", "Tumor_Sample_Barcode", "Sample", "missing_column")]
    [InlineData("data_samples.txt", "SAMPLE_TYPE", "SAMPLE_ID", "duplicate_column")]
    [InlineData("data_mutations.txt", "SOMATIC", "SOM\0TIC", "not_text")]
    [InlineData("data_mutations.txt", "\tp.A155Rfs*59\t\t\t5\t5\n", "\tp.A155R", "file_truncated")]
    [InlineData("case_lists/cases_cna.txt", "S3\n", "S", "file_truncated")]
    public void Damage_stops_the_import_with_a_code_that_names_the_file(string file, string? old, string? with, string code)
    {
        if (old is null)
            study.Delete(file);
        else
            study.Replace(file, old, with!);
        Assert.Equal(code, Assert.Throws<ImportException>(() => ImportRun.OfStudy(study.Folder)).Code);
    }

    [Fact]
    public void Bytes_that_are_not_utf_8_stop_the_import()
    {
        File.WriteAllBytes(Path.Combine(study.Folder, "data_mutations.txt"), [.. "Hugo_Symbol\t"u8, 0xFF, 0xFE, 0x0A]);
        Assert.Equal("not_text", Assert.Throws<ImportException>(() => ImportRun.OfStudy(study.Folder)).Code);
    }

    [Fact]
    public void Cut_at_any_byte_a_study_is_read_or_refused_and_nothing_else()
    {
        var refused = 0;
        foreach (var file in study.Files.ToList())
        {
            var whole = File.ReadAllBytes(Path.Combine(study.Folder, file));
            for (var length = 0; length < whole.Length; length += 3)
            {
                File.WriteAllBytes(Path.Combine(study.Folder, file), whole[..length]);
                try
                {
                    var run = ImportRun.OfStudy(study.Folder);
                    Assert.All(run.Report.Files, f => Assert.Equal(f.Rows, f.Read + f.Dropped));
                }
                catch (ImportException)
                {
                    refused++;
                }
            }

            File.WriteAllBytes(Path.Combine(study.Folder, file), whole);
        }

        Assert.True(refused > 300, $"{refused} refused");
    }

    [Fact]
    public void The_report_holds_no_value_of_the_data()
    {
        string[] canaries = ["CANARYSEX", "CANARYSTAGE", "CANARYSAMPLE", "CANARYGENE", "CANARYCHANGE", "CANARYDRUG", "CANARYPATIENT", "CANARYNUMBER"];
        study.Replace("data_patients.txt", "P2\tF\t61\tIVB", "CANARYPATIENT\tCANARYSEX\tCANARYNUMBER\tCANARYSTAGE");
        study.Replace("data_mutations.txt", "MLL2\t\t12\t49415562", "CANARYGENE\t\t12\tCANARYNUMBER");
        study.Replace("data_mutations.txt", "\tS4\t", "\tCANARYSAMPLE\t");
        study.Replace("data_mutations.txt", "p.G12C", "p.CANARYCHANGE");
        study.Replace("data_timeline.txt", "Nosuchdrug", "CANARYDRUG");
        using var findings = new MemoryStream();
        string report;
        using (var log = new ImportLog(findings))
        {
            var source = DataPortal.Catalogue.Import.CBioPortal.StudyImport.Read(study.Folder, Vocabulary.Shipped, log, TestContext.Current.CancellationToken);
            report = JsonSerializer.Serialize(log.Report("cbioportal", source.Cases.Count()));
        }

        var all = report + System.Text.Encoding.UTF8.GetString(findings.ToArray());
        Assert.Contains("unknown_code", all, StringComparison.Ordinal);
        Assert.All(canaries, c => Assert.DoesNotContain(c, all, StringComparison.Ordinal));
    }

    private static Row Case(ImportRun run, string sample) => run.Cases.Single(c => c.Text(Dictionary["case.registration_id"]) == sample);

    private static void Equal(string?[] expected, string[] fields, Row row) => Assert.Equal(expected, fields.Select(f => row.Display(Dictionary[f])));
}
