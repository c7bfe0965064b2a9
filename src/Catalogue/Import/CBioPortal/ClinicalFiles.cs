using DataPortal.Releases;
using DataPortal.Releases.Dictionary;

namespace DataPortal.Catalogue.Import.CBioPortal;

/// <summary>Clinical data of patients and samples: attributes go where the data dictionary's cBioPortal names say.</summary>
internal static class ClinicalFiles
{
    private static readonly DataDictionary Dictionary = DataDictionary.Current;
    private static readonly Field PatientId = Dictionary["case.patient_id"];
    private static readonly HashSet<string> Keys = new(StringComparer.OrdinalIgnoreCase) { "PATIENT_ID", "SAMPLE_ID", "MATCHED_STATUS", "SOMATIC_STATUS" };

    public static void ReadPatients(Study study)
    {
        foreach (var file in study.Folder.Of(StudyData.ClinicalPatients))
        {
            using var table = new TsvFile(study.Folder.Folder, file.DataFile, "clinical patients", study.Log);
            var id = table.Required("PATIENT_ID");
            var attributes = Attributes(table);
            while (table.Next())
            {
                if (table.Value(id) is not { } patient)
                {
                    table.Log.Drop("missing_id", "PATIENT_ID");
                    continue;
                }

                var row = new Row(Dictionary.Case);
                if (!study.Patients.TryAdd(patient, row))
                {
                    table.Log.Drop("duplicate_patient");
                    continue;
                }

                if (!Fill(row, attributes, table))
                    table.Log.Note("no_clinical_items");
            }
        }
    }

    public static void ReadSamples(Study study)
    {
        foreach (var file in study.Folder.Of(StudyData.ClinicalSamples))
        {
            using var table = new TsvFile(study.Folder.Folder, file.DataFile, "clinical samples", study.Log);
            var (id, patient, matched) = (table.Required("SAMPLE_ID"), table.Required("PATIENT_ID"), table.Column("SOMATIC_STATUS", "MATCHED_STATUS"));
            var attributes = Attributes(table);
            while (table.Next())
            {
                if (table.Value(id) is not { } name || table.Value(patient) is not { } ofPatient)
                {
                    table.Log.Drop("missing_id", table.Value(id) is null ? "SAMPLE_ID" : "PATIENT_ID");
                    continue;
                }

                if (study.Find(name) is not null)
                {
                    table.Log.Drop("duplicate_sample");
                    continue;
                }

                var sample = study.Add(name);
                sample.PatientId = ofPatient;
                sample.Row.Set(PatientId, ofPatient);
                sample.Matched = table.Value(matched)?.ToUpperInvariant() switch { "MATCHED" => true, "UNMATCHED" => false, _ => null };
                Fill(sample.Row, attributes, table);
                if (study.Folder.Of(StudyData.ClinicalPatients).Count > 0 && !study.Patients.ContainsKey(ofPatient))
                    table.Log.Note("sample_without_patient_row");
            }
        }
    }

    /// <summary>Gives every case the items of its patient; an item of the sample itself goes first.</summary>
    public static void Join(Study study)
    {
        foreach (var sample in study.Samples)
        {
            if (sample.PatientId is null || !study.Patients.TryGetValue(sample.PatientId, out var patient))
                continue;
            foreach (var field in Dictionary.Case.Fields)
            {
                if (patient.Has(field) && !sample.Row.Has(field))
                    Copy(patient, sample.Row, field);
            }
        }
    }

    private static void Copy(Row from, Row to, Field field)
    {
        if (field.Type == FieldType.Date)
            to.Set(field, from.Date(field)!.Value);
        else if (field.Type is FieldType.Integer or FieldType.Decimal)
            to.Set(field, from.Scaled(field)!.Value / Math.Pow(10, field.Scale));
        else
            to.Set(field, from.Text(field));
    }

    private static bool Fill(Row row, IReadOnlyList<(Field Field, int[] Columns)> attributes, TsvFile table)
    {
        var any = false;
        foreach (var (field, columns) in attributes)
        {
            foreach (var column in columns)
            {
                if (table.Value(column) is not { } cell)
                    continue;
                AttributeValues.Set(row, field, cell, table.Log);
                any |= row.Has(field);
                break;
            }
        }

        return any;
    }

    /// <summary>Which columns fill which field, most trusted first. Attributes without a place are named in the report: attribute names are the study's, not a patient's.</summary>
    private static List<(Field Field, int[] Columns)> Attributes(TsvFile table)
    {
        var attributes = new List<(Field, int[])>();
        var used = new HashSet<string>(Keys, StringComparer.OrdinalIgnoreCase);
        foreach (var field in Dictionary.Case.Fields.Where(f => f.CBioPortal.Count > 0 && f.Type != FieldType.Identifier))
        {
            int[] columns = [.. field.CBioPortal.Select(a => table.Column(a)).Where(c => c >= 0)];
            if (columns.Length > 0)
                attributes.Add((field, columns));
            used.UnionWith(field.CBioPortal);
        }

        foreach (var attribute in table.Header.Where(h => h.Length > 0 && !used.Contains(h)))
            table.Log.NoteAt(table.Line, "attribute_without_field", attribute.Length <= 64 ? attribute : null);
        return attributes;
    }
}
