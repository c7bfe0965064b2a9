using DataPortal.CohortEngine.Evaluation;
using DataPortal.CohortEngine.Query;

namespace DataPortal.CohortEngine.Planning;

/// <summary>Makes a query ready for one release.</summary>
internal static class Planner
{
    /// <exception cref="ArgumentException">The tree asks something of a field that cannot be asked of it; the query language makes no such tree.</exception>
    public static PlanNode Plan(EngineState engine, QueryNode query) => query switch
    {
        Everything => new AllPlan(query),
        And and => new AndPlan(query, InOrder(and.Terms.Select(t => Plan(engine, t)))),
        Or or => new OrPlan(query, InOrder(or.Terms.Select(t => Plan(engine, t)))),
        Not not => new NotPlan(query, Plan(engine, not.Term)),
        AlterationTerm term => AlterationLeaf.Of(engine, query, term),
        FieldTerm { Test: var test } => PlanField(engine, query, test),
        TreatmentTerm { Conditions: var conditions, Order: var order } => new TreatmentLeaf(query, new LineTest(engine.Release, conditions),
            order is null ? null : new OrderTest(engine.Release, order), engine.Release.Table("treatment")),
        SpecimenTerm { Order: var order } => new SpecimenLeaf(query, new OrderTest(engine.Release, order),
            StoredTest.Find(engine.Release, KnownFields.SpecimenDate), engine.Release.Table("treatment")),
        LenientNegatives => throw new ArgumentException("'negatives:lenient' holds for the whole query and stands at its root only.", nameof(query)),
        _ => throw new ArgumentException($"'{query.GetType().Name}' is not a term of a query.", nameof(query)),
    };

    // Recorded items first: they make the population, over which alone alterations are asked for.
    private static PlanNode[] InOrder(IEnumerable<PlanNode> terms) => [.. terms.OrderBy(t => t.Genomic).ThenBy(t => t.Cost)];

    private static LeafPlan PlanField(EngineState engine, QueryNode source, FieldTest test)
    {
        var entity = test.Fields.Count > 0 ? test.Fields[0].Entity : throw new ArgumentException($"'{test.Name}' names no field.", nameof(test));
        switch (entity.Name)
        {
            case "case":
                return new CaseItemLeaf(source, new ItemTest(engine.Release, test));
            case "alteration" or "evidence":
                // What is asked of any alteration is unknown where the test saw nothing at all.
                return AlterationLeaf.Of(engine, source, new AlterationTerm(null, new AnyAlteration(), [test]));
            case "drug" when test.Value is AllOf:
                return new TreatmentLeaf(source, new LineTest(engine.Release, [test]), null, engine.Release.Table("treatment"));
            case "drug" when test.Value is OneOf { Stored: var names } && test.Fields is [var field] && field == KnownFields.Drug:
                var drug = StoredTest.Find(engine.Release, KnownFields.Drug);
                return new DrugLeaf(source, [.. names.Select(n => drug?.Encode(n) ?? 0).Where(c => c != 0).Distinct()]);
            default:
                return new ChildItemLeaf(source, new ItemTest(engine.Release, test), engine.Release.Table(entity.Name));
        }
    }
}
