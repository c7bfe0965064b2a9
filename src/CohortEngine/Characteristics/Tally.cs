using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace DataPortal.CohortEngine.Characteristics;

/// <summary>
/// Adds up packed cases into the flat counters. Bits are counted vertically: cases go through carry-save adders 8 at a time into planes (plane p holds bit p
/// of 256 counts at once), which costs about five vector operations per case and 256 figures. Not thread-safe; reused.
/// </summary>
internal sealed class Tally
{
    // The block stays in the first-level cache while its bits, sums and tokens are taken; 64 × 255 also fits the 16-bit lanes of the sums.
    private const int Block = 64, Planes = 31;

    private readonly Layout layout;
    private readonly Vector256<ulong>[] planes;
    private readonly int stride;

    public Tally(Layout layout)
    {
        this.layout = layout;
        Counters = new int[layout.Size];
        planes = new Vector256<ulong>[layout.BitVectors * Planes];
        stride = (layout.BitVectors + layout.SumVectors) * 32;
    }

    /// <summary>Complete only after <see cref="Finish"/>.</summary>
    public int[] Counters { get; }

    public void Clear()
    {
        Array.Clear(Counters);
        Array.Clear(planes);
    }

    /// <summary>Adds cases of a chunk, by their ascending numbers within it.</summary>
    public void Add(PackedCases chunk, ReadOnlySpan<int> cases)
    {
        for (var at = 0; at < cases.Length; at += Block)
        {
            var block = cases.Slice(at, Math.Min(Block, cases.Length - at));
            FetchAhead(chunk, block);
            AddBits(chunk.Records, block);
            AddSums(chunk.Records, block);
            if (chunk.Narrow is not null)
                AddTokens(chunk.Narrow, chunk.Ends, block);
            else
                AddTokens(chunk.Wide!, chunk.Ends, block);
        }

        foreach (var (number, sum, more) in chunk.Overflow)
        {
            if (cases.BinarySearch(number) >= 0)
                Counters[layout.SumStart + sum] += more;
        }
    }

    /// <summary>Turns the planes into counts.</summary>
    public void Finish()
    {
        for (var v = 0; v < layout.BitVectors; v++)
        {
            for (var p = 0; p < Planes; p++)
            {
                var plane = planes[v * Planes + p];
                for (var e = 0; e < 4; e++)
                {
                    for (var word = plane[e]; word != 0; word &= word - 1)
                        Counters[layout.BitStart + v * 256 + e * 64 + BitOperations.TrailingZeroCount(word)] += 1 << p;
                }
            }
        }

        Array.Clear(planes);
    }

    /// <summary>Adds another's finished counters.</summary>
    public void Merge(Tally other)
    {
        for (var i = 0; i < Counters.Length; i++)
            Counters[i] += other.Counters[i];
    }

    /// <summary>Turns counts of the complement into those of the cohort.</summary>
    public void SubtractFrom(int[] totals)
    {
        for (var i = 0; i < Counters.Length; i++)
            Counters[i] = totals[i] - Counters[i];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector256<ulong> Sum, Vector256<ulong> Carry) Add(Vector256<ulong> a, Vector256<ulong> b, Vector256<ulong> c)
    {
        var u = a ^ b;
        return (u ^ c, (a & b) | (u & c));
    }

    private static void Ripple(ref Vector256<ulong> plane, Vector256<ulong> carry)
    {
        while (carry != Vector256<ulong>.Zero)
        {
            var next = plane & carry;
            plane ^= carry;
            carry = next;
            plane = ref Unsafe.Add(ref plane, 1);
        }
    }

    // A selective cohort finds hardly any of its cases in the caches: asking for all lines of a block at once lets the memory answer them together.
    private static unsafe void FetchAhead(PackedCases chunk, ReadOnlySpan<int> block)
    {
        if (!Sse.IsSupported)
            return;
        ref var ends = ref MemoryMarshal.GetArrayDataReference(chunk.Ends);
        foreach (var number in block)
            Sse.Prefetch0(Unsafe.AsPointer(ref Unsafe.Add(ref ends, number)));
        foreach (var number in block)
        {
            var first = number == 0 ? 0 : Unsafe.Add(ref ends, number - 1);
            var token = chunk.Narrow is not null
                ? Unsafe.AsPointer(ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(chunk.Narrow), first))
                : Unsafe.AsPointer(ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(chunk.Wide!), first));
            Sse.Prefetch0(token);
            Sse.Prefetch0((byte*)token + 64);
        }
    }

    private void AddBits(byte[] records, ReadOnlySpan<int> block)
    {
        for (var v = 0; v < layout.BitVectors; v++)
        {
            ref var record = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(records), v * 32);
            ref var plane = ref planes[v * Planes];
            var ones = plane;
            var twos = Unsafe.Add(ref plane, 1);
            var fours = Unsafe.Add(ref plane, 2);
            var i = 0;
            for (; i + 8 <= block.Length; i += 8)
            {
                (ones, var twoA) = Add(ones, Load(ref record, block[i]), Load(ref record, block[i + 1]));
                (ones, var twoB) = Add(ones, Load(ref record, block[i + 2]), Load(ref record, block[i + 3]));
                (twos, var fourA) = Add(twos, twoA, twoB);
                (ones, twoA) = Add(ones, Load(ref record, block[i + 4]), Load(ref record, block[i + 5]));
                (ones, twoB) = Add(ones, Load(ref record, block[i + 6]), Load(ref record, block[i + 7]));
                (twos, var fourB) = Add(twos, twoA, twoB);
                (fours, var eight) = Add(fours, fourA, fourB);
                Ripple(ref Unsafe.Add(ref plane, 3), eight);
            }

            plane = ones;
            Unsafe.Add(ref plane, 1) = twos;
            Unsafe.Add(ref plane, 2) = fours;
            for (; i < block.Length; i++)
                Ripple(ref plane, Load(ref record, block[i]));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Vector256<ulong> Load(ref byte first, int number) => Vector256.LoadUnsafe(ref first, (nuint)(number * stride)).AsUInt64();

    private void AddSums(byte[] records, ReadOnlySpan<int> block)
    {
        for (var v = 0; v < layout.SumVectors; v++)
        {
            ref var record = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(records), (layout.BitVectors + v) * 32);
            var low = Vector256<ushort>.Zero;
            var high = Vector256<ushort>.Zero;
            foreach (var number in block)
            {
                var (l, h) = Vector256.Widen(Vector256.LoadUnsafe(ref record, (nuint)(number * stride)));
                low += l;
                high += h;
            }

            var target = Counters.AsSpan(layout.SumStart + v * 32, 32);
            Widen(low, target);
            Widen(high, target[16..]);
        }
    }

    private static void Widen(Vector256<ushort> values, Span<int> target)
    {
        var (low, high) = Vector256.Widen(values);
        (low.AsInt32() + Vector256.Create<int>(target)).CopyTo(target);
        (high.AsInt32() + Vector256.Create<int>(target[8..])).CopyTo(target[8..]);
    }

    // The packer writes no token at or beyond TokenCount, and ends within the tokens: no bounds are checked here.
    private void AddTokens<T>(T[] tokens, int[] ends, ReadOnlySpan<int> block)
        where T : unmanaged, INumber<T>
    {
        ref var counter = ref MemoryMarshal.GetArrayDataReference(Counters);
        ref var token = ref MemoryMarshal.GetArrayDataReference(tokens);
        foreach (var number in block)
        {
            var end = ends[number];
            for (var t = number == 0 ? 0 : ends[number - 1]; t < end; t++)
                Unsafe.Add(ref counter, int.CreateTruncating(Unsafe.Add(ref token, t)))++;
        }
    }
}
