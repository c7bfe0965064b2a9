using System.Text;
using DataPortal.Catalogue.Import;
using DataPortal.Releases.Dictionary;

namespace DataPortal.Catalogue.Tests.Import;

public sealed class PortalImportTests : IDisposable
{
    private static readonly DataDictionary Dictionary = DataDictionary.Current;

    private readonly string folder = Directory.CreateTempSubdirectory("registrations-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_line_with_a_mistake_is_dropped_and_the_rest_is_read()
    {
        Write("""{"registration_id":"A","sex":"male"}""", """{"registration_id":"B","sex":"mail"}""", """{"registration_id":"C","nonsense":1}""", """{"registration_id":"D"}""");
        var run = ImportRun.OfPortal(folder);
        Assert.Equal(["A", "D"], run.Cases.Select(c => c.Text(Dictionary["case.registration_id"])));
        Assert.Equal((4L, 2L, 2L), run.File("registrations.ndjson") is var f ? (f.Rows, f.Read, f.Dropped) : default);
        Assert.Contains(run.Report.Findings, x => x is { Line: 2, Code: "unknown_code", Field: "sex", Hint: not null });
        Assert.Contains(run.Report.Findings, x => x is { Line: 3, Code: "unknown_field", Kind: FindingKind.Dropped });
    }

    [Fact]
    public void Files_are_read_in_order_of_their_names_and_others_are_named_as_skipped()
    {
        File.WriteAllText(Path.Combine(folder, "registrations-2.ndjson"), """{"registration_id":"B"}""");
        File.WriteAllText(Path.Combine(folder, "registrations-1.ndjson"), """{"registration_id":"A"}""");
        File.WriteAllText(Path.Combine(folder, "notes.txt"), "x");
        var run = ImportRun.OfPortal(folder);
        Assert.Equal(["A", "B"], run.Cases.Select(c => c.Text(Dictionary["case.registration_id"])));
        Assert.Equal("notes.txt", Assert.Single(run.Report.Skipped).Path);
    }

    [Theory]
    [InlineData("""{"registration_id":"A","registered":"1919-06-01"}""", "case.registered", "implausible_year")]
    [InlineData("""{"registration_id":"A","diagnosis_date":"1919-06-01"}""", "case.diagnosis_date", "implausible_year")]
    [InlineData("""{"registration_id":"A","last_alive":"2190-06-01"}""", "case.last_alive", "date_in_future")]
    [InlineData("""{"registration_id":"A","registered":"2020-06-01","death_date":"2019-06-01","outcome":"dead"}""", "case.death_date", "death_before_registration")]
    [InlineData("""{"registration_id":"A","diagnosis_date":"2020-06-01","death_date":"2019-06-01"}""", "case.death_date", "death_before_diagnosis")]
    [InlineData("""{"registration_id":"A","last_alive":"2021-06-01","death_date":"2020-06-01"}""", "case.last_alive", "alive_after_death")]
    [InlineData("""{"registration_id":"A","treatments":[{"start":"2020-06-01","end":"2019-06-01"}]}""", "treatment.end", "end_before_start")]
    [InlineData("""{"registration_id":"A","treatments":[{"start":"2020-06-01","progression_date":"2019-06-01"}]}""", "treatment.progression_date", "progression_before_start")]
    [InlineData("""{"registration_id":"A","death_date":"2019-06-01","treatments":[{"start":"2020-06-01"}]}""", "treatment.start", "treatment_after_death")]
    public void A_date_that_cannot_be_is_blanked_and_the_case_kept(string line, string field, string code)
    {
        Write(line);
        var run = ImportRun.OfPortal(folder);
        var row = Assert.Single(run.Cases);
        if (field.StartsWith("treatment", StringComparison.Ordinal))
            row = Assert.Single(row.Children(Dictionary.Entity("treatment")));
        Assert.False(row.Has(Dictionary[field]));
        Assert.Contains(run.Report.Totals, t => t.Code == code && t.Field == field && t.Kind == FindingKind.Mended);
        Assert.Equal(1, run.File("registrations.ndjson").Mended);
    }

    [Fact]
    public void Possible_dates_are_left_alone()
    {
        Write("""{"registration_id":"A","diagnosis_date":"2019-01-01","registered":"2020-06-01","last_alive":"2021-06-01","death_date":"2021-06-01","treatments":[{"start":"2020-07-01","end":"2020-07-01"}]}""");
        Assert.Equal(0, ImportRun.OfPortal(folder).Report.FindingsTotal);
    }

    [Fact]
    public void Old_names_of_genes_and_cancers_become_current_ones()
    {
        Write("""{"registration_id":"A","cancer":"GBM","alterations":[{"gene":"MLL2","change":"R5501*"},{"gene":"EML4","partner":"ALK"}]}""");
        var row = Assert.Single(ImportRun.OfPortal(folder).Cases);
        Assert.Equal(("GB", "GBM"), (row.Text(Dictionary["case.cancer"]), row.Text(Dictionary["case.cancer_as_registered"])));
        Assert.Equal("KMT2D", row.Children(Dictionary.Entity("alteration"))[0].Text(Dictionary["alteration.gene"]));
    }

    [Fact]
    public void A_folder_without_registrations_is_refused() => Refused("missing_registrations");

    [Fact]
    public void A_broken_line_stops_the_import()
    {
        Write("""{"registration_id":"A"}""", """{"registration_id":"B",""");
        Refused("bad_json");
    }

    [Fact]
    public void Bytes_that_are_not_utf_8_stop_the_import()
    {
        File.WriteAllBytes(Path.Combine(folder, "registrations.ndjson"), [.. Encoding.UTF8.GetBytes("{\"registration_id\":\""), 0xC3, 0x28, .. Encoding.UTF8.GetBytes("\"}\n")]);
        Refused("bad_utf8");
    }

    [Fact]
    public void Assays_that_cannot_be_read_stop_the_import()
    {
        Write("""{"registration_id":"A"}""");
        File.WriteAllText(Path.Combine(folder, "assays.json"), """{"assays":[{"panel":"P"}]}""");
        Refused("bad_json");
    }

    private void Refused(string code) => Assert.Equal(code, Assert.Throws<ImportException>(() => ImportRun.OfPortal(folder)).Code);

    private void Write(params string[] lines) => File.WriteAllText(Path.Combine(folder, "registrations.ndjson"), string.Concat(lines.Select(l => l + "\n")));
}
