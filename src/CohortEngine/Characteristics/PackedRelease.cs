using DataPortal.CohortEngine.Evaluation;
using DataPortal.Releases;

namespace DataPortal.CohortEngine.Characteristics;

/// <summary>All cases of a release, packed. Immutable and thread-safe.</summary>
internal sealed class PackedRelease
{
    private PackedRelease(Layout layout, PackerTables tables, PackedCases[] chunks, RepeatedPatients repeated)
    {
        Layout = layout;
        Tables = tables;
        Chunks = chunks;
        Repeated = repeated;
    }

    public Layout Layout { get; }

    public PackerTables Tables { get; }

    public PackedCases[] Chunks { get; }

    public RepeatedPatients Repeated { get; }

    public static PackedRelease Pack(Release release)
    {
        var layout = new Layout(release);
        var tables = new PackerTables(layout);
        var count = (release.Cases + PackedCases.Mask) >> PackedCases.Shift;
        var chunks = new PackedCases[count];
        var exposures = new List<Exposure>[count];
        Parallel.For(0, count, () => new CasePacker(layout, tables), (chunk, _, packer) =>
        {
            var start = chunk << PackedCases.Shift;
            chunks[chunk] = packer.Pack(start, Math.Min(PackedCases.Capacity, release.Cases - start), exposures[chunk] = []);
            return packer;
        }, _ => { });
        return new PackedRelease(layout, tables, chunks, new RepeatedPatients(layout, exposures.SelectMany(e => e)));
    }

    /// <summary>Adds the cases of <paramref name="set"/> that lie in the chunks from <paramref name="first"/> up to but excluding <paramref name="last"/>.</summary>
    public void Add(CaseSet set, int first, int last, Tally tally, CancellationToken cancellation)
    {
        Span<int> numbers = stackalloc int[PackedCases.Capacity];
        var at = set.IsList ? LowerBound(set.List, first << PackedCases.Shift) : 0;
        for (var chunk = first; chunk < last; chunk++)
        {
            cancellation.ThrowIfCancellationRequested();
            var found = set.IsList ? FromList(set.List, chunk, ref at, numbers) : FromBits(set.Bits, chunk, numbers);
            tally.Add(Chunks[chunk], numbers[..found]);
        }
    }

    private static int LowerBound(ReadOnlySpan<int> list, int value)
    {
        var at = list.BinarySearch(value);
        return at < 0 ? ~at : at;
    }

    private static int FromList(ReadOnlySpan<int> list, int chunk, ref int at, Span<int> numbers)
    {
        var found = 0;
        for (; at < list.Length && list[at] >> PackedCases.Shift == chunk; at++)
            numbers[found++] = list[at] & PackedCases.Mask;
        return found;
    }

    private static int FromBits(ReadOnlySpan<ulong> bits, int chunk, Span<int> numbers)
    {
        const int Words = PackedCases.Capacity / 64;
        var found = 0;
        var words = bits[(chunk * Words)..Math.Min(bits.Length, (chunk + 1) * Words)];
        for (var w = 0; w < words.Length; w++)
        {
            for (var word = words[w]; word != 0; word &= word - 1)
                numbers[found++] = (w << 6) | System.Numerics.BitOperations.TrailingZeroCount(word);
        }

        return found;
    }
}
