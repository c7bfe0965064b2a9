using DataPortal.CohortEngine.Evaluation;
using DataPortal.CohortEngine.Query;
using DataPortal.Releases;

namespace DataPortal.CohortEngine.Reference;

/// <summary>What the naive evaluator says of a query: case numbers in plain sets.</summary>
public sealed record NaiveCohort(
    IReadOnlyList<int> True, IReadOnlyList<int> Unknown, IReadOnlyList<int> Population, IReadOnlyList<int> Assayed, IReadOnlyList<UnknownReason> Reasons,
    int Patients, int PopulationPatients);

/// <summary>
/// The meaning of a query as a loop over cases, straight from <c>docs/query-language.md</c>, "Meaning": no posting lists, no bitmaps, no shortcuts. It is the
/// oracle that the engine is held against, and shares no code with it.
/// </summary>
public sealed class NaiveEvaluator(Release release)
{
    private readonly NaiveRecords records = new(release);

    public NaiveCohort Evaluate(QueryNode query, IReadOnlySet<int> excluded, EvaluationOptions options)
    {
        var lenient = options.LenientNegatives;
        if (query is LenientNegatives { Term: var term })
            (query, lenient) = (term, true);
        var genomic = Leaves(query).Where(IsGenomic).ToArray();
        List<int> yes = [], open = [], population = [], assayed = [];
        var reasons = new SortedDictionary<Why, int>();
        for (var number = 0; number < release.Cases; number++)
        {
            if (excluded.Contains(number))
                continue;
            if (Value(query, number, lenient, alterationsKnown: false).Is == Tri.False)
                continue;
            population.Add(number);
            if (genomic.All(g => Value(g, number, lenient, alterationsKnown: true).Is != Tri.Unknown))
                assayed.Add(number);
            var answer = Value(query, number, lenient, alterationsKnown: true);
            if (answer.Is == Tri.True)
                yes.Add(number);
            if (answer.Is == Tri.Unknown)
            {
                open.Add(number);
                reasons[answer.Why] = reasons.GetValueOrDefault(answer.Why) + 1;
            }
        }

        return new NaiveCohort(yes, open, population, assayed, [.. reasons.Select(r => new UnknownReason(Code(r.Key), r.Value))], Patients(yes), Patients(population));
    }

    private int Patients(List<int> cases) => cases.Select(release.PatientId).Distinct().Count();

    private static string Code(Why why) => why switch
    {
        Why.Failed => "analysis-failed",
        Why.NotCovered => "not-covered",
        Why.NoCtdna => "no-ctdna",
        Why.NotAnnotated => "not-annotated",
        Why.OriginUnknown => "origin-unknown",
        _ => "not-recorded",
    };

    private static IEnumerable<QueryNode> Leaves(QueryNode node) => node switch
    {
        And and => and.Terms.SelectMany(Leaves),
        Or or => or.Terms.SelectMany(Leaves),
        Not not => Leaves(not.Term),
        _ => [node],
    };

    private static bool IsGenomic(QueryNode node) => node is AlterationTerm || (node is FieldTerm { Test.Fields: [var field, ..] } && field.Entity.Name is "alteration" or "evidence");

    private Answer Value(QueryNode node, int number, bool lenient, bool alterationsKnown)
    {
        if (IsGenomic(node) && !alterationsKnown)
            return Answer.Unknown(Why.NotRecorded);
        return node switch
        {
            Everything => Answer.True,
            Not not => Answer.Not(Value(not.Term, number, lenient, alterationsKnown)),
            And and => Answer.All(and.Terms.Select(t => Value(t, number, lenient, alterationsKnown))),
            Or or => Answer.Any(or.Terms.Select(t => Value(t, number, lenient, alterationsKnown))),
            AlterationTerm term => new NaiveAlterations(release, records, number, lenient).Value(term),
            FieldTerm { Test: var test } when IsGenomic(node) => new NaiveAlterations(release, records, number, lenient).Value(new AlterationTerm(null, new AnyAlteration(), [test])),
            FieldTerm { Test: var test } => Recorded(test, number),
            TreatmentTerm term => Answer.Any(records.Rows("treatment", number).Select(line => Line(line, number, term.Conditions, term.Order))),
            SpecimenTerm term => Answer.Any(records.Rows("treatment", number)
                .Select(line => Answer.All([Line(line, number, term.Order.Conditions, null), InOrder(term.Order, records.Day("case.specimen_date", number), line)]))),
            _ => throw new ArgumentException(node.GetType().Name, nameof(node)),
        };
    }

    private Answer Recorded(FieldTest test, int number)
    {
        var entity = test.Fields[0].Entity;
        if (entity.Parent is null)
            return records.Passes(test, number);
        if (test.Value is AllOf)
            return Answer.Any(records.Rows("treatment", number).Select(line => Line(line, number, [test], null)));
        return Answer.Any(records.Rows(entity.Name, number).Select(row => records.Passes(test, row)));
    }

    private Answer Line(int line, int number, IReadOnlyList<FieldTest> conditions, TimeOrder? order)
    {
        var drugs = records.ChildRows("drug", line).ToArray();
        var answers = new List<Answer>();
        foreach (var test in conditions)
        {
            if (test.Value is AllOf { Codes: var codes })
                answers.AddRange(codes.Select(code => Answer.Any(drugs.Select(d => records.Passes(test with { Value = new OneOf([code], [code]) }, d)))));
            else if (test.Fields[0].Entity.Name == "drug")
                answers.Add(Answer.Any(drugs.Select(d => records.Passes(test, d))));
            else if (test.Fields[0].Entity.Name == "treatment")
                answers.Add(records.Passes(test, line));
        }

        var ofEvents = conditions.Where(t => t.Fields[0].Entity.Name == "event").ToArray();
        if (ofEvents.Length > 0)
            answers.Add(Answer.Any(records.ChildRows("event", line).Select(e => Answer.All(ofEvents.Select(t => records.Passes(t, e))))));
        if (order is not null)
        {
            answers.Add(Answer.Any(records.Rows("treatment", number).Where(other => other != line)
                .Select(other => Answer.All([Line(other, number, order.Conditions, null), InOrder(order, records.Day("treatment.start", line), other)]))));
        }

        return Answer.All(answers);
    }

    private Answer InOrder(TimeOrder order, DateOnly? day, int line)
    {
        if (day is not { } a || records.Day("treatment.start", line) is not { } b)
            return Answer.Unknown(Why.NotRecorded);
        var apart = Math.Abs(a.DayNumber - b.DayNumber);
        return Answer.Of((order.After ? a > b : a < b) && apart <= (order.WithinDays ?? int.MaxValue));
    }
}
