using DataPortal.CohortEngine.Evaluation;
using DataPortal.CohortEngine.Query;
using DataPortal.CohortEngine.Reference;
using FsCheck;
using FsCheck.Fluent;

namespace DataPortal.CohortEngine.Tests.Evaluation;

/// <summary>The engine against the naive evaluator, which loops over cases straight from the definition.</summary>
public sealed class FastEqualsNaive(TestReleases releases) : IClassFixture<TestReleases>
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("annotated", 11, true, 400)]
    [InlineData("unannotated", 12, false, 323)]
    [InlineData("tiny", 13, true, 7)]
    public void Every_set_and_number_of_any_query(string name, int seed, bool annotated, int cases)
    {
        var release = releases.Build(name, new RandomCases(seed, annotated).Take(cases));
        var engine = CohortEngine.Open(release);
        var naive = new NaiveEvaluator(release);
        var excluded = Gen.Frequency((1, Gen.Constant(0)), (1, Gen.Constant(1)), (1, Gen.Constant(cases / 3)), (1, Gen.Constant(cases)))
            .SelectMany(n => Gen.Choose(0, cases - 1).ListOf(n)).Select(l => l.ToHashSet()).ToArbitrary();
        var property = Prop.ForAll(RandomQueries.Trees, excluded, ArbMap.Default.ArbFor<bool>(), (query, without, lenient) => Differences(engine, naive, query, without, lenient) is var d && d.Length == 0
            ? true.ToProperty() : false.Label(d));
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(cases > 100 ? 300 : 1500), property);
    }

    [Fact]
    public void Large_releases_take_the_ways_for_many_cases()
    {
        var release = releases.Build("large", new RandomCases(14, annotated: true).Take(52_003));
        var engine = CohortEngine.Open(release);
        var naive = new NaiveEvaluator(release);
        var queries = RandomQueries.Trees.Generator.Sample(6, new Rnd(5, 7), 14).Concat(
        [
            new AlterationTerm(null, new AnyAlteration(), [Ask.Range("alteration.vaf", "vaf", 0.5m, null)]),
            new AlterationTerm(null, new Oncogenic(), [Ask.Range("alteration.vaf", "vaf", 0.1m, null)]),
            new TreatmentTerm([Ask.Codes("treatment.response", "response", "PR"), Ask.Range("treatment.line", "line", 2, null)], null),
            new FieldTerm(Ask.Codes("event.term", "event", "Pneumonitis")),
        ]);
        Assert.All(queries, query => Assert.Equal("", Differences(engine, naive, query, Enumerable.Range(100, 50).ToHashSet(), lenient: false)));
    }

    private static string Differences(CohortEngine engine, NaiveEvaluator naive, QueryNode query, HashSet<int> without, bool lenient)
    {
        var options = new EvaluationOptions(lenient);
        var cohort = engine.Evaluate(query, CaseSet.OfSorted(engine.Release.Cases, [.. without.Order()]), options, Ct);
        var count = engine.Count(cohort);
        var expected = naive.Evaluate(query, without, options);
        var within = expected.True.Intersect(expected.Assayed).Count();
        return string.Join("; ", new[]
        {
            Sets("true", expected.True, cohort.True), Sets("unknown", expected.Unknown, cohort.Unknown), Sets("population", expected.Population, cohort.Population),
            Sets("assayed", expected.Assayed, cohort.Assayed),
            Same("reasons", string.Join(",", expected.Reasons.Select(r => $"{r.Code}={r.Cases}")), string.Join(",", count.Reasons.Select(r => $"{r.Code}={r.Cases}"))),
            Same("patients", expected.Patients, count.Patients), Same("patients of the population", expected.PopulationPatients, count.PopulationPatients),
            Same("cases", expected.True.Count, count.Cases), Same("within assayed", within, count.CasesWithinAssayed),
            Same("percent", expected.Assayed.Count == 0 ? null : 100.0 * within / expected.Assayed.Count, count.Percent),
        }.OfType<string>());
    }

    private static string? Sets(string name, IReadOnlyList<int> expected, CaseSet found) =>
        expected.SequenceEqual(found.ToArray()) ? null : $"{name}: expected {expected.Count}, found {found.Count}; first differing case {expected.Except(found.ToArray()).Concat(found.ToArray().Except(expected)).Min()}";

    private static string? Same<T>(string name, T expected, T found) => EqualityComparer<T>.Default.Equals(expected, found) ? null : $"{name}: expected {expected}, found {found}";
}
