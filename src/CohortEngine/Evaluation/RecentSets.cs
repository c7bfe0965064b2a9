namespace DataPortal.CohortEngine.Evaluation;

/// <summary>
/// The large sets that the last questions were answered with. The same few recur (who was assayed for a gene, in whom it stays unknown), and at a million
/// cases a fresh bitmap costs more than the question: its memory is of the large heap and is touched for the first time. Thread-safe without a lock: a
/// set that two threads add at once stands here twice, or not at all.
/// </summary>
internal sealed class RecentSets(int universe)
{
    private readonly CaseSet?[] sets = new CaseSet?[16];
    private uint next;

    /// <summary>The set of these words, which are copied unless the set is known.</summary>
    public CaseSet Of(ReadOnlySpan<ulong> words)
    {
        var count = Words.Count(words);
        for (var i = 0; i < sets.Length; i++)
        {
            if (Volatile.Read(ref sets[i]) is { } known && known.Count == count && known.Bits.SequenceEqual(words))
                return known;
        }

        var set = CaseSet.CopyOf(universe, words);
        if (!set.IsList)
            Volatile.Write(ref sets[Interlocked.Increment(ref next) % (uint)sets.Length], set);
        return set;
    }
}
