using System.Collections.Concurrent;
using DataPortal.CohortEngine.Evaluation;
using DataPortal.Releases;

namespace DataPortal.CohortEngine.Characteristics;

/// <summary>
/// Answers "who are they, and what were they treated with" for cohorts of one release. Everything is additive over cases (but see
/// <see cref="RepeatedPatients"/>), so that a cohort larger than half of the release is counted by what it lacks, and totals of the whole population are
/// kept. Packing the release happens on first use, or in <see cref="Prepare"/>. Thread-safe; one per opened release.
/// </summary>
public sealed class Characterizer
{
    // Below it, starting a second worker costs more than it saves.
    private const int DefaultParallelFrom = 50_000;

    private readonly Release release;
    private readonly int parallelFrom;
    private readonly Lazy<PackedRelease> packed;
    private readonly Lazy<int[]> totals;
    private readonly Lazy<PanelWriter> english;
    private readonly Lazy<PanelWriter> japanese;
    private readonly LeadingChanges changes;
    private readonly ConcurrentBag<Tally> idle = [];

    private Characterizer(Release release, int parallelFrom)
    {
        this.release = release;
        this.parallelFrom = parallelFrom;
        packed = new(() => PackedRelease.Pack(release));
        totals = new(() => Direct(CaseSet.All(release.Cases), t => (int[])t.Counters.Clone(), CancellationToken.None));
        changes = new LeadingChanges(release);
        english = new(() => new PanelWriter(packed.Value.Layout, packed.Value.Tables, japanese: false));
        japanese = new(() => new PanelWriter(packed.Value.Layout, packed.Value.Tables, japanese: true));
    }

    public static Characterizer For(Release release) => new(release, DefaultParallelFrom);

    /// <summary>For tests: with the number of cases from which on the work is split over cores.</summary>
    internal static Characterizer For(Release release, int parallelFrom) => new(release, parallelFrom);

    /// <summary>Packs the release and counts the whole population now instead of on first use.</summary>
    public void Prepare() => _ = totals.Value;

    /// <summary>All panels of a cohort.</summary>
    /// <param name="cases">The cohort, of the same release.</param>
    /// <param name="excluded">Cases that are not to be seen (withdrawn); null when there are none.</param>
    /// <param name="options">Language and lengths.</param>
    /// <param name="ct">Stops the counting.</param>
    public CohortCharacteristics Characterise(CaseSet cases, CaseSet? excluded, CharacteristicOptions options, CancellationToken ct) =>
        Characterise(cases, excluded, options, useTotals: true, ct);

    /// <summary>As the public one; without <paramref name="useTotals"/> every case is counted, so that tests and measurements see the work itself.</summary>
    internal CohortCharacteristics Characterise(CaseSet cases, CaseSet? excluded, CharacteristicOptions options, bool useTotals, CancellationToken ct)
    {
        if (cases.Universe != release.Cases)
            throw new ArgumentException("The cohort is of another release.", nameof(cases));
        var cohort = excluded is null || excluded.Count == 0 ? cases : cases.AndNot(excluded);
        var writer = options.Language == "ja" ? japanese.Value : english.Value;
        if (!useTotals || cohort.Count <= release.Cases / 2)
            return Direct(cohort, t => Write(t, cohort, complement: false), ct);
        var lacking = cohort.Not();
        return Complement(lacking, t => Write(t, lacking, complement: true), ct);

        CohortCharacteristics Write(Tally tally, CaseSet counted, bool complement) =>
            writer.Write(tally.Counters, cohort.Count, options, genes => changes.Count(genes, counted, complement));
    }

    private T Direct<T>(CaseSet cohort, Func<Tally, T> use, CancellationToken ct) => Counted(cohort, tally =>
    {
        packed.Value.Repeated.Add(cohort, tally.Counters);
        return use(tally);
    }, ct);

    private T Complement<T>(CaseSet lacking, Func<Tally, T> use, CancellationToken ct)
    {
        var all = totals.Value;
        return Counted(lacking, tally =>
        {
            packed.Value.Repeated.AddLoss(lacking, tally.Counters);
            tally.SubtractFrom(all);
            return use(tally);
        }, ct);
    }

    private T Counted<T>(CaseSet set, Func<Tally, T> use, CancellationToken ct)
    {
        var chunks = packed.Value.Chunks.Length;
        var workers = set.Count > parallelFrom ? Math.Min(Environment.ProcessorCount, chunks) : 1;
        var tallies = new Tally[workers];
        for (var w = 0; w < workers; w++)
            tallies[w] = Rent();
        try
        {
            void Work(int w)
            {
                packed.Value.Add(set, (int)((long)chunks * w / workers), (int)((long)chunks * (w + 1) / workers), tallies[w], ct);
                tallies[w].Finish();
            }

            if (workers == 1)
                Work(0);
            else
                Parallel.For(0, workers, new ParallelOptions { CancellationToken = ct }, Work);
            for (var w = 1; w < workers; w++)
                tallies[0].Merge(tallies[w]);
            return use(tallies[0]);
        }
        finally
        {
            foreach (var tally in tallies)
                idle.Add(tally);
        }
    }

    private Tally Rent()
    {
        if (!idle.TryTake(out var tally))
            return new Tally(packed.Value.Layout);
        tally.Clear();
        return tally;
    }
}
