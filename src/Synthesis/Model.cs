using DataPortal.Releases;
using DataPortal.Releases.Vocabularies;

namespace DataPortal.Synthesis;

/// <summary>A change that a gene can bear; one object for all cases that have it.</summary>
internal sealed record Change(string Text, AlterationKind Kind, string Consequence, int Codon, string? Cdna, bool Driver)
{
    /// <summary>Other end of a fusion.</summary>
    public string? Partner { get; init; }

    /// <summary>Number of the exon; 0 where it is not given.</summary>
    public int Exon { get; init; }

    /// <summary>What the panel must cover beside the coding sequence: <c>promoter</c>, <c>exon 14 intron</c>.</summary>
    public string Region { get; init; } = "";

    /// <summary>Allele frequency in the population; 0 for what is not a polymorphism.</summary>
    public double Population { get; init; }
}

internal sealed class Gene(string symbol, int index)
{
    public string Symbol { get; } = symbol;

    public int Index { get; } = index;

    public Change[] Uncertain { get; set; } = [];

    public Change[] Truncating { get; set; } = [];

    public Change Amplification { get; } = new("amplification", AlterationKind.Amplification, "amplification", 0, null, true);

    public Change Loss { get; } = new("loss", AlterationKind.Loss, "loss", 0, null, true);

    public List<EvidenceRule> Evidence { get; } = [];
}

internal enum How
{
    Hot,
    Truncating,
    Missense,
    Amplification,
    Loss,
    Fusion,
    Promoter,
    Germline,
}

/// <summary>One way in which a cancer is driven; several genes when they are lost or amplified together.</summary>
internal sealed record Driver(Gene[] Genes, double Probability, How How, Draw<Change>? Changes, (int Gene, double Factor)[] With);

/// <summary>What is known of a marker. <c>Level</c> holds within the groups, <c>Elsewhere</c> outside them ('\0': nothing).</summary>
internal sealed record EvidenceRule(string Change, string[] Groups, char Level, char Elsewhere, Drug[] Drugs)
{
    public bool IsSpecific => Change != "*";

    public char LevelIn(string group) => Groups.Length == 0 || Array.IndexOf(Groups, group) >= 0 ? Level : Elsewhere;
}

/// <summary>A change that a tumour may acquire under one of the drugs, when <c>Needs</c> is altered already (null: in any tumour).</summary>
internal sealed record Resistance(Drug[] Drugs, Gene? Needs, Gene Gene, Change Change, double Probability);

internal sealed record Regimen(string Code, Drug[] Drugs, int AvailableFromYear, Draw<string> Events);

/// <summary>A regimen in a setting, for patients who have or lack certain altered genes.</summary>
internal sealed record RegimenChoice(Regimen Regimen, double Weight, (int Gene, bool Present)[] Conditions, bool NeedsMsi);

/// <summary>A family of cancers that share drivers, treatments and course.</summary>
internal sealed class Group
{
    public required string Key { get; init; }

    public required double Female { get; init; }

    public required double Age { get; init; }

    public required double AgeSpread { get; init; }

    public required double StageFour { get; init; }

    /// <summary>Median months from diagnosis to death in stage IV.</summary>
    public required double Survival { get; init; }

    /// <summary>Median months from diagnosis to the test.</summary>
    public required double Entry { get; init; }

    public required double Tmb { get; init; }

    public required double Msi { get; init; }

    public required double Lines { get; init; }

    /// <summary>Share of CR + PR in the first, second, later palliative lines.</summary>
    public required double[] ResponseRates { get; init; }

    /// <summary>How readily an offered option is given; the mean over all cases is about 17.</summary>
    public required double Given { get; init; }

    public required Draw<CancerType> Types { get; init; }

    public required string Site { get; init; }

    public required (string Site, double Probability)[] Metastases { get; init; }

    public List<Draw<Driver?>> ExclusiveSets { get; } = [];

    public List<Driver> Independent { get; } = [];

    /// <summary>By setting: neoadjuvant, adjuvant, first to fourth palliative line.</summary>
    public RegimenChoice[][] Regimens { get; } = [[], [], [], [], [], []];
}

/// <summary>A panel version as it is used.</summary>
internal sealed class PanelUse
{
    public required Panel Panel { get; init; }

    public required Assay Assay { get; init; }

    /// <summary>[kind][gene]: covered in the coding sequence.</summary>
    public required bool[][] Covers { get; init; }

    public required HashSet<(int Gene, string Region)> Regions { get; init; }

    public required Draw<Gene> UncertainIn { get; init; }

    /// <summary>Mean number of variants of unknown significance that it reports.</summary>
    public required double Uncertain { get; init; }

    public bool Sees(Gene gene, Change change) => change.Region.Length == 0 ? Covers[(int)change.Kind][gene.Index] : Regions.Contains((gene.Index, change.Region));
}
