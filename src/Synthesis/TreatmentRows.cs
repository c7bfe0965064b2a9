using DataPortal.Releases;

namespace DataPortal.Synthesis;

/// <summary>Writes the lines of treatment as the hospital has reported them by the data cutoff.</summary>
internal static class TreatmentRows
{
    private static readonly string[] Slips = ["Neutropenia", "Interstitial pneumonia", "Neutrophil count decresed", "Diarrhoea", "Liver dysfunction"];

    public static void Write(Row row, Patient patient, Course course, Knowledge knowledge, Dice dice)
    {
        // Treatment after the panel is asked for again later, and a part of the hospitals never answers.
        var reportsLater = dice.Chance(0.82) || course.Treated;
        var kilograms = 52 + (patient.Female ? 0 : 10) + (9 * dice.Normal());
        var centimetres = (patient.Female ? 155 : 167) + (6 * dice.Normal());
        foreach (var line in course.Lines)
        {
            var after = line.Start > course.EpDay;
            if (line.Start > patient.LastSeen || (after && !reportsLater))
            {
                continue;
            }

            var t = row.Add(X.Treatment);
            t.Set(X.Phase, after ? "post-ep" : "pre-ep");
            if (line.Number > 0 && !dice.Chance(0.015))
            {
                t.Set(X.Line, Math.Min(5, line.Number));
            }

            t.Set(X.Purpose, dice.Chance(0.02) ? "unknown" : line.Purpose);
            t.Set(X.Facility, dice.Chance(0.7) ? "own" : "other");
            t.Set(X.Regimen, line.Regimen);
            if (after && dice.Chance(0.8))
            {
                t.Set(X.Height, centimetres);
                t.Set(X.Weight, Math.Clamp(kilograms, 28, 130));
            }

            var ongoing = line.End > patient.LastSeen;
            Dates(t, line, ongoing, dice);
            Status(t, line, patient, dice);
            foreach (var drug in line.Drugs)
            {
                var d = t.Add(X.Drug);
                d.Set(X.DrugName, drug.Name);
                if (after && knowledge.Dose(drug) is { } dose && dice.Chance(0.7))
                {
                    d.Set(X.Dose, dice.Chance(0.2) ? dose.Amount * 0.8 : dose.Amount);
                    d.Set(X.DoseUnit, dose.Unit);
                }

                if (dice.Chance(0.2))
                {
                    d.Set(X.DrugAsEntered, drug.BrandsJa.Count > 0 && dice.Chance(0.6) ? drug.BrandsJa[0] : drug.NameJa);
                }
            }

            if (!ongoing || dice.Chance(0.4))
            {
                t.Set(X.Response, line.Response);
            }

            Events(t, line, ongoing, patient, dice);
        }
    }

    private static void Dates(Row t, TreatmentLine line, bool ongoing, Dice dice)
    {
        if (!dice.Chance(0.012))
        {
            t.Set(X.Start, Patient.Day(Typed(line.Start, dice)));
        }

        t.Set(X.Ongoing, ongoing ? "yes" : "no");
        if (ongoing)
        {
            return;
        }

        if (!dice.Chance(0.03))
        {
            t.Set(X.End, Patient.Day(Typed(line.End, dice)));
        }

        t.Set(X.EndReason, dice.Chance(0.05) ? null : line.EndReason);
        if (line.EndReason == "ineffective" && dice.Chance(0.85))
        {
            t.Set(X.Progression, Patient.Day(line.End + dice.Between(-14, 10)));
        }
    }

    /// <summary>One date in 600 is mistyped: a century, a year or a month off.</summary>
    public static int Typed(int day, Dice dice)
    {
        if (!dice.Chance(1 / 600.0))
        {
            return day;
        }

        var date = Patient.Day(day);
        return (dice.Below(3) switch { 0 when date.Year > 2000 => date.AddYears(-100), 0 or 1 => date.AddYears(-1), _ => date.AddMonths(-dice.Between(1, 6)) }).DayNumber - Row.Epoch.DayNumber;
    }

    private static void Status(Row t, TreatmentLine line, Patient patient, Dice dice)
    {
        if (line.Matched == '\0')
        {
            t.Set(X.Status, dice.Chance(0.04) ? null : dice.Chance(0.985) ? "in-label" : "off-label");
            return;
        }

        var onMarket = Annotation.IsOnMarket(line.Drugs, Patient.Day(line.Start).Year);
        var roll = dice.Unit();
        var route = !onMarket ? roll < 0.78 ? "company-trial" : roll < 0.96 ? "investigator-trial" : "expanded-access"
            : line.Matched == 'A' ? roll < 0.93 ? "approved" : "company-trial"
            : roll < 0.32 ? "patient-proposed" : roll < 0.56 ? "investigator-trial" : roll < 0.78 ? "company-trial" : roll < 0.82 ? "advanced-care" : "off-label";
        t.Set(X.Route, dice.Chance(0.03) ? null : route);
        t.Set(X.Status, route == "approved" ? "in-label" : route == "off-label" ? "off-label" : route == "patient-proposed" ? "off-label" : "trial");
        t.Set(X.Recommended, "yes");
        t.Set(X.Continuation, "no");
        if (patient.Ps > 2)
        {
            t.Set(X.Facility, "own");
        }
    }

    private static void Events(Row t, TreatmentLine line, bool ongoing, Patient patient, Dice dice)
    {
        if (dice.Chance(0.16))
        {
            return;
        }

        var severe = dice.Chance(line.EndReason == "toxicity" && !ongoing ? 0.72 : 0.2);
        t.Set(X.Severe, severe ? "yes" : "no");
        for (var n = severe ? 1 + (dice.Chance(0.3) ? 1 : 0) : 0; n > 0; n--)
        {
            var term = dice.Chance(0.004) ? Slips[dice.Below(Slips.Length)] : line.Events.Next(dice);
            var grade = dice.Chance(0.83) ? 3 : dice.Chance(0.95) ? 4 : 5;
            var onset = line.Start + dice.Below(Math.Max(1, Math.Min(line.End, patient.LastSeen) - line.Start));
            var e = t.Add(X.Event);
            e.Set(X.EventTerm, term);
            e.Set(X.EventGrade, grade);
            if (dice.Chance(0.9))
            {
                e.Set(X.EventOnset, Patient.Day(onset));
            }

            if (n == 1 && line.EndReason == "toxicity" && !ongoing)
            {
                t.Set(X.StopEvent, term);
                t.Set(X.StopGrade, grade);
            }
        }
    }
}
