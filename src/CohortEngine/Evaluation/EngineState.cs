using System.Collections.Concurrent;
using DataPortal.CohortEngine.Planning;
using DataPortal.Releases;
using DataPortal.Releases.Reading;

namespace DataPortal.CohortEngine.Evaluation;

/// <summary>What is worked out once for a release and serves all its queries. Bitmaps handed out must not be changed. Thread-safe.</summary>
internal sealed class EngineState
{
    private readonly Lazy<ulong[]> failed;
    private readonly Lazy<ulong[]> emptyPlasma;
    private readonly Lazy<ulong[]> unnamedDrug;
    private readonly Lazy<ulong[]>[] ofAssay;
    private readonly ConcurrentDictionary<(int Assay, Sight Sight), bool> seesAny = new();
    private readonly ConcurrentDictionary<string, Lazy<int[]>> owners = new();
    private readonly Column? assay;
    private readonly bool[] paired;

    public EngineState(Release release)
    {
        Release = release;
        All = CaseSet.All(release.Cases);
        AllWords = All.ToBits();
        Pool = new BitmapPool(release.Cases);
        Recent = new RecentSets(release.Cases);
        Patients = new PatientCounter(release);
        assay = StoredTest.Find(release, KnownFields.Assay);
        paired = [.. release.Manifest.Assays.Select(a => a.Paired)];
        failed = new(() => Readability("failed"));
        emptyPlasma = new(() => Readability("empty-plasma"));
        unnamedDrug = new(FindUnnamedDrugs);
        ofAssay = [.. release.Manifest.Assays.Select((_, number) => new Lazy<ulong[]>(() => FindAssay(number)))];
    }

    public Release Release { get; }

    public CaseSet All { get; }

    public ulong[] AllWords { get; }

    public BitmapPool Pool { get; }

    public RecentSets Recent { get; }

    public PatientCounter Patients { get; }

    /// <summary>Cases whose analysis failed.</summary>
    public ulong[] Failed => failed.Value;

    /// <summary>Plasma tests without a single somatic call.</summary>
    public ulong[] EmptyPlasma => emptyPlasma.Value;

    /// <summary>Cases with a line that has a drug without a name.</summary>
    public ulong[] UnnamedDrug => unnamedDrug.Value;

    public ulong[] OfAssay(int number) => ofAssay[number].Value;

    public bool IsPaired(int number) => assay?.Scaled(number) is { } of && paired[of];

    public bool SeesAnyGene(int number, Sight sight) => seesAny.GetOrAdd((number, sight), key => key.Sight.InAny(Release.Coverage, key.Assay));

    /// <summary>The case of every row of a child table.</summary>
    public int[] OwnersOf(Table table) => owners.GetOrAdd(table.Entity.Name, _ => new Lazy<int[]>(() => ChildRows.Owners(table, Release.Cases))).Value;

    private ulong[] Readability(string code)
    {
        var words = new ulong[Pool.Length];
        var column = StoredTest.Find(Release, KnownFields.Readability);
        if (column?.Encode(code) is > 0 and var stored)
            ColumnScan.Or(column.Width > 0 ? column : null, Release.Cases, [new StoredRange(stored, stored)], words);
        return words;
    }

    private ulong[] FindAssay(int number)
    {
        var words = new ulong[Pool.Length];
        if (assay is not null)
            ColumnScan.Or(assay, Release.Cases, [new StoredRange(number - assay.Base + 1, number - assay.Base + 1)], words);
        return words;
    }

    private ulong[] FindUnnamedDrugs()
    {
        var words = new ulong[Pool.Length];
        var table = Release.Table("drug");
        if (table.Rows == 0)
            return words;
        var rows = new ulong[CaseSet.Words(table.Rows)];
        ColumnScan.Or(StoredTest.Find(Release, KnownFields.Drug) is { Width: > 0 } column ? column : null, table.Rows, [new StoredRange(0, 0)], rows);
        ChildRows.ToCases(OwnersOf(table), rows, words);
        return words;
    }
}
