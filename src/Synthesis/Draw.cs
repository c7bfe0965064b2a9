namespace DataPortal.Synthesis;

/// <summary>Draws one of several things by weight in constant time (Walker's alias method).</summary>
internal sealed class Draw<T>
{
    private readonly T[] things;
    private readonly double[] keep;
    private readonly int[] other;

    public Draw(IReadOnlyList<(T Thing, double Weight)> weighted)
    {
        var n = weighted.Count;
        var total = weighted.Sum(w => w.Weight);
        if (n == 0 || total <= 0)
        {
            throw new ArgumentException("nothing to draw from", nameof(weighted));
        }

        things = weighted.Select(w => w.Thing).ToArray();
        keep = weighted.Select(w => w.Weight * n / total).ToArray();
        other = new int[n];
        var small = new Stack<int>(Enumerable.Range(0, n).Where(i => keep[i] < 1));
        var large = new Stack<int>(Enumerable.Range(0, n).Where(i => keep[i] >= 1));
        while (small.Count > 0 && large.Count > 0)
        {
            var (s, l) = (small.Pop(), large.Pop());
            other[s] = l;
            keep[l] -= 1 - keep[s];
            (keep[l] < 1 ? small : large).Push(l);
        }

        foreach (var rest in small.Concat(large))
        {
            keep[rest] = 1;
        }
    }

    public IReadOnlyList<T> Things => things;

    public T Next(Dice dice)
    {
        var x = dice.Unit() * things.Length;
        var i = (int)x;
        return things[x - i < keep[i] ? i : other[i]];
    }
}
