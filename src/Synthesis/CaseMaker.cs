using System.Globalization;
using DataPortal.Releases;

namespace DataPortal.Synthesis;

/// <summary>Makes one case at a time. Holds the objects that every case uses anew; one maker per thread.</summary>
internal sealed class CaseMaker(Knowledge knowledge, PanelChoice panels, ulong seed)
{
    private const double RepeatShare = 0.023;

    private readonly Dice dice = new();
    private readonly Patient patient = new();
    private readonly Findings findings = new(knowledge);
    private readonly Annotation annotation = new(knowledge);
    private readonly Course course = new(knowledge);
    private bool failed;
    private bool msiReported;
    private bool tmbReported;

    /// <summary>Case number <paramref name="index"/>, from 0: the same whatever was made before.</summary>
    public Row Make(int index)
    {
        // A repeat belongs to the patient of one of the hundred cases before that is not a repeat itself.
        if (index > 0 && IsRepeat(index))
        {
            dice.Start(seed, 2, (uint)index);
            var first = index - 1 - dice.Below(Math.Min(index, 100));
            while (first > 0 && IsRepeat(first))
            {
                first--;
            }

            var (panel, purity) = First(first);
            dice.Start(seed, 3, (uint)index);
            if (patient.RegisterAgain(dice))
            {
                findings.Acquire(course.Lines, patient.Registered, dice);
                panel = panels.Next(patient.Registered, dice);
                purity = PanelChoice.Purity(panel, patient.Group, dice);
                var (msi, tmbHigh) = Test(panel, purity);
                course.RunAgain(patient, annotation, dice);
                return Write(index, panel, purity, msi, tmbHigh, again: true);
            }
        }

        var (itsPanel, itsPurity) = First(index);
        return Write(index, itsPanel, itsPurity, msiReported, tmbReported, again: false);
    }

    private bool IsRepeat(int index)
    {
        dice.Start(seed, 1, (uint)index);
        return dice.Chance(RepeatShare);
    }

    /// <summary>The patient's life with the first test: everything that a later registration needs of it comes out the same.</summary>
    private (PanelUse Panel, double Purity) First(int number)
    {
        dice.Start(seed, 0, (uint)number);
        patient.Draw(knowledge, dice, number);
        findings.Draw(patient.Group, dice);
        course.Begin(patient, findings, dice);
        findings.Acquire(course.Lines, patient.Registered, dice);
        var panel = panels.Next(patient.Registered, dice);
        var purity = PanelChoice.Purity(panel, patient.Group, dice);
        (msiReported, tmbReported) = Test(panel, purity);
        course.Continue(patient, findings, annotation, dice);
        return (panel, purity);
    }

    private (bool Msi, bool TmbHigh) Test(PanelUse panel, double purity)
    {
        failed = panel.Panel.Specimen == "tissue" && dice.Chance(purity < 0.12 ? 0.06 : 0.011);
        if (failed)
        {
            findings.Reported.Clear();
        }
        else
        {
            findings.Read(panel, purity, dice);
        }

        var msi = !failed && findings.MsiHigh && (panel.Panel.Specimen == "tissue" || purity > 0.01);
        var tmbHigh = !failed && panel.Panel.Specimen == "tissue" && findings.Tmb >= 10;
        annotation.Evaluate(patient.Group, findings, msi, tmbHigh, Patient.Day(patient.Registered + 42).Year);
        return (msi, tmbHigh);
    }

    private Row Write(int index, PanelUse panel, double purity, bool msi, bool tmbHigh, bool again)
    {
        var row = new Row(X.Case);
        row.Set(C.RegistrationId, string.Create(CultureInfo.InvariantCulture, $"SYN-{index:00000000}"));
        row.Set(C.PatientId, string.Create(CultureInfo.InvariantCulture, $"P{patient.Number:00000000}"));
        row.Set(C.EarlierRegistration, again ? "yes" : "no");
        row.Set(C.ConsentSecondary, "yes");
        row.Set(C.ConsentAbroad, dice.Chance(0.94) ? "yes" : "no");
        BackgroundFields.Write(row, patient, findings, dice);
        WriteTest(row, panel, purity, msi);
        BiomarkerFields.Write(row, patient, findings, knowledge, dice);
        AlterationRows.Write(row, panel, findings, annotation, msi, tmbHigh, dice);
        TreatmentRows.Write(row, patient, course, knowledge, dice);
        row.Set(C.PriorTherapy, course.Lines.Exists(l => l.Start <= course.EpDay) ? "yes" : dice.Chance(0.9) ? "no" : "unknown");
        WriteExpertPanel(row);
        WriteOutcome(row);
        return row;
    }

    private void WriteTest(Row row, PanelUse panel, double purity, bool msi)
    {
        var tissue = panel.Panel.Specimen == "tissue";
        row.Set(C.TestKind, dice.Chance(0.985) ? "insured" : "trial");
        row.Set(C.Panel, panel.Panel.Code);
        row.Set(C.PanelVersion, panel.Panel.Version);
        row.Set(C.Specimen, panel.Panel.Specimen);
        row.Set(C.Failed, failed ? "yes" : "no");
        var surgical = patient.Stage < 3 ? 0.72 : 0.34;
        var taken = tissue ? Math.Max(patient.Diagnosed, patient.Registered - 14 - (int)(dice.Chance(0.55) ? dice.Exponential(60) : (patient.Registered - patient.Diagnosed) * dice.Unit()))
            : patient.Registered - dice.Between(2, 20);
        if (!dice.Chance(0.02))
        {
            row.Set(C.SpecimenDate, Patient.Day(TreatmentRows.Typed(taken, dice)));
        }

        if (panel.Panel.Paired)
        {
            row.Set(C.NormalDate, Patient.Day(patient.Registered - dice.Between(2, 20)));
        }

        if (!tissue)
        {
            row.Set(C.SpecimenType, "plasma");
            row.Set(C.Method, "blood");
        }
        else
        {
            row.Set(C.SpecimenType, dice.Chance(0.8) ? "ffpe-slides" : "ffpe-block");
            row.Set(C.Method, dice.Chance(surgical) ? "surgery" : dice.Chance(0.97) ? "biopsy" : "cytology");
            var metastasis = patient.Group.Metastases.Length > 0 && dice.Chance(patient.Stage == 3 ? 0.36 : 0.22);
            row.Set(C.Site, dice.Chance(0.02) ? "unknown" : metastasis ? "metastasis" : "primary");
            row.Set(C.Organ, metastasis ? patient.Group.Metastases[dice.Below(Math.Min(3, patient.Group.Metastases.Length))].Site : patient.Group.Site);
            if (!dice.Chance(0.07))
            {
                row.Set(C.TumourContent, Math.Max(5, (int)((purity * 20) + 0.5) * 5));
            }
        }

        if (failed)
        {
            row.Set(C.FailureReason, dice.Chance(0.55) ? "DNA quality" : dice.Chance(0.7) ? "DNA quantity" : "other");
            return;
        }

        row.Set(C.MsiPanel, panel.Panel.Code == "NCCOP" && dice.Chance(0.3) ? "unknown" : dice.Chance(0.04) ? "unknown" : msi ? "high" : "stable");
        // Short panels overstate the burden, and no two agree to the decimal.
        var burden = findings.Tmb * (1 + (0.12 * dice.Normal()));
        if (tissue && !dice.Chance(0.03))
        {
            row.Set(C.Tmb, Math.Max(0, findings.Tmb >= 10 ? Math.Max(10, burden) : Math.Min(9.9, burden)));
        }
        else if (panel.Panel.Code == "F1LIQUID" && purity > 0.002)
        {
            row.Set(C.Btmb, Math.Max(0, burden));
        }

        if (panel.Panel.Code == "F1CDX" && patient.Group.Key is "OVARY" or "PERITONEUM")
        {
            row.Set(C.Loh, Math.Clamp(14 + (6 * dice.Normal()), 0, 60));
        }
    }

    private void WriteExpertPanel(Row row)
    {
        // What the hospital has not had time to report is blank, as it is for the newest cases of every release.
        if (course.EpDay > Patient.Cutoff - 14)
        {
            return;
        }

        row.Set(C.EpHeld, course.EpHeld ? "yes" : "no");
        if (!course.EpHeld)
        {
            return;
        }

        if (!dice.Chance(0.01))
        {
            row.Set(C.EpDate, Patient.Day(course.EpDay));
        }

        if (dice.Chance(0.03))
        {
            return;
        }

        row.Set(C.EpOption, course.Option ? "yes" : "no");
        if (!course.Option || course.EpDay > Patient.Cutoff - 60)
        {
            return;
        }

        row.Set(C.EpTreated, course.Treated ? "yes" : dice.Chance(0.06) ? "unknown" : "no");
        if (!course.Treated)
        {
            var reason = dice.Unit();
            row.Set(C.EpReason, patient.Death < course.EpDay + 90 && reason < 0.6 ? (reason < 0.3 ? "death" : "condition")
                : reason < 0.24 ? "condition" : reason < 0.48 ? "no-trial" : reason < 0.68 ? "other-therapy" : reason < 0.8 ? "running" : reason < 0.88 ? "wish" : "other");
            row.Set(C.EpOther, dice.Chance(0.4) ? "yes" : "no");
        }
    }

    private void WriteOutcome(Row row)
    {
        if (dice.Chance(0.012))
        {
            row.Set(C.Outcome, "unknown");
            return;
        }

        row.Set(C.LastAlive, Patient.Day(patient.DiedUnderObservation ? Math.Max(patient.Registered, patient.Death - dice.Below(30)) : patient.LastSeen));
        if (!patient.DiedUnderObservation)
        {
            row.Set(C.Outcome, "alive");
            return;
        }

        row.Set(C.Outcome, "dead");
        if (!dice.Chance(0.02))
        {
            row.Set(C.DeathDate, Patient.Day(patient.Death));
        }

        row.Set(C.DeathCause, dice.Chance(0.93) ? "cancer" : dice.Chance(0.6) ? "other" : dice.Chance(0.2) ? "treatment" : "unknown");
    }
}
