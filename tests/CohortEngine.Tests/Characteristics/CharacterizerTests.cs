using DataPortal.CohortEngine.Characteristics;
using DataPortal.CohortEngine.Evaluation;
using DataPortal.CohortEngine.Reference;
using FsCheck;
using FsCheck.Fluent;

namespace DataPortal.CohortEngine.Tests.Characteristics;

public class CharacterizerTests
{
    private static readonly Arbitrary<int> Seeds = Gen.Choose(0, 1_000_000).ToArbitrary();

    [Fact]
    public void Every_panel_equals_its_definition_as_a_loop_over_records() =>
        Prop.ForAll(Seeds, seed =>
        {
            var random = new System.Random(seed);
            using var source = new RandomRelease(seed, 1 + random.Next(80));
            var release = source.Release;
            var characterizer = Characterizer.For(release);
            foreach (var share in new[] { 0, 0.03, 0.4, 0.7, 1 })
            {
                var cohort = Cases(random, release.Cases, share);
                var excluded = random.Next(2) == 0 ? null : Cases(random, release.Cases, 0.1);
                var options = new CharacteristicOptions { Top = random.Next(2) == 0 ? 3 : 30, ChangesPerGene = 4, LeadingGenes = 5, Germline = random.Next(2) == 0 };
                var expected = ReferenceCharacteristics.Characterise(release, cohort, excluded, options);
                Same(expected, characterizer.Characterise(cohort, excluded, options, CancellationToken.None));
                Same(expected, characterizer.Characterise(cohort, excluded, options, useTotals: false, CancellationToken.None));
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(20));

    [Fact]
    public void Several_chunks_split_over_workers_give_the_same()
    {
        using var source = new RandomRelease(7, 9000);
        var release = source.Release;
        var alone = Characterizer.For(release);
        var split = Characterizer.For(release, parallelFrom: 1);
        var random = new System.Random(7);
        var options = new CharacteristicOptions();
        foreach (var share in new[] { 0.01, 0.3, 0.9, 1 })
        {
            var cohort = Cases(random, release.Cases, share);
            Assert.Equal(share < 1.0 / 32, cohort.IsList);
            var expected = alone.Characterise(cohort, null, options, useTotals: false, CancellationToken.None);
            Same(expected, alone.Characterise(cohort, null, options, CancellationToken.None));
            Same(expected, split.Characterise(cohort, null, options, CancellationToken.None));
            Same(expected, split.Characterise(cohort, null, options, useTotals: false, CancellationToken.None));
        }

        var few = Cases(random, release.Cases, 0.01);
        Same(ReferenceCharacteristics.Characterise(release, few, null, options), split.Characterise(few, null, options, CancellationToken.None));
    }

    [Fact]
    public void Labels_come_in_the_language_asked_for()
    {
        using var source = new RandomRelease(3, 200);
        var characterizer = Characterizer.For(source.Release);
        string Female(string language) => characterizer.Characterise(CaseSet.All(200), null, new CharacteristicOptions { Language = language }, CancellationToken.None)
            .Find("sex")!.Rows.Single(r => r.Value == "female").Label;
        Assert.Equal("Female", Female("en"));
        Assert.Equal("女", Female("ja"));
        var panels = characterizer.Characterise(CaseSet.All(200), null, new CharacteristicOptions(), CancellationToken.None).Panels;
        Assert.Equal(panels.Count, panels.Select(p => p.Name).Distinct().Count());
        Assert.All(panels, p => Assert.All(p.Rows, r => Assert.NotEqual("", r.Label)));
    }

    [Fact]
    public void A_cancelled_call_stops_and_the_next_one_is_not_disturbed()
    {
        using var source = new RandomRelease(5, 300);
        var characterizer = Characterizer.For(source.Release, parallelFrom: 1);
        var all = CaseSet.All(300);
        var expected = characterizer.Characterise(all, null, new CharacteristicOptions(), useTotals: false, CancellationToken.None);
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => characterizer.Characterise(all, null, new CharacteristicOptions(), useTotals: false, cancelled.Token));
        Same(expected, characterizer.Characterise(all, null, new CharacteristicOptions(), useTotals: false, CancellationToken.None));
    }

    [Fact]
    public void A_cohort_of_another_release_is_refused()
    {
        using var source = new RandomRelease(5, 20);
        Assert.Throws<ArgumentException>(() => Characterizer.For(source.Release).Characterise(CaseSet.All(21), null, new CharacteristicOptions(), CancellationToken.None));
    }

    internal static CaseSet Cases(System.Random random, int universe, double share)
    {
        var words = new ulong[CaseSet.Words(universe)];
        for (var number = 0; number < universe; number++)
        {
            if (random.NextDouble() < share)
                words[number >> 6] |= 1UL << (number & 63);
        }

        return CaseSet.OfBits(universe, words);
    }

    private static void Same(CohortCharacteristics expected, CohortCharacteristics actual)
    {
        Assert.Equal((expected.Cases, expected.Patients), (actual.Cases, actual.Patients));
        var expectedNames = expected.Panels.Select(p => p.Name).Order().ToArray();
        Assert.Equal(expectedNames, actual.Panels.Select(p => p.Name).Order());
        foreach (var panel in expected.Panels)
        {
            var other = actual.Find(panel.Name)!;
            Assert.Equal((panel.Name, panel.Unit, panel.Shape, panel.Denominator, panel.Values), (other.Name, other.Unit, other.Shape, other.Denominator, other.Values));
            Assert.Equal(panel.Rows.Select(r => (panel.Name, r.Value, r.Cases, r.Of, r.Percent, r.Parent)), other.Rows.Select(r => (panel.Name, r.Value, r.Cases, r.Of, r.Percent, r.Parent)));
        }
    }
}
