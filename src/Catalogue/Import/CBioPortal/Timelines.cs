using System.Globalization;
using DataPortal.Releases;
using DataPortal.Releases.Dictionary;
using DataPortal.Releases.Vocabularies;

namespace DataPortal.Catalogue.Import.CBioPortal;

/// <summary>
/// Drug treatments from timelines. Their days count from an anchor that the study keeps to itself, so no calendar date can be told: dates stay blank, and the
/// days give the order only. Agents begun on the same day are one line; lines are numbered in order of their first day (5 means fifth or later). Rows without a
/// first day become treatments without a line number, in the order of the file.
/// </summary>
internal static class Timelines
{
    private const int LastLine = 5;

    private static readonly Entity Treatment = DataDictionary.Current.Entity("treatment"), DrugEntity = DataDictionary.Current.Entity("drug");
    private static readonly Field Line = DataDictionary.Current["treatment.line"], Ongoing = DataDictionary.Current["treatment.ongoing"],
        DrugName = DataDictionary.Current["drug.drug"], AsEntered = DataDictionary.Current["drug.as_entered"];

    private static readonly HashSet<string> NotDrugs = new(StringComparer.OrdinalIgnoreCase) { "Radiation Therapy", "Radiation", "Radiotherapy", "Surgery", "Bone Marrow Transplant", "Ancillary" };

    private sealed record Given(int? Start, bool Stopped, string Agent, Drug? Drug);

    public static void Read(Study study, Drugs drugs)
    {
        var byPatient = new Dictionary<string, List<Given>>(StringComparer.Ordinal);
        foreach (var file in study.Folder.Of(StudyData.Timeline))
        {
            using var table = new TsvFile(study.Folder.Folder, file.DataFile, "timeline", study.Log);
            var (patient, start, stop, type) = (table.Required("PATIENT_ID"), table.Required("START_DATE"), table.Column("STOP_DATE"), table.Required("EVENT_TYPE"));
            var (kind, agent) = (table.Column("TREATMENT_TYPE"), table.Column("AGENT"));
            while (table.Next())
            {
                if (ReadRow(table, table.Value(type), table.Value(kind), table.Value(agent), table.Value(start), table.Value(stop), drugs) is not { } given)
                    continue;
                if (table.Value(patient) is not { } id)
                {
                    table.Log.Drop("missing_id", "PATIENT_ID");
                    continue;
                }

                if (!byPatient.TryGetValue(id, out var list))
                    byPatient.Add(id, list = []);
                list.Add(given);
            }
        }

        foreach (var sample in study.Samples)
        {
            if (sample.PatientId is not null && byPatient.TryGetValue(sample.PatientId, out var list))
                AddLines(sample.Row, list);
        }
    }

    private static Given? ReadRow(TsvFile table, string? type, string? kind, string? agent, string? start, string? stop, Drugs drugs)
    {
        if (!string.Equals(type, "TREATMENT", StringComparison.OrdinalIgnoreCase))
        {
            table.Log.Drop("event_without_field", "EVENT_TYPE");
            return null;
        }

        if (kind is not null && NotDrugs.Contains(kind))
        {
            table.Log.Drop("treatment_without_drug", "TREATMENT_TYPE");
            return null;
        }

        if (agent is not { Length: <= 512 })
        {
            table.Log.Drop("agent_missing", DrugName.Key);
            return null;
        }

        int? day = null;
        if (int.TryParse(start, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
            day = number;
        else
            table.Log.Mend("start_unknown", Line.Key);
        var drug = drugs.Find(agent);
        if (drug is null)
            table.Log.Note("unknown_drug", DrugName.Key);
        return new Given(day, stop is not null, agent, drug);
    }

    private static void AddLines(Row row, List<Given> list)
    {
        var line = 0;
        foreach (var group in list.Where(g => g.Start is not null).GroupBy(g => g.Start!.Value).OrderBy(g => g.Key))
        {
            var treatment = AddTreatment(row, group);
            treatment.Set(Line, Math.Min(++line, LastLine));
        }

        foreach (var given in list.Where(g => g.Start is null))
            AddTreatment(row, [given]);
    }

    private static Row AddTreatment(Row row, IEnumerable<Given> agents)
    {
        var treatment = row.Add(Treatment);
        foreach (var given in agents.DistinctBy(g => g.Drug?.Name ?? g.Agent))
        {
            var drug = treatment.Add(DrugEntity);
            drug.Set(DrugName, given.Drug?.Name ?? given.Agent);
            drug.Set(AsEntered, given.Agent);
        }

        if (agents.All(g => g.Stopped))
            treatment.Set(Ongoing, "no");
        return treatment;
    }
}
