namespace DataPortal.CohortEngine.Characteristics;

/// <summary>
/// Neighbouring cases, packed so that a case costs a few cache lines whatever the number of figures: a record of <see cref="Layout.BitVectors"/> +
/// <see cref="Layout.SumVectors"/> vectors, and its tokens.
/// </summary>
internal sealed class PackedCases
{
    public const int Shift = 12, Capacity = 1 << Shift, Mask = Capacity - 1;

    public PackedCases(byte[] records, ushort[]? narrow, int[]? wide, int[] ends, (int Case, int Sum, int More)[] overflow)
    {
        Records = records;
        Narrow = narrow;
        Wide = wide;
        Ends = ends;
        Overflow = overflow;
    }

    public byte[] Records { get; }

    /// <summary>Tokens where all counters of the release can be written in 16 bits.</summary>
    public ushort[]? Narrow { get; }

    /// <summary>Tokens otherwise.</summary>
    public int[]? Wide { get; }

    /// <summary>Case i (within the chunk) has the tokens up to <c>Ends[i]</c>, from the end of case i − 1.</summary>
    public int[] Ends { get; }

    /// <summary>What did not fit into the bytes of the sums, ascending by case within the chunk.</summary>
    public (int Case, int Sum, int More)[] Overflow { get; }

    public int Count => Ends.Length;
}
