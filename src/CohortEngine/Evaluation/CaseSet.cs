using System.Numerics;

namespace DataPortal.CohortEngine.Evaluation;

/// <summary>
/// An immutable set of case numbers of one release, 0 … <see cref="Universe"/> − 1. Small sets are sorted lists, large ones bitmaps; algebra runs on
/// whichever is smaller. Thread-safe.
/// </summary>
public sealed class CaseSet
{
    // A list of n numbers costs 32 n bits, a bitmap one bit per case of the universe.
    private const int BitsPerNumber = 32;

    private readonly int[]? list;
    private readonly ulong[]? bits;

    private CaseSet(int universe, int[]? list, ulong[]? bits, int count)
    {
        Universe = universe;
        this.list = list;
        this.bits = bits;
        Count = count;
    }

    /// <summary>Number of cases of the release.</summary>
    public int Universe { get; }

    /// <summary>Number of cases in the set.</summary>
    public int Count { get; }

    /// <summary>True when the set is held as a sorted list (<see cref="List"/>), false when as a bitmap (<see cref="Bits"/>).</summary>
    public bool IsList => list is not null;

    /// <summary>The case numbers, ascending, when <see cref="IsList"/>.</summary>
    public ReadOnlySpan<int> List => list;

    /// <summary>Case c is in when bit c % 64 of word c / 64 is set, when not <see cref="IsList"/>. Bits beyond the universe are 0.</summary>
    public ReadOnlySpan<ulong> Bits => bits;

    public static CaseSet None(int universe) => new(universe, [], null, 0);

    public static CaseSet All(int universe)
    {
        var words = new ulong[Words(universe)];
        Array.Fill(words, ulong.MaxValue);
        Trim(words, universe);
        return new CaseSet(universe, null, words, universe);
    }

    /// <summary>Takes over <paramref name="sorted"/>, which must be strictly ascending.</summary>
    public static CaseSet OfSorted(int universe, int[] sorted) =>
        sorted.Length > universe / BitsPerNumber ? new CaseSet(universe, null, ToBits(universe, sorted), sorted.Length) : new CaseSet(universe, sorted, null, sorted.Length);

    /// <summary>Takes over <paramref name="words"/>; bits beyond the universe must be 0. Sparse sets are turned into lists.</summary>
    public static CaseSet OfBits(int universe, ulong[] words)
    {
        var count = Evaluation.Words.Count(words);
        return count > universe / BitsPerNumber ? new CaseSet(universe, null, words, count) : new CaseSet(universe, Numbers(words, count), null, count);
    }

    /// <summary>Copies <paramref name="words"/>; bits beyond the universe must be 0. Sparse sets are turned into lists.</summary>
    public static CaseSet CopyOf(int universe, ReadOnlySpan<ulong> words)
    {
        var count = Evaluation.Words.Count(words);
        return count > universe / BitsPerNumber ? new CaseSet(universe, null, words.ToArray(), count) : new CaseSet(universe, Numbers(words, count), null, count);
    }

    /// <summary>Words of a bitmap over that many cases.</summary>
    public static int Words(int universe) => (universe + 63) >> 6;

    public bool Contains(int number) => list is null ? Evaluation.Words.Has(bits, number) : Array.BinarySearch(list, number) >= 0;

    public CaseSet And(CaseSet other)
    {
        if (list is not null || other.list is not null)
        {
            var (small, large) = list is not null && (other.list is null || list.Length <= other.list.Length) ? (this, other) : (other, this);
            return OfSorted(Universe, small.Filter(large, keep: true));
        }

        var words = ToBits();
        Evaluation.Words.And(words, other.bits);
        return OfBits(Universe, words);
    }

    public CaseSet AndNot(CaseSet other)
    {
        if (Count == 0 || other.Count == 0)
            return this;
        if (list is not null)
            return OfSorted(Universe, Filter(other, keep: false));
        var words = ToBits();
        if (other.list is { } numbers)
        {
            foreach (var number in numbers)
                words[number >> 6] &= ~(1UL << (number & 63));
        }
        else
        {
            Evaluation.Words.AndNot(words, other.bits);
        }

        return OfBits(Universe, words);
    }

    public CaseSet Or(CaseSet other)
    {
        if (Count == 0)
            return other;
        if (other.Count == 0)
            return this;
        var (large, small) = list is null ? (this, other) : (other, this);
        var words = large.ToBits();
        if (small.list is { } numbers)
            Evaluation.Words.SetAll(words, numbers);
        else
            Evaluation.Words.Or(words, small.bits);
        return OfBits(Universe, words);
    }

    public CaseSet Not()
    {
        var words = ToBits();
        for (var i = 0; i < words.Length; i++)
            words[i] = ~words[i];
        Trim(words, Universe);
        return OfBits(Universe, words);
    }

    /// <summary>The set as a bitmap of its own, free to be changed.</summary>
    public ulong[] ToBits() => list is null ? [.. bits!] : ToBits(Universe, list);

    /// <summary>The case numbers, ascending.</summary>
    public int[] ToArray() => list is not null ? [.. list] : Numbers(bits, Count);

    private static int[] Numbers(ReadOnlySpan<ulong> words, int count)
    {
        var numbers = new int[count];
        var at = 0;
        for (var i = 0; i < words.Length; i++)
        {
            for (var word = words[i]; word != 0; word &= word - 1)
                numbers[at++] = (i << 6) | BitOperations.TrailingZeroCount(word);
        }

        return numbers;
    }

    private static void Trim(ulong[] words, int universe)
    {
        if ((universe & 63) != 0)
            words[^1] &= (1UL << (universe & 63)) - 1;
    }

    private static ulong[] ToBits(int universe, int[] numbers)
    {
        var words = new ulong[Words(universe)];
        Evaluation.Words.SetAll(words, numbers);
        return words;
    }

    private int[] Filter(CaseSet other, bool keep)
    {
        var kept = new int[list!.Length];
        var at = 0;
        if (other.list is { } theirs)
        {
            var j = 0;
            foreach (var number in list)
            {
                while (j < theirs.Length && theirs[j] < number)
                    j++;
                if ((j < theirs.Length && theirs[j] == number) == keep)
                    kept[at++] = number;
            }
        }
        else
        {
            foreach (var number in list)
            {
                if (other.Contains(number) == keep)
                    kept[at++] = number;
            }
        }

        return at == kept.Length ? kept : kept[..at];
    }
}
