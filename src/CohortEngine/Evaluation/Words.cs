using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace DataPortal.CohortEngine.Evaluation;

/// <summary>Algebra on bitmaps of case numbers. All arguments of one call have the same length; the first is changed.</summary>
internal static class Words
{
    private interface IOperation
    {
        static abstract Vector<ulong> Apply(Vector<ulong> a, Vector<ulong> b);

        static abstract ulong Apply(ulong a, ulong b);
    }

    public static void And(Span<ulong> into, ReadOnlySpan<ulong> other) => Run<AndOperation>(into, other);

    public static void Or(Span<ulong> into, ReadOnlySpan<ulong> other) => Run<OrOperation>(into, other);

    public static void AndNot(Span<ulong> into, ReadOnlySpan<ulong> other) => Run<AndNotOperation>(into, other);

    /// <summary>Removes from <paramref name="into"/> what lies in <paramref name="possible"/> but not in <paramref name="certain"/>, which is a part of it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void RemoveUndecided(Span<ulong> into, ReadOnlySpan<ulong> certain, ReadOnlySpan<ulong> possible)
    {
        for (var i = 0; i < into.Length; i++)
            into[i] &= ~possible[i] | certain[i];
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int Count(ReadOnlySpan<ulong> words)
    {
        var count = 0;
        foreach (var word in words)
            count += BitOperations.PopCount(word);
        return count;
    }

    public static bool IsEmpty(ReadOnlySpan<ulong> words) => words.IndexOfAnyExcept(0UL) < 0;

    public static bool Has(ReadOnlySpan<ulong> words, int number) => (words[number >> 6] >> (number & 63) & 1) != 0;

    public static void Set(Span<ulong> words, int number) => words[number >> 6] |= 1UL << (number & 63);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void SetAll(Span<ulong> words, ReadOnlySpan<int> numbers)
    {
        foreach (var number in numbers)
            words[number >> 6] |= 1UL << (number & 63);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Run<T>(Span<ulong> into, ReadOnlySpan<ulong> other)
        where T : IOperation
    {
        if (other.Length != into.Length)
            throw new ArgumentException("The bitmaps are of different releases.", nameof(other));
        var a = MemoryMarshal.Cast<ulong, Vector<ulong>>(into);
        var b = MemoryMarshal.Cast<ulong, Vector<ulong>>(other);
        for (var i = 0; i < a.Length; i++)
            a[i] = T.Apply(a[i], b[i]);
        for (var i = a.Length * Vector<ulong>.Count; i < into.Length; i++)
            into[i] = T.Apply(into[i], other[i]);
    }

    private readonly struct AndOperation : IOperation
    {
        public static Vector<ulong> Apply(Vector<ulong> a, Vector<ulong> b) => a & b;

        public static ulong Apply(ulong a, ulong b) => a & b;
    }

    private readonly struct OrOperation : IOperation
    {
        public static Vector<ulong> Apply(Vector<ulong> a, Vector<ulong> b) => a | b;

        public static ulong Apply(ulong a, ulong b) => a | b;
    }

    private readonly struct AndNotOperation : IOperation
    {
        public static Vector<ulong> Apply(Vector<ulong> a, Vector<ulong> b) => Vector.AndNot(a, b);

        public static ulong Apply(ulong a, ulong b) => a & ~b;
    }
}
