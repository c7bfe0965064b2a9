using DataPortal.Releases.Dictionary;

namespace DataPortal.Synthesis;

/// <summary>The fields of the case that the generator fills.</summary>
internal static class C
{
    public static readonly Field RegistrationId = Of("registration_id"), PatientId = Of("patient_id"), Hospital = Of("hospital"), Sex = Of("sex"), Age = Of("age"),
        EarlierRegistration = Of("earlier_registration"), Cancer = Of("cancer"), CancerVersion = Of("cancer_version"), CancerAsRegistered = Of("cancer_as_registered"),
        Registered = Of("registered"), Childhood = Of("childhood_cancer"), ConsentSecondary = Of("consent_secondary_use"), ConsentAbroad = Of("consent_abroad"),
        CancerRevised = Of("cancer_revised"), CancerPost = Of("cancer_post"), CancerPostDate = Of("cancer_post_date"), Hereditary = Of("hereditary"),
        HereditaryDisease = Of("hereditary_disease"), DiagnosisDate = Of("diagnosis_date"), ClinicalDiagnosis = Of("clinical_diagnosis"), Smoking = Of("smoking"),
        SmokingYears = Of("smoking_years"), Cigarettes = Of("cigarettes_per_day"), Alcohol = Of("alcohol"), Ps = Of("ps"), Double = Of("double_cancer"),
        Multiple = Of("multiple_cancer"), DoubleActive = Of("double_cancer_active"), Family = Of("family_history"), Stage = Of("stage"), OnsetAge = Of("onset_age"),
        TestKind = Of("test_kind"), Panel = Of("panel"), PanelVersion = Of("panel_version"), Specimen = Of("specimen"), SpecimenType = Of("specimen_type"),
        TumourContent = Of("tumour_content"), SpecimenDate = Of("specimen_date"), NormalDate = Of("normal_specimen_date"), Method = Of("specimen_method"),
        Site = Of("specimen_site"), Organ = Of("specimen_organ"), Failed = Of("analysis_failed"), FailureReason = Of("failure_reason"),
        Metastasis = Of("metastasis_at_registration"), MsiClinical = Of("msi_clinical"), MsiClinicalMethod = Of("msi_clinical_method"), MmrClinical = Of("mmr_clinical"),
        MsiPanel = Of("msi_panel"), Tmb = Of("tmb"), Btmb = Of("btmb"), Loh = Of("loh"), PriorTherapy = Of("prior_therapy"), EpHeld = Of("ep_held"), EpDate = Of("ep_date"),
        EpOption = Of("ep_option"), EpTreated = Of("ep_treated"), EpReason = Of("ep_reason"), EpOther = Of("ep_other_drug"), Outcome = Of("outcome"),
        LastAlive = Of("last_alive"), DeathDate = Of("death_date"), DeathCause = Of("death_cause"),
        LungEgfr = Of("lung_egfr"), LungEgfrMethod = Of("lung_egfr_method"), LungEgfrType = Of("lung_egfr_type"), LungAlk = Of("lung_alk"), LungRos1 = Of("lung_ros1"),
        LungBraf = Of("lung_braf_v600"), LungMet = Of("lung_met_exon14"), LungKras = Of("lung_kras_g12c"), LungRet = Of("lung_ret"), LungPdl1 = Of("lung_pdl1"),
        LungTps = Of("lung_pdl1_tps"), LungAsbestos = Of("lung_asbestos"), BreastIhc = Of("breast_her2_ihc"), BreastIsh = Of("breast_her2_ish"), BreastEr = Of("breast_er"),
        BreastPgr = Of("breast_pgr"), BreastBrca1 = Of("breast_gbrca1"), BreastBrca2 = Of("breast_gbrca2"), GiKras = Of("gi_kras"), GiKrasType = Of("gi_kras_type"),
        GiNras = Of("gi_nras"), GiIhc = Of("gi_her2_ihc"), GiIsh = Of("gi_her2_ish"), GiBraf = Of("gi_braf_v600"), HbsAg = Of("liver_hbsag"), HbsAb = Of("liver_hbsab"),
        HcvAb = Of("liver_hcvab"), BiliaryFgfr2 = Of("biliary_fgfr2"), PancreasBrca1 = Of("pancreas_gbrca1"), PancreasBrca2 = Of("pancreas_gbrca2"), SkinBraf = Of("skin_braf"),
        SkinBrafType = Of("skin_braf_type"), ProstateBrca1 = Of("prostate_gbrca1"), ProstateBrca2 = Of("prostate_gbrca2"), OvaryBrca1 = Of("ovary_gbrca1"),
        OvaryBrca2 = Of("ovary_gbrca2"), OvaryHrd = Of("ovary_hrd"), ThyroidRetFusion = Of("thyroid_ret_fusion"), SalivaryIhc = Of("salivary_her2_ihc"),
        NtrkClinical = Of("ntrk_fusion");

    private static Field Of(string name) => DataDictionary.Current["case." + name];
}

/// <summary>The child entities and their fields.</summary>
internal static class X
{
    public static readonly Entity Case = DataDictionary.Current.Case, Metastasis = Entity("metastasis"), OtherCancer = Entity("other_cancer"), Family = Entity("family"),
        Treatment = Entity("treatment"), Drug = Entity("drug"), Event = Entity("event"), Alteration = Entity("alteration"), Evidence = Entity("evidence");

    public static readonly Field MetastasisSite = Of("metastasis.site"), OtherSite = Of("other_cancer.site"), Relation = Of("family.relation"),
        FamilyCancer = Of("family.cancer"), FamilyAge = Of("family.age_band"),
        Phase = Of("treatment.phase"), Line = Of("treatment.line"), Purpose = Of("treatment.purpose"), Facility = Of("treatment.facility"), Regimen = Of("treatment.regimen"),
        Height = Of("treatment.height"), Weight = Of("treatment.weight"), Start = Of("treatment.start"), End = Of("treatment.end"), Ongoing = Of("treatment.ongoing"),
        Continuation = Of("treatment.continuation"), Status = Of("treatment.drug_status"), Route = Of("treatment.route"), Recommended = Of("treatment.recommended"),
        EndReason = Of("treatment.end_reason"), Response = Of("treatment.response"), Progression = Of("treatment.progression_date"), Severe = Of("treatment.severe_event"),
        StopEvent = Of("treatment.stop_event"), StopGrade = Of("treatment.stop_event_grade"),
        DrugName = Of("drug.drug"), DrugAsEntered = Of("drug.as_entered"), Dose = Of("drug.dose"), DoseUnit = Of("drug.dose_unit"),
        EventTerm = Of("event.term"), EventGrade = Of("event.grade"), EventOnset = Of("event.onset"),
        Kind = Of("alteration.kind"), Origin = Of("alteration.origin"), Nucleic = Of("alteration.nucleic"), Gene = Of("alteration.gene"), Partner = Of("alteration.partner"),
        Change = Of("alteration.change"), Consequence = Of("alteration.consequence"), Codon = Of("alteration.codon"), Exon = Of("alteration.exon"), Cdna = Of("alteration.cdna"),
        Vaf = Of("alteration.vaf"), AltReads = Of("alteration.alt_reads"), Depth = Of("alteration.depth"), Copies = Of("alteration.copies"), Tommo = Of("alteration.tommo"),
        Exac = Of("alteration.exac_east_asian"), Tpm = Of("alteration.tpm"), Pathogenicity = Of("alteration.pathogenicity"), Pgpv = Of("alteration.pgpv"),
        Snapshot = Of("evidence.snapshot"), EvidenceType = Of("evidence.type"), Significance = Of("evidence.significance"), Level = Of("evidence.level"),
        EvidenceDrug = Of("evidence.drug"), Reachability = Of("evidence.reachability");

    private static Field Of(string key) => DataDictionary.Current[key];

    private static Entity Entity(string name) => DataDictionary.Current.Entity(name);
}
