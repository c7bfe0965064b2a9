using DataPortal.Releases;
using DataPortal.Releases.Dictionary;
using DataPortal.Releases.Reading;

namespace DataPortal.CohortEngine.Characteristics;

/// <summary>
/// Where each figure stands in the flat array of counters, and how a case is packed. Counters come in three sections: <em>tokens</em> (large or sparse
/// dimensions: a case lists the counters that it raises), <em>bits</em> (small dimensions: a case has one bit per counter) and <em>sums</em> (numbers of
/// child rows: a case has one byte per counter). A section's width is whole vectors of 32 bytes.
/// </summary>
internal sealed class Layout
{
    public const int LineValues = 6, ResponseStates = 3, KeyItems = 5, Patterns = (1 << KeyItems) * ResponseStates, AgeBands = 8;

    private readonly List<CodeBits> codes = [];
    private readonly List<(Column Column, int Bit)> filled = [];
    private readonly List<ChildSums> children = [];
    private readonly List<(string Name, Block Block, Column Column)> openBiomarkers = [];
    private int bits;
    private int sums;

    public Layout(Release release)
    {
        Release = release;
        Column Case(string name) => release.Table("case").Column(name);

        Responses = release.Column("treatment.response").Closed.Count;
        Drugs = release.Column("drug.drug").CodeBound;
        Genes = release.Column("alteration.gene").CodeBound;
        Panels = Case("panel").CodeBound;
        Years = Case("year").Bound();
        Sexes = Case("sex").CodeBound;
        Assays = Math.Max(1, release.Manifest.Assays.Count);
        Classes = release.Vocabulary.Drugs.Classes;

        var next = 0;
        Block Tokens(int size)
        {
            var block = new Block(next, size);
            next += size;
            return block;
        }

        Cancer = Tokens(Case("cancer").CodeBound);
        AgeSex = Tokens(AgeBands * Sexes);
        YearPanel = Tokens(Years * Panels);
        YearPattern = Tokens(Years * Patterns);
        FiscalYear = Tokens(Case("fiscal_year").Bound());
        AssayReadability = Tokens(Assays * 4);
        Metastasis = Tokens(release.Column("metastasis.site").CodeBound);
        Gene = Tokens(Genes * 4);
        DrugResponse = Tokens(Drugs * (Responses + 2));
        DrugLine = Tokens(Drugs * LineValues);
        DrugClass = Tokens(Classes.Count);
        RegimenLine = Tokens(release.Column("treatment.regimen").CodeBound * LineValues);
        Event = Tokens(release.Column("event.term").CodeBound);
        HospitalPattern = Tokens(Case("hospital").CodeBound * Patterns);
        foreach (var field in DataDictionary.Current.Case.Fields.Where(IsBiomarker).Where(f => f.Type == FieldType.Open))
        {
            var column = release.Column(field);
            if (column.Width > 0)
                openBiomarkers.Add((field.Name, Tokens(column.CodeBound), column));
        }

        TokenCount = next;
        // No token of a case refers to these: they are filled by the pass over repeated patients.
        RepeatedResponse = Tokens(Drugs * (Responses + 1));
        RepeatedPatients = Tokens(1);
        RepeatedCases = Tokens(1);

        BitStart = next;
        AddCaseBits();
        Kind = Bits(release.Column("alteration.kind").Closed.Count);
        Consequence = Bits(release.Column("alteration.consequence").Closed.Count);
        Level = Bits(release.Column("alteration.level").Closed.Count);
        Line = Bits(LineValues);
        Treated = Bits(1);
        Tmb = Bits(2);
        Btmb = Bits(2);
        EpHeld = Bits(1);
        EpUndated = Bits(1);
        EpRipe = Bits(1);
        EpOncogenic = Bits(1);
        EpOption = Bits(2);
        EpTreated = Bits(2);
        EpResult = Bits(EpResults.Count);
        EpReason = Bits(Case("ep_reason").CodeBound);
        EpRoute = Bits(release.Column("treatment.route").CodeBound);
        BitVectors = (bits + 255) / 256;

        SumStart = BitStart + BitVectors * 256;
        AddSums();
        SevereAnswered = Sum();
        SevereYes = Sum();
        SumVectors = (sums + 31) / 32;
        Size = SumStart + SumVectors * 32;
    }

    public static IReadOnlyList<string> EpResults { get; } =
        ["given", "option-not-given", "option-answer-missing", "altered-no-option", "no-alteration-no-option", "missing"];

    /// <summary>Items whose completeness is shown by year and hospital; the sixth, <c>treatment.response</c>, is a state of the case.</summary>
    public static IReadOnlyList<string> KeyFields { get; } = ["diagnosis_date", "stage", "ps", "outcome", "last_alive"];

    /// <summary>Panels over a closed list of the case, by their names and fields.</summary>
    public static IReadOnlyList<(string Panel, string Field)> CodePanels { get; } =
    [
        ("stage", "stage"), ("ps", "ps"), ("smoking", "smoking"), ("specimen", "specimen"), ("test-kind", "test_kind"), ("outcome", "outcome"),
        ("prior-therapy", "prior_therapy"), ("metastasis-at-registration", "metastasis_at_registration"),
    ];

    public Release Release { get; }

    public int Responses { get; }

    public int Drugs { get; }

    public int Genes { get; }

    public int Panels { get; }

    public int Years { get; }

    public int Sexes { get; }

    public int Assays { get; }

    public IReadOnlyList<string> Classes { get; }

    public Block Cancer { get; }

    public Block AgeSex { get; }

    public Block YearPanel { get; }

    public Block YearPattern { get; }

    public Block HospitalPattern { get; }

    public Block FiscalYear { get; }

    public Block AssayReadability { get; }

    public Block Metastasis { get; }

    /// <summary>Gene × 4: + 1 when the test could not have seen the gene, + 2 when an alteration of it is oncogenic.</summary>
    public Block Gene { get; }

    /// <summary>Drug × best response of the first exposure (0 blank), for patients of one case; the last place counts cases of repeated patients.</summary>
    public Block DrugResponse { get; }

    public Block DrugLine { get; }

    public Block DrugClass { get; }

    public Block RegimenLine { get; }

    public Block Event { get; }

    public Block RepeatedResponse { get; }

    public Block RepeatedPatients { get; }

    public Block RepeatedCases { get; }

    public IReadOnlyList<(string Name, Block Block, Column Column)> OpenBiomarkers => openBiomarkers;

    public IReadOnlyList<CodeBits> Codes => codes;

    public IReadOnlyList<(Column Column, int Bit)> Filled => filled;

    public IReadOnlyList<ChildSums> Children => children;

    public int Kind { get; }

    public int Consequence { get; }

    public int Level { get; }

    public int Line { get; }

    public int Treated { get; }

    public int Tmb { get; }

    public int Btmb { get; }

    public int EpHeld { get; }

    public int EpUndated { get; }

    public int EpRipe { get; }

    public int EpOncogenic { get; }

    public int EpOption { get; }

    public int EpTreated { get; }

    public int EpResult { get; }

    public int EpReason { get; }

    public int EpRoute { get; }

    /// <summary>Counter of treatment lines.</summary>
    public int TreatmentRows => SumStart + children.Find(c => c.Table.Entity.Name == "treatment")!.Rows;

    public int SevereAnswered { get; }

    public int SevereYes { get; }

    public int TokenCount { get; }

    public int BitStart { get; }

    public int BitVectors { get; }

    public int SumStart { get; }

    public int SumVectors { get; }

    /// <summary>Counters in all.</summary>
    public int Size { get; }

    public static bool IsBiomarker(Field field) =>
        field.Type is FieldType.Code or FieldType.Open && field.Tier is FieldTier.Summary or FieldTier.Germline
        && (field.CCat.StartsWith("症例.がん種情報.", StringComparison.Ordinal) || field.Name == "msi_panel")
        && field.Name is not ("metastasis_at_registration" or "lung_asbestos");

    /// <summary>Whether completeness is shown of a field: what a reader of summaries or records may see and nobody computed.</summary>
    public static bool IsAudited(Field field) =>
        field.Tier is FieldTier.Summary or FieldTier.Records && !field.IsDerived && field.Type != FieldType.Identifier;

    private void AddCaseBits()
    {
        var panels = CodePanels.Select(p => p.Field).ToHashSet();
        foreach (var field in DataDictionary.Current.Case.Fields)
        {
            var column = Release.Column(field);
            var biomarker = IsBiomarker(field);
            if (field.Type == FieldType.Code && (biomarker || panels.Contains(field.Name)))
            {
                if (column.Width > 0 || !biomarker)
                    codes.Add(new CodeBits(column, biomarker, Bits(column.Closed.Count)));
            }
            else if (IsAudited(field) && column.Width > 0)
            {
                filled.Add((column, Bits(1)));
            }
        }
    }

    private void AddSums()
    {
        foreach (var entity in DataDictionary.Current.Entities.Skip(1))
        {
            var audited = entity.Fields.Where(IsAudited).Select(Release.Column).ToList();
            if (audited.Count > 0)
                children.Add(new ChildSums(Release.Table(entity.Name), Sum(), [.. audited.Where(c => c.Width > 0).Select(c => (c, Sum()))]));
        }
    }

    private int Bits(int count)
    {
        var first = bits;
        bits += count;
        return first;
    }

    private int Sum() => sums++;
}

/// <summary>Neighbouring counters.</summary>
internal readonly record struct Block(int Start, int Size);

/// <summary>A closed list of the case with one bit per code; blank is what remains.</summary>
internal sealed record CodeBits(Column Column, bool Biomarker, int Bit);

/// <summary>Rows of a child entity and, by field, how many of them are filled.</summary>
internal sealed record ChildSums(Table Table, int Rows, IReadOnlyList<(Column Column, int Sum)> Fields);
