using DataPortal.Releases;
using DataPortal.Releases.Dictionary;

namespace DataPortal.Catalogue.Import.CBioPortal;

/// <summary>The three kinds of profile that say something about alterations.</summary>
internal enum Profile
{
    Mutations,
    CopyNumber,
    StructuralVariants,
}

/// <summary>A sample on its way to becoming a case.</summary>
internal sealed class Sample(string id, Row row)
{
    public string Id { get; } = id;

    public Row Row { get; } = row;

    public string? PatientId { get; set; }

    /// <summary>Whether the normal tissue of the same patient was sequenced beside it, when the study says so.</summary>
    public bool? Matched { get; set; }

    /// <summary>Per profile: whether a case list says that it was examined.</summary>
    public bool[] Listed { get; } = new bool[3];

    /// <summary>Per profile: the gene panel with which it was examined, if the panel matrix or the profile's meta file names one.</summary>
    public string?[] Panels { get; } = new string?[3];

    public bool IsListed(Profile profile) => Listed[(int)profile];
}

/// <summary>Everything read so far, by sample. Files of a study are ordered by gene, so the whole study is held until its cases are complete.</summary>
internal sealed class Study(StudyFolder folder, ImportLog log)
{
    private static readonly Field RegistrationId = DataDictionary.Current["case.registration_id"];

    private readonly Dictionary<string, Sample> samples = new(StringComparer.Ordinal);
    private readonly List<Sample> ordered = [];

    public StudyFolder Folder => folder;

    public ImportLog Log => log;

    public IReadOnlyList<Sample> Samples => ordered;

    /// <summary>Rows of the patients' file by patient.</summary>
    public Dictionary<string, Row> Patients { get; } = new(StringComparer.Ordinal);

    /// <summary>Profiles for which the folder holds data. Without data, "examined" would turn into "nothing found".</summary>
    public HashSet<Profile> WithData { get; } = [];

    public Sample? Find(string id) => samples.GetValueOrDefault(id);

    public Sample Add(string id)
    {
        var row = new Row(DataDictionary.Current.Case);
        row.Set(RegistrationId, id);
        var sample = new Sample(id, row);
        samples.Add(id, sample);
        ordered.Add(sample);
        return sample;
    }

    /// <summary>The sample of that name; one without clinical rows becomes a case all the same, with its clinical fields blank.</summary>
    public Sample FindOrAdd(string id, FileLog file)
    {
        if (Find(id) is { } known)
            return known;
        file.Note("sample_without_clinical_row");
        return Add(id);
    }
}
