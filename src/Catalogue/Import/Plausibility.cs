using DataPortal.Releases;
using DataPortal.Releases.Dictionary;

namespace DataPortal.Catalogue.Import;

/// <summary>
/// Blanks dates that cannot be: a year mistyped (1919 for 2019), a day that has not come yet, an end before its beginning. The rest of the row is kept. Which
/// of two contradicting dates is wrong cannot be told; the one that goes is the one whose loss costs less, and <c>docs/import.md</c> lists them.
/// </summary>
internal sealed class Plausibility
{
    private static readonly DataDictionary Dictionary = DataDictionary.Current;

    /// <summary>No patient of a sequencing test was diagnosed before.</summary>
    private static readonly DateOnly Earliest = new(1950, 1, 1);

    // Panel sequencing did not exist earlier.
    private static readonly DateOnly EarliestTest = new(2005, 1, 1);
    private static readonly HashSet<string> OfTheTest = ["case.registered", "case.ep_date", "case.cancer_post_date"];

    private static readonly Field Registered = Dictionary["case.registered"], LastAlive = Dictionary["case.last_alive"], Death = Dictionary["case.death_date"],
        Diagnosis = Dictionary["case.diagnosis_date"], EpDate = Dictionary["case.ep_date"], Start = Dictionary["treatment.start"],
        End = Dictionary["treatment.end"], Progression = Dictionary["treatment.progression_date"];

    private static readonly Entity Treatment = Dictionary.Entity("treatment");
    private static readonly Dictionary<Entity, Field[]> Dates = Dictionary.Entities.ToDictionary(e => e, e => e.Fields.Where(f => f.Type == FieldType.Date).ToArray());

    private readonly DateOnly today;

    public Plausibility(TimeProvider clock) => today = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);

    public void Mend(Row row, FileLog file)
    {
        MendSingly(row, file);
        // Death must not precede what only a living patient can undergo.
        After(row, Death, Registered, "death_before_registration", file);
        After(row, Death, Diagnosis, "death_before_diagnosis", file);
        After(row, EpDate, Registered, "expert_panel_before_registration", file);
        if (row.Date(LastAlive) > row.Date(Death))
            Blank(row, LastAlive, "alive_after_death", file);
        foreach (var treatment in row.Children(Treatment))
        {
            After(treatment, End, Start, "end_before_start", file);
            After(treatment, Progression, Start, "progression_before_start", file);
            if (treatment.Date(Start) > row.Date(Death))
                Blank(treatment, Start, "treatment_after_death", file);
            if (treatment.Date(End) > row.Date(Death))
                Blank(treatment, End, "treatment_after_death", file);
        }
    }

    private void MendSingly(Row row, FileLog file)
    {
        foreach (var field in Dates[row.Entity])
        {
            if (row.Date(field) is not { } date)
                continue;
            if (date < (OfTheTest.Contains(field.Key) ? EarliestTest : Earliest))
                Blank(row, field, "implausible_year", file);
            else if (date > today.AddDays(1))
                Blank(row, field, "date_in_future", file);
        }

        foreach (var entity in row.Entity.Children)
        {
            foreach (var child in row.Children(entity))
                MendSingly(child, file);
        }
    }

    private static void After(Row row, Field field, Field earlier, string code, FileLog file)
    {
        if (row.Date(field) < row.Date(earlier))
            Blank(row, field, code, file);
    }

    private static void Blank(Row row, Field field, string code, FileLog file)
    {
        row.Clear(field);
        file.Mend(code, field.Key);
    }
}
