using DataPortal.Releases.Dictionary;
using DataPortal.Releases.Vocabularies;

namespace DataPortal.Catalogue.Tests.Import;

public sealed class SharedStudiesTests
{
    private static readonly Field Gene = DataDictionary.Current["alteration.gene"], Change = DataDictionary.Current["alteration.change"];

    [Fact]
    public void Tcga_lung_has_533_cases_62_with_KRAS_G12C_and_52_patients_without_clinical_items()
    {
        var run = ImportRun.OfStudy(SharedStudies.Require("luad_tcga_firehose_panel"));
        Assert.Equal(533, run.Cases.Count);
        Assert.Equal(62, run.Cases.Count(c => c.Children(DataDictionary.Current.Entity("alteration")).Exists(a => a.Text(Gene) == "KRAS" && a.Text(Change) == "G12C")));
        Assert.Equal(52, run.Count("no_clinical_items"));
        var assay = Assert.Single(run.Assays);
        Assert.Equal([AlterationKind.ShortVariant], assay.AllGenes);
        Assert.All(run.Cases, c => Assert.Equal("all-genes", c.Text(DataDictionary.Current["case.panel"])));
        Assert.Equal(533, run.File("case_lists/cases_sequenced.txt").Read);
    }

    [Fact]
    public void Tcga_lung_s_old_symbols_are_current_ones()
    {
        var run = ImportRun.OfStudy(SharedStudies.Require("luad_tcga_firehose_panel"));
        Assert.True(run.Count("old_gene_symbol") > 0);
        Assert.DoesNotContain(run.Alterations, a => a.Text(Gene) is "MLL2" or "MLL3");
        Assert.Contains(run.Alterations, a => a.Text(Gene) == "KMT2D");
    }

    [Fact]
    public void The_importer_s_test_study_is_read_with_every_file_named()
    {
        var folder = SharedStudies.Require("study_es_0");
        var run = ImportRun.OfStudy(folder);
        Assert.NotEmpty(run.Cases);
        var named = run.Report.Files.Select(f => f.Path).Concat(run.Report.Skipped.Select(s => s.Path)).ToHashSet();
        foreach (var meta in Directory.EnumerateFiles(folder, "meta_*.txt").Select(f => Path.GetFileName(f)))
        {
            var data = File.ReadLines(Path.Combine(folder, meta)).Where(l => l.StartsWith("data_filename:", StringComparison.Ordinal)).Select(l => l[14..].Trim()).FirstOrDefault();
            Assert.True(named.Contains(meta) || (data is not null && named.Contains(data)), meta);
        }
    }

    [Fact]
    public void Msk_impact_has_10945_samples_of_10336_patients()
    {
        var run = ImportRun.OfStudy(SharedStudies.Require("msk_impact_2017_clinical"));
        Assert.Equal(10_945, run.Cases.Count);
        Assert.Equal(10_336, run.Cases.Select(c => c.Text(DataDictionary.Current["case.patient_id"])).Distinct().Count());
        Assert.Equal(1, run.Report.Totals.Count(t => t is { Code: "profile_without_data", Field: "mutations" }));
    }

    [Theory]
    [InlineData("luad_tcga_firehose_panel")]
    [InlineData("study_es_0")]
    [InlineData("msk_impact_2017_clinical")]
    public void The_figures_of_every_file_add_up_to_its_rows(string study)
    {
        var folder = SharedStudies.Require(study);
        var run = ImportRun.OfStudy(folder);
        foreach (var file in run.Report.Files)
        {
            Assert.Equal(file.Rows, file.Read + file.Dropped);
            Assert.True(file.Mended <= file.Read);
            if (file.Path.StartsWith("data_", StringComparison.Ordinal))
                Assert.Equal(File.ReadLines(Path.Combine(folder, file.Path)).Count(l => !string.IsNullOrWhiteSpace(l) && l[0] != '#') - 1, file.Rows);
        }
    }
}
