using DataPortal.CohortEngine.Evaluation;

namespace DataPortal.CohortEngine.Tests.Evaluation;

/// <summary>Algebra on sets of cases, as lists and as bitmaps, against plain sets.</summary>
public sealed class Sets
{
    [Theory]
    [InlineData(1)]
    [InlineData(64)]
    [InlineData(1000)]
    public void Algebra_equals_that_of_plain_sets(int universe)
    {
        var random = new Random(universe);
        var all = Enumerable.Range(0, universe).ToHashSet();
        foreach (var (a, b) in from a in Densities(random, universe) from b in Densities(random, universe) select (a, b))
        {
            var (x, y) = (CaseSet.OfSorted(universe, [.. a]), CaseSet.OfBits(universe, CaseSet.OfSorted(universe, [.. b]).ToBits()));
            Assert.Equal(a.Intersect(b).Order(), x.And(y).ToArray());
            Assert.Equal(a.Union(b).Order(), x.Or(y).ToArray());
            Assert.Equal(a.Except(b).Order(), x.AndNot(y).ToArray());
            Assert.Equal(all.Except(a).Order(), x.Not().ToArray());
            Assert.Equal(a.Count, x.Count);
            Assert.All(all, n => Assert.Equal(a.Contains(n), x.Contains(n)));
            Assert.Equal(a, CaseSet.CopyOf(universe, x.ToBits()).ToArray());
        }

        Assert.Equal(universe, CaseSet.All(universe).Count);
        Assert.Equal(0, CaseSet.None(universe).Count);
    }

    private static IEnumerable<SortedSet<int>> Densities(Random random, int universe) =>
        new[] { 0, 0.01, 0.1, 0.6, 1 }.Select(share => new SortedSet<int>(Enumerable.Range(0, universe).Where(_ => random.NextDouble() < share)));
}
