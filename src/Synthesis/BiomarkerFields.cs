using DataPortal.Releases;
using DataPortal.Releases.Dictionary;
using DataPortal.Releases.Vocabularies;

namespace DataPortal.Synthesis;

/// <summary>Markers that the clinic had tested before the panel, by organ: they agree with the tumour, not always with the panel.</summary>
internal static class BiomarkerFields
{
    public static void Write(Row row, Patient patient, Findings findings, Knowledge knowledge, Dice dice)
    {
        var year = Patient.Day(patient.Registered).Year;
        var marker = new Marker(row, findings, knowledge, dice);
        if (dice.Chance(0.34))
        {
            row.Set(C.MsiClinical, dice.Chance(0.04) ? "unknown" : findings.MsiHigh ? "high" : "stable");
            row.Set(C.MsiClinicalMethod, "PCR");
        }

        if (dice.Chance(0.08))
        {
            row.Set(C.MmrClinical, findings.MsiHigh ? "deficient" : "proficient");
        }

        if (dice.Chance(0.04))
        {
            row.Set(C.NtrkClinical, marker.Fused("NTRK1") || marker.Fused("NTRK2") || marker.Fused("NTRK3") ? "positive" : "negative");
        }

        switch (patient.Group.Key)
        {
            case "LUNG":
                Lung(row, marker, year, dice);
                break;
            case "BRCA":
                Breast(row, marker, dice);
                break;
            case "COADREAD" or "STAD" or "SBC" or "APPENDIX" or "ANUS" or "ESCC":
                Bowel(marker, patient.Group.Key == "STAD", dice);
                break;
            case "BILIARY":
                marker.Set(C.BiliaryFgfr2, "FGFR2", AlterationKind.Fusion, 0.1);
                break;
            case "PAAD":
                marker.Germline(C.PancreasBrca1, "BRCA1", 0.3);
                marker.Germline(C.PancreasBrca2, "BRCA2", 0.3);
                break;
            case "PRAD":
                marker.Germline(C.ProstateBrca1, "BRCA1", 0.3);
                marker.Germline(C.ProstateBrca2, "BRCA2", 0.3);
                break;
            case "OVARY" or "PERITONEUM":
                marker.Germline(C.OvaryBrca1, "BRCA1", 0.5);
                marker.Germline(C.OvaryBrca2, "BRCA2", 0.5);
                if (dice.Chance(0.34))
                {
                    row.Set(C.OvaryHrd, dice.Chance(marker.Has("BRCA1") || marker.Has("BRCA2") ? 0.95 : 0.3) ? "positive" : "negative");
                }

                break;
            case "MELANOMA":
                marker.Set(C.SkinBraf, "BRAF", AlterationKind.ShortVariant, 0.84);
                if (row.Text(C.SkinBraf) == "positive")
                {
                    row.Set(C.SkinBrafType, marker.Text("BRAF"));
                }

                break;
            case "THYROID":
                marker.Set(C.ThyroidRetFusion, "RET", AlterationKind.Fusion, 0.16);
                break;
            case "SALIVARY":
                row.Set(C.SalivaryIhc, dice.Chance(0.3) ? null : marker.Amplified("ERBB2") ? "3+" : Ihc(dice));
                break;
            case "HCC":
                row.Set(C.HbsAg, dice.Chance(0.06) ? null : dice.Chance(0.17) ? "positive" : "negative");
                row.Set(C.HbsAb, dice.Chance(0.2) ? null : dice.Chance(0.26) ? "positive" : "negative");
                row.Set(C.HcvAb, dice.Chance(0.06) ? null : dice.Chance(0.24) ? "positive" : "negative");
                break;
        }
    }

    private static void Lung(Row row, Marker marker, int year, Dice dice)
    {
        marker.Set(C.LungEgfr, "EGFR", AlterationKind.ShortVariant, 0.93);
        if (row.Text(C.LungEgfr) == "positive")
        {
            row.Set(C.LungEgfrType, marker.Text("EGFR"));
            row.Set(C.LungEgfrMethod, "PCR");
        }

        marker.Set(C.LungAlk, "ALK", AlterationKind.Fusion, 0.88);
        marker.Set(C.LungRos1, "ROS1", AlterationKind.Fusion, 0.8);
        marker.Set(C.LungBraf, "BRAF", AlterationKind.ShortVariant, 0.55);
        marker.Set(C.LungMet, "MET", AlterationKind.ShortVariant, 0.48);
        if (year >= 2022)
        {
            marker.Exact(C.LungKras, "KRAS", "G12C", 0.5);
        }

        marker.Set(C.LungRet, "RET", AlterationKind.Fusion, 0.44);
        if (dice.Chance(0.84))
        {
            var proportion = dice.Chance(0.36) ? 0 : dice.Chance(0.48) ? dice.Between(1, 49) : dice.Between(50, 100);
            row.Set(C.LungPdl1, proportion > 0 ? "positive" : "negative");
            row.Set(C.LungTps, proportion);
        }

        row.Set(C.LungAsbestos, dice.Chance(0.18) ? "unknown" : dice.Chance(0.04) ? "yes" : "no");
    }

    private static void Breast(Row row, Marker marker, Dice dice)
    {
        var her2 = marker.Amplified("ERBB2");
        var triple = dice.Chance(0.27);
        row.Set(C.BreastIhc, dice.Chance(0.03) ? "unknown" : her2 ? "3+" : Ihc(dice));
        if (row.Text(C.BreastIhc) == "2+")
        {
            row.Set(C.BreastIsh, dice.Chance(0.9) ? "negative" : "unknown");
        }

        row.Set(C.BreastEr, dice.Chance(0.02) ? "unknown" : triple ? "negative" : "positive");
        row.Set(C.BreastPgr, dice.Chance(0.02) ? "unknown" : triple || dice.Chance(0.24) ? "negative" : "positive");
        marker.Germline(C.BreastBrca1, "BRCA1", 0.44);
        marker.Germline(C.BreastBrca2, "BRCA2", 0.44);
    }

    private static void Bowel(Marker marker, bool stomach, Dice dice)
    {
        if (!stomach)
        {
            marker.Set(C.GiKras, "KRAS", AlterationKind.ShortVariant, 0.86);
            if (marker.Row.Text(C.GiKras) == "positive")
            {
                marker.Row.Set(C.GiKrasType, marker.Text("KRAS"));
            }

            marker.Set(C.GiNras, "NRAS", AlterationKind.ShortVariant, 0.84);
            marker.Set(C.GiBraf, "BRAF", AlterationKind.ShortVariant, 0.78);
        }

        if (dice.Chance(stomach ? 0.9 : 0.14))
        {
            var her2 = marker.Amplified("ERBB2");
            marker.Row.Set(C.GiIhc, her2 ? "3+" : Ihc(dice));
            if (marker.Row.Text(C.GiIhc) == "2+")
            {
                marker.Row.Set(C.GiIsh, "negative");
            }
        }
    }

    private static string Ihc(Dice dice) => dice.Unit() switch { < 0.5 => "0", < 0.8 => "1+", _ => "2+" };

    private readonly record struct Marker(Row Row, Findings Findings, Knowledge Knowledge, Dice Dice)
    {
        public void Set(Field field, string gene, AlterationKind kind, double tested) => Answer(field, Findings.Of(Knowledge.Gene(gene), kind) is not null, tested);

        public void Exact(Field field, string gene, string change, double tested) => Answer(field, Text(gene) == change, tested);

        public void Germline(Field field, string gene, double tested) => Answer(field, Findings.HasGermline(Knowledge.Gene(gene)), tested);

        public bool Amplified(string gene) => Findings.Of(Knowledge.Gene(gene), AlterationKind.Amplification) is not null;

        public bool Fused(string gene) => Findings.Of(Knowledge.Gene(gene), AlterationKind.Fusion) is not null;

        public bool Has(string gene) => Findings.Has(Knowledge.Gene(gene).Index);

        public string? Text(string gene) => Findings.Of(Knowledge.Gene(gene), AlterationKind.ShortVariant)?.Text;

        private void Answer(Field field, bool positive, double tested)
        {
            if (Dice.Chance(tested))
            {
                Row.Set(field, Dice.Chance(0.015) ? "equivocal" : positive ? "positive" : "negative");
            }
            else if (Dice.Chance(0.5))
            {
                Row.Set(field, "unknown");
            }
        }
    }
}
