using DataPortal.Releases.Vocabularies;

namespace DataPortal.Synthesis;

/// <summary>A line of treatment as it was; what of it is on record depends on when the data stop.</summary>
internal sealed class TreatmentLine
{
    public string? Regimen;
    public Drug[] Drugs = [];
    public Draw<string> Events = null!;
    public string Purpose = "";

    /// <summary>1 and up for palliative lines, 0 around surgery.</summary>
    public int Number;
    public int Start;
    public int End;
    public string? Response;
    public string EndReason = "";

    /// <summary>Level of the evidence that the expert panel relied on; '\0' for standard treatment.</summary>
    public char Matched;
}

/// <summary>Treatment from diagnosis to death, and what came of the expert panel.</summary>
internal sealed class Course(Knowledge knowledge)
{
    private readonly List<TreatmentLine> spare = [];

    public List<TreatmentLine> Lines { get; } = [];

    public int EpDay { get; private set; }

    public bool EpHeld { get; private set; }

    public bool Option { get; private set; }

    public EvidenceHit? Offered { get; private set; }

    public bool Treated { get; private set; }

    /// <summary>Treatment up to the test.</summary>
    public void Begin(Patient patient, Findings findings, Dice dice)
    {
        spare.AddRange(Lines);
        Lines.Clear();
        Before(patient, findings, dice);
    }

    /// <summary>The expert panel and treatment after it.</summary>
    public void Continue(Patient patient, Findings findings, Annotation annotation, Dice dice)
    {
        Panel(patient, annotation, dice, mayTreat: true);
        After(patient, findings, dice);
    }

    /// <summary>The expert panel of a later registration: what it offers; the treatments are those the patient has anyway.</summary>
    public void RunAgain(Patient patient, Annotation annotation, Dice dice) => Panel(patient, annotation, dice, mayTreat: false);

    private void Before(Patient patient, Findings findings, Dice dice)
    {
        var group = patient.Group;
        var begin = patient.Diagnosed + dice.Between(12, 45);
        if (patient.Stage < 3)
        {
            if (group.Regimens[0].Length > 0 && dice.Chance(0.3))
            {
                begin = Surgical(patient, findings, 0, "neoadjuvant", begin, dice.Between(56, 120), dice) + dice.Between(30, 60);
            }

            if (group.Regimens[1].Length > 0 && dice.Chance(0.55))
            {
                begin = Surgical(patient, findings, 1, "adjuvant", begin + dice.Between(20, 50), dice.Between(80, 190), dice);
            }

            var recurrence = patient.Diagnosed + (int)((patient.Registered - patient.Diagnosed) * (0.25 + (0.5 * dice.Unit())));
            begin = Math.Max(begin + 30, recurrence);
        }

        var count = dice.Chance(0.09) ? 0 : 1 + dice.Poisson(Math.Max(0, group.Lines - 0.9));
        count = Math.Min(count, Math.Max(0, (patient.Registered - begin) / 32));
        var from = begin;
        for (var i = 1; i <= count; i++)
        {
            var share = (patient.Registered - from) / (double)(count - i + 1);
            var to = i == count ? patient.Registered + (dice.Chance(0.4) ? dice.Between(10, 80) : -dice.Between(1, 30)) : from + (int)(share * (0.7 + (0.6 * dice.Unit())));
            to = Math.Min(Math.Max(to, from + 14), patient.Death - 1);
            Palliative(patient, findings, from, to, dice);
            from = to + dice.Between(3, 21);
        }
    }

    private int Surgical(Patient patient, Findings findings, int setting, string purpose, int from, int days, Dice dice)
    {
        var to = Math.Min(from + days, patient.Registered - 30);
        if (to > from + 20 && Choose(patient.Group.Regimens[setting], findings, from, dice) is { } regimen)
        {
            var line = Add(regimen, purpose, 0, from, to);
            line.Response = dice.Chance(0.55) ? null : dice.Chance(0.5) ? "NE" : dice.Chance(0.4) ? "PR" : dice.Chance(0.7) ? "SD" : "CR";
            line.EndReason = dice.Chance(0.8) ? "planned" : dice.Chance(0.6) ? "toxicity" : "wish";
        }

        return to;
    }

    private bool Palliative(Patient patient, Findings findings, int from, int to, Dice dice)
    {
        var number = 1;
        foreach (var line in Lines)
        {
            number += line.Number > 0 ? 1 : 0;
        }

        if (Choose(patient.Group.Regimens[Math.Min(number, 4) + 1], findings, from, dice) is not { } regimen)
        {
            return false;
        }

        var added = Add(regimen, "palliative", number, from, to);
        Outcome(added, patient, patient.Group.ResponseRates[Math.Min(number, 3) - 1], dice);
        return true;
    }

    private void Panel(Patient patient, Annotation annotation, Dice dice, bool mayTreat)
    {
        EpDay = patient.Registered + dice.Between(28, 56);
        EpHeld = dice.Chance(0.985);
        Offered = annotation.Best;
        Option = false;
        Treated = false;
        if (!EpHeld || Offered is not { } hit)
        {
            Option = EpHeld && dice.Chance(0.03);
            return;
        }

        var known = Lines.Exists(l => l.Matched == '\0' && Array.IndexOf(l.Drugs, hit.Drugs[0]) >= 0);
        Option = dice.Chance(hit.Level switch { 'A' => 0.92, 'B' => 0.8, 'C' => 0.74, _ => 0.54 } * (known ? 0.12 : 1));
        var start = EpDay + dice.Between(12, 60);
        var chance = (hit.Level switch { 'A' => 0.47, 'B' => 0.24, 'C' => 0.15, _ => 0.065 }) * Math.Min(1.8, patient.Group.Given / 16)
            * (patient.Ps >= 2 ? 0.35 : 1) * (patient.Death < EpDay + 90 ? 0.3 : 1);
        if (!Option || !mayTreat || !dice.Chance(chance) || start > patient.Death - 7)
        {
            return;
        }

        Treated = true;
        foreach (var line in Lines)
        {
            line.End = Math.Min(line.End, start - 1);
        }

        var benefit = hit.Level switch { 'A' => 2.1, 'B' => 1.75, 'C' => 1.5, _ => 1.25 };
        patient.Death = start + (int)((patient.Death - start) * benefit);
        var added = Add(null, "palliative", 1 + Lines.Count(l => l.Number > 0), start,
            Math.Min(start + (int)(dice.LogNormal(hit.Level switch { 'A' => 7.5, 'B' => 6, 'C' => 4.6, _ => 3.2 }, 0.75) * Patient.MonthDays), patient.Death - 1));
        added.Drugs = hit.Drugs;
        added.Events = knowledge.EventsOf(hit.Drugs);
        added.Matched = hit.Level;
        Outcome(added, patient, hit.Level switch { 'A' => 0.46, 'B' => 0.34, 'C' => 0.25, _ => 0.14 }, dice);
    }

    private void After(Patient patient, Findings findings, Dice dice)
    {
        var from = Math.Max(patient.Registered + 20, Lines.Count == 0 ? 0 : Lines[^1].End + 1);
        for (var n = 0; n < 3 && dice.Chance(n == 0 ? 0.6 : 0.48); n++)
        {
            var start = from + dice.Between(5, 45);
            var to = start + (int)(dice.LogNormal(3.4, 0.7) * Patient.MonthDays);
            to = Math.Min(to, patient.Death - dice.Between(1, 40));
            if (to < start + 7 || !Palliative(patient, findings, start, to, dice))
            {
                return;
            }

            from = to;
        }
    }

    private static void Outcome(TreatmentLine line, Patient patient, double rate, Dice dice)
    {
        var roll = dice.Unit();
        var answer = dice.Unit();
        line.Response = answer < 0.15 ? null : answer < 0.25 ? "NE" : roll < rate * 0.07 ? "CR" : roll < rate ? "PR" : roll < rate + ((1 - rate) * 0.56) ? "SD" : "PD";
        var reason = dice.Unit();
        line.EndReason = line.End >= patient.Death - 10 && reason < 0.5 ? "death" : reason < 0.66 ? "ineffective" : reason < 0.8 ? "toxicity" : reason < 0.84 ? "wish"
            : reason < 0.9 ? "planned" : reason < 0.96 ? "other" : "unknown";
    }

    private TreatmentLine Add(Regimen? regimen, string purpose, int number, int from, int to)
    {
        TreatmentLine line;
        if (spare.Count > 0)
        {
            line = spare[^1];
            spare.RemoveAt(spare.Count - 1);
        }
        else
        {
            line = new TreatmentLine();
        }

        line.Regimen = regimen?.Code;
        line.Drugs = regimen?.Drugs ?? [];
        line.Events = regimen?.Events ?? line.Events;
        line.Purpose = purpose;
        line.Number = number;
        line.Start = from;
        line.End = to;
        line.Matched = '\0';
        line.Response = null;
        Lines.Add(line);
        return line;
    }

    /// <summary>A regimen by weight among those whose drugs were on the market, whose conditions hold and that was not given before.</summary>
    private Regimen? Choose(RegimenChoice[] choices, Findings findings, int day, Dice dice)
    {
        var year = Patient.Day(day).Year;
        var total = 0.0;
        foreach (var choice in choices)
        {
            total += Fits(choice, findings, year) ? choice.Weight : 0;
        }

        var at = dice.Unit() * total;
        foreach (var choice in choices)
        {
            if (Fits(choice, findings, year) && (at -= choice.Weight) < 0)
            {
                return choice.Regimen;
            }
        }

        return null;
    }

    private bool Fits(RegimenChoice choice, Findings findings, int year)
    {
        if (choice.Regimen.AvailableFromYear > year || (choice.NeedsMsi && !findings.MsiHigh))
        {
            return false;
        }

        foreach (var (gene, present) in choice.Conditions)
        {
            if (findings.Has(gene) != present)
            {
                return false;
            }
        }

        foreach (var line in Lines)
        {
            if (line.Number > 0 && ReferenceEquals(line.Regimen, choice.Regimen.Code))
            {
                return false;
            }
        }

        return true;
    }
}
