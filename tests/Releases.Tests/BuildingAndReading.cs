using DataPortal.Releases.Building;
using DataPortal.Releases.Dictionary;
using DataPortal.Releases.Vocabularies;

namespace DataPortal.Releases.Tests;

public class BuildingAndReading
{
    private static readonly DataDictionary Dictionary = DataDictionary.Current;

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 17)]
    [InlineData(3, 400)]
    public void What_went_in_comes_out_for_every_field_of_every_table(int seed, int count)
    {
        using var folder = new TestFolder();
        var rows = new RandomCases(seed).Take(count).ToList();
        var release = folder.Build("r", rows);

        Assert.Equal(count, release.Cases);
        // Release-internal ids carry no registration id; the order of cases tells which is which: by (cancer, hospital), then as they came.
        var expected = rows.Index().OrderBy(r => r.Item.Text(Dictionary["case.cancer"]), StringComparer.Ordinal)
            .ThenBy(r => r.Item.Text(Dictionary["case.hospital"]), StringComparer.Ordinal).ThenBy(r => r.Index).Select(r => r.Item).ToList();
        var values = 0;
        for (var number = 0; number < count; number++)
            values += Compare(release, expected[number], number);
        Assert.True(values > count * 50, $"only {values} values were compared");
    }

    private static int Compare(Release release, Row row, int rowNumber)
    {
        var table = release.Table(row.Entity.Name);
        var compared = 0;
        foreach (var field in row.Entity.Fields.Where(f => f.Type != FieldType.Identifier && !f.IsDerived))
        {
            var expected = row.Display(field);
            if (field.Key == "case.age" && expected is not null && int.Parse(expected, System.Globalization.CultureInfo.InvariantCulture) > 90)
                expected = "90";
            if (field.Key == "case.ep_held" && expected is null && row.Has(Dictionary["case.ep_date"]))
                expected = "yes";
            Assert.Equal(expected, table.Column(field.Name).Display(rowNumber));
            Assert.Equal(expected is null, table.Column(field.Name).IsBlank(rowNumber));
            compared++;
        }

        foreach (var child in row.Entity.Children)
        {
            var offsets = release.Table(child.Name).Offsets;
            var children = row.Children(child);
            Assert.Equal(children.Count, offsets[rowNumber + 1] - offsets[rowNumber]);
            foreach (var (i, r) in children.Index())
                compared += Compare(release, r, offsets[rowNumber] + i);
        }

        return compared;
    }

    [Fact]
    public void Postings_list_exactly_the_rows_that_bear_a_gene_a_change_a_partner_or_a_drug()
    {
        using var folder = new TestFolder();
        var release = folder.Build("r", new RandomCases(5).Take(300));
        var table = release.Table("alteration");
        var owner = new int[table.Rows];
        for (var c = 0; c < release.Cases; c++)
        {
            var (start, length) = table.RowsOfCase(c).GetOffsetAndLength(table.Rows);
            Array.Fill(owner, c, start, length);
        }

        var genes = release.Codes("gene")!;
        var seen = 0;
        for (var gene = 1; gene <= genes.Count; gene++)
        {
            var pairs = release.Alterations.Pairs(gene);
            var rows = release.Alterations.Rows(pairs).ToArray();
            Assert.Equal(Enumerable.Range(0, table.Rows).Where(r => table.Column("gene").Stored(r) == gene), rows.Order());
            Assert.Equal(rows.Select(r => owner[r]), release.Alterations.Cases(pairs).ToArray());
            for (var pair = pairs.Start.Value; pair < pairs.End.Value; pair++)
            {
                var change = release.Alterations.Changes[pair];
                Assert.Equal(pair, release.Alterations.Find(gene, change));
                var ofPair = release.Alterations.Rows(pair..(pair + 1)).ToArray();
                Assert.All(ofPair, r => Assert.Equal(change, table.Column("change").Stored(r)));
                Assert.Equal(ofPair.Order(), ofPair);
                seen += ofPair.Length;
            }

            Assert.Equal(Enumerable.Range(0, table.Rows).Where(r => table.Column("partner").Stored(r) == gene), release.Partners.Rows(gene).ToArray());
        }

        Assert.Equal(Enumerable.Range(0, table.Rows).Count(r => table.Column("gene").Stored(r) != 0), seen);
        var drugs = release.Table("drug");
        var drug = release.Codes("drug")!;
        Assert.All(Enumerable.Range(1, drug.Count), code =>
            Assert.Equal(Enumerable.Range(0, drugs.Rows).Where(r => drugs.Column("drug").Stored(r) == code), release.Drugs.Rows(code).ToArray()));
        Assert.Equal(-1, release.Alterations.Find(1, int.MaxValue));
    }

    [Fact]
    public void The_release_holds_no_identifier_and_finds_its_own_ids()
    {
        using var folder = new TestFolder();
        var release = folder.Build("r", new RandomCases(6).Take(200));
        for (var number = 0; number < release.Cases; number++)
            Assert.Equal(number, release.FindCase(release.CaseId(number)));
        Assert.Equal(-1, release.FindCase(1));

        foreach (var file in Directory.EnumerateFiles(folder.Release("r"), "*", SearchOption.AllDirectories))
        {
            var text = System.Text.Encoding.Latin1.GetString(File.ReadAllBytes(file));
            Assert.DoesNotContain("R6-", text, StringComparison.Ordinal);
            Assert.DoesNotContain("P6-", text, StringComparison.Ordinal);
        }

        // The control: the search does find what is there.
        Assert.Contains(Directory.EnumerateFiles(folder.Release("r"), "*", SearchOption.AllDirectories),
            f => System.Text.Encoding.UTF8.GetString(File.ReadAllBytes(f)).Contains("hospital 値 1", StringComparison.Ordinal));
    }

    [Fact]
    public void The_same_key_gives_the_same_ids_in_every_release_and_another_key_others()
    {
        using var folder = new TestFolder();
        var a = folder.Build("a", new RandomCases(7).Take(50));
        var b = folder.Build("b", new RandomCases(7).Take(50));
        using (var builder = folder.Builder("c", keyByte: 8))
        {
            foreach (var row in new RandomCases(7).Take(50))
                builder.Add(row);
            builder.Seal();
        }

        var c = Release.Open(folder.Release("c"));
        Assert.Equal(Ids(a), Ids(b));
        Assert.Empty(Ids(a).Intersect(Ids(c)));

        static HashSet<ulong> Ids(Release release) => [.. Enumerable.Range(0, release.Cases).Select(release.CaseId)];
    }

    [Fact]
    public void Patients_with_several_cases_have_the_lowest_numbers()
    {
        using var folder = new TestFolder();
        var release = folder.Build("r", new RandomCases(8).Take(100));
        Assert.Equal(90, release.Patients);
        Assert.Equal(10, release.Manifest.RepeatedPatients);
        var numbers = Enumerable.Range(0, 100).Select(c => release.Column("case.patient").Scaled(c)!.Value).ToList();
        Assert.Equal(Enumerable.Range(0, 90), numbers.Distinct().Order());
        Assert.All(numbers.GroupBy(n => n), g => Assert.Equal(g.Key < 10 ? 2 : 1, g.Count()));
        Assert.Equal(90, Enumerable.Range(0, 100).Select(release.PatientId).Distinct().Count());
    }

    [Fact]
    public void Derived_items_follow_their_rules()
    {
        using var folder = new TestFolder();
        var release = folder.Build("r", [Case("a", r =>
        {
            r.Set(Dictionary["case.registered"], new DateOnly(2024, 3, 31));
            r.Set(Dictionary["case.smoking_years"], 30);
            r.Set(Dictionary["case.cigarettes_per_day"], 10);
            r.Set(Dictionary["case.age"], 97);
            r.Set(Dictionary["case.ep_date"], new DateOnly(2024, 5, 1));
            Alteration(r, "KRAS", "G12C", "ep", "A");
            Alteration(r, "TP53", "R175H", "release", "F");
            Alteration(r, "ATM", "V1234A", null, null);
            Alteration(r, "EGFR", "T790M", "ep", "R");
        })]);
        Assert.Equal("2024", release.Column("case.year").Display(0));
        Assert.Equal("2023", release.Column("case.fiscal_year").Display(0));
        Assert.Equal("15", release.Column("case.pack_years").Display(0));
        Assert.Equal("90", release.Column("case.age").Display(0));
        Assert.Equal("yes", release.Column("case.ep_held").Display(0));
        // Sorted by gene: ATM, EGFR, KRAS, TP53.
        Assert.Equal(["no", "no", "yes", "yes"], Enumerable.Range(0, 4).Select(r => release.Column("alteration.oncogenic").Text(r)!));
        Assert.Equal([null, "R", "A", null], Enumerable.Range(0, 4).Select(r => release.Column("alteration.level").Text(r)));
    }

    [Fact]
    public void Without_any_evidence_nothing_is_called_oncogenic_or_not()
    {
        using var folder = new TestFolder();
        var release = folder.Build("r", [Case("a", r => Alteration(r, "KRAS", "G12C", null, null))]);
        Assert.Null(release.Column("alteration.oncogenic").Text(0));
    }

    [Theory]
    [InlineData("tissue", "yes", "somatic", "failed")]
    [InlineData("plasma", null, "somatic", "ok")]
    [InlineData("plasma", null, "germline", "empty-plasma")]
    [InlineData("plasma", null, null, "empty-plasma")]
    [InlineData("tissue", null, null, "ok")]
    public void Readability_is_judged_from_failure_and_from_plasma_without_a_somatic_call(string specimen, string? failed, string? origin, string readability)
    {
        using var folder = new TestFolder();
        var release = folder.Build("r", [Case("a", r =>
        {
            r.Set(Dictionary["case.specimen"], specimen);
            r.Set(Dictionary["case.analysis_failed"], failed);
            if (origin is not null)
                Alteration(r, "KRAS", "G12C", null, null).Set(Dictionary["alteration.origin"], origin);
        })]);
        Assert.Equal(readability, release.Column("case.readability").Text(0));
    }

    [Fact]
    public void Who_does_not_consent_to_secondary_use_never_enters()
    {
        using var folder = new TestFolder();
        using var builder = folder.Builder("r");
        Assert.Equal(AddOutcome.NoConsent, builder.Add(Case("no", r => r.Set(Dictionary["case.consent_secondary_use"], "no"))));
        Assert.Equal(AddOutcome.Added, builder.Add(Case("yes", r => r.Set(Dictionary["case.consent_secondary_use"], "yes"))));
        Assert.Equal(AddOutcome.Duplicate, builder.Add(Case("yes", _ => { })));
        Assert.Equal(1, builder.Seal().Cases);
    }

    [Theory]
    [InlineData(true, "reviewed")]
    [InlineData(false, "dropped")]
    public void Running_text_enters_only_when_somebody_answers_for_it(bool reviewed, string said)
    {
        using var folder = new TestFolder();
        using (var builder = folder.Builder("r", textsReviewed: reviewed))
        {
            builder.Add(Case("a", r => r.Set(Dictionary["case.clinical_diagnosis"], "written by a physician")));
            builder.Seal();
        }

        var release = Release.Open(folder.Release("r"));
        Assert.Equal(reviewed ? "written by a physician" : null, release.Column("case.clinical_diagnosis").Text(0));
        Assert.Contains("case.clinical_diagnosis " + said, release.Manifest.Deidentification);
    }

    [Fact]
    public void Coverage_belongs_to_panel_and_version_and_what_is_not_listed_is_not_tested()
    {
        using var folder = new TestFolder();
        using (var builder = folder.Builder("r"))
        {
            builder.Declare(new Assay("P", "1", true, [], [new("P", "1", "KRAS", AlterationKind.ShortVariant, "", "label", false), new("P", "1", "TERT", AlterationKind.ShortVariant, "promoter", "label", true)]));
            builder.Declare(new Assay("EXOME", "", false, [AlterationKind.ShortVariant], []));
            builder.Add(Case("a", r => { r.Set(Dictionary["case.panel"], "P"); r.Set(Dictionary["case.panel_version"], "1"); }));
            builder.Add(Case("b", r => r.Set(Dictionary["case.panel"], "EXOME")));
            builder.Add(Case("c", r => { r.Set(Dictionary["case.panel"], "P"); r.Set(Dictionary["case.panel_version"], "2"); }));
            builder.Seal();
        }

        var coverage = Release.Open(folder.Release("r")).Coverage;
        Assert.True(coverage.Covers(0, "KRAS", AlterationKind.ShortVariant));
        Assert.False(coverage.Covers(0, "KRAS", AlterationKind.Loss));
        Assert.False(coverage.Covers(0, "TERT"));
        Assert.True(coverage.Covers(0, "TERT", AlterationKind.ShortVariant, "promoter"));
        Assert.True(coverage.Covers(1, "ANYTHING", AlterationKind.ShortVariant));
        Assert.False(coverage.Covers(1, "ANYTHING", AlterationKind.ShortVariant, "promoter"));
        Assert.False(coverage.Covers(2, "KRAS"));
        Assert.Equal([false, false, true], coverage.Assays.Select(a => a.Unlisted));
    }

    [Fact]
    public void A_bad_value_is_refused_by_field_and_never_by_its_content()
    {
        using var folder = new TestFolder();
        using var builder = folder.Builder("r");
        var code = Assert.Throws<ReleaseException>(() => builder.Add(Case("a", r => r.Set(Dictionary["case.sex"], "SECRET"))));
        Assert.Equal("unknown_code", code.Code);
        Assert.Contains("case.sex", code.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("SECRET", code.Message, StringComparison.Ordinal);
        Assert.Equal("out_of_range", Assert.Throws<ReleaseException>(() => builder.Add(Case("b", r => r.Set(Dictionary["case.tumour_content"], 101)))).Code);
        Assert.Equal("identifier_missing", Assert.Throws<ReleaseException>(() => builder.Add(new Row(Dictionary.Case))).Code);
    }

    [Fact]
    public void An_abandoned_builder_leaves_nothing()
    {
        using var folder = new TestFolder();
        using (var builder = folder.Builder("r"))
        {
            foreach (var row in new RandomCases(9).Take(30))
                builder.Add(row);
        }

        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(folder.Path, "releases")));
        using var cancelled = folder.Builder("r");
        cancelled.Add(Case("a", _ => { }));
        Assert.ThrowsAny<OperationCanceledException>(() => cancelled.Seal(cancellation: new CancellationToken(canceled: true)));
        cancelled.Dispose();
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(folder.Path, "releases")));
    }

    [Fact]
    public void A_built_release_holds_no_spool_any_more()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The mappings of a process are listed on Linux only.");
        using var folder = new TestFolder();
        using (var building = folder.Builder("r"))
        {
            foreach (var row in new RandomCases(10).Take(50))
                building.Add(row);
            building.Seal();
        }

        // A mapping that stays keeps the room of a deleted file until the process ends: a portal that imports would fill its disk.
        Assert.DoesNotContain(File.ReadLines("/proc/self/maps"), line => line.Contains(folder.Path, StringComparison.Ordinal) && line.Contains(".building-", StringComparison.Ordinal));
    }

    [Fact]
    public void A_release_is_never_overwritten_and_never_empty()
    {
        using var folder = new TestFolder();
        folder.Build("r", new RandomCases(1).Take(1));
        Assert.Equal("release_exists", Assert.Throws<ReleaseException>(() => folder.Builder("r")).Code);
        Assert.Equal("release_name", Assert.Throws<ReleaseException>(() => folder.Builder("../r")).Code);
        using var empty = folder.Builder("e");
        Assert.Equal("release_empty", Assert.Throws<ReleaseException>(() => empty.Seal()).Code);
    }

    internal static Row Case(string id, Action<Row> fill)
    {
        var row = new Row(Dictionary.Case);
        row.Set(Dictionary["case.registration_id"], id);
        fill(row);
        return row;
    }

    private static Row Alteration(Row row, string gene, string change, string? snapshot, string? level)
    {
        var alteration = row.Add(Dictionary.Entity("alteration"));
        alteration.Set(Dictionary["alteration.gene"], gene);
        alteration.Set(Dictionary["alteration.change"], change);
        if (level is not null)
        {
            var evidence = alteration.Add(Dictionary.Entity("evidence"));
            evidence.Set(Dictionary["evidence.snapshot"], snapshot);
            evidence.Set(Dictionary["evidence.level"], level);
        }

        return alteration;
    }
}
