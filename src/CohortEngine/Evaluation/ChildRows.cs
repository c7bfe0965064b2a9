using System.Numerics;
using DataPortal.Releases.Reading;

namespace DataPortal.CohortEngine.Evaluation;

/// <summary>From rows of a child table to the cases that own them.</summary>
internal static class ChildRows
{
    /// <summary>Rows of a case, as a half-open range, whether the table hangs on the case or on one of its children.</summary>
    public static (int Start, int End) Of(Table table, int number)
    {
        var ends = table.Offsets;
        if (table.Parent!.Parent is null)
            return (ends[number], ends[number + 1]);
        var parents = table.Parent.Offsets;
        return (ends[parents[number]], ends[parents[number + 1]]);
    }

    /// <summary>Sets the bits of the cases that own one of <paramref name="rows"/>.</summary>
    public static void ToCases(Table table, ReadOnlySpan<ulong> rows, Span<ulong> cases)
    {
        var ends = table.Offsets;
        var parents = table.Parent!.Parent is null ? default : table.Parent.Offsets;
        var universe = parents.IsEmpty ? ends.Length - 1 : parents.Length - 1;
        // Few rows: walk from row to row, finding each owner by halving; many: ask each case for any row of its own.
        if (Words.Count(rows) < universe / 16)
        {
            var owner = 0;
            for (var i = 0; i < rows.Length; i++)
            {
                for (var word = rows[i]; word != 0; word &= word - 1)
                {
                    var row = (i << 6) | BitOperations.TrailingZeroCount(word);
                    owner = Owner(ends, parents, row, owner, universe);
                    Words.Set(cases, owner);
                }
            }

            return;
        }

        for (var number = 0; number < universe; number++)
        {
            var (start, end) = parents.IsEmpty ? (ends[number], ends[number + 1]) : (ends[parents[number]], ends[parents[number + 1]]);
            if (Words.AnyIn(rows, start, end))
                Words.Set(cases, number);
        }
    }

    private static int Owner(ReadOnlySpan<int> ends, ReadOnlySpan<int> parents, int row, int from, int universe)
    {
        int low = from, high = universe - 1;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (ends[parents.IsEmpty ? middle + 1 : parents[middle + 1]] > row)
                high = middle;
            else
                low = middle + 1;
        }

        return low;
    }
}
