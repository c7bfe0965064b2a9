using System.Text;
using DataPortal.Releases.Dictionary;

namespace DataPortal.CohortEngine.Query;

/// <summary>The one shape of a tree: no <c>and</c> directly within <c>and</c>, no double negation, codes in the order of their list.</summary>
internal static class QueryShape
{
    public static QueryNode And(IEnumerable<QueryNode> terms)
    {
        var flat = terms.SelectMany(t => t is And inner ? inner.Terms : [t]).ToArray();
        return flat.Length switch { 0 => new Everything(), 1 => flat[0], _ => new And(flat) };
    }

    public static QueryNode Or(IEnumerable<QueryNode> terms)
    {
        var flat = terms.SelectMany(t => t is Or inner ? inner.Terms : [t]).ToArray();
        return flat.Length == 1 ? flat[0] : new Or(flat);
    }

    public static QueryNode Not(QueryNode term) => term is Not inner ? inner.Term : new Not(term);

    public static QueryNode Normal(QueryNode node) => node switch
    {
        And and => And(and.Terms.Select(Normal)),
        Or or => Or(or.Terms.Select(Normal)),
        Not not => Not(Normal(not.Term)),
        LenientNegatives lenient => new LenientNegatives(Normal(lenient.Term)),
        AlterationTerm a => a with { Conditions = Normal(a.Conditions) },
        FieldTerm { Test: var test } when test.Fields[0].Entity.Name is "alteration" or "evidence" => new AlterationTerm(null, new AnyAlteration(), [Normal(test)]),
        FieldTerm f => new FieldTerm(Normal(f.Test)),
        TreatmentTerm t => new TreatmentTerm(Normal(t.Conditions), t.Order is null ? null : Normal(t.Order)),
        SpecimenTerm s => new SpecimenTerm(Normal(s.Order)),
        _ => node,
    };

    public static FieldTest Normal(FieldTest test) => test.Value switch
    {
        OneOf one => test with { Value = new OneOf(InOrder(test.Fields[0], one.Named), InOrder(test.Fields[0], one.Stored)) },
        AllOf all when all.Codes.Distinct().Count() == 1 => test with { Value = new OneOf([all.Codes[0]], [all.Codes[0]]) },
        AllOf all => test with { Value = new AllOf([.. all.Codes.Distinct().Order(StringComparer.Ordinal)]) },
        _ => test,
    };

    /// <summary>Number of single conditions.</summary>
    public static int Terms(QueryNode node) => node switch
    {
        And and => and.Terms.Sum(Terms),
        Or or => or.Terms.Sum(Terms),
        Not not => Terms(not.Term),
        LenientNegatives lenient => Terms(lenient.Term),
        AlterationTerm a => 1 + a.Conditions.Count,
        TreatmentTerm t => t.Conditions.Count + (t.Order?.Conditions.Count ?? 0),
        SpecimenTerm s => s.Order.Conditions.Count,
        _ => 1,
    };

    /// <summary>Levels that the canonical text needs.</summary>
    public static int Depth(QueryNode node) => node switch
    {
        And and => and.Terms.Max(Nested),
        Or or => or.Terms.Max(Nested),
        Not not => 1 + Nested(not.Term),
        LenientNegatives lenient => Nested(lenient.Term),
        TreatmentTerm or SpecimenTerm or AlterationTerm => 1,
        _ => 0,
    };

    /// <summary>The limit that a tree breaks, with its canonical text at hand; null when it keeps them all.</summary>
    public static string? Broken(QueryNode node, Func<string> canonical) =>
        Depth(node) > QueryLimits.Depth ? "too_deep"
        : Terms(node) > QueryLimits.Terms ? "too_many_terms"
        : Encoding.UTF8.GetByteCount(canonical()) > QueryLimits.Bytes ? "too_long" : null;

    private static int Nested(QueryNode node) => Depth(node) + (node is Query.And or Query.Or ? 1 : 0);

    private static IReadOnlyList<FieldTest> Normal(IReadOnlyList<FieldTest> tests) => [.. tests.Select(Normal)];

    private static TimeOrder Normal(TimeOrder order) => order with { Conditions = Normal(order.Conditions) };

    private static string[] InOrder(Field field, IReadOnlyList<string> codes) => field.Type == FieldType.Code
        ? [.. codes.Distinct().OrderBy(c => DataDictionary.Current.Position(field.Domain, c))]
        : [.. codes.Distinct().Order(StringComparer.Ordinal)];
}
