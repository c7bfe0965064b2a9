using DataPortal.Releases;

namespace DataPortal.Synthesis;

/// <summary>Basic items, background, metastases, family: with the gaps that such forms have.</summary>
internal static class BackgroundFields
{
    private static readonly string[] Relations = ["parent", "parent", "parent", "sibling", "sibling", "grandparent", "grandparent", "aunt-uncle", "aunt-uncle", "child", "cousin"];
    private static readonly string[] Relatives = ["STOMACH", "BOWEL", "LUNG", "BREAST", "PANCREAS", "LIVER", "PROSTATE", "OVARY", "UTERUS", "OTHER"];
    private static readonly string[] AgeBands = ["0-39", "40-49", "50-59", "60-69", "70-", "70-", "unknown"];
    private static readonly string[] OtherSites = ["stomach", "colon", "breast", "prostate", "lung", "uterus", "thyroid", "bladder", "esophagus", "kidney"];

    public static void Write(Row row, Patient patient, Findings findings, Dice dice)
    {
        var age = patient.AgeOn(patient.Registered);
        row.Set(C.Hospital, Hospitals.Names[patient.Hospital]);
        row.Set(C.Sex, dice.Chance(0.0005) ? "unknown" : patient.Female ? "female" : "male");
        row.Set(C.Age, age);
        row.Set(C.Cancer, patient.Cancer.Code);
        row.Set(C.CancerVersion, "2025_10_03");
        row.Set(C.CancerAsRegistered, patient.Cancer.Code);
        row.Set(C.Registered, Patient.Day(patient.Registered));
        row.Set(C.Childhood, age < 15 ? "yes" : "no");
        Revised(row, patient, dice);
        if (!dice.Chance(0.02))
        {
            row.Set(C.DiagnosisDate, Patient.Day(TreatmentRows.Typed(patient.Diagnosed, dice)));
        }

        row.Set(C.ClinicalDiagnosis, patient.Cancer.NameJa);
        row.Set(C.OnsetAge, patient.AgeOn(patient.Diagnosed));
        row.Set(C.Ps, dice.Chance(0.03) ? "unknown" : patient.Ps switch { 0 => "0", 1 => "1", 2 => "2", 3 => "3", _ => "4" });
        // The form asks for the stage since 2022; before, a third of the hospitals left it out.
        row.Set(C.Stage, dice.Chance(Patient.Day(patient.Registered).Year < 2022 ? 0.36 : 0.03) ? null : dice.Chance(0.04) ? "unknown" : patient.StageName);
        Habits(row, patient, age, dice);
        Metastases(row, patient, dice);
        Others(row, dice);
        Hereditary(row, findings, dice);
    }

    private static void Revised(Row row, Patient patient, Dice dice)
    {
        var revised = dice.Chance(patient.Group.Key == "CUP" ? 0.06 : 0.006);
        row.Set(C.CancerRevised, revised ? "yes" : "no");
        if (!revised)
        {
            return;
        }

        row.Set(C.CancerPost, patient.Group.Key == "CUP" ? (dice.Chance(0.4) ? "LUAD" : dice.Chance(0.5) ? "IHCH" : "PAAD") : patient.Group.Types.Next(dice).Code);
        row.Set(C.CancerPostDate, Patient.Day(Math.Min(Patient.Cutoff, patient.Registered + dice.Between(30, 120))));
    }

    private static void Habits(Row row, Patient patient, int age, Dice dice)
    {
        if (!dice.Chance(0.03))
        {
            row.Set(C.Smoking, dice.Chance(0.03) ? "unknown" : patient.Smoker ? "yes" : "no");
            if (patient.Smoker && age > 24 && dice.Chance(0.88))
            {
                row.Set(C.SmokingYears, Math.Min(age - 18, dice.Between(5, 45)));
                row.Set(C.Cigarettes, 5 * dice.Between(1, 8));
            }
        }

        if (!dice.Chance(0.06))
        {
            row.Set(C.Alcohol, dice.Chance(0.06) ? "unknown" : dice.Chance(patient.Female ? 0.05 : 0.2) ? "yes" : "no");
        }
    }

    private static void Metastases(Row row, Patient patient, Dice dice)
    {
        if (dice.Chance(0.02))
        {
            row.Set(C.Metastasis, "unknown");
            return;
        }

        var spread = dice.Chance(patient.Stage == 3 ? 0.95 : 0.78);
        row.Set(C.Metastasis, spread ? "yes" : "no");
        if (!spread)
        {
            return;
        }

        var any = false;
        foreach (var (site, probability) in patient.Group.Metastases)
        {
            if (dice.Chance(probability))
            {
                row.Add(X.Metastasis).Set(X.MetastasisSite, site);
                any = true;
            }
        }

        if (!any && patient.Group.Metastases.Length > 0)
        {
            row.Add(X.Metastasis).Set(X.MetastasisSite, patient.Group.Metastases[0].Site);
        }
    }

    private static void Others(Row row, Dice dice)
    {
        var second = dice.Chance(0.14);
        row.Set(C.Double, dice.Chance(0.02) ? "unknown" : second ? "yes" : "no");
        if (second)
        {
            row.Set(C.DoubleActive, dice.Chance(0.14) ? "active" : "inactive");
            row.Add(X.OtherCancer).Set(X.OtherSite, OtherSites[dice.Below(OtherSites.Length)]);
        }

        row.Set(C.Multiple, dice.Chance(0.03) ? "unknown" : dice.Chance(0.05) ? "yes" : "no");
        var family = dice.Chance(0.58);
        row.Set(C.Family, dice.Chance(0.07) ? "unknown" : family ? "yes" : "no");
        for (var n = family ? 1 + dice.Poisson(0.5) : 0; n > 0; n--)
        {
            var relative = row.Add(X.Family);
            relative.Set(X.Relation, Relations[dice.Below(Relations.Length)]);
            relative.Set(X.FamilyCancer, Relatives[dice.Below(Relatives.Length)]);
            relative.Set(X.FamilyAge, AgeBands[dice.Below(AgeBands.Length)]);
        }
    }

    private static void Hereditary(Row row, Findings findings, Dice dice)
    {
        // Known before the panel: a clinic's test had found it in some of those who carry it.
        var disease = findings.Germline switch
        {
            "BRCA1" or "BRCA2" => "hboc",
            "MLH1" or "MSH2" or "MSH6" or "PMS2" => "lynch",
            "TP53" => "li-fraumeni",
            "VHL" => "vhl",
            "APC" => "fap",
            "PTEN" => "cowden",
            _ => null,
        };
        var known = disease is not null && dice.Chance(0.24);
        row.Set(C.Hereditary, dice.Chance(0.02) ? "unknown" : known ? "yes" : "no");
        if (known)
        {
            row.Set(C.HereditaryDisease, disease);
        }
    }
}
