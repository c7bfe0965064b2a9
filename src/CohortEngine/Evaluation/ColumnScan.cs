using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using DataPortal.CohortEngine.Planning;
using DataPortal.Releases.Reading;

namespace DataPortal.CohortEngine.Evaluation;

/// <summary>Looks through a whole column at once: 64 rows give one word of a bitmap of rows.</summary>
internal static class ColumnScan
{
    // Beyond so many ranges a table look-up per row is faster than a comparison per range.
    private const int MostRanges = 6;

    /// <summary>Sets the bits of the rows whose stored value lies in one of <paramref name="ranges"/>. A missing column stores 0 everywhere.</summary>
    public static void Or(Column? column, int rows, StoredRange[] ranges, Span<ulong> into)
    {
        if (ranges.Length == 0)
            return;
        if (column is null)
        {
            if (ranges[0].Low == 0)
                SetAll(into, rows);
            return;
        }

        if (column.Field == KnownFields.Cancer)
        {
            OrSorted(column, rows, ranges, into);
            return;
        }

        switch (column.Width)
        {
            case 1:
                Scan<byte, Bytes>(column.Bytes, ranges, into);
                break;
            case 2:
                Scan<ushort, UShorts>(column.UShorts, ranges, into);
                break;
            default:
                Scan<uint, UInts>(MemoryMarshal.Cast<int, uint>(column.Ints), ranges, into);
                break;
        }
    }

    /// <summary>Rows in which the item passes, and rows in which it passes or is not known.</summary>
    public static void Or(ItemTest test, int rows, Span<ulong> certain, Span<ulong> possible, Func<ulong[]> spare)
    {
        if (test.Parts is [var only])
        {
            Or(only.Column, rows, only.Pass, certain);
            Or(only.Column, rows, only.Pass, possible);
            Or(only.Column, rows, only.Silent, possible);
            return;
        }

        var all = spare();
        SetAll(all, rows);
        foreach (var part in test.Parts)
        {
            var of = spare();
            Or(part.Column, rows, test.AsksForBlank ? part.Pass : part.Silent, of);
            Words.And(all, of);
            if (!test.AsksForBlank)
                Or(part.Column, rows, part.Pass, certain);
        }

        if (test.AsksForBlank)
            Words.Or(certain, all);
        Words.Or(possible, all);
        Words.Or(possible, certain);
    }

    /// <summary>Rows in which all items pass, and rows in which all pass or are not known.</summary>
    public static (ulong[] Pass, ulong[] Open) Rows(IReadOnlyList<ItemTest> tests, int rows)
    {
        var words = CaseSet.Words(rows);
        var (pass, open) = (new ulong[words], new ulong[words]);
        Or(tests[0], rows, pass, open, () => new ulong[words]);
        foreach (var test in tests.Skip(1))
        {
            var (itsPass, itsOpen) = (new ulong[words], new ulong[words]);
            Or(test, rows, itsPass, itsOpen, () => new ulong[words]);
            Words.And(pass, itsPass);
            Words.And(open, itsOpen);
        }

        return (pass, open);
    }

    // Cases lie in the order of their cancer codes, so that a cancer type is a run of cases.
    private static void OrSorted(Column column, int rows, StoredRange[] ranges, Span<ulong> into)
    {
        foreach (var range in ranges)
        {
            int start = First(column, rows, range.Low), end = First(column, rows, range.High + 1);
            if (start == end)
                continue;
            int first = start >> 6, last = (end - 1) >> 6;
            var head = ulong.MaxValue << (start & 63);
            var tail = ulong.MaxValue >> (63 - ((end - 1) & 63));
            if (first == last)
            {
                into[first] |= head & tail;
                continue;
            }

            into[first] |= head;
            into[(first + 1)..last].Fill(ulong.MaxValue);
            into[last] |= tail;
        }
    }

    private static int First(Column column, int rows, int stored)
    {
        int low = 0, high = rows;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (column.Stored(middle) < stored)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }

    private static void SetAll(Span<ulong> words, int rows)
    {
        words.Fill(ulong.MaxValue);
        if ((rows & 63) != 0)
            words[^1] &= (1UL << (rows & 63)) - 1;
    }

    // Long loops that a first query must not run unoptimised.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Scan<T, TMask>(ReadOnlySpan<T> values, StoredRange[] ranges, Span<ulong> into)
        where T : unmanaged, System.Numerics.IBinaryInteger<T>
        where TMask : IMask<T>
    {
        var largest = int.CreateSaturating(T.AllBitsSet);
        var used = ranges.Where(r => r.Low <= largest).ToArray();
        Span<T> lows = stackalloc T[used.Length], spans = stackalloc T[used.Length];
        for (var i = 0; i < used.Length; i++)
        {
            lows[i] = T.CreateTruncating(used[i].Low);
            spans[i] = T.CreateTruncating(Math.Min(used[i].High, largest) - used[i].Low);
        }

        var whole = values.Length >> 6;
        if (used.Length > MostRanges)
        {
            var table = Table(used);
            for (var i = 0; i < into.Length; i++)
                into[i] |= Look(values[(i << 6)..Math.Min((i << 6) + 64, values.Length)], table);
            return;
        }

        ref var start = ref MemoryMarshal.GetReference(values);
        for (var r = 0; r < lows.Length; r++)
        {
            var low = Vector256.Create(lows[r]);
            var span = Vector256.Create(spans[r]);
            for (var i = 0; i < whole; i++)
                into[i] |= TMask.Within(ref start, (nuint)i << 6, low, span);
        }

        for (var row = whole << 6; row < values.Length; row++)
        {
            for (var r = 0; r < lows.Length; r++)
            {
                // Unsigned arithmetic wraps, so that one comparison asks for both bounds.
                if (unchecked(values[row] - lows[r]) <= spans[r])
                    into[row >> 6] |= 1UL << (row & 63);
            }
        }
    }

    private static ulong[] Table(StoredRange[] ranges)
    {
        var table = new ulong[(ranges[^1].High >> 6) + 1];
        foreach (var range in ranges)
        {
            for (var stored = range.Low; stored <= range.High; stored++)
                Words.Set(table, stored);
        }

        return table;
    }

    private static ulong Look<T>(ReadOnlySpan<T> values, ulong[] table)
        where T : unmanaged, System.Numerics.IBinaryInteger<T>
    {
        ulong word = 0;
        for (var i = 0; i < values.Length; i++)
        {
            var stored = uint.CreateTruncating(values[i]);
            var at = stored >> 6;
            word |= (at < (uint)table.Length ? table[at] >> (int)(stored & 63) & 1 : 0) << i;
        }

        return word;
    }

    private interface IMask<T>
        where T : unmanaged
    {
        /// <summary>One bit for each of the 64 values from <paramref name="at"/>: whether it lies in low … low + span.</summary>
        static abstract ulong Within(ref T start, nuint at, Vector256<T> low, Vector256<T> span);
    }

    private readonly struct Bytes : IMask<byte>
    {
        public static ulong Within(ref byte start, nuint at, Vector256<byte> low, Vector256<byte> span)
        {
            ulong word = 0;
            for (var i = 0; i < 2; i++)
            {
                var v = Vector256.LoadUnsafe(ref start, at + (nuint)(i * 32)) - low;
                word |= (ulong)Vector256.LessThanOrEqual(v, span).ExtractMostSignificantBits() << (i * 32);
            }

            return word;
        }
    }

    private readonly struct UShorts : IMask<ushort>
    {
        public static ulong Within(ref ushort start, nuint at, Vector256<ushort> low, Vector256<ushort> span)
        {
            ulong word = 0;
            for (var i = 0; i < 4; i++)
            {
                var v = Vector256.LoadUnsafe(ref start, at + (nuint)(i * 16)) - low;
                word |= (ulong)Vector256.LessThanOrEqual(v, span).ExtractMostSignificantBits() << (i * 16);
            }

            return word;
        }
    }

    private readonly struct UInts : IMask<uint>
    {
        public static ulong Within(ref uint start, nuint at, Vector256<uint> low, Vector256<uint> span)
        {
            ulong word = 0;
            for (var i = 0; i < 8; i++)
            {
                var v = Vector256.LoadUnsafe(ref start, at + (nuint)(i * 8)) - low;
                word |= (ulong)Vector256.LessThanOrEqual(v, span).ExtractMostSignificantBits() << (i * 8);
            }

            return word;
        }
    }
}
