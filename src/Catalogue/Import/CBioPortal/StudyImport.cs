using DataPortal.Releases.Dictionary;
using DataPortal.Releases.Vocabularies;

namespace DataPortal.Catalogue.Import.CBioPortal;

/// <summary>Reads a cBioPortal study folder as a whole.</summary>
internal static class StudyImport
{
    private static readonly Field Cancer = DataDictionary.Current["case.cancer"];

    /// <exception cref="ImportException">The study is damaged or is not one.</exception>
    public static RegistrationSource Read(string folder, Vocabulary vocabulary, ImportLog log, CancellationToken ct)
    {
        var study = new Study(StudyFolder.Open(folder, log), log);
        var genes = new GeneNames(vocabulary.Genes);
        ClinicalFiles.ReadPatients(study);
        ClinicalFiles.ReadSamples(study);
        ct.ThrowIfCancellationRequested();
        Mutations.Read(study, genes);
        ct.ThrowIfCancellationRequested();
        CopyNumber.Read(study, genes);
        ct.ThrowIfCancellationRequested();
        StructuralVariants.Read(study, genes);
        Examined.Read(study);
        ClinicalFiles.Join(study);
        Timelines.Read(study, vocabulary.Drugs);
        var assays = new StudyAssays(study, genes, vocabulary.Panels).Assign();
        UpdateCancers(study, vocabulary.Cancers);
        var given = 0;
        return new RegistrationSource(assays, study.Samples.Select(s => Case(s, ref given)), () => study.Samples.Count == 0 ? 1 : (double)given / study.Samples.Count);
    }

    private static void UpdateCancers(Study study, CancerTypes types)
    {
        // A study of one cancer names it once, in its meta file.
        var common = study.Folder.Meta.Find("type_of_cancer") is { } code && types.Find(code) is { } type && type.Code.Equals(code, StringComparison.OrdinalIgnoreCase) ? type.Code : null;
        var log = study.Log.Open("(cases)", "cases");
        foreach (var sample in study.Samples)
        {
            log.Begin(0);
            if (!sample.Row.Has(Cancer) && common is not null)
            {
                sample.Row.Set(Cancer, common);
                log.Mend("cancer_of_study", Cancer.Key);
            }

            CancerCodes.Update(sample.Row, types, log);
        }
    }

    private static ImportedCase Case(Sample sample, ref int given)
    {
        given++;
        return new ImportedCase(sample.Row, Refuse);
    }

    /// <summary>Samples are distinct by now and the format knows no consent, so the builder has no ground to leave one out.</summary>
    private static void Refuse(string code) => throw new InvalidOperationException($"A case of a study was left out as '{code}'.");
}
