using DataPortal.CohortEngine.Evaluation;
using DataPortal.CohortEngine.Planning;
using DataPortal.CohortEngine.Query;
using DataPortal.Releases;

namespace DataPortal.CohortEngine;

/// <summary>
/// Answers queries about one opened release. What is worked out once (who was tested with what, which analyses failed) is kept, so keep the engine as long
/// as the release is in use. Every call takes the excluded cases: withdrawn cases are gone from every number at once, while the release stays as it was
/// sealed. Thread-safe.
/// </summary>
#pragma warning disable MA0049 // The library has one engine and is named after it.
public sealed class CohortEngine
#pragma warning restore MA0049
{
    // Pairs are tried only among so many terms: beyond, the table would help nobody.
    private const int MostTermsForPairs = 24;

    private readonly EngineState state;

    private CohortEngine(Release release) => state = new EngineState(release);

    public Release Release => state.Release;

    public static CohortEngine Open(Release release) => new(release);

    /// <summary>The cases for which the query is true, unknown, in question and assayed.</summary>
    /// <param name="query">The resolved tree.</param>
    /// <param name="excluded">Cases to be left out of everything; null for none.</param>
    /// <param name="options">See <see cref="EvaluationOptions"/>.</param>
    /// <param name="ct">Stops the work.</param>
    /// <exception cref="ArgumentException">The tree asks of a field what cannot be asked of it, or <paramref name="excluded"/> is of another release.</exception>
    public Cohort Evaluate(QueryNode query, CaseSet? excluded, EvaluationOptions options, CancellationToken ct)
    {
        (query, options) = Unwrap(query, options);
        return Evaluate(Planner.Plan(state, query), excluded, options, ct);
    }

    /// <summary>The numbers of a cohort.</summary>
    public CountAnswer Count(Cohort cohort)
    {
        var within = ReferenceEquals(cohort.Population, cohort.Assayed) ? cohort.True.Count : cohort.True.And(cohort.Assayed).Count;
        return new CountAnswer(
            cohort.True.Count, Patients(cohort.True), cohort.Population.Count, Patients(cohort.Population), cohort.Assayed.Count, within, cohort.Unknown.Count,
            cohort.Reasons, cohort.Assayed.Count == 0 ? null : 100.0 * within / cohort.Assayed.Count);
    }

    /// <summary>Number of distinct patients of a set of cases.</summary>
    public int Patients(CaseSet cases) => state.Patients.Count(cases);

    /// <summary>The numbers of the query and of each term within, and how they are found. Parameters as of <see cref="Evaluate(QueryNode, CaseSet?, EvaluationOptions, CancellationToken)"/>.</summary>
    public Explanation Explain(QueryNode query, CaseSet? excluded, EvaluationOptions options, CancellationToken ct)
    {
        (query, options) = Unwrap(query, options);
        return Explain(Planner.Plan(state, query), excluded, options, ct);
    }

    /// <summary>
    /// Why a cohort is empty: each term that must hold, with the cases it has alone and the cases there would be without it; then the pairs that exclude each
    /// other, when no single term is empty by itself. Empty when the cohort is not.
    /// </summary>
    public IReadOnlyList<ZeroReason> WhyZero(QueryNode query, CaseSet? excluded, EvaluationOptions options, CancellationToken ct)
    {
        (query, options) = Unwrap(query, options);
        if (Evaluate(query, excluded, options, ct).True.Count > 0)
            return [];
        var terms = Conjuncts(query).ToArray();
        var alone = Array.ConvertAll(terms, t => Evaluate(t, excluded, options, ct).True);
        // What meets all terms before a term, and all after it, gives every "without" with two passes instead of one per term.
        var everybody = Evaluate(new Everything(), excluded, options, ct).True;
        var before = new CaseSet[terms.Length + 1];
        var after = new CaseSet[terms.Length + 1];
        before[0] = after[terms.Length] = everybody;
        for (var i = 0; i < terms.Length; i++)
        {
            before[i + 1] = before[i].And(alone[i]);
            after[terms.Length - 1 - i] = after[terms.Length - i].And(alone[terms.Length - 1 - i]);
        }

        var result = terms.Select((term, i) => new ZeroReason([term], alone[i].Count, before[i].And(after[i + 1]).Count)).ToList();
        if (terms.Length is > 1 and <= MostTermsForPairs && result.TrueForAll(r => r.Cases > 0))
            AddPairs(terms, alone, everybody, result, ct);
        return result;
    }

    /// <summary>Cases and patients after each step of inclusion or exclusion, in the order given; the first line is everybody.</summary>
    public IReadOnlyList<AttritionStep> Attrition(IReadOnlyList<QueryNode> steps, CaseSet? excluded, EvaluationOptions options, CancellationToken ct)
    {
        var left = Evaluate(new Everything(), excluded, options, ct).True;
        var result = new List<AttritionStep> { new(new Everything(), left.Count, Patients(left), 0, 0) };
        foreach (var step in steps)
        {
            var (query, its) = Unwrap(step, options);
            var cohort = Evaluate(Planner.Plan(state, query), excluded, its, ct);
            var kept = left.And(cohort.True);
            result.Add(new AttritionStep(step, kept.Count, Patients(kept), left.Count - kept.Count, left.And(cohort.Unknown).Count));
            left = kept;
        }

        return result;
    }

    private static (QueryNode Query, EvaluationOptions Options) Unwrap(QueryNode query, EvaluationOptions options) =>
        query is LenientNegatives { Term: var term } ? (term, options with { LenientNegatives = true }) : (query, options);

    private static IEnumerable<QueryNode> Conjuncts(QueryNode query) => query is And { Terms: var terms } ? terms.SelectMany(Conjuncts) : [query];

    private static void AddPairs(QueryNode[] terms, CaseSet[] alone, CaseSet everybody, List<ZeroReason> result, CancellationToken ct)
    {
        for (var a = 0; a < terms.Length; a++)
        {
            for (var b = a + 1; b < terms.Length; b++)
            {
                ct.ThrowIfCancellationRequested();
                if (alone[a].And(alone[b]).Count > 0)
                    continue;
                var rest = everybody;
                for (var i = 0; i < terms.Length; i++)
                    rest = i == a || i == b ? rest : rest.And(alone[i]);
                result.Add(new ZeroReason([terms[a], terms[b]], 0, rest.Count));
            }
        }
    }

    private Cohort Evaluate(PlanNode plan, CaseSet? excluded, EvaluationOptions options, CancellationToken ct)
    {
        using var run = new Run(state, excluded, options.LenientNegatives, ct);
        return run.Evaluate(plan);
    }

    private Explanation Explain(PlanNode plan, CaseSet? excluded, EvaluationOptions options, CancellationToken ct) => new(
        plan.Source, Count(Evaluate(plan, excluded, options, ct)), plan.Access, [.. plan.Terms.Select(t => Explain(t, excluded, options, ct))]);
}
