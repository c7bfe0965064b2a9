using DataPortal.Access.Contracts;
using DataPortal.CohortEngine.Evaluation;
using DataPortal.Cohorts.Contracts;
using DataPortal.Releases;
using DataPortal.Releases.Dictionary;
using DataPortal.Releases.Reading;

namespace DataPortal.Exports.Packaging;

/// <summary>
/// The profile <c>tables</c>: one CSV per entity of the data dictionary, and one of patients with their follow-up. Which columns there are follows from the
/// dictionary and from what the recipient may see. Not thread-safe: one job writes it.
/// </summary>
internal sealed class TablesProfile
{
    public const string Name = "tables";

    private static readonly (TimeZero From, string Suffix, string Ja, string En)[] Times =
    [
        (TimeZero.Registration, "", "登録日", "registration"),
        (TimeZero.Diagnosis, "_diagnosis", "診断日", "diagnosis"),
        (TimeZero.FirstLine, "_first_line", "緩和目的の初回治療開始日", "the first palliative line"),
        (TimeZero.Specimen, "_specimen", "検体採取日", "the specimen"),
    ];

    private static readonly SheetColumn CaseId = new("case_id", "string", "症例仮ID", "Case: the project's pseudonym") { IsKey = true };
    private static readonly SheetColumn PatientId = new("patient_id", "string", "患者仮ID", "Patient: the project's pseudonym");

    private readonly Release _release;
    private readonly DataPermission _permissions;
    private readonly Pseudonyms _pseudonyms;
    private readonly CohortPatients _patients;
    private readonly FollowUp _followUp;
    private readonly Dictionary<Entity, EntitySheet> _sheets = [];
    private readonly Column? _drugNames;

    public TablesProfile(Release release, CaseSet cohort, DataPermission permissions, Pseudonyms pseudonyms)
    {
        (_release, _permissions, _pseudonyms) = (release, permissions, pseudonyms);
        _patients = new CohortPatients(release, cohort);
        _followUp = new FollowUp(release);
        _drugNames = release.Column("drug.drug");
        foreach (var entity in DataDictionary.Current.Entities.Where(e => release.Manifest.Tables.Any(t => t.Entity == e.Name)))
        {
            var sheet = SheetOf(entity);
            // An entity none of whose fields may be shown has no file: even the number of its rows would tell something.
            if (sheet.Cells.Count > 0)
            {
                _sheets.Add(entity, sheet);
            }
        }

        Patients = new Sheet("patients", [PatientId with { IsKey = true }, CaseId with { IsKey = false }, .. PatientColumns()]);
        Sheets = [_sheets[DataDictionary.Current.Case].Sheet, Patients, .. _sheets.Where(s => s.Key.Parent is not null).Select(s => s.Value.Sheet)];
    }

    /// <summary>The files, cases first.</summary>
    public IReadOnlyList<Sheet> Sheets { get; }

    public int PatientCount => _patients.Count;

    private Sheet Patients { get; }

    /// <summary>Writes one case into every file it has rows in.</summary>
    public void Write(int number, ISheetWriter to)
    {
        var caseId = _pseudonyms.Case(_release.CaseId(number));
        var patientId = _pseudonyms.Patient(_release.PatientId(number));
        var root = DataDictionary.Current.Case;
        var sheet = _sheets[root];
        to.Begin(sheet.Sheet);
        to.Cell(caseId);
        to.Cell(patientId);
        WriteFields(sheet, number, to);
        to.End();
        if (_patients.IsFirst(number))
        {
            WritePatient(number, patientId, caseId, to);
        }

        foreach (var child in root.Children)
        {
            WriteRows(child, _release.Table(child.Name).RowsOfCase(number), [caseId], to);
        }
    }

    // Rows are numbered within their case among those that are shown: gaps would tell of hidden ones.
    private void WriteRows(Entity entity, Range rows, string[] keys, ISheetWriter to)
    {
        if (!_sheets.TryGetValue(entity, out var sheet))
        {
            return;
        }

        var ordinal = 0;
        for (var row = rows.Start.Value; row < rows.End.Value; row++)
        {
            if (!sheet.Rows.Shows(row))
            {
                continue;
            }

            string[] own = [.. keys, (++ordinal).ToString(System.Globalization.CultureInfo.InvariantCulture)];
            to.Begin(sheet.Sheet);
            foreach (var key in own)
            {
                to.Cell(key);
            }

            WriteFields(sheet, row, to);
            if (IsTreatment(entity))
            {
                to.Cell(Drugs(row));
            }

            to.End();
            foreach (var child in entity.Children)
            {
                var offsets = _release.Table(child.Name).Offsets;
                WriteRows(child, offsets[row]..offsets[row + 1], own, to);
            }
        }
    }

    private static void WriteFields(EntitySheet sheet, int row, ISheetWriter to)
    {
        foreach (var cells in sheet.Cells)
        {
            to.Cell(cells.Cell(row));
        }
    }

    private void WritePatient(int number, string patientId, string caseId, ISheetWriter to)
    {
        to.Begin(Patients);
        to.Cell(patientId);
        to.Cell(caseId);
        to.Cell(_patients.CasesOfPatient(number).ToString(System.Globalization.CultureInfo.InvariantCulture));
        foreach (var (from, _, _, _) in Times)
        {
            var observed = _followUp.Of(number, from);
            to.Cell(observed.Excluded is null ? Observation.Months(observed.Entry) : "");
            to.Cell(observed.Excluded is null ? Observation.Months(observed.Exit) : "");
            to.Cell(observed.Excluded is not null ? "" : observed.IsDeath ? "1" : "0");
            to.Cell(observed.Excluded ?? "");
        }

        to.End();
    }

    private string Drugs(int treatment)
    {
        var offsets = _release.Table("drug").Offsets;
        var names = new List<string>();
        for (var row = offsets[treatment]; row < offsets[treatment + 1]; row++)
        {
            if (_drugNames!.Text(row) is { } name)
            {
                names.Add(name);
            }
        }

        return Formulas.Neutralise(string.Join('+', names));
    }

    private EntitySheet SheetOf(Entity entity)
    {
        var sealedFields = _release.Manifest.Columns.Select(c => c.Field).ToHashSet(StringComparer.Ordinal);
        Field[] fields = [.. entity.Fields.Where(f => _permissions.Shows(f) && sealedFields.Contains(f.Key))];
        List<SheetColumn> columns = [CaseId];
        if (entity.Parent is null)
        {
            columns.Add(PatientId);
        }

        for (var level = 1; level <= entity.Depth; level++)
        {
            var ancestor = level == entity.Depth ? entity : entity.Parent!;
            columns.Add(new SheetColumn(ancestor.Name + "_no", "integer", "行番号", $"Number of the {ancestor.Name} row within its {(level == 1 ? "case" : entity.Parent!.Name)}, from 1") { IsKey = true });
        }

        columns.AddRange(fields.Select(SheetColumn.Of));
        if (IsTreatment(entity))
        {
            columns.Add(new SheetColumn("drugs", "string", "薬剤（一般名）", "Drugs of the line (general names), joined by +"));
        }

        return new EntitySheet(new Sheet(FileName(entity), columns), [.. fields.Select(f => new FieldCells(_release.Column(f)))], _permissions.RowsOf(_release, entity));
    }

    private static IEnumerable<SheetColumn> PatientColumns()
    {
        yield return new SheetColumn("cases", "integer", "症例数", "Cases of the patient in this extract");
        foreach (var (_, suffix, ja, en) in Times)
        {
            yield return new SheetColumn("os_entry" + suffix, "number", $"全生存期間 観察開始（{ja}から）", $"Overall survival: entry under observation, from {en}", "months of 30.4375 days");
            yield return new SheetColumn("os_time" + suffix, "number", $"全生存期間 観察終了（{ja}から）", $"Overall survival: end of observation, from {en}", "months of 30.4375 days");
            yield return new SheetColumn("os_event" + suffix, "integer", $"全生存期間 死亡（{ja}から）", $"Overall survival from {en}: 1 died at os_time{suffix}, 0 censored");
            yield return new SheetColumn("os_excluded" + suffix, "string", $"全生存期間 除外理由（{ja}から）", $"Why no survival time from {en} can be given");
        }
    }

    private static bool IsTreatment(Entity entity) => entity.Name == "treatment";

    private static string FileName(Entity entity) => entity.Name switch
    {
        "metastasis" => "metastases",
        "family" or "evidence" => entity.Name,
        _ => entity.Name + "s",
    };

    private sealed record EntitySheet(Sheet Sheet, IReadOnlyList<FieldCells> Cells, RowFilter Rows);
}

/// <summary>One file of an extract.</summary>
/// <param name="Name">Name of the file without its ending.</param>
/// <param name="Columns">In the order of the file.</param>
internal sealed record Sheet(string Name, IReadOnlyList<SheetColumn> Columns)
{
    public string Path => Name + ".csv";
}

/// <summary>Takes the rows of an extract, cell by cell.</summary>
internal interface ISheetWriter
{
    void Begin(Sheet sheet);

    void Cell(string text);

    void End();
}
