using System.Collections.Concurrent;

namespace DataPortal.CohortEngine.Evaluation;

/// <summary>
/// Bitmaps over the cases of one release, kept between queries: at a million cases each is an object of the large heap, and making some dozens per
/// query would cost more than the query. Thread-safe.
/// </summary>
internal sealed class BitmapPool(int universe)
{
    // 64 bitmaps of a million cases are 8 MB; what a rare, larger query needs beyond goes back to the collector.
    private const int Kept = 64;

    private readonly ConcurrentStack<ulong[]> free = new();

    public int Length { get; } = CaseSet.Words(universe);

    public ulong[] Rent() => free.TryPop(out var words) ? words : new ulong[Length];

    public void Return(ulong[] words)
    {
        if (free.Count < Kept)
            free.Push(words);
    }
}

/// <summary>The bitmaps of one evaluation; all go back to the pool at its end. Not thread-safe.</summary>
internal sealed class Arena(BitmapPool pool) : IDisposable
{
    private readonly List<ulong[]> rented = [];

    public ulong[] Empty()
    {
        var words = Rent();
        Array.Clear(words);
        return words;
    }

    public ulong[] CopyOf(ulong[] other)
    {
        var words = Rent();
        other.CopyTo(words, 0);
        return words;
    }

    public void Dispose()
    {
        foreach (var words in rented)
            pool.Return(words);
        rented.Clear();
    }

    private ulong[] Rent()
    {
        var words = pool.Rent();
        rented.Add(words);
        return words;
    }
}
