using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using DataPortal.CohortEngine.Evaluation;
using DataPortal.Releases;
using DataPortal.Releases.Reading;

namespace DataPortal.CohortEngine.Characteristics;

/// <summary>
/// Cases by change, for a handful of genes. Which genes are asked of is known only after the cohort is counted, and the pairs (gene, change) are too many
/// to be among the counters: small cohorts walk their alterations, large ones the genes' posting lists.
/// </summary>
internal sealed class LeadingChanges(Release release)
{
    // Walking a case's alterations costs some ten times as much as testing one posting.
    private const int WalkShare = 8;

    private const int Ahead = 16;

    private readonly Table alterations = release.Table("alteration");
    private readonly Column gene = release.Column("alteration.gene"), change = release.Column("alteration.change");
    private readonly Lazy<int[]> population = new(() => CountPopulation(release));

    /// <summary>For each gene its changes (0 where blank) with the number of cases that bear them, in no particular order.</summary>
    /// <param name="genes">Gene codes.</param>
    /// <param name="counted">The cohort, or what it lacks of the population.</param>
    /// <param name="complement">True when <paramref name="counted"/> is what the cohort lacks.</param>
    public List<(int Change, int Cases)>[] Count(ReadOnlySpan<int> genes, CaseSet counted, bool complement)
    {
        var places = new byte[gene.CodeBound];
        for (var g = 0; g < genes.Length; g++)
            places[genes[g]] = (byte)(g + 1);
        var result = new List<(int, int)>[genes.Length];
        if (counted.Count > counted.Universe / WalkShare)
        {
            var bits = counted.ToBits();
            for (var g = 0; g < genes.Length; g++)
                result[g] = FromPostings(genes[g], bits, complement);
            return result;
        }

        var tally = Walk(places, counted);
        for (var g = 0; g < genes.Length; g++)
            result[g] = complement ? Remaining(genes[g], g + 1, tally) : [];
        if (!complement)
        {
            foreach (var (key, cases) in tally.Entries)
                result[(key >> 32) - 1].Add(((int)key, cases));
        }

        return result;
    }

    private static int[] CountPopulation(Release release)
    {
        var postings = release.Alterations;
        var counts = new int[postings.Changes.Length];
        for (var pair = 0; pair < counts.Length; pair++)
        {
            var last = -1;
            foreach (var number in postings.Cases(pair..(pair + 1)))
            {
                counts[pair] += number != last ? 1 : 0;
                last = number;
            }
        }

        return counts;
    }

    private List<(int Change, int Cases)> FromPostings(int code, ulong[] bits, bool complement)
    {
        var postings = release.Alterations;
        var (from, to) = Bounds(postings.Pairs(code));
        var result = new List<(int, int)>(to - from);
        for (var pair = from; pair < to; pair++)
        {
            var last = -1;
            var cases = 0;
            foreach (var number in postings.Cases(pair..(pair + 1)))
            {
                if (number != last && (bits[number >> 6] >> (number & 63) & 1) != 0)
                    cases++;
                last = number;
            }

            if (complement)
                cases = population.Value[pair] - cases;
            if (cases > 0)
                result.Add((postings.Changes[pair], cases));
        }

        return result;
    }

    private List<(int Change, int Cases)> Remaining(int code, int place, ChangeTally tally)
    {
        var postings = release.Alterations;
        var (from, to) = Bounds(postings.Pairs(code));
        var result = new List<(int, int)>(to - from);
        for (var pair = from; pair < to; pair++)
        {
            var cases = population.Value[pair] - tally[((long)place << 32) | (uint)postings.Changes[pair]];
            if (cases > 0)
                result.Add((postings.Changes[pair], cases));
        }

        return result;
    }

    private static (int From, int To) Bounds(Range pairs) => (pairs.Start.Value, pairs.End.Value);

    private ChangeTally Walk(byte[] places, CaseSet counted)
    {
        var tally = new ChangeTally();
        var offsets = alterations.Offsets;
        var cases = counted.IsList ? counted.List : counted.ToArray();
        switch (gene.Width, change.Width)
        {
            case (1, 1):
                Walk(places, cases, offsets, gene.Bytes, change.Bytes, tally);
                break;
            case (1, 2):
                Walk(places, cases, offsets, gene.Bytes, change.UShorts, tally);
                break;
            case (2, 2):
                Walk(places, cases, offsets, gene.UShorts, change.UShorts, tally);
                break;
            case (2, 4):
                Walk(places, cases, offsets, gene.UShorts, change.Ints, tally);
                break;
            default:
                WalkAny(places, cases, offsets, tally);
                break;
        }

        return tally;
    }

    private static void Walk<TGene, TChange>(
        byte[] places, ReadOnlySpan<int> cases, ReadOnlySpan<int> offsets, ReadOnlySpan<TGene> genes, ReadOnlySpan<TChange> changes, ChangeTally tally)
        where TGene : unmanaged, INumber<TGene>
        where TChange : unmanaged, INumber<TChange>
    {
        for (var i = 0; i < cases.Length; i++)
        {
            if (i + Ahead < cases.Length)
                FetchAhead(offsets[cases[i + Ahead]], genes, changes);
            var number = cases[i];
            var last = 0L;
            var end = offsets[number + 1];
            for (var row = offsets[number]; row < end; row++)
            {
                var place = places[int.CreateTruncating(genes[row])];
                if (place == 0)
                    continue;
                // Rows of a case are sorted by gene and change: the same pair again is its neighbour.
                var key = ((long)place << 32) | (uint)int.CreateTruncating(changes[row]);
                if (key != last)
                    tally.Add(key);
                last = key;
            }
        }
    }

    // The cases of a selective cohort lie far apart: their rows are asked for before they are needed.
    private static unsafe void FetchAhead<TGene, TChange>(int row, ReadOnlySpan<TGene> genes, ReadOnlySpan<TChange> changes)
        where TGene : unmanaged
        where TChange : unmanaged
    {
        if (!Sse.IsSupported || row >= genes.Length)
            return;
        Sse.Prefetch0(Unsafe.AsPointer(ref Unsafe.AsRef(in genes[row])));
        Sse.Prefetch0(Unsafe.AsPointer(ref Unsafe.AsRef(in changes[row])));
    }

    // Widths that hardly occur together: few genes with very many changes, many genes with few, or blank columns.
    private void WalkAny(byte[] places, ReadOnlySpan<int> cases, ReadOnlySpan<int> offsets, ChangeTally tally)
    {
        var (genes, changes) = (Array.Empty<int>(), Array.Empty<int>());
        foreach (var number in cases)
        {
            var rows = offsets[number + 1] - offsets[number];
            if (genes.Length < rows)
                (genes, changes) = (new int[rows * 2], new int[rows * 2]);
            gene.Read(offsets[number], genes.AsSpan(0, rows));
            change.Read(offsets[number], changes.AsSpan(0, rows));
            Walk<int, int>(places, [0], [0, rows], genes, changes, tally);
        }
    }
}

/// <summary>Counts keys other than 0: open addressing, because a dictionary's bookkeeping would cost more than the rest of the walk.</summary>
internal sealed class ChangeTally
{
    private long[] keys = new long[1024];
    private int[] counts = new int[1024];
    private int used;

    /// <summary>Keys with their counts, in no particular order.</summary>
    public IEnumerable<(long Key, int Count)> Entries
    {
        get
        {
            for (var i = 0; i < keys.Length; i++)
            {
                if (keys[i] != 0)
                    yield return (keys[i], counts[i]);
            }
        }
    }

    /// <summary>How often the key was added.</summary>
    public int this[long key] => counts[Place(key)];

    public void Add(long key)
    {
        var at = Place(key);
        if (keys[at] == 0)
        {
            if (used * 2 >= keys.Length)
            {
                Grow();
                at = Place(key);
            }

            keys[at] = key;
            used++;
        }

        counts[at]++;
    }

    private int Place(long key)
    {
        var at = (int)((ulong)key * 0x9E3779B97F4A7C15UL >> 40) & (keys.Length - 1);
        while (keys[at] != 0 && keys[at] != key)
            at = (at + 1) & (keys.Length - 1);
        return at;
    }

    private void Grow()
    {
        var (oldKeys, oldCounts) = (keys, counts);
        keys = new long[oldKeys.Length * 2];
        counts = new int[oldKeys.Length * 2];
        for (var i = 0; i < oldKeys.Length; i++)
        {
            if (oldKeys[i] == 0)
                continue;
            var at = Place(oldKeys[i]);
            keys[at] = oldKeys[i];
            counts[at] = oldCounts[i];
        }
    }
}
