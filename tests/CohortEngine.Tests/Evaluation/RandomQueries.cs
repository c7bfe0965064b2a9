using DataPortal.CohortEngine.Query;
using DataPortal.Releases.Dictionary;
using FsCheck;
using FsCheck.Fluent;

namespace DataPortal.CohortEngine.Tests.Evaluation;

/// <summary>Random query trees over all kinds of nodes, shrinking to their parts.</summary>
internal static class RandomQueries
{
    public static Arbitrary<QueryNode> Trees { get; } = Arb.From(Gen.Sized(size => Tree(Math.Min(4, 1 + (size / 12)))), Shrink);

    private static Gen<QueryNode> Tree(int depth) => depth == 0 ? Leaf : Gen.Frequency(
        (3, Leaf), (3, Several(depth, terms => new And(terms))), (3, Several(depth, terms => new Or(terms))), (2, Tree(depth - 1).Select(t => (QueryNode)new Not(t))));

    private static Gen<QueryNode> Leaf => Gen.Frequency(
        (1, Gen.Constant<QueryNode>(new Everything())), (8, Alteration), (4, CaseField.Select(t => (QueryNode)new FieldTerm(t))),
        (3, Gen.OneOf(LineField, MetastasisField, DrugField, EventField, AllDrugs).Select(t => (QueryNode)new FieldTerm(t))),
        (1, Gen.OneOf(AlterationField, EvidenceField).Select(t => (QueryNode)new FieldTerm(t))),
        (4, Gen.Zip(LineConditions(1), Gen.OneOf(Gen.Constant<TimeOrder?>(null), Order.Select(o => (TimeOrder?)o))).Select(x => (QueryNode)new TreatmentTerm(x.Item1, x.Item2))),
        (1, Order.Select(o => (QueryNode)new TreatmentTerm([], o))), (2, Order.Select(o => (QueryNode)new SpecimenTerm(o))));

    private static Gen<QueryNode> Alteration =>
        from gene in Gen.Frequency((6, Gen.Elements(RandomCases.Genes).Select(g => (string?)g)), (1, Gen.Elements<string?>(null, "NOT SEEN")))
        from test in Test
        from conditions in Gen.Frequency((3, Gen.Constant(0)), (2, Gen.Constant(1)), (1, Gen.Constant(2))).SelectMany(n => Gen.OneOf(AlterationField, EvidenceField).ListOf(n))
        select (QueryNode)new AlterationTerm(gene, test, [.. conditions]);

    private static Gen<AlterationTest> Test => Gen.OneOf(
        Gen.Elements<AlterationTest>(new AnyAlteration(), new Oncogenic(), new UncertainSignificance(), new WildType(), new Amplification(), new Loss()),
        Gen.Elements(RandomCases.Changes.Append("never seen")).Select(c => (AlterationTest)new ProteinChange(c)),
        Gen.Elements<AlterationTest>(new Codon('G', 12), new Codon(null, 13), new Codon('E', 746), new Codon('X', 12)),
        Gen.Elements<AlterationTest>(new CodingChange("c.-124C>T"), new CodingChange("c.34G>T"), new CodingChange("c.1A>C")),
        Gen.Elements(Enum.GetValues<AlterationClass>()).SelectMany(c => Gen.Elements(2, 14, 19, 20).Select(exon =>
            (AlterationTest)new ClassTest(c, c is AlterationClass.ExonDeletion or AlterationClass.ExonInsertion or AlterationClass.ExonSkipping ? exon : null))),
        Range(0, 20).Select(r => (AlterationTest)new CopyNumber(r)),
        Gen.Zip(Gen.Elements<string?>(null, "ALK", "EML4", "KRAS", "NOT SEEN"), Gen.Elements(true, false)).Select(x => (AlterationTest)new Fusion(x.Item1, x.Item2)));

    private static Gen<FieldTest> CaseField => Gen.OneOf(
        Codes("sex", ["sex"], "male", "female", "unknown"), Codes("stage", ["stage"], "I", "II", "IV", "unknown"), Codes("cancer", ["cancer"], "LUAD", "COAD", "SKCM", "ZZZ"),
        Codes("her2.ihc", ["breast_her2_ihc", "gi_her2_ihc", "salivary_her2_ihc"], "0", "2+", "3+", "unknown"), Numbers("age", ["age"], 20, 95),
        Numbers("tmb", ["tmb"], 0, 1100), Numbers("date.registered", ["registered"], 44_560, 45_000), Codes("panel", ["panel"], "PAIRED", "LIQUID"),
        // A field that no case of the tests has.
        Codes("ps", ["ps"], "0", "1"));

    private static Gen<FieldTest> MetastasisField => Codes("metastasis", ["metastasis.site"], "brain", "liver", "skin");

    private static Gen<FieldTest> DrugField => Gen.OneOf(Codes("drug", ["drug.drug"], [.. RandomCases.Drugs, "never given"]));

    private static Gen<FieldTest> AllDrugs => Gen.Elements(RandomCases.Drugs.Append("never given")).ListOf(2)
        .Select(codes => new FieldTest("drug", [DataDictionary.Current["drug.drug"]], new AllOf([.. codes])));

    private static Gen<FieldTest> EventField => Gen.OneOf(Codes("event", ["event.term"], "Pneumonitis", "Nausea"), Numbers("grade", ["event.grade"], 1, 5));

    private static Gen<FieldTest> LineField => Gen.OneOf(
        Codes("purpose", ["treatment.purpose"], "palliative", "adjuvant", "unknown"), Codes("response", ["treatment.response"], "CR", "PR", "PD"),
        Numbers("line", ["treatment.line"], 1, 5), Codes("when", ["treatment.phase"], "pre-ep", "post-ep"), Numbers("start", ["treatment.start"], 44_560, 45_000));

    private static Gen<FieldTest> AlterationField => Gen.OneOf(
        Numbers("vaf", ["alteration.vaf"], 0, 1), Codes("origin", ["alteration.origin"], "somatic", "germline", "unknown"), Numbers("exon", ["alteration.exon"], 2, 20),
        Codes("oncogenic", ["alteration.oncogenic"], "yes", "no"), Codes("level", ["alteration.level"], "A", "F"), Codes("gene", ["alteration.gene"], "KRAS", "EML4"),
        Codes("partner", ["alteration.partner"], "ALK", "KRAS"), Codes("kind", ["alteration.kind"], "fusion", "small_scale_variant"));

    private static Gen<FieldTest> EvidenceField => Gen.OneOf(
        Gen.Elements("evidence", "evidence@ep", "evidence@release").SelectMany(n => Codes(n, ["evidence.level"], "A", "C", "R")),
        Codes("evidence.drug", ["evidence.drug"], "sotorasib", "osimertinib"));

    private static Gen<TimeOrder> Order =>
        from after in Gen.Elements(true, false)
        from conditions in LineConditions(1)
        from within in Gen.Elements<int?>(null, 30, 90)
        select new TimeOrder(after, conditions, within);

    private static Gen<IReadOnlyList<FieldTest>> LineConditions(int least) => Gen.Choose(least, 3)
        .SelectMany(n => Gen.OneOf(DrugField, LineField, EventField, EventField, AllDrugs).ListOf(n)).Select(l => (IReadOnlyList<FieldTest>)[.. l]);

    private static Gen<FieldTest> Codes(string name, string[] fields, params string[] codes) => Gen.Frequency(
        (6, Gen.Choose(1, 3).SelectMany(n => Gen.Elements(codes).ListOf(n)).Select(c => (ValueTest)new OneOf([.. c], [.. c.Distinct()]))), (1, Gen.Constant<ValueTest>(new IsMissing())))
        .Select(v => new FieldTest(name, Fields(fields), v));

    private static Gen<FieldTest> Numbers(string name, string[] fields, int low, int high) => Gen.Frequency(
        (6, Range(low, high).Select(r => (ValueTest)new InRange(r))), (1, Gen.Constant<ValueTest>(new IsMissing()))).Select(v => new FieldTest(name, Fields(fields), v));

    private static Gen<NumberRange> Range(int low, int high) =>
        from a in Gen.Choose(low * 4, high * 4)
        from b in Gen.Choose(low * 4, high * 4)
        from open in Gen.Choose(0, 3)
        from exclusive in Gen.Choose(0, 3)
        select new NumberRange(open == 1 ? null : Math.Min(a, b) / 4m, open == 2 ? null : Math.Max(a, b) / 4m, exclusive % 2 == 1, exclusive > 1);

    private static Field[] Fields(string[] names) => [.. names.Select(n => DataDictionary.Current[n.Contains('.', StringComparison.Ordinal) ? n : "case." + n])];

    private static Gen<QueryNode> Several(int depth, Func<IReadOnlyList<QueryNode>, QueryNode> make) => Gen.Choose(2, 4).SelectMany(n => Tree(depth - 1).ListOf(n)).Select(t => make([.. t]));

    private static IEnumerable<QueryNode> Shrink(QueryNode node)
    {
        IReadOnlyList<QueryNode> terms = node switch { And and => and.Terms, Or or => or.Terms, Not not => [not.Term], _ => [] };
        foreach (var term in terms)
            yield return term;
        for (var i = 0; i < terms.Count; i++)
        {
            foreach (var smaller in Shrink(terms[i]))
            {
                QueryNode[] with = [.. terms];
                with[i] = smaller;
                yield return node switch { And => new And(with), Or => new Or(with), _ => new Not(smaller) };
            }
        }

        if (node is AlterationTerm { Conditions.Count: > 0 } alteration)
            yield return alteration with { Conditions = [.. alteration.Conditions.Skip(1)] };
        if (node is TreatmentTerm { Conditions.Count: > 1 } treatment)
            yield return treatment with { Conditions = [.. treatment.Conditions.Skip(1)] };
    }
}
