namespace DataPortal.Synthesis;

/// <summary>Which panel is taken on a day, and how much tumour DNA it finds. Shares are assumptions around the published 79 % for FoundationOne CDx at one centre.</summary>
internal sealed class PanelChoice
{
    private readonly Draw<PanelUse>[] periods;
    private readonly int[] begins;

    public PanelChoice(Knowledge knowledge)
    {
        var f1 = knowledge.Panel("F1CDX", "1");
        var liquid = knowledge.Panel("F1LIQUID", "1");
        var guardant = knowledge.Panel("G360", "1");
        var top = knowledge.Panel("GENMINETOP", "1");
        var (ncc1, ncc2) = (knowledge.Panel("NCCOP", "1"), knowledge.Panel("NCCOP", "2"));
        begins = [Day(2019, 6, 1), Day(2021, 1, 1), Day(2021, 8, 1), Day(2023, 8, 1)];
        periods =
        [
            new Draw<PanelUse>([(f1, 78), (ncc1, 22)]),
            new Draw<PanelUse>([(f1, 84), (ncc2, 16)]),
            new Draw<PanelUse>([(f1, 72), (liquid, 15.5), (ncc2, 12.5)]),
            new Draw<PanelUse>([(f1, 65), (liquid, 11), (guardant, 7), (ncc2, 6), (top, 11)]),
        ];
    }

    public PanelUse Next(int day, Dice dice)
    {
        var i = periods.Length - 1;
        while (i > 0 && day < begins[i])
        {
            i--;
        }

        return periods[i].Next(dice);
    }

    /// <summary>Tumour content of a tissue, or share of tumour DNA in plasma, 0 to 1. Pancreas is poor in tumour cells; brain tumours hardly shed.</summary>
    public static double Purity(PanelUse panel, Group group, Dice dice) => panel.Panel.Specimen == "plasma"
        ? Math.Min(0.85, dice.LogNormal(group.Key == "BRAIN" ? 0.002 : group.Key == "PAAD" ? 0.014 : 0.024, 1.9))
        : Math.Clamp((group.Key is "PAAD" or "BILIARY" or "STAD" ? 0.29 : 0.42) + (0.19 * dice.Normal()), 0.05, 0.95);

    private static int Day(int year, int month, int day) => new DateOnly(year, month, day).DayNumber - Releases.Row.Epoch.DayNumber;
}
