using DataPortal.Releases.Vocabularies;

namespace DataPortal.Synthesis.Tests;

/// <summary>Each sentence of what the generator promises, measured on 20,000 cases.</summary>
public sealed class BelievableTests(Census census) : IClassFixture<Census>
{
    private static readonly string[] Colorectal = ["COAD", "READ", "COADREAD", "MACR", "SRCCR", "CMC", "CTAAP"];

    private IReadOnlyList<CaseFacts> Cases => census.Cases;

    [Fact]
    public void Hospitals_are_282_without_names_and_of_skewed_size()
    {
        var sizes = Cases.GroupBy(c => c.Hospital).Select(g => g.Count()).Order().ToList();
        Assert.Equal(282, SyntheticRegistrations.HospitalNames.Count);
        Assert.InRange(sizes.Count, 270, 282);
        Assert.True(sizes[^1] > 8 * sizes[sizes.Count / 2]);
        Assert.All(Cases, c => Assert.Contains(c.Hospital, SyntheticRegistrations.HospitalNames));
        Assert.Equal("Hospital 017", SyntheticRegistrations.HospitalNames[16]);
    }

    [Fact]
    public void Panels_come_into_use_when_they_were_approved_and_FoundationOne_CDx_makes_most_of_the_volume()
    {
        foreach (var panel in Cases.GroupBy(c => c.Panel))
        {
            var from = Vocabulary.Shipped.Panels.All.Where(p => p.Code == panel.Key).Min(p => p.From)!.Value;
            Assert.True(panel.Min(c => c.Registered) >= from);
        }

        Assert.Equal(5, Cases.Select(c => c.Panel).Distinct().Count());
        Assert.InRange(Census.Percent(Cases, c => c.Panel == "F1CDX"), 60, 80);
    }

    [Fact]
    public void The_cancer_mix_is_led_by_the_seven_that_lead_it()
    {
        var tissues = Cases.GroupBy(c => c.Tissue).OrderByDescending(g => g.Count()).Select(g => g.Key).ToList();
        Assert.Equal(["Bowel", "Pancreas", "Lung"], tissues.Take(3));
        Assert.Superset(new HashSet<string> { "Breast", "Biliary Tract", "Ovary/Fallopian Tube", "Prostate", "Esophagus/Stomach" }, tissues.Take(8).ToHashSet());
        Assert.True(tissues.Count >= 25);
        Assert.DoesNotContain(Cases, c => c.Tissue == "Prostate" && c.Sex == "female");
        Assert.DoesNotContain(Cases, c => c.Tissue == "Ovary/Fallopian Tube" && c.Sex == "male");
    }

    [Fact]
    public void KRAS_G12C_is_as_frequent_as_published()
    {
        Assert.InRange(Census.Percent(Cases, c => c.G12C), 0.95, 1.25);
        Assert.InRange(Census.Percent(Cases.Where(c => c.Tissue == "Lung"), c => c.G12C), 3, 5);
        Assert.InRange(Census.Percent(Cases.Where(c => Colorectal.Contains(c.Cancer)), c => c.G12C), 2, 3.4);
        Assert.InRange(Census.Percent(Cases.Where(c => c.Tissue == "Biliary Tract"), c => c.G12C), 1.1, 2.9);
        Assert.InRange(Census.Percent(Cases.Where(c => c.Tissue == "Pancreas"), c => c.G12C), 0.6, 2);
        Assert.InRange(Census.Percent(Cases.Where(c => c.Tissue == "Breast"), c => c.G12C), 0, 0.3);
    }

    [Fact]
    public void Drivers_of_lung_cancer_exclude_each_other_and_companions_follow_them()
    {
        var lung = Cases.Where(c => c.Cancer == "LUAD" && c.Specimen == "tissue" && !c.Failed).ToList();
        var kras = lung.Where(c => c.Drivers.Contains("KRAS")).ToList();
        Assert.True(kras.Count > 60);
        Assert.True(Census.Percent(kras, c => c.Drivers.Contains("ALK")) < 1.5);
        Assert.True(Census.Percent(kras, c => c.Drivers.Contains("EGFR")) < 8);
        Assert.InRange(Census.Percent(lung, c => c.Drivers.Contains("EGFR")), 28, 48);
        Assert.True(Census.Percent(kras, c => c.Drivers.Contains("STK11")) > 3 * Census.Percent(lung.Where(c => c.Drivers.Contains("EGFR")), c => c.Drivers.Contains("STK11")));
        Assert.InRange(Census.Percent(Cases.Where(c => c.Cancer == "PAAD" && c.Panel == "F1CDX" && !c.Failed), c => c.Drivers.Contains("KRAS")), 80, 95);
    }

    [Fact]
    public void Resistance_comes_with_the_drug_that_breeds_it()
    {
        bool Had(CaseFacts c, params string[] drugs) => c.Lines.Any(l => l is { Purpose: "palliative", Recommended: false } && l.Start < c.Registered && l.Drugs.Any(drugs.Contains));
        var sensitive = Cases.Where(c => c.Tissue == "Lung" && !c.Failed && c.Drivers.Contains("EGFR")).ToList();
        Assert.True(Census.Percent(sensitive.Where(c => Had(c, "gefitinib", "erlotinib", "afatinib")), c => c.T790M) > 20);
        Assert.True(Census.Percent(sensitive.Where(c => !Had(c, "gefitinib", "erlotinib", "afatinib")), c => c.T790M) < 3);
    }

    [Fact]
    public void Mutational_burden_and_instability_depend_on_the_cancer()
    {
        double Msi(string tissue) => Census.Percent(Cases.Where(c => c.Tissue == tissue && c.Msi is "high" or "stable"), c => c.Msi == "high");
        double Median(string tissue) => Cases.Where(c => c.Tissue == tissue && c.Tmb is not null).Select(c => c.Tmb!.Value).Order().ToList() is var l ? l[l.Count / 2] : 0;

        Assert.InRange(Msi("Uterus"), 9, 20);
        Assert.InRange(Msi("Bowel"), 2, 6);
        Assert.True(Msi("Pancreas") < 2);
        Assert.True(Median("Lung") > 2 * Median("Soft Tissue"));
    }

    [Fact]
    public void Variants_of_unknown_significance_are_everywhere()
    {
        Assert.InRange(Cases.Average(c => c.Alterations), 11, 13);
        Assert.True(Census.Percent(Cases.Where(c => c.Panel == "F1CDX" && !c.Failed), c => c.Uncertain > 0) > 98);
        Assert.InRange(Cases.Where(c => c.Panel == "F1CDX").Average(c => c.Uncertain), 7, 13);
    }

    [Fact]
    public void Allele_fraction_follows_tumour_content()
    {
        var tissue = Cases.Where(c => c is { Specimen: "tissue", Content: not null, DriverVaf: not null }).ToList();
        var poor = tissue.Where(c => c.Content <= 20).Average(c => c.DriverVaf!.Value);
        var rich = tissue.Where(c => c.Content >= 60).Average(c => c.DriverVaf!.Value);
        Assert.InRange(poor, 0.03, 0.12);
        Assert.InRange(rich, 0.28, 0.45);
    }

    [Fact]
    public void Some_plasmas_are_empty_and_hardly_a_tissue_is()
    {
        Assert.InRange(Census.Percent(Cases.Where(c => c.Specimen == "plasma"), c => c.Alterations == 0), 9, 20);
        Assert.True(Census.Percent(Cases.Where(c => c.Specimen == "tissue" && !c.Failed), c => c.Alterations == 0) < 1);
        Assert.All(Cases.Where(c => c.Failed), c => Assert.Equal(0, c.Alterations));
        Assert.InRange(Census.Percent(Cases.Where(c => c.Specimen == "tissue"), c => c.Failed), 0.7, 3);
    }

    [Fact]
    public void Germline_findings_come_from_paired_panels_only()
    {
        Assert.DoesNotContain(Cases, c => c.Germline && !c.Paired);
        Assert.InRange(Census.Percent(Cases.Where(c => c.Paired), c => c.Germline), 2, 9);
    }

    [Fact]
    public void Most_patients_had_treatment_and_two_in_a_hundred_are_tested_again()
    {
        Assert.InRange(Census.Percent(Cases.Where(c => c.Prior is not null), c => c.Prior!.Value), 85, 98);
        var patients = Cases.GroupBy(c => c.Patient).Select(g => g.OrderBy(c => c.Registered).ToList()).ToList();
        Assert.InRange(Census.Percent(patients, p => p.Count > 1), 1.4, 2.6);
        foreach (var cases in patients.Where(p => p.Count > 1))
        {
            Assert.Single(cases.Select(c => (c.Cancer, c.Hospital)).Distinct());
            Assert.False(cases[0].Earlier);
            Assert.All(cases.Skip(1), c => Assert.True(c.Earlier && c.Registered > cases[0].Registered));
            Assert.True(cases.Select(c => c.Death).OfType<DateOnly>().Distinct().Count() <= 1);
        }
    }

    [Fact]
    public void The_expert_panel_meets_four_to_eight_weeks_after_registration()
    {
        Assert.All(Cases.Where(c => c.Ep is not null), c => Assert.InRange(c.Ep!.Value.DayNumber - c.Registered.DayNumber, 28, 56));
        Assert.True(Census.Percent(Cases, c => c.Ep is not null) > 85);
        Assert.All(Cases.Where(c => c.Treated == "yes"), c => Assert.Equal("yes", c.Option));
    }

    [Fact]
    public void Drugs_are_given_from_the_year_they_were_available_and_before_in_trials_only()
    {
        var given = Cases.SelectMany(c => c.Lines).Where(l => l.Start is not null).SelectMany(l => l.Drugs.Select(d => (Line: l, Drug: Vocabulary.Shipped.Drugs.Find(d)!))).ToList();
        Assert.True(given.Count > 50_000);
        // A mistyped start is the only excuse.
        Assert.True(Census.Percent(given, g => (g.Drug.AvailableFromYear ?? int.MaxValue) > g.Line.Start!.Value.Year && g.Line.Route is null) < 0.5);
        var sotorasib = given.Where(g => g.Drug.Name == "sotorasib").ToList();
        Assert.True(sotorasib.Count > 20);
        Assert.All(sotorasib.Where(g => g.Line.Start!.Value.Year is > 2000 and < 2021), g => Assert.NotEqual("approved", g.Line.Route));
        Assert.Contains(sotorasib, g => g.Line.Start!.Value.Year >= 2022 && g.Line.Route == "approved");
    }

    [Fact]
    public void About_eight_in_a_hundred_reach_the_offered_drug_and_it_depends_on_the_cancer()
    {
        double Reach(Func<CaseFacts, bool> which) => Census.Percent(Cases.Where(c => c.Option is not null && which(c)), c => c.Treated == "yes");
        Assert.InRange(Reach(_ => true), 6.8, 9.6);
        Assert.True(Reach(c => c.Tissue == "Lung") > 4 * Reach(c => c.Tissue == "Pancreas"));
        Assert.InRange(Census.Percent(Cases.Where(c => c.Option is not null), c => c.Option == "yes"), 30, 46);
        Assert.True(Cases.Where(c => c.Treated == "yes").Average(c => c.Lines.Count(l => l.Recommended)) > 0.7);
    }

    [Fact]
    public void A_fifth_to_a_third_of_the_responses_are_blank_or_not_evaluable()
    {
        var lines = Cases.SelectMany(c => c.Lines).Where(l => l.Purpose == "palliative").ToList();
        Assert.InRange(Census.Percent(lines, l => l.Response is null or "NE"), 20, 30);
        double Rate(int line) => Census.Percent(lines.Where(l => l.Line == line && !l.Recommended && l.Response is not null), l => l.Response is "CR" or "PR");
        Assert.True(Rate(1) > 1.5 * Rate(2) && Rate(2) > Rate(3));
    }

    [Fact]
    public void The_newest_cases_are_immature()
    {
        var cutoff = SyntheticRegistrations.Cutoff;
        var recent = Cases.Where(c => c.Registered > cutoff.AddDays(-60)).ToList();
        var old = Cases.Where(c => c.Registered < cutoff.AddDays(-720)).ToList();
        Assert.True(Census.Percent(recent, c => c.Treated is not null) < 10);
        Assert.True(Census.Percent(recent, c => c.Outcome == "dead") < 10);
        Assert.InRange(Census.Percent(old, c => c.Outcome == "dead"), 33, 60);
        Assert.All(Cases, c => Assert.True(c.Registered <= cutoff && !(c.LastAlive > cutoff) && !(c.Death > cutoff)));
    }

    [Fact]
    public void Survival_from_diagnosis_looks_better_when_delayed_entry_is_left_out()
    {
        foreach (var cancer in new[] { "LUAD", "PAAD", "COAD" })
        {
            var cases = Cases.Where(c => c.Cancer == cancer && c.Stage == "IV").ToList();
            Assert.True(Median(cases, delayed: false) > 1.2 * Median(cases, delayed: true), cancer);
        }
    }

    [Fact]
    public void Survival_depends_on_cancer_stage_and_matched_therapy()
    {
        double AfterTest(Func<CaseFacts, bool> which) => MedianAfterTest([.. Cases.Where(which)]);
        Assert.True(AfterTest(c => c.Cancer == "PAAD") < 0.7 * AfterTest(c => c.Tissue == "Prostate"));
        Assert.True(Median([.. Cases.Where(c => c.Tissue == "Bowel" && c.Stage == "IV")], true) < Median([.. Cases.Where(c => c.Tissue == "Bowel" && c.Stage is "I" or "II")], true));
        Assert.True(AfterTest(c => c is { Tissue: "Lung", MatchedA: true }) > 1.2 * AfterTest(c => c is { Tissue: "Lung", MatchedA: false, Treated: not "yes" }));
    }

    [Fact]
    public void Blanks_and_slips_are_there_and_rare()
    {
        Assert.InRange(Census.Percent(Cases.Where(c => c.Registered.Year < 2022), c => c.Stage is null), 28, 45);
        Assert.True(Census.Percent(Cases.Where(c => c.Registered.Year >= 2022), c => c.Stage is null) < 8);
        var dated = Cases.SelectMany(c => c.Lines).Where(l => l is { Start: not null, End: not null }).ToList();
        Assert.InRange(Census.Percent(dated, l => l.End < l.Start), 0.01, 0.5);
        Assert.InRange(Census.Percent(dated, l => l.Start!.Value.Year < 1960 || l.End!.Value.Year < 1960), 0.01, 0.5);
        Assert.InRange(Census.Percent(Cases, c => c.Diagnosed is null), 1, 4);
    }

    /// <summary>Kaplan–Meier median in days from diagnosis; with <paramref name="delayed"/>, patients are at risk from the registration on.</summary>
    private static double Median(IReadOnlyList<CaseFacts> cases, bool delayed) => Median(cases
        .Where(c => c.Diagnosed is { Year: > 1960 } && (c.Outcome == "dead" ? c.Death : c.LastAlive) is not null)
        .Select(c => (Entry: delayed ? c.Registered.DayNumber - c.Diagnosed!.Value.DayNumber : 0,
            Exit: ((c.Outcome == "dead" ? c.Death : c.LastAlive)!.Value.DayNumber) - c.Diagnosed!.Value.DayNumber, Dead: c.Outcome == "dead")));

    private static double MedianAfterTest(IReadOnlyList<CaseFacts> cases) => Median(cases.Where(c => (c.Outcome == "dead" ? c.Death : c.LastAlive) is not null)
        .Select(c => (0, (c.Outcome == "dead" ? c.Death : c.LastAlive)!.Value.DayNumber - c.Registered.DayNumber, c.Outcome == "dead")));

    private static double Median(IEnumerable<(int Entry, int Exit, bool Dead)> patients)
    {
        var all = patients.Where(p => p.Exit > p.Entry).ToList();
        var surviving = 1.0;
        foreach (var day in all.Where(p => p.Dead).GroupBy(p => p.Exit).OrderBy(g => g.Key))
        {
            var atRisk = all.Count(p => p.Entry < day.Key && p.Exit >= day.Key);
            if (atRisk >= 10 && (surviving *= 1 - (day.Count() / (double)atRisk)) <= 0.5)
            {
                return day.Key;
            }
        }

        return double.PositiveInfinity;
    }
}
