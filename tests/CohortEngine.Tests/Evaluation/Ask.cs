using DataPortal.CohortEngine.Query;
using DataPortal.Releases.Dictionary;

namespace DataPortal.CohortEngine.Tests.Evaluation;

/// <summary>Short ways to write terms down.</summary>
internal static class Ask
{
    public static FieldTest Codes(string field, string name, params string[] codes) => new(name, [DataDictionary.Current[field]], new OneOf(codes, codes));

    public static FieldTest Range(string field, string name, decimal? min, decimal? max) => new(name, [DataDictionary.Current[field]], new InRange(new NumberRange(min, max)));

    public static FieldTest Missing(string field, string name) => new(name, [DataDictionary.Current[field]], new IsMissing());

    public static QueryNode Gene(string gene, AlterationTest test, params FieldTest[] conditions) => new AlterationTerm(gene, test, conditions);

    public static QueryNode Field(FieldTest test) => new FieldTerm(test);

    public static QueryNode All(params QueryNode[] terms) => new And(terms);

    public static QueryNode Any(params QueryNode[] terms) => new Or(terms);
}
