using DataPortal.CohortEngine.Query;
using DataPortal.Releases.Dictionary;

namespace DataPortal.CohortEngine.Tests.Query;

/// <summary>What the nodes of the tree hold, beyond what their canonical text shows.</summary>
public sealed class TreeTests
{
    public static TheoryData<string, string, AlterationTest> Alterations => new()
    {
        { "KRAS G12C", "KRAS", new ProteinChange("G12C") },
        { "KRAS Gly12Cys", "KRAS", new ProteinChange("G12C") },
        { "KRAS G12", "KRAS", new Codon('G', 12) },
        { "KRAS codon12", "KRAS", new Codon(null, 12) },
        { "KRAS", "KRAS", new AnyAlteration() },
        { "KRAS onc", "KRAS", new Oncogenic() },
        { "KRAS vus", "KRAS", new UncertainSignificance() },
        { "KRAS wt", "KRAS", new WildType() },
        { "EGFR exon19del", "EGFR", new ClassTest(AlterationClass.ExonDeletion, 19) },
        { "EGFR exon20ins", "EGFR", new ClassTest(AlterationClass.ExonInsertion, 20) },
        { "MET exon14skip", "MET", new ClassTest(AlterationClass.ExonSkipping, 14) },
        { "EGFRvIII", "EGFR", new ClassTest(AlterationClass.VariantIII, null) },
        { "TP53 trunc", "TP53", new ClassTest(AlterationClass.Truncating, null) },
        { "TERT promoter", "TERT", new ClassTest(AlterationClass.Promoter, null) },
        { "TERT c.-124C>T", "TERT", new CodingChange("c.-124C>T") },
        { "TP53 R213X", "TP53", new ProteinChange("R213*") },
        { "ERBB2 amp", "ERBB2", new Amplification() },
        { "CDKN2A loss", "CDKN2A", new Loss() },
        { "MET cn>=6", "MET", new CopyNumber(new NumberRange(6, null)) },
        { "EML4-ALK", "EML4", new Fusion("ALK", false) },
        { "EML4>ALK", "EML4", new Fusion("ALK", true) },
        { "ALK fusion", "ALK", new Fusion(null, false) },
        { "ALK>", "ALK", new Fusion(null, true) },
        { "NKX2-1", "NKX2-1", new AnyAlteration() },
        { "HER2 amp", "ERBB2", new Amplification() },
    };

    [Theory]
    [MemberData(nameof(Alterations))]
    public void An_alteration_is_asked_as_written(string text, string gene, AlterationTest test)
    {
        var term = Assert.IsType<AlterationTerm>(Languages.Tree(text));
        Assert.Equal((gene, test), (term.Gene, term.Test));
        Assert.Empty(term.Conditions);
    }

    [Fact]
    public void A_cancer_type_brings_its_descendants()
    {
        var value = Assert.IsType<OneOf>(Test("cancer:LUNG").Value);
        Assert.Equal(["LUNG"], value.Named);
        Assert.Contains("LUNG", value.Stored);
        Assert.Contains("LUAD", value.Stored);
        Assert.DoesNotContain("PAAD", value.Stored);
    }

    [Fact]
    public void An_old_cancer_code_of_the_release_is_found_under_the_current_one()
    {
        Assert.Contains("GBM", Assert.IsType<OneOf>(Test("cancer:GB").Value).Stored);
        Assert.Equal("cancer:GB", Languages.Shipped.Parse("cancer:GBM", "en").Canonical);
    }

    [Fact]
    public void A_class_of_drugs_is_asked_as_its_drugs()
    {
        var test = Test("class:egfr-tki");
        Assert.Equal(("class", "drug.drug"), (test.Name, Assert.Single(test.Fields).Key));
        var value = Assert.IsType<OneOf>(test.Value);
        Assert.Equal(["EGFR-TKI"], value.Named);
        Assert.Contains("osimertinib", value.Stored);
        Assert.DoesNotContain("sotorasib", value.Stored);
    }

    [Fact]
    public void A_regimen_is_found_under_every_spelling_the_release_has() =>
        Assert.Equal(["FOLFOX", "mFOLFOX6"], Assert.IsType<OneOf>(Test("regimen:フォルフォックス").Value).Stored);

    [Fact]
    public void A_field_recorded_by_organ_asks_every_organ() =>
        Assert.Equal(["case.breast_gbrca2", "case.ovary_gbrca2", "case.pancreas_gbrca2", "case.prostate_gbrca2"], Test("gbrca2:positive").Fields.Select(f => f.Key).Order());

    [Theory]
    [InlineData("msi:high@panel", "case.msi_panel")]
    [InlineData("msi:high@clinical", "case.msi_clinical")]
    [InlineData("tmb>=10", "case.tmb")]
    [InlineData("btmb>=16", "case.btmb")]
    [InlineData("fy:2024", "case.fiscal_year")]
    public void A_field_is_the_one_of_the_data_dictionary(string text, string key) => Assert.Equal(key, Assert.Single(Test(text).Fields).Key);

    [Fact]
    public void Dates_are_days_and_partial_dates_are_whole()
    {
        static decimal Day(int year, int month, int day) => new DateOnly(year, month, day).DayNumber - new DateOnly(1900, 1, 1).DayNumber;
        Assert.Equal(new InRange(new NumberRange(Day(2024, 2, 1), Day(2024, 2, 29))), Test("date.registered:2024-02").Value);
        Assert.Equal(new InRange(new NumberRange(null, Day(2023, 12, 31))), Test("date.registered<=2023").Value);
        Assert.Equal(new InRange(new NumberRange(Day(2023, 12, 31), null, MinExclusive: true)), Test("date.registered>2023").Value);
        Assert.Equal(new InRange(new NumberRange(Day(2023, 1, 1), Day(2025, 12, 31))), Test("date.registered:2023-2025").Value);
    }

    [Fact]
    public void A_line_and_the_line_before_it_keep_their_conditions_apart()
    {
        var term = Assert.IsType<TreatmentTerm>(Languages.Tree("treatment(drug:docetaxel line:2-3 after drug:sotorasib response:PD within 90d)"));
        Assert.Equal(["drug", "line"], term.Conditions.Select(c => c.Name));
        Assert.Equal((true, 90), (term.Order!.After, term.Order.WithinDays));
        Assert.Equal(["drug", "response"], term.Order.Conditions.Select(c => c.Name));
    }

    [Fact]
    public void Evidence_says_which_annotation_it_asks()
    {
        var term = Assert.IsType<AlterationTerm>(Languages.Tree("variant(KRAS G12C evidence:A evidence.drug:sotorasib@release)"));
        Assert.Equal(["evidence@ep", "evidence.drug@release"], term.Conditions.Select(c => c.Name));
        Assert.Equal("evidence.level", term.Conditions[0].Fields[0].Key);
    }

    [Fact]
    public void The_empty_text_asks_for_every_case()
    {
        Assert.IsType<Everything>(Languages.Tree(""));
        Assert.IsType<Everything>(Languages.Tree(" 　\t"));
    }

    [Fact]
    public void A_value_may_be_called_as_an_operator_is()
    {
        Assert.Equal("hospital:\"and\"", Languages.Shipped.Parse("hospital:and", "en").Canonical);
        Assert.Equal("missing_value", Assert.Single(Languages.Shipped.Parse("hospital: and", "en").Errors).Code);
        Assert.Equal("bad_value", Assert.Single(Languages.Shipped.Parse("event:not", "en").Errors).Code);
    }

    [Fact]
    public void Genes_and_values_that_only_the_release_knows_are_found()
    {
        Assert.Equal("ZZGENE9", Assert.IsType<AlterationTerm>(Languages.Tree("zzgene9 amp")).Gene);
        Assert.Equal("\"ODD GENE\" amp", Languages.Shipped.Parse("\"odd gene\" amp", "en").Canonical);
        var bare = new QueryLanguage(Releases.Vocabularies.Vocabulary.Shipped, QueryContext.None);
        Assert.Equal("unknown_word", Assert.Single(bare.Parse("zzgene9 amp", "en").Errors).Code);
        Assert.Equal("bad_value", Assert.Single(bare.Parse("hospital:\"Example Hospital 1\"", "en").Errors).Code);
    }

    [Theory]
    [InlineData("HER2 amp", "alias_resolved")]
    [InlineData("MLL2", "old_symbol")]
    [InlineData("RAS G12D", "group_resolved")]
    [InlineData("TERT C250T", "notation_resolved")]
    [InlineData("drug:sotorasib response:PR", "separate_lines")]
    [InlineData("not drug:sotorasib response:PR", "separate_lines")]
    [InlineData("vaf>=0.1 KRAS G12C", "separate_alterations")]
    public void A_reader_is_told_what_may_surprise(string text, string notice)
    {
        var (english, japanese) = (Languages.Shipped.Parse(text, "en"), Languages.Shipped.Parse(text, "ja"));
        Assert.Contains(notice, english.Notices.Select(n => n.Code));
        Assert.NotEqual(english.Notices[0].Message, japanese.Notices[0].Message);
    }

    [Theory]
    [InlineData("KRAS G12C STK11")]
    [InlineData("treatment(drug:sotorasib response:PR)")]
    [InlineData("event:Pneumonitis grade>=3")]
    public void Nothing_is_said_where_nothing_surprises(string text) => Assert.Empty(Languages.Shipped.Parse(text, "en").Notices);

    [Fact]
    public void Every_query_name_of_the_data_dictionary_leads_to_its_fields()
    {
        foreach (var group in DataDictionary.Current.Fields.SelectMany(f => f.QueryNames.Select(n => (Name: n, Field: f))).GroupBy(x => x.Name))
        {
            var found = FieldNames.Find(group.Key);
            Assert.NotNull(found);
            Assert.All(group, x => Assert.Contains(x.Field, found.Fields));
            Assert.Single(found.Fields.Select(f => (f.Entity, f.Type, f.Domain, f.Unit)).Distinct());
        }
    }

    [Theory]
    [InlineData("　ＫＲＡＳ　ＸＸＹ９９　", 6, 5)]
    [InlineData("性別：ｵﾝﾅﾉｺﾄﾞﾓ", 3, 8)]
    [InlineData("KRAS 😀😀", 5, 4)]
    [InlineData("㎏ KRAS", 0, 1)]
    public void Places_are_told_in_the_text_as_it_was_given(string text, int position, int length)
    {
        var error = Assert.Single(Languages.Shipped.Parse(text, "ja").Errors);
        Assert.Equal((position, length), (error.Position, error.Length));
    }

    [Fact]
    public void Offered_readings_are_themselves_understood()
    {
        foreach (var text in new[] { "EGFR L858R T790M", "KRAS G12C vaf>=0.1", "KRAS p53", "KRAS/NRAS", "KRAS G12C, STK11", "BRCA onc", "msi:high", "LUAD", "KRASG12C", "agee>=60", "sotorasib" })
        {
            var error = Assert.Single(Languages.Shipped.Parse(text, "en").Errors);
            Assert.NotEmpty(error.Suggestions);
            var mended = text[..error.Position] + error.Suggestions[0] + text[(error.Position + error.Length)..];
            Assert.True(Languages.Shipped.Parse(mended, "en").Tree is not null || text == "BRCA onc", mended);
        }
    }

    [Fact]
    public void Both_languages_say_everything()
    {
        object[] values = ["a", "b", "c", "d"];
        foreach (var key in Messages.Keys)
        {
            Assert.NotEqual(Messages.Of(key, "en", values), Messages.Of(key, "ja", values));
            Assert.Equal(Slots(Messages.Of(key, "en", "{0}", "{1}", "{2}", "{3}")), Slots(Messages.Of(key, "ja", "{0}", "{1}", "{2}", "{3}")));
        }
    }

    private static string[] Slots(string message) => [.. new[] { "{0}", "{1}", "{2}", "{3}" }.Where(s => message.Contains(s, StringComparison.Ordinal))];

    private static FieldTest Test(string text) => Assert.IsType<FieldTerm>(Languages.Tree(text)).Test;
}
