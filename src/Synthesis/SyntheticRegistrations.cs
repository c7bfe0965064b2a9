using System.Collections;
using DataPortal.Releases;
using DataPortal.Releases.Vocabularies;

namespace DataPortal.Synthesis;

/// <summary>
/// Made-up registrations that an oncologist would believe: what is assumed and what is published stands in <c>docs/synthetic-data.md</c>.
/// Case <c>n</c> depends on the seed and <c>n</c> alone, to the bit, on every platform and with any number of threads; the first cases of a large set
/// are the cases of a small one. Enumerating is thread-safe (each enumeration has its own state), and may be repeated.
/// </summary>
public sealed class SyntheticRegistrations : IEnumerable<Row>
{
    private const int ChunkSize = 256;

    private readonly ulong seed;
    private readonly Knowledge knowledge;
    private readonly PanelChoice panels;

    /// <param name="cases">Number of cases, 0 or more.</param>
    /// <param name="seed">Any number; another seed gives other patients.</param>
    /// <param name="vocabulary">Names used in the rows; the shipped ones by default. It must have the panels, drugs, regimens and cancer types of the shipped one.</param>
    /// <exception cref="InvalidDataException">The vocabulary lacks a name that the generator needs; the message says which.</exception>
    public SyntheticRegistrations(int cases, int seed, Vocabulary? vocabulary = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(cases);
        Cases = cases;
        this.seed = unchecked((ulong)seed) * 0x9E3779B97F4A7C15UL;
        knowledge = new Knowledge(vocabulary ?? Vocabulary.Shipped);
        panels = new PanelChoice(knowledge);
    }

    /// <summary>Number of cases.</summary>
    public int Cases { get; }

    /// <summary>The tests that occur, with what they cover: to be declared to the builder before the first case.</summary>
    public IReadOnlyList<Assay> Assays => [.. knowledge.Panels.Select(p => p.Assay)];

    /// <summary>Last day that the data speak of.</summary>
    public static DateOnly Cutoff => Patient.Day(Patient.Cutoff);

    /// <summary>Hospitals of the data, 282 of them.</summary>
    public static IReadOnlyList<string> HospitalNames => Hospitals.Names;

    /// <summary>One case by its number, 0 to below <see cref="Cases"/>. Slower than enumerating.</summary>
    public Row this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(index);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Cases);
            return new CaseMaker(knowledge, panels, seed).Make(index);
        }
    }

    /// <summary>All cases in order, made on the calling thread.</summary>
    public IEnumerator<Row> GetEnumerator()
    {
        var maker = new CaseMaker(knowledge, panels, seed);
        for (var i = 0; i < Cases; i++)
        {
            yield return maker.Make(i);
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>
    /// The same cases in the same order, made ahead by other threads while the caller works on what it has got; some thousand cases are held in memory at most.
    /// </summary>
    /// <param name="workers">Threads that make cases, 1 or more.</param>
    public IEnumerable<Row> MadeAhead(int workers)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(workers, 1);
        return Stream();

        IEnumerable<Row> Stream()
        {
            var makers = new System.Collections.Concurrent.ConcurrentBag<CaseMaker>();
            var ahead = new Queue<Task<Row[]>>();
            var next = 0;
            while (true)
            {
                for (; ahead.Count < workers * 2 && next < Cases; next += ChunkSize)
                {
                    var from = next;
                    ahead.Enqueue(Task.Run(() => Chunk(makers, from)));
                }

                if (ahead.Count == 0)
                {
                    yield break;
                }

                foreach (var row in ahead.Dequeue().GetAwaiter().GetResult())
                {
                    yield return row;
                }
            }
        }
    }

    private Row[] Chunk(System.Collections.Concurrent.ConcurrentBag<CaseMaker> makers, int from)
    {
        var maker = makers.TryTake(out var idle) ? idle : new CaseMaker(knowledge, panels, seed);
        var rows = new Row[Math.Min(ChunkSize, Cases - from)];
        for (var i = 0; i < rows.Length; i++)
        {
            rows[i] = maker.Make(from + i);
        }

        makers.Add(maker);
        return rows;
    }
}
