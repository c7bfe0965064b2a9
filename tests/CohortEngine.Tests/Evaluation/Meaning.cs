using DataPortal.CohortEngine.Evaluation;
using DataPortal.CohortEngine.Query;
using DataPortal.Releases;

namespace DataPortal.CohortEngine.Tests.Evaluation;

/// <summary>The rules of <c>docs/query-language.md</c>, "Meaning", on cases written by hand, with the numbers worked out by hand.</summary>
public sealed class Meaning(TestReleases releases) : IClassFixture<TestReleases>
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;
    private static readonly QueryNode KrasG12C = Ask.Gene("KRAS", new ProteinChange("G12C"));
    private static readonly (string, string) Pathogenic = ("pathogenicity", "pathogenic");

    private CohortEngine Genomic => CohortEngine.Open(releases.Build("genomic",
    [
        /* 0 */ Write.Case("a", values: [("cancer", "LUAD")]).Alteration("KRAS", "G12C", values: [Pathogenic, ("vaf", "0.3"), ("origin", "somatic"), ("codon", "12"), ("exon", "2")]),
        /* 1 */ Write.Case("b", values: [("cancer", "LUAD")]).Alteration("KRAS", "G12D", values: [Pathogenic, ("vaf", "0.05"), ("origin", "somatic"), ("codon", "12")]),
        /* 2 */ Write.Case("c", values: [("cancer", "LUAD")]).Alteration("TP53", "R213*", "nonsense", values: [("codon", "213"), ("origin", "germline")]),
        /* 3 */ Write.Case("d", values: [("cancer", "LUAD"), ("analysis_failed", "yes")]),
        /* 4 */ Write.Case("e", "LIQUID", values: [("cancer", "LUAD"), ("specimen", "plasma")]),
        /* 5 */ Write.Case("f", "LIQUID", values: [("cancer", "LUAD"), ("specimen", "plasma")]).Alteration("EGFR", "L858R", values: [("origin", "somatic")]),
        /* 6 */ Write.Case("g", "NOBODY KNOWS", values: [("cancer", "LUAD")]),
        /* 7 */ Write.Case("h", "NOBODY KNOWS", values: [("cancer", "LUAD")]).Alteration("KRAS", "G12C", values: [("codon", "12")]),
        /* 8 */ Write.Case("i", values: [("cancer", "LUAD")], patient: "patient of a").Alteration("KRAS", "", "splice"),
        /* 9 */ Write.Case("j", "PAIRED", "2", values: [("cancer", "LUAD")]).Alteration("TERT", "c.-124C>T", "promoter"),
        // Cases are sorted by cancer first, and MEL comes after LUAD.
        /* 10 */ Write.Case("k", values: [("cancer", "MEL")]).Alteration("EML4", "", "fusion", "fusion", ("partner", "ALK")).Alteration("ERBB2", "", "amplification", "copy_number_alteration", ("copies", "9.5")),
        /* 11 */ Write.Case("l", values: [("cancer", "MEL")]).Alteration("KRAS", "G12C", values: [("codon", "12")]).Alteration("TP53", "", "loss", "copy_number_alteration"),
        /* 12 */ Write.Case("m", values: [("cancer", "MEL"), ("analysis_failed", "yes")]).Alteration("KRAS", "G12C", values: [("codon", "12")]),
    ]));

    [Fact]
    public void Four_numbers_of_a_change_within_a_cancer()
    {
        // KRAS G12C in LUAD. True: a, and h although nobody knows what its test covers. Unknown: d failed, e without ctDNA, g not covered.
        // False: b, c, f, i (a splice change is no protein change), j. Assayed is the population of ten less the unknown three.
        var answer = Count(Genomic, Ask.All(KrasG12C, Ask.Field(Ask.Codes("case.cancer", "cancer", "LUAD"))));
        Assert.Equal((2, 2, 10, 9), (answer.Cases, answer.Patients, answer.Population, answer.PopulationPatients));
        Assert.Equal((7, 2, 3), (answer.Assayed, answer.CasesWithinAssayed, answer.Unknown));
        Assert.Equal([new("analysis-failed", 1), new("not-covered", 1), new("no-ctdna", 1)], answer.Reasons);
        Assert.Equal(200.0 / 7, answer.Percent);
    }

    [Fact]
    public void What_was_found_is_true_even_where_the_analysis_failed() => Assert.Contains(12, True(Genomic, KrasG12C));

    [Fact]
    public void Not_of_unknown_is_unknown()
    {
        var not = Evaluate(Genomic, new Not(KrasG12C));
        Assert.Equal([1, 2, 5, 8, 9, 10], not.True.ToArray());
        Assert.Equal([3, 4, 6], not.Unknown.ToArray());
    }

    [Fact]
    public void Lenient_negatives_take_an_empty_plasma_as_seen_and_nothing_else()
    {
        var strict = Evaluate(Genomic, new Not(KrasG12C));
        foreach (var lenient in new[] { Evaluate(Genomic, new Not(KrasG12C), new EvaluationOptions(true)), Evaluate(Genomic, new LenientNegatives(new Not(KrasG12C))) })
        {
            Assert.Equal(strict.True.ToArray().Append(4).Order(), lenient.True.ToArray());
            Assert.Equal([3, 6], lenient.Unknown.ToArray());
        }

        Assert.Throws<ArgumentException>(() => Evaluate(Genomic, new Not(new LenientNegatives(KrasG12C))));
    }

    [Fact]
    public void Failed_goes_before_not_covered_before_no_ctdna()
    {
        var engine = CohortEngine.Open(releases.Build("reasons",
        [
            Write.Case("a", "NOBODY KNOWS", values: [("analysis_failed", "yes"), ("specimen", "plasma")]), Write.Case("b", "NOBODY KNOWS", values: [("specimen", "plasma")]),
            Write.Case("c", "LIQUID", values: [("specimen", "plasma")]), Write.Case("d"),
        ]));
        Assert.Equal([new("analysis-failed", 1), new("not-covered", 1), new("no-ctdna", 1)], Count(engine, KrasG12C).Reasons);
    }

    [Fact]
    public void Coverage_is_of_version_kind_and_region()
    {
        // Version 2 of the panel does not see EGFR, version 1 does.
        Assert.Contains(9, Unknown(Genomic, Ask.Gene("EGFR", new AnyAlteration())));
        Assert.DoesNotContain(0, Unknown(Genomic, Ask.Gene("EGFR", new AnyAlteration())));
        // Version 1 calls amplifications of KRAS but no losses, and the promoter of TERT but not the gene.
        Assert.DoesNotContain(0, Unknown(Genomic, Ask.Gene("KRAS", new Amplification())));
        Assert.Contains(0, Unknown(Genomic, Ask.Gene("KRAS", new Loss())));
        Assert.DoesNotContain(0, Unknown(Genomic, Ask.Gene("TERT", new ClassTest(AlterationClass.Promoter, null))));
        Assert.DoesNotContain(0, Unknown(Genomic, Ask.Gene("TERT", new CodingChange("c.-124C>T"))));
        Assert.Contains(0, Unknown(Genomic, Ask.Gene("TERT", new ProteinChange("R100C"))));
        Assert.DoesNotContain(0, Unknown(Genomic, Ask.Gene("TERT", new AnyAlteration())));
        // Version 2 lists the introns beside exon 14 of MET and nothing else of the gene.
        Assert.DoesNotContain(9, Unknown(Genomic, Ask.Gene("MET", new ClassTest(AlterationClass.ExonSkipping, 14))));
        Assert.Contains(9, Unknown(Genomic, Ask.Gene("MET", new ClassTest(AlterationClass.ExonDeletion, 14))));
    }

    [Fact]
    public void Exomes_see_every_gene_in_their_kinds()
    {
        var engine = CohortEngine.Open(releases.Build("exome", [Write.Case("a", "EXOME", ""), Write.Case("b", "EXOME", "").Alteration("KRAS", "G12C")]));
        Assert.Equal((2, 1), (Count(engine, KrasG12C).Assayed, Count(engine, KrasG12C).Cases));
        Assert.Equal(0, Count(engine, Ask.Gene("KRAS", new Amplification())).Assayed);
        Assert.Equal(0, Count(engine, Ask.Gene("TERT", new ClassTest(AlterationClass.Promoter, null))).Assayed);
        Assert.Equal(2, Count(engine, Ask.Gene("BRCA2", new AnyAlteration())).Assayed);
    }

    [Fact]
    public void Oncogenic_vus_and_wild_type()
    {
        Assert.Equal([0, 1], True(Genomic, Ask.Gene("KRAS", new Oncogenic())));
        // Changes that nobody called pathogenic, in a release which has such statements.
        Assert.Equal([7, 8, 11, 12], True(Genomic, Ask.Gene("KRAS", new UncertainSignificance())));
        var wild = Evaluate(Genomic, Ask.Gene("KRAS", new WildType()));
        Assert.Equal([2, 5, 8, 9, 10, 11], wild.True.ToArray());
        // d and m failed, e has no ctDNA, g and h are of a test that covers nothing.
        Assert.Equal([3, 4, 6, 7, 12], wild.Unknown.ToArray());
    }

    [Fact]
    public void Without_any_evidence_oncogenic_is_unknown_where_it_matters()
    {
        var engine = CohortEngine.Open(releases.Build("plain", [Write.Case("a").Alteration("KRAS", "G12C"), Write.Case("b")]));
        foreach (var test in new AlterationTest[] { new Oncogenic(), new UncertainSignificance(), new WildType() })
        {
            var cohort = Evaluate(engine, Ask.Gene("KRAS", test));
            Assert.Equal([0], cohort.Unknown.ToArray());
            Assert.Equal([new UnknownReason("not-annotated", 1)], cohort.Reasons);
            Assert.Equal(test is WildType ? [1] : [], cohort.True.ToArray());
        }

        Assert.Equal([new UnknownReason("not-annotated", 1)], Evaluate(engine, Ask.Gene("KRAS", new AnyAlteration(), Ask.Codes("evidence.level", "evidence@ep", "A"))).Reasons);
    }

    [Fact]
    public void Changes_codons_classes_and_copy_numbers()
    {
        Assert.Equal([0, 1, 7, 11, 12], True(Genomic, Ask.Gene("KRAS", new Codon('G', 12))));
        Assert.Equal([0, 1, 7, 11, 12], True(Genomic, Ask.Gene("KRAS", new Codon(null, 12))));
        Assert.Empty(True(Genomic, Ask.Gene("KRAS", new Codon('A', 12))));
        Assert.Equal([2], True(Genomic, Ask.Gene("TP53", new ClassTest(AlterationClass.Truncating, null))));
        Assert.Equal([8], True(Genomic, Ask.Gene("KRAS", new ClassTest(AlterationClass.Splice, null))));
        Assert.Equal([9], True(Genomic, Ask.Gene("TERT", new CodingChange("c.-124C>T"))));
        Assert.Equal([10], True(Genomic, Ask.Gene("ERBB2", new Amplification())));
        Assert.Equal([10], True(Genomic, Ask.Gene("ERBB2", new CopyNumber(new NumberRange(9.5m, null)))));
        Assert.Empty(True(Genomic, Ask.Gene("ERBB2", new CopyNumber(new NumberRange(9.5m, null, MinExclusive: true)))));
        Assert.Equal([11], True(Genomic, Ask.Gene("TP53", new Loss())));
        Assert.Equal([0], True(Genomic, Ask.Gene("KRAS", new AnyAlteration(), Ask.Range("alteration.exon", "exon", 2, 2))));
    }

    [Fact]
    public void Fusions_in_either_order_unless_directed()
    {
        foreach (var found in new[]
        {
            Ask.Gene("ALK", new Fusion(null, false)), Ask.Gene("EML4", new Fusion(null, false)), Ask.Gene("EML4", new Fusion("ALK", false)),
            Ask.Gene("ALK", new Fusion("EML4", false)), Ask.Gene("EML4", new Fusion(null, true)), Ask.Gene("EML4", new Fusion("ALK", true)), Ask.Gene("ALK", new AnyAlteration()),
        })
            Assert.Equal([10], True(Genomic, found));
        Assert.Empty(True(Genomic, Ask.Gene("ALK", new Fusion(null, true))));
        Assert.Empty(True(Genomic, Ask.Gene("ALK", new Fusion("EML4", true))));
        // The plasma test calls fusions of ALK, not of EML4: for the pair that suffices, for EML4 alone it does not.
        Assert.DoesNotContain(5, Unknown(Genomic, Ask.Gene("EML4", new Fusion("ALK", false))));
        Assert.Contains(5, Unknown(Genomic, Ask.Gene("EML4", new Fusion(null, false))));
    }

    [Fact]
    public void One_and_the_same_alteration()
    {
        Assert.Equal([0], True(Genomic, Ask.Gene("KRAS", new AnyAlteration(), Ask.Range("alteration.vaf", "vaf", 0.1m, null))));
        // Not recorded: the fraction of h, i, l and m.
        Assert.Equal([3, 4, 6, 7, 8, 11, 12], Unknown(Genomic, Ask.Gene("KRAS", new AnyAlteration(), Ask.Range("alteration.vaf", "vaf", 0.1m, null))));
        // Any gene.
        Assert.Equal([0], True(Genomic, new AlterationTerm(null, new AnyAlteration(), [Ask.Range("alteration.vaf", "vaf", 0.1m, null)])));
    }

    [Fact]
    public void Origin_is_unknown_without_a_normal_sample_whatever_the_label_says()
    {
        var somatic = Evaluate(Genomic, Ask.Gene("EGFR", new AnyAlteration(), Ask.Codes("alteration.origin", "origin", "somatic")));
        Assert.DoesNotContain(5, somatic.True.ToArray());
        Assert.Contains(5, somatic.Unknown.ToArray());
        Assert.Contains(new UnknownReason("origin-unknown", 1), somatic.Reasons);
        Assert.Equal([0, 1], True(Genomic, Ask.Gene("KRAS", new AnyAlteration(), Ask.Codes("alteration.origin", "origin", "somatic"))));
        Assert.Equal([2], True(Genomic, new FieldTerm(Ask.Codes("alteration.origin", "origin", "germline"))));
    }

    [Fact]
    public void Evidence_is_of_one_row_and_of_the_snapshot_asked_for()
    {
        static Row With(string id, params (string Snapshot, string Level, string Drug)[] rows)
        {
            var row = Write.Case(id).Alteration("KRAS", "G12C");
            foreach (var (snapshot, level, drug) in rows)
                row.Children(Releases.Dictionary.DataDictionary.Current.Entity("alteration"))[0].And("evidence", ("snapshot", snapshot), ("level", level), ("drug", drug));
            return row;
        }

        var engine = CohortEngine.Open(releases.Build("evidence",
            [With("a", ("ep", "A", "sotorasib")), With("b", ("release", "A", "sotorasib"), ("ep", "C", "adagrasib")), With("c", ("ep", "A", "adagrasib"), ("ep", "C", "sotorasib")), With("d")]));
        Assert.Equal([0, 2], True(engine, new AlterationTerm("KRAS", new AnyAlteration(), [Ask.Codes("evidence.level", "evidence@ep", "A")])));
        Assert.Equal([1], True(engine, new AlterationTerm("KRAS", new AnyAlteration(), [Ask.Codes("evidence.level", "evidence@release", "A")])));
        Assert.Equal([0], True(engine, new AlterationTerm("KRAS", new AnyAlteration(), [Ask.Codes("evidence.level", "evidence@ep", "A"), Ask.Codes("evidence.drug", "evidence.drug", "sotorasib")])));
        Assert.Empty(Unknown(engine, new AlterationTerm("KRAS", new AnyAlteration(), [Ask.Codes("evidence.level", "evidence@ep", "A")])));
        Assert.Equal([0, 1, 2], True(engine, new AlterationTerm("KRAS", new Oncogenic(), [])));
    }

    private static Cohort Evaluate(CohortEngine engine, QueryNode query, EvaluationOptions? options = null) => engine.Evaluate(query, null, options ?? EvaluationOptions.Default, Ct);

    private static CountAnswer Count(CohortEngine engine, QueryNode query) => engine.Count(Evaluate(engine, query));

    private static int[] True(CohortEngine engine, QueryNode query) => Evaluate(engine, query).True.ToArray();

    private static int[] Unknown(CohortEngine engine, QueryNode query) => Evaluate(engine, query).Unknown.ToArray();
}
