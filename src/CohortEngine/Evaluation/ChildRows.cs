using System.Numerics;
using System.Runtime.CompilerServices;
using DataPortal.Releases.Reading;

namespace DataPortal.CohortEngine.Evaluation;

/// <summary>From rows of a child table to the cases that own them, and back.</summary>
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

    /// <summary>The case of every row.</summary>
    public static int[] Owners(Table table, int cases)
    {
        var owners = new int[table.Rows];
        for (var number = 0; number < cases; number++)
        {
            var (start, end) = Of(table, number);
            owners.AsSpan(start, end - start).Fill(number);
        }

        return owners;
    }

    /// <summary>Sets the bits of the cases that own one of <paramref name="rows"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void ToCases(int[] owners, ReadOnlySpan<ulong> rows, Span<ulong> cases)
    {
        for (var i = 0; i < rows.Length; i++)
        {
            for (var word = rows[i]; word != 0; word &= word - 1)
                Words.Set(cases, owners[(i << 6) | BitOperations.TrailingZeroCount(word)]);
        }
    }
}
