using DataPortal.Releases;
using DataPortal.Releases.Vocabularies;

namespace DataPortal.Synthesis;

/// <summary>
/// Who the patient is and how the disease runs. Days count from <see cref="Row.Epoch"/>. The object is used again for the next patient.
/// </summary>
/// <remarks>
/// Left truncation: a patient is seen only when alive at the test, and the time to the test goes with the time to death (ρ = <see cref="EntryWithDeath"/>).
/// Survival counted from diagnosis without delayed entry therefore looks too good, as it does in the registry.
/// </remarks>
internal sealed class Patient
{
    public const double MonthDays = 30.4375;
    private const double EntryWithDeath = 0.45;
    private const double SpreadOfDeath = 0.8, SpreadOfEntry = 0.75;

    /// <summary>Thousands of tests from 2019 to 2025, seven months of the first year and nine of the last.</summary>
    private static readonly double[] PerYear = [1.7, 8, 14, 20, 22, 23.5, 17.5];

    /// <summary>Share of a year's tests in each month from June 2019 to September 2025, in the order of the months; grows as hospitals were designated. Assumption.</summary>
    private static readonly Draw<int> Months = new([.. Enumerable.Range(0, 76).Select(m => (m, PerYear[(m + 5) / 12] / (m < 7 ? 7.0 : m >= 67 ? 9.0 : 12.0)))]);

    private static readonly DateOnly FirstMonth = new(2019, 6, 1);

    public static readonly int Cutoff = new DateOnly(2025, 9, 30).DayNumber - Row.Epoch.DayNumber;

    private static readonly string[] StageNames = ["I", "II", "III", "IV"];
    private static readonly double[] StageFactors = [3.0, 2.3, 1.6, 1.0];

    public int Number { get; private set; }

    public Group Group { get; private set; } = null!;

    public CancerType Cancer { get; private set; } = null!;

    public bool Female { get; private set; }

    /// <summary>0 to 3 for I to IV.</summary>
    public int Stage { get; private set; }

    public string StageName => StageNames[Stage];

    public int Born { get; private set; }

    public int Diagnosed { get; private set; }

    public int Registered { get; private set; }

    /// <summary>Day of death, which may lie after the cutoff or after the last contact. Matched therapy moves it.</summary>
    public int Death { get; set; }

    /// <summary>Day up to which anybody looked, not later than the cutoff.</summary>
    public int FollowedUntil { get; private set; }

    public int Hospital { get; private set; }

    public bool Smoker { get; private set; }

    /// <summary>0 (fit) to 4.</summary>
    public int Ps { get; private set; }

    public bool DiedUnderObservation => Death <= FollowedUntil;

    public int LastSeen => Math.Min(Death, FollowedUntil);

    public int AgeOn(int day) => Math.Max(0, (int)((day - Born) / 365.25));

    public static DateOnly Day(int day) => Row.Epoch.AddDays(day);

    public void Draw(Knowledge knowledge, Dice dice, int number)
    {
        Number = number;
        Group = knowledge.Groups.Next(dice);
        Cancer = Group.Types.Next(dice);
        Female = dice.Chance(Group.Female);
        var age = Math.Clamp(Group.Age + (Group.AgeSpread * dice.Normal()), 2, 89);
        var roll = dice.Unit();
        Stage = roll < Group.StageFour ? 3 : roll < Group.StageFour + ((1 - Group.StageFour) * 0.55) ? 2 : roll < Group.StageFour + ((1 - Group.StageFour) * 0.83) ? 1 : 0;
        Registered = RegistrationDay(dice);
        DrawCourse(age, dice);
        Born = Registered - (int)(age * 365.25) - dice.Below(365);
        Hospital = Hospitals.Next(dice);
        Smoker = dice.Chance(Female ? 0.22 : 0.62);
        var left = (Death - Registered) / MonthDays;
        var frail = dice.Unit() + (left < 2 ? -0.45 : left < 5 ? -0.22 : left < 10 ? -0.08 : 0.1);
        Ps = frail > 0.42 ? 0 : frail > 0.03 ? 1 : frail > -0.15 ? 2 : frail > -0.33 ? 3 : 4;
    }

    /// <summary>The later registration of the same patient; false when there was no time left for one.</summary>
    public bool RegisterAgain(Dice dice)
    {
        var earliest = Registered + 150;
        var latest = Math.Min(Death - 20, Cutoff - 10);
        if (latest <= earliest)
        {
            return false;
        }

        Registered = dice.Between(earliest, Math.Min(latest, earliest + 900));
        FollowedUntil = Math.Max(FollowedUntil, Math.Min(Cutoff, Registered + dice.Between(40, 300)));
        return true;
    }

    private void DrawCourse(double age, Dice dice)
    {
        var survival = Group.Survival * StageFactors[Stage];
        var entry = Group.Entry * (0.35 + (0.65 * StageFactors[Stage]));
        var longest = Math.Min(300, age * 6);
        double months = 0, untilTest = 0;
        for (var attempt = 0; attempt < 16; attempt++)
        {
            var z = dice.Normal();
            months = survival * PortableMath.Exp(SpreadOfDeath * z);
            var w = (EntryWithDeath * z) + (Math.Sqrt(1 - (EntryWithDeath * EntryWithDeath)) * dice.Normal());
            untilTest = Math.Clamp(entry * PortableMath.Exp(SpreadOfEntry * w), 0.4, longest);
            if (untilTest + 0.7 < months)
            {
                break;
            }

            months = (untilTest * 1.3) + 1;
        }

        Diagnosed = Registered - (int)(untilTest * MonthDays);
        Death = Diagnosed + (int)(months * MonthDays);
        // Hospitals report at the expert panel, then with long gaps; a sixth of the patients are hardly heard of again.
        var contact = Registered + (int)((dice.Chance(0.16) ? 1.5 + dice.Exponential(2) : 4 + dice.Exponential(38)) * MonthDays);
        FollowedUntil = Math.Min(Cutoff - (int)dice.Exponential(45), contact);
        FollowedUntil = Math.Clamp(FollowedUntil, Registered, Cutoff);
    }

    private static int RegistrationDay(Dice dice)
    {
        var month = FirstMonth.AddMonths(Months.Next(dice));
        return month.DayNumber - Row.Epoch.DayNumber + dice.Below(DateTime.DaysInMonth(month.Year, month.Month));
    }
}
