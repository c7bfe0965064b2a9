using DataPortal.CohortEngine.Evaluation;
using DataPortal.CohortEngine.Planning;
using DataPortal.CohortEngine.Query;
using DataPortal.CohortEngine.Reference;

namespace DataPortal.CohortEngine.Tests.Evaluation;

/// <summary>Exclusion, explanation, why zero, attrition.</summary>
public sealed class Questions(TestReleases releases) : IClassFixture<TestReleases>
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;
    private static readonly QueryNode KrasG12C = Ask.Gene("KRAS", new ProteinChange("G12C"));
    private static readonly QueryNode Female = Ask.Field(Ask.Codes("case.sex", "sex", "female"));
    private static readonly QueryNode Male = Ask.Field(Ask.Codes("case.sex", "sex", "male"));
    private static readonly QueryNode Old = Ask.Field(Ask.Range("case.age", "age", 70, null));
    private static readonly QueryNode Brain = Ask.Field(Ask.Codes("metastasis.site", "metastasis", "brain"));

    private CohortEngine Engine => CohortEngine.Open(releases.Build("questions",
    [
        Write.Case("a", values: [("sex", "female"), ("age", "75")]).Alteration("KRAS", "G12C"),
        Write.Case("b", values: [("sex", "female"), ("age", "75")], patient: "patient of a").Alteration("KRAS", "G12C"),
        Write.Case("c", values: [("sex", "male"), ("age", "80")]).Alteration("KRAS", "G12D"),
        Write.Case("d", values: [("sex", "male"), ("age", "40")]).Alteration("KRAS", "G12C"),
        Write.Case("e", values: [("age", "71"), ("analysis_failed", "yes")]),
        Write.Case("f", "LIQUID", values: [("sex", "female"), ("age", "30"), ("specimen", "plasma")]),
    ]));

    [Fact]
    public void Excluded_cases_are_gone_from_every_number()
    {
        // The control: with nobody excluded they are there.
        var with = Count(KrasG12C, null);
        Assert.Equal((3, 2, 6, 5, 4, 2), (with.Cases, with.Patients, with.Population, with.PopulationPatients, with.Assayed, with.Unknown));
        var without = Count(KrasG12C, [0, 4]);
        Assert.Equal((2, 2, 4, 4, 3, 1), (without.Cases, without.Patients, without.Population, without.PopulationPatients, without.Assayed, without.Unknown));
        Assert.Equal([new UnknownReason("no-ctdna", 1)], without.Reasons);
        // Nor do they come back through a negation, or with everybody.
        Assert.DoesNotContain(4, Engine.Evaluate(new Not(Male), Set([4]), EvaluationOptions.Default, Ct).Unknown.ToArray());
        Assert.Equal([1, 2, 3, 5], Engine.Evaluate(new Everything(), Set([0, 4]), EvaluationOptions.Default, Ct).True.ToArray());
        Assert.Equal([2, 5], Engine.Evaluate(new Not(Ask.Gene("KRAS", new ProteinChange("G12C"))), Set([0]), new EvaluationOptions(true), Ct).True.ToArray());
        Assert.Null(Count(KrasG12C, [0, 1, 2, 3, 4, 5]).Percent);
        Assert.Equal(new CountAnswer(0, 0, 0, 0, 0, 0, 0, [], null) with { Reasons = [] }, Count(KrasG12C, [0, 1, 2, 3, 4, 5]) with { Reasons = [] });
    }

    [Fact]
    public void Excluded_cases_of_another_release_are_refused() =>
        Assert.Throws<ArgumentException>(() => Engine.Evaluate(KrasG12C, CaseSet.OfSorted(7, [1]), EvaluationOptions.Default, Ct));

    [Fact]
    public void Explanation_in_the_order_of_evaluation_with_how_each_was_found()
    {
        var explanation = Engine.Explain(Ask.All(KrasG12C, Brain, new Not(Male)), null, EvaluationOptions.Default, Ct);
        Assert.Equal((0, Access.None), (explanation.Count.Cases, explanation.Access));
        // Recorded items come first, a column before a child table, alterations last.
        Assert.Equal([typeof(Not), typeof(FieldTerm), typeof(AlterationTerm)], explanation.Terms.Select(t => t.Term.GetType()));
        Assert.Equal([Access.None, Access.ChildScan, Access.PostingList], explanation.Terms.Select(t => t.Access));
        Assert.Equal([3, 0, 3], explanation.Terms.Select(t => t.Count.Cases));
        var male = Assert.Single(explanation.Terms[0].Terms);
        Assert.Equal((2, 1, Access.ColumnScan), (male.Count.Cases, male.Count.Unknown, male.Access));
        Assert.Equal(2, Engine.Explain(KrasG12C, Set([0]), EvaluationOptions.Default, Ct).Count.Cases);
    }

    [Fact]
    public void Why_zero_names_the_empty_term()
    {
        var reasons = Engine.WhyZero(Ask.All(Female, Brain, KrasG12C), null, EvaluationOptions.Default, Ct);
        Assert.Equal([Female, Brain, KrasG12C], reasons.Select(r => Assert.Single(r.Terms)));
        Assert.Equal([(3, 0), (0, 2), (3, 0)], reasons.Select(r => (r.Cases, r.CasesWithout)));
    }

    [Fact]
    public void Why_zero_names_the_pair_that_excludes_each_other()
    {
        // Three females, three over 70 with a decided sex or none, two males: all terms are met, but not both sexes.
        var reasons = Engine.WhyZero(Ask.All(Female, Ask.All(Old, Male)), null, EvaluationOptions.Default, Ct);
        Assert.Equal([(3, 1), (4, 0), (2, 2)], reasons.Take(3).Select(r => (r.Cases, r.CasesWithout)));
        var pair = Assert.Single(reasons.Skip(3));
        Assert.Equal([Female, Male], pair.Terms);
        Assert.Equal((0, 4), (pair.Cases, pair.CasesWithout));
    }

    [Fact]
    public void Why_zero_of_a_cohort_that_is_not_empty_says_nothing() => Assert.Empty(Engine.WhyZero(Female, null, EvaluationOptions.Default, Ct));

    [Fact]
    public void Attrition_counts_cases_and_patients_at_each_step()
    {
        var steps = Engine.Attrition([Old, new Not(Male), KrasG12C], null, EvaluationOptions.Default, Ct);
        Assert.Equal([(6, 5, 0, 0), (4, 3, 2, 0), (2, 1, 2, 1), (2, 1, 0, 0)], steps.Select(s => (s.Cases, s.Patients, s.Lost, s.LostUnknown)));
        var without = Engine.Attrition([Old, new Not(Male)], Set([0]), EvaluationOptions.Default, Ct);
        Assert.Equal([(5, 5), (3, 3), (1, 1)], without.Select(s => (s.Cases, s.Patients)));
    }

    [Fact]
    public void Many_threads_share_an_engine()
    {
        var release = releases.Build("shared", new RandomCases(21, annotated: true).Take(300));
        var engine = CohortEngine.Open(release);
        QueryNode[] queries = [KrasG12C, Ask.All(Female, KrasG12C), Ask.Any(Old, Brain, new Not(KrasG12C)), Ask.Field(Ask.Codes("drug.drug", "drug", "sotorasib"))];
        var expected = queries.Select(q => new NaiveEvaluator(release).Evaluate(q, new HashSet<int>(), EvaluationOptions.Default).True).ToArray();
        Parallel.For(0, 400, new ParallelOptions { CancellationToken = Ct },
            i => Assert.Equal(expected[i % 4], engine.Evaluate(queries[i % 4], null, EvaluationOptions.Default, Ct).True.ToArray()));
    }

    [Fact]
    public void A_cancelled_evaluation_stops()
    {
        using var source = new CancellationTokenSource();
        source.Cancel();
        Assert.Throws<OperationCanceledException>(() => Engine.Evaluate(KrasG12C, null, EvaluationOptions.Default, source.Token));
    }

    private CountAnswer Count(QueryNode query, int[]? excluded) => Engine.Count(Engine.Evaluate(query, excluded is null ? null : Set(excluded), EvaluationOptions.Default, Ct));

    private CaseSet Set(int[] cases) => CaseSet.OfSorted(Engine.Release.Cases, cases);
}
