using DataPortal.CohortEngine.Characteristics;
using DataPortal.CohortEngine.Disclosure;
using DataPortal.CohortEngine.Evaluation;
using DataPortal.CohortEngine.Tests.Characteristics;
using FsCheck;
using FsCheck.Fluent;

namespace DataPortal.CohortEngine.Tests.Disclosure;

public class DisclosurePolicyTests
{
    private static readonly DisclosurePolicy Policy = new();

    /// <summary>Exact numbers, and the same as they are shown.</summary>
    private static readonly Arbitrary<(CharacteristicPanel Exact, int Seed)> Panels =
        Gen.Choose(0, 1_000_000).Select(seed => (Panel(new System.Random(seed)), seed)).ToArbitrary();

    [Fact]
    public void No_shown_number_gives_away_a_small_one_by_subtraction() =>
        Prop.ForAll(Panels, p =>
        {
            var shown = PanelDisclosure.Apply(p.Exact, Policy);
            Assert.Empty(Leaks(p.Exact, shown));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    [Fact]
    public void The_search_for_leaks_finds_them_when_the_policy_is_off()
    {
        var leaking = Enumerable.Range(0, 200).Select(seed => Panel(new System.Random(seed))).Count(p => Leaks(p, PanelDisclosure.Apply(p, DisclosurePolicy.Off)).Count > 0);
        Assert.True(leaking > 150, $"{leaking} of 200");
    }

    [Fact]
    public void A_single_held_back_cell_takes_the_next_smallest_with_it()
    {
        var panel = new CharacteristicPanel("p", "cases", PanelShape.Partition, 1000, 3, [Row("a", 900, 1000), Row("b", 97, 1000), Row("c", 3, 1000)]);
        var shown = PanelDisclosure.Apply(panel, Policy);
        Assert.Equal([900, null, null], shown.Rows.Select(r => r.Cases));
        Assert.Equal([null, 10, 10], shown.Rows.Select(r => r.Below));
        Assert.Equal(900, shown.Denominator);
        Assert.Equal(100, shown.Rows[0].Percent);
    }

    [Fact]
    public void Zero_is_shown_and_shares_come_from_rounded_numbers()
    {
        var panel = new CharacteristicPanel("p", "cases", PanelShape.Partition, 100, 2, [Row("a", 67, 100), Row("b", 33, 100), Row("c", 0, 100)]);
        var shown = PanelDisclosure.Apply(panel, Policy);
        Assert.Equal([65, 35, 0], shown.Rows.Select(r => r.Cases));
        Assert.Equal([65.0, 35.0, 0.0], shown.Rows.Select(r => r.Percent));
    }

    [Theory]
    [InlineData(0, 1000, true)]
    [InlineData(1, 1000, false)]
    [InlineData(9, 1000, false)]
    [InlineData(10, 1000, true)]
    [InlineData(995, 1000, false)]
    [InlineData(990, 1000, true)]
    [InlineData(1000, 1000, true)]
    public void Neither_the_cohort_nor_what_it_lacks_may_be_small(int cases, int everybody, bool answered)
    {
        Assert.Equal(answered, Policy.Answers(cases, everybody));
        var count = Policy.Apply(new CountAnswer(cases, cases, everybody, everybody, everybody, cases, 0, [], null), everybody);
        Assert.Equal(answered, count.Cases.Number is not null);
        Assert.Equal(answered ? null : 10, count.Cases.Below);
    }

    [Fact]
    public void Without_a_policy_every_number_is_as_it_was()
    {
        using var source = new RandomRelease(11, 60);
        var exact = Characterizer.For(source.Release).Characterise(CaseSet.All(60), null, new CharacteristicOptions(), CancellationToken.None);
        Assert.Same(exact, DisclosurePolicy.Off.Apply(exact, 60));
    }

    [Fact]
    public void Every_panel_of_a_release_passes_the_search_for_leaks()
    {
        using var source = new RandomRelease(12, 600);
        var random = new System.Random(12);
        var characterizer = Characterizer.For(source.Release);
        var options = new CharacteristicOptions { Top = int.MaxValue, ChangesPerGene = int.MaxValue };
        foreach (var share in new[] { 0.1, 0.5, 0.8 })
        {
            var exact = characterizer.Characterise(CharacterizerTests.Cases(random, 600, share), null, options, CancellationToken.None);
            var shown = Policy.Apply(exact, 600);
            Assert.Equal(exact.Panels.Count, shown.Panels.Count);
            foreach (var (before, after) in exact.Panels.Zip(shown.Panels))
                Assert.Empty(Leaks(before, after));
            Assert.Contains(shown.Panels.SelectMany(p => p.Rows), r => r.Cases is > 0);
        }
    }

    private static CharacteristicRow Row(string value, int cases, int of, string? parent = null) => new(value, value, cases, of, CharacteristicRow.Share(cases, of), parent);

    private static int Number(System.Random random) => random.Next(3) switch { 0 => random.Next(12), 1 => random.Next(40), _ => random.Next(2000) };

    private static CharacteristicPanel Panel(System.Random random)
    {
        var shape = (PanelShape)random.Next(4);
        var rows = new List<CharacteristicRow>();
        switch (shape)
        {
            case PanelShape.Partition:
                var numbers = Enumerable.Range(0, random.Next(1, 8)).Select(_ => Number(random)).ToArray();
                rows.AddRange(numbers.Select((n, i) => Row($"{i}", n, numbers.Sum())));
                break;
            case PanelShape.Grouped:
                for (var g = 0; g < random.Next(1, 4); g++)
                {
                    var group = Enumerable.Range(0, random.Next(1, 6)).Select(_ => Number(random)).ToArray();
                    rows.AddRange(group.Select((n, i) => Row($"{g}|{i}", n, group.Sum(), $"{g}")));
                }

                break;
            case PanelShape.Tree:
                Grow(random, rows, null, 0);
                var all = rows.Where(r => r.Parent is null).Sum(r => r.Cases!.Value);
                rows = [.. rows.Select(r => Row(r.Value, r.Cases!.Value, all, r.Parent))];
                break;
            default:
                rows.AddRange(Enumerable.Range(0, random.Next(1, 8)).Select(i =>
                {
                    var of = Number(random);
                    return Row($"{i}", random.Next(of + 1), of);
                }));
                break;
        }

        int? denominator = shape is PanelShape.Partition or PanelShape.Tree ? rows.Where(r => r.Parent is null).Sum(r => r.Cases!.Value) : null;
        return new CharacteristicPanel("p", "cases", shape, denominator, rows.Count, rows);
    }

    private static int Grow(System.Random random, List<CharacteristicRow> rows, string? parent, int depth)
    {
        var sum = 0;
        for (var i = 0; i < random.Next(1, 4); i++)
        {
            var value = $"{parent}{i}";
            var at = rows.Count;
            rows.Add(Row(value, 0, 0, parent));
            var own = Number(random);
            var cases = own + (depth < 3 && random.Next(2) == 0 ? Grow(random, rows, value, depth + 1) : 0);
            rows[at] = Row(value, cases, 0, parent);
            sum += cases;
        }

        return sum;
    }

    /// <summary>
    /// Small numbers that somebody could work out who knows the exact value behind every number shown (which is more than rounding leaves) and the exact total
    /// of whatever the rows add up to.
    /// </summary>
    private static List<string> Leaks(CharacteristicPanel exact, CharacteristicPanel shown)
    {
        var leaks = new List<string>();
        void Check(string what, int number)
        {
            if (number is > 0 and < 10)
                leaks.Add($"{exact.Name}: {what} = {number}");
        }

        var rows = exact.Rows.Zip(shown.Rows).Select(r => (Exact: r.First, Shown: r.Second.Cases is not null)).ToList();
        foreach (var (row, _) in rows.Where(r => r.Shown))
        {
            Check(row.Value, row.Cases!.Value);
            Check("not " + row.Value, row.Of!.Value - row.Cases.Value);
        }

        // A total that is small itself is shown nowhere: nothing can be taken from it.
        void Sum(string what, int total, Func<CharacteristicRow, bool> belongs) =>
            Check(what, total < 10 ? 0 : total - rows.Where(r => r.Shown && belongs(r.Exact)).Sum(r => r.Exact.Cases!.Value));
        switch (exact.Shape)
        {
            case PanelShape.Partition:
                Sum("hidden", exact.Denominator!.Value, _ => true);
                break;
            case PanelShape.Grouped:
                foreach (var group in rows.GroupBy(r => r.Exact.Parent).Where(g => g.Any(r => r.Shown)))
                    Sum($"hidden of {group.Key}", group.First().Exact.Of!.Value, r => r.Parent == group.Key);
                break;
            case PanelShape.Tree:
                Sum("hidden at the top", exact.Denominator!.Value, r => r.Parent is null);
                foreach (var node in rows.Where(r => r.Shown && rows.Exists(c => c.Exact.Parent == r.Exact.Value)))
                    Sum($"hidden below {node.Exact.Value}", node.Exact.Cases!.Value, r => r.Parent == node.Exact.Value);
                break;
        }

        return leaks;
    }
}
