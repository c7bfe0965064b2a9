namespace DataPortal.Catalogue.Import.CBioPortal;

/// <summary>What a data file holds, as far as the portal reads it.</summary>
internal enum StudyData
{
    ClinicalPatients,
    ClinicalSamples,
    Timeline,
    Mutations,
    CopyNumberMatrix,
    CopyNumberList,
    StructuralVariants,
    PanelMatrix,
}

/// <summary>One meta file that the portal follows.</summary>
internal sealed record StudyFile(MetaFile Meta, StudyData Data, string DataFile);

/// <summary>
/// A cBioPortal study as its meta files describe it. They alone decide what is read and as what: file names mean nothing, except that of
/// <c>meta_study.txt</c>. What the portal has no place for is named in the report.
/// </summary>
internal sealed class StudyFolder
{
    private const string StudyMeta = "meta_study.txt";

    // A type that is none of these is a cut or mistyped line, and what it names would be lost silently.
    private static readonly HashSet<string> OtherTypes =
    [
        "MRNA_EXPRESSION", "MUTATION_UNCALLED", "METHYLATION", "METHYLATION_BINARY", "MICRO_RNA_EXPRESSION", "PROTEIN_LEVEL", "PROTEIN_ARRAY_PROTEIN_LEVEL",
        "PROTEIN_ARRAY_PHOSPHORYLATION", "PHOSPHORYLATION", "GENESET_SCORE", "GENERIC_ASSAY", "GISTIC_GENES_AMP", "GISTIC_GENES_DEL", "MUTSIG", "FUSION",
    ];

    private static readonly Dictionary<(string Type, string DataType), StudyData?> Supported = new()
    {
        [("CLINICAL", "PATIENT_ATTRIBUTES")] = StudyData.ClinicalPatients,
        [("CLINICAL", "SAMPLE_ATTRIBUTES")] = StudyData.ClinicalSamples,
        [("CLINICAL", "TIMELINE")] = StudyData.Timeline,
        [("MUTATION_EXTENDED", "MAF")] = StudyData.Mutations,
        [("COPY_NUMBER_ALTERATION", "DISCRETE")] = StudyData.CopyNumberMatrix,
        [("COPY_NUMBER_ALTERATION", "DISCRETE_LONG")] = StudyData.CopyNumberList,
        [("COPY_NUMBER_ALTERATION", "CONTINUOUS")] = null,
        [("COPY_NUMBER_ALTERATION", "LOG2-VALUE")] = null,
        [("COPY_NUMBER_ALTERATION", "LOG-VALUE")] = null,
        [("COPY_NUMBER_ALTERATION", "SEG")] = null,
        [("STRUCTURAL_VARIANT", "SV")] = StudyData.StructuralVariants,
        [("GENE_PANEL_MATRIX", "GENE_PANEL_MATRIX")] = StudyData.PanelMatrix,
    };

    private readonly List<StudyFile> files = [];

    private StudyFolder(string folder, MetaFile meta)
    {
        Folder = folder;
        Meta = meta;
        Id = meta.Required("cancer_study_identifier");
    }

    public string Folder { get; }

    public MetaFile Meta { get; }

    public string Id { get; }

    public static StudyFolder Open(string folder, ImportLog log)
    {
        if (!File.Exists(Path.Combine(folder, StudyMeta)))
            throw new ImportException("missing_meta_study", $"The folder has no {StudyMeta}, so it is not a cBioPortal study.");
        var study = new StudyFolder(folder, new MetaFile(folder, StudyMeta));
        foreach (var name in Names(folder, "meta_*").Where(n => n != StudyMeta))
            study.Add(new MetaFile(folder, name), log);
        if (study.Of(StudyData.ClinicalSamples).Count == 0)
            throw new ImportException("missing_clinical_samples", "No meta file names clinical data of samples (CLINICAL, SAMPLE_ATTRIBUTES): there is nothing to make cases of.");
        return study;
    }

    public IReadOnlyList<StudyFile> Of(StudyData data) => [.. files.Where(f => f.Data == data)];

    /// <summary>Case lists and gene panels are found by where they lie, as cBioPortal itself finds them.</summary>
    public IEnumerable<MetaFile> CaseLists() =>
        Directory.Exists(Path.Combine(Folder, "case_lists")) ? Names(Path.Combine(Folder, "case_lists"), "*.txt").Select(n => new MetaFile(Folder, "case_lists/" + n)) : [];

    public IEnumerable<MetaFile> GenePanels() => Names(Folder, "data_gene_panel_*.txt")
        .Where(n => files.TrueForAll(f => f.DataFile != n)).Select(n => new MetaFile(Folder, n)).Where(m => m.Find("gene_list") is not null);

    private void Add(MetaFile meta, ImportLog log)
    {
        var type = meta.Find("genetic_alteration_type");
        if (type == "CANCER_TYPE")
        {
            log.Skip(meta.Name, "names of cancer types come from the vocabulary");
            return;
        }

        if (meta.Required("cancer_study_identifier") != Id)
            throw new ImportException("meta_other_study", "cancer_study_identifier is not that of meta_study.txt.", meta.Name);
        if (meta.Find("resource_type") is not null)
        {
            log.Skip(meta.Name, "resources and links have no place in a case record");
            return;
        }

        type = meta.Required("genetic_alteration_type");
        var dataType = meta.Required("datatype");
        var name = meta.Required("data_filename");
        if (OtherTypes.Contains(type))
        {
            log.Skip(name, $"{type} has no place in a case record");
            return;
        }

        if (!Supported.TryGetValue((type, dataType), out var data))
            throw new ImportException("meta_unknown_type", "genetic_alteration_type and datatype are not a pair that cBioPortal's format knows.", meta.Name);
        if (name != Path.GetFileName(name) || name is "." or "..")
            throw new ImportException("bad_file_name", "data_filename must name a file in the study's own folder.", meta.Name);
        if (data is { } known)
            files.Add(new StudyFile(meta, known, name));
        else
            log.Skip(name, $"{type} of datatype {dataType} does not say which genes are amplified or lost");
    }

    private static IEnumerable<string> Names(string folder, string pattern) =>
        Directory.EnumerateFiles(folder, pattern).Select(p => Path.GetFileName(p)).Order(StringComparer.Ordinal);
}
