using DataPortal.Releases;

namespace DataPortal.CohortEngine.Characteristics;

/// <summary>What packing looks up: stored values of the codes it asks for, bases of numbers, coverage, classes of drugs. Shared by all workers.</summary>
internal sealed class PackerTables
{
    /// <summary>A panel counts in the funnel when it was held at least this long before the data cut-off: earlier there was no time to act on it.</summary>
    public const int RipeMonths = 6;

    private const decimal TissueThreshold = 10, PlasmaThreshold = 16;

    private readonly Release release;
    private readonly bool[][] covered;
    private readonly int[][] classes;
    private readonly int optionYes, optionNo, treatedYes, treatedNo, ageBase;

    public PackerTables(Layout layout)
    {
        release = layout.Release;
        OncogenicYes = Code("alteration.oncogenic", "yes");
        SevereYes = Code("treatment.severe_event", "yes");
        SevereNo = Code("treatment.severe_event", "no");
        RecommendedYes = Code("treatment.recommended", "yes");
        HeldYes = Code("case.ep_held", "yes");
        optionYes = Code("case.ep_option", "yes");
        optionNo = Code("case.ep_option", "no");
        treatedYes = Code("case.ep_treated", "yes");
        treatedNo = Code("case.ep_treated", "no");
        Readable = Code("case.readability", "ok");
        AssayBase = release.Column("case.assay").Base;
        PatientBase = release.Column("case.patient").Base;
        LineBase = release.Column("treatment.line").Base;
        GradeBase = release.Column("event.grade").Base;
        ageBase = release.Column("case.age").Base;
        TmbHigh = StoredAtLeast("case.tmb", TissueThreshold);
        BtmbHigh = StoredAtLeast("case.btmb", PlasmaThreshold);
        LastRipeDay = release.Manifest.DataCutoff.AddMonths(-RipeMonths).DayNumber - Row.Epoch.DayNumber + 1 - release.Column("case.ep_date").Base;
        covered = Coverage(layout);
        classes = DrugClasses(layout);
    }

    public int OncogenicYes { get; }

    public int SevereYes { get; }

    public int SevereNo { get; }

    public int RecommendedYes { get; }

    public int HeldYes { get; }

    public int Readable { get; }

    public int AssayBase { get; }

    public int PatientBase { get; }

    public int LineBase { get; }

    public int GradeBase { get; }

    /// <summary>Least stored value that is high.</summary>
    public int TmbHigh { get; }

    public int BtmbHigh { get; }

    /// <summary>Stored value of the last day that is old enough for the funnel.</summary>
    public int LastRipeDay { get; }

    /// <summary>Whether a test looks at the gene at all, whatever the kind or region.</summary>
    public bool Covers(int assay, int gene) => covered[assay][gene];

    public int[] ClassesOf(int drug) => classes[drug];

    /// <summary>Yes, no, or null for blank and unknown.</summary>
    public bool? OptionOffered(int stored) => stored == 0 ? null : stored == optionYes ? true : stored == optionNo ? false : null;

    public bool? DrugGiven(int stored) => stored == 0 ? null : stored == treatedYes ? true : stored == treatedNo ? false : null;

    /// <summary>0 blank, 1 under 40, then tens, 6 from 80 on.</summary>
    public int AgeBand(int stored) => stored == 0 ? 0 : Math.Clamp(((stored - 1 + ageBase) / 10) - 2, 1, 6);

    private int Code(string key, string value) => release.Column(key).Encode(value);

    private int StoredAtLeast(string key, decimal threshold)
    {
        var column = release.Column(key);
        return (int)(threshold * (decimal)Math.Pow(10, column.Field.Scale)) - column.Base + 1;
    }

    private bool[][] Coverage(Layout layout)
    {
        var genes = release.Codes("gene");
        var regions = release.Coverage.Regions.Append("").Distinct().ToArray();
        var result = new bool[layout.Assays][];
        for (var assay = 0; assay < result.Length; assay++)
        {
            result[assay] = new bool[layout.Genes];
            for (var gene = 1; gene < layout.Genes && assay < release.Manifest.Assays.Count; gene++)
            {
                var symbol = genes![gene];
                result[assay][gene] = Array.Exists(regions, r => release.Coverage.Kinds(assay, symbol, r) != 0);
            }
        }

        return result;
    }

    private int[][] DrugClasses(Layout layout)
    {
        var numbers = new Dictionary<string, int>();
        foreach (var (number, name) in layout.Classes.Index())
            numbers.Add(name, number);
        var byName = release.Vocabulary.Drugs.All.ToDictionary(d => d.Name);
        var names = release.Codes("drug");
        var result = new int[layout.Drugs][];
        result[0] = [];
        for (var drug = 1; drug < result.Length; drug++)
        {
            result[drug] = byName.TryGetValue(names![drug], out var known)
                ? [.. known.Classes.Select(c => numbers[release.Vocabulary.Drugs.FindClass(c)!]).Distinct()]
                : [];
        }

        return result;
    }
}
