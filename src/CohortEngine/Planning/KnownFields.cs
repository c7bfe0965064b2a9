using DataPortal.Releases.Dictionary;

namespace DataPortal.CohortEngine.Planning;

/// <summary>Fields of the data dictionary that have a meaning of their own in a query.</summary>
internal static class KnownFields
{
    public static readonly Field
        Drug = Of("drug.drug"), LineStart = Of("treatment.start"), SpecimenDate = Of("case.specimen_date"), Patient = Of("case.patient"), Assay = Of("case.assay"),
        Cancer = Of("case.cancer"),
        Readability = Of("case.readability"), Gene = Of("alteration.gene"), Partner = Of("alteration.partner"), Change = Of("alteration.change"),
        Kind = Of("alteration.kind"), Consequence = Of("alteration.consequence"), Codon = Of("alteration.codon"), Exon = Of("alteration.exon"),
        Cdna = Of("alteration.cdna"), Copies = Of("alteration.copies"), Origin = Of("alteration.origin"), Oncogenic = Of("alteration.oncogenic"),
        Level = Of("alteration.level"), Snapshot = Of("evidence.snapshot");

    private static Field Of(string key) => DataDictionary.Current[key];
}
