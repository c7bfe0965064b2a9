using DataPortal.Releases.Dictionary;

namespace DataPortal.CohortEngine.Query;

/// <summary>
/// What a query means, after names are resolved: the one form behind text, JSON and audit. Two trees are equal when their canonical texts are.
/// The meaning of each node is fixed in <c>docs/query-language.md</c>, "Meaning": a node has one of three values for a case: true, false, unknown.
/// </summary>
public abstract record QueryNode;

/// <summary>True for every case: the empty query.</summary>
public sealed record Everything : QueryNode;

/// <summary>Every term is true. At least two terms.</summary>
public sealed record And(IReadOnlyList<QueryNode> Terms) : QueryNode;

/// <summary>Some term is true. At least two terms.</summary>
public sealed record Or(IReadOnlyList<QueryNode> Terms) : QueryNode;

/// <summary>The term is false; unknown stays unknown.</summary>
public sealed record Not(QueryNode Term) : QueryNode;

/// <summary>
/// The whole query with <c>negatives:lenient</c>: a plasma test without a single somatic call counts as having seen that nothing is there, instead of as unknown.
/// Stands at the root only.
/// </summary>
public sealed record LenientNegatives(QueryNode Term) : QueryNode;

/// <summary>
/// Some alteration of the case passes the test and all conditions: <c>KRAS G12C</c>, <c>variant(KRAS G12C vaf&gt;=0.1)</c>. Unknown where the test
/// could not have seen it.
/// </summary>
/// <param name="Gene">Current symbol; null in <c>variant(vaf&gt;=0.1)</c>, which asks of any gene.</param>
/// <param name="Test">What is asked of the alteration.</param>
/// <param name="Conditions">
/// Further conditions on the same alteration (fields of <c>alteration</c> and <c>evidence</c>); empty for a plain term. Those on <c>evidence</c> are passed by one
/// and the same row of evidence.
/// </param>
public sealed record AlterationTerm(string? Gene, AlterationTest Test, IReadOnlyList<FieldTest> Conditions) : QueryNode;

/// <summary>
/// A recorded field of the case, or of any row of a child table (<c>drug:</c>, <c>response:</c>, <c>metastasis:</c>): some row passes.
/// Empty fields are unknown; a case without a row of the child is false.
/// </summary>
public sealed record FieldTerm(FieldTest Test) : QueryNode;

/// <summary>
/// One and the same line of treatment passes all conditions: <c>treatment(drug:sotorasib line&gt;=2)</c>. Conditions on its drugs may be passed by different drugs of
/// the line; those on its events are passed by one and the same event (<c>event:Pneumonitis grade&gt;=3</c>).
/// </summary>
/// <param name="Conditions">On the fields of the line, its drugs and its events. At least one, unless <paramref name="Order"/> is given.</param>
/// <param name="Order">Its place in time relative to another line; null when none is asked.</param>
public sealed record TreatmentTerm(IReadOnlyList<FieldTest> Conditions, TimeOrder? Order) : QueryNode;

/// <summary>The specimen was taken after (before) a line of treatment that passes all conditions began: <c>specimen(after drug:osimertinib)</c>.</summary>
public sealed record SpecimenTerm(TimeOrder Order) : QueryNode;

/// <summary>
/// After or before the start of another line of the same case which passes <paramref name="Conditions"/>; with <paramref name="WithinDays"/> at most that many
/// days from it. Compares start dates; a missing date makes the pair unknown.
/// </summary>
public sealed record TimeOrder(bool After, IReadOnlyList<FieldTest> Conditions, int? WithinDays);

/// <summary>What a term asks of one alteration.</summary>
public abstract record AlterationTest;

/// <summary>Any reported alteration: <c>KRAS</c>.</summary>
public sealed record AnyAlteration : AlterationTest;

/// <summary>Evidence F or better, or stated pathogenic: <c>KRAS onc</c>.</summary>
public sealed record Oncogenic : AlterationTest;

/// <summary>Reported and not oncogenic: <c>KRAS vus</c>.</summary>
public sealed record UncertainSignificance : AlterationTest;

/// <summary>The gene was assayed and nothing oncogenic found: <c>KRAS wt</c>.</summary>
public sealed record WildType : AlterationTest;

/// <summary>A protein change without <c>p.</c>: <c>G12C</c>, <c>R213*</c>, <c>E746_A750del</c>.</summary>
public sealed record ProteinChange(string Change) : AlterationTest;

/// <summary>Any protein change at a residue: <c>G12</c>. <paramref name="Residue"/> is the one-letter reference amino acid; null when the text gave none.</summary>
public sealed record Codon(char? Residue, int Number) : AlterationTest;

/// <summary>A change of the coding sequence: <c>c.-124C&gt;T</c>.</summary>
public sealed record CodingChange(string Change) : AlterationTest;

/// <summary>Named classes of change.</summary>
public enum AlterationClass
{
    /// <summary>Nonsense, frameshift, splice site, start lost.</summary>
    Truncating,
    Missense,
    Splice,
    Inframe,

    /// <summary>In the promoter (coverage region <c>promoter</c>).</summary>
    Promoter,

    /// <summary>In-frame deletion (or indel) in the exon of <see cref="ClassTest.Exon"/>.</summary>
    ExonDeletion,

    /// <summary>In-frame insertion (or duplication) in that exon.</summary>
    ExonInsertion,

    /// <summary>Skipping of that exon (splice changes which cause it included when so reported).</summary>
    ExonSkipping,

    /// <summary>EGFRvIII: deletion of exons 2 to 7.</summary>
    VariantIII,
}

/// <summary>A named class; <paramref name="Exon"/> is given for the three exon classes only.</summary>
public sealed record ClassTest(AlterationClass Class, int? Exon) : AlterationTest;

/// <summary>Amplification: <c>ERBB2 amp</c>.</summary>
public sealed record Amplification : AlterationTest;

/// <summary>Loss of both copies: <c>CDKN2A loss</c>.</summary>
public sealed record Loss : AlterationTest;

/// <summary>Copy number in a range: <c>MET cn&gt;=6</c>.</summary>
public sealed record CopyNumber(NumberRange Range) : AlterationTest;

/// <summary>A fusion of the term's gene: with <paramref name="Partner"/> (null: any), in either order, or with the term's gene first when <paramref name="Directed"/> (<c>ALK&gt;</c>).</summary>
public sealed record Fusion(string? Partner, bool Directed) : AlterationTest;

/// <summary>A test of one recorded item: <c>age&gt;=70</c>, <c>drug:sotorasib</c>, <c>stage:missing</c>.</summary>
/// <param name="Name">
/// Canonical name in the query language (<c>age</c>, <c>cancer.post</c>, <c>her2.ihc</c>, <c>msi@panel</c>, <c>class</c>). Fields of <c>evidence</c> say which annotation is
/// asked: <c>evidence@ep</c> (as reported to the expert panel), <c>evidence@release</c>; that is the only trace of <c>evidence.snapshot</c>.
/// </param>
/// <param name="Fields">Fields of the data dictionary that bear it, of one entity; several when the item is recorded by organ: some of them passes.</param>
/// <param name="Value">What is asked of the value.</param>
public sealed record FieldTest(string Name, IReadOnlyList<Field> Fields, ValueTest Value);

/// <summary>What is asked of a value.</summary>
public abstract record ValueTest;

/// <summary>One of these codes, as stored. For cancer types the codes' descendants are already listed in <paramref name="Stored"/>; <paramref name="Named"/> are those to be written.</summary>
public sealed record OneOf(IReadOnlyList<string> Named, IReadOnlyList<string> Stored) : ValueTest;

/// <summary>All of these codes among the rows of one line: <c>drug:a+b</c>. Only on <c>drug.drug</c>.</summary>
public sealed record AllOf(IReadOnlyList<string> Codes) : ValueTest;

/// <summary>A number (or day since 1900-01-01) in a range.</summary>
public sealed record InRange(NumberRange Range) : ValueTest;

/// <summary>The field is empty: true or false, never unknown.</summary>
public sealed record IsMissing : ValueTest;

/// <summary>From <paramref name="Min"/> to <paramref name="Max"/> in the field's unit (days since 1900-01-01 for dates); null means unbounded. Bounds are inclusive unless told otherwise.</summary>
public sealed record NumberRange(decimal? Min, decimal? Max, bool MinExclusive = false, bool MaxExclusive = false);
