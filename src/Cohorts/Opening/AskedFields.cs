using DataPortal.Access.Contracts;
using DataPortal.CohortEngine.Query;
using DataPortal.Cohorts.Contracts;
using DataPortal.Releases.Dictionary;

namespace DataPortal.Cohorts.Opening;

/// <summary>Which fields a query asks of that its asker may not see: the cohort itself would tell their values.</summary>
internal static class AskedFields
{
    private const string Origin = "alteration.origin";

    /// <summary>The first forbidden field in the order of the query; null when there is none.</summary>
    public static Field? Forbidden(QueryNode query, DataPermission permissions) =>
        Tests(query, negated: false).Where(asked => !May(asked, permissions)).Select(asked => asked.Field).FirstOrDefault();

    // Somatic findings may be asked for by everybody. Who asks for germline ones, or for those that are not somatic, asks about the germline.
    private static bool May((Field Field, ValueTest Value, bool Negated) asked, DataPermission permissions) => asked.Field.Key == Origin
        ? permissions.HasFlag(DataPermission.Germline) || (!asked.Negated && asked.Value is OneOf { Stored: ["somatic"] })
        : permissions.MayAsk(asked.Field);

    private static IEnumerable<(Field Field, ValueTest Value, bool Negated)> Tests(QueryNode node, bool negated) => node switch
    {
        And and => and.Terms.SelectMany(term => Tests(term, negated)),
        Or or => or.Terms.SelectMany(term => Tests(term, negated)),
        Not not => Tests(not.Term, !negated),
        LenientNegatives lenient => Tests(lenient.Term, negated),
        AlterationTerm term => Tests(term.Conditions, negated),
        FieldTerm term => Tests([term.Test], negated),
        TreatmentTerm term => Tests(term.Conditions, negated).Concat(Tests(term.Order?.Conditions ?? [], negated)),
        SpecimenTerm term => Tests(term.Order.Conditions, negated),
        Everything => [],
        _ => throw new InvalidOperationException($"{node.GetType().Name} is no node that this knows: what it asks of cannot be told."),
    };

    private static IEnumerable<(Field, ValueTest, bool)> Tests(IReadOnlyList<FieldTest> tests, bool negated) =>
        tests.SelectMany(test => test.Fields.Select(field => (field, test.Value, negated)));
}
