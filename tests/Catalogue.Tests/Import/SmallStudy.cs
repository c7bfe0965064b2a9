using System.IO.Compression;

namespace DataPortal.Catalogue.Tests.Import;

/// <summary>A study of four samples with every kind of file that the import reads, in a temporary folder; tests change single files.</summary>
internal sealed class SmallStudy : IDisposable
{
    public SmallStudy()
    {
        Meta("study", "type_of_cancer: luad", "name: Small", "description: Small");
        Clinical("patients", "PATIENT_ATTRIBUTES", "PATIENT_ID\tSEX\tAGE\tSTAGE\tOS_STATUS\tOS_MONTHS\tSMOKING_HISTORY",
            "P1\tMale\t95\tStage IIIA\t1:DECEASED\t12.5\tPrev/Curr Smoker",
            "P2\tF\t61\tIVB\t0:LIVING\t[Not Available]\tNever",
            "P3\t\t\t\t\t\t");
        Clinical("samples", "SAMPLE_ATTRIBUTES", "SAMPLE_ID\tPATIENT_ID\tONCOTREE_CODE\tSAMPLE_TYPE\tTUMOR_PURITY",
            "S1\tP1\tLUAD\tPrimary\t40",
            "S2\tP2\tGBM\tMetastasis\t0.3",
            "S3\tP3\tNOSUCH\tOther\t-");
        Data("mutations", "MUTATION_EXTENDED", "MAF", "mutations",
            "Hugo_Symbol\tEntrez_Gene_Id\tChromosome\tStart_Position\tVariant_Classification\tReference_Allele\tTumor_Seq_Allele1\tTumor_Seq_Allele2\tTumor_Sample_Barcode\tMutation_Status\tHGVSp_Short\tHGVSc\tExon_Number\tt_alt_count\tt_ref_count",
            "KRAS\t3845\tchr12\t25398285\tMissense_Mutation\tC\tC\tA\tS1\tSOMATIC\tp.G12C\tENST00000256078.4:c.34G>T\t2/6\t21\t79",
            "MLL2\t\t12\t49415562\tNonsense_Mutation\tG\tG\tA\tS2\tGERMLINE\tp.Arg5501Ter\t\t\t\t",
            "TP53\t7157\t17\t7577120\tSilent\tC\tC\tT\tS2\t\tp.R273R\t\t\t5\t5",
            "TERT\t7015\t5\t1295228\t5'Flank\tG\tG\tA\tS2\t\t\t\t\t5\t5",
            "NOSUCHGENE\t\t1\t1000\tFrame_Shift_Del\tAC\tAC\t-\tS4\t\tp.A155Rfs*59\t\t\t5\t5");
        Data("cna", "COPY_NUMBER_ALTERATION", "DISCRETE", "cna",
            "Hugo_Symbol\tEntrez_Gene_Id\tS1\tS2\tS3", "MYC\t4609\t2\t1\tNA", "CDKN2A\t1029\t-2\t-1\t-1.5", "EGFR\t1956\t0\t0\t0");
        Data("sv", "STRUCTURAL_VARIANT", "SV", "structural_variants",
            "Sample_Id\tSV_Status\tSite1_Hugo_Symbol\tSite1_Region\tSite2_Hugo_Symbol\tSite2_Region\tClass\tEvent_Info\tTumor_Variant_Count",
            "S1\tSOMATIC\tALK\tIntron\tEML4\tIntron\tINVERSION\tProtein fusion: in frame (EML4-ALK)\t12",
            "S1\tSOMATIC\tRET\tIntron\tKIF5B\tIntron\tINVERSION\t\t12",
            "S2\tSOMATIC\tEGFR\tExon\tEGFR\tExon\tDELETION\t\t12",
            "S2\tSOMATIC\tTP53\tExon\tATP1B2\tIGR\tDELETION\t\t12");
        Data("panel_matrix", "GENE_PANEL_MATRIX", "GENE_PANEL_MATRIX", null, "SAMPLE_ID\tmutations\tcna", "S1\tSMALLPANEL\tSMALLPANEL", "S2\tSMALLPANEL\tNA");
        Write("data_gene_panel_small.txt", "stable_id: SMALLPANEL", "description: Small", "gene_list: KRAS\tMLL2\tTP53");
        Write("case_lists/cases_sequenced.txt", "cancer_study_identifier: small", "stable_id: small_sequenced", "case_list_name: x", "case_list_ids: S1\tS2\tS3");
        Write("case_lists/cases_cna.txt", "cancer_study_identifier: small", "stable_id: small_cna", "case_list_name: x", "case_list_ids: S1\tS2\tS3");
        Data("timeline", "CLINICAL", "TIMELINE", null, "PATIENT_ID\tSTART_DATE\tSTOP_DATE\tEVENT_TYPE\tTREATMENT_TYPE\tAGENT",
            "P1\t200\t300\tTREATMENT\tMedical Therapy\tSotorasib", "P1\t10\t90\tTREATMENT\tMedical Therapy\tCisplatin", "P1\t10\t\tTREATMENT\tMedical Therapy\tPemetrexed",
            "P1\t5\t20\tTREATMENT\tRadiation Therapy\tPhotons", "P1\t0\t\tSPECIMEN\t\t", "P2\t\t\tTREATMENT\tMedical Therapy\tNosuchdrug");
        Write("meta_expression.txt", "cancer_study_identifier: small", "genetic_alteration_type: MRNA_EXPRESSION", "datatype: CONTINUOUS", "data_filename: data_expression.txt");
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("study-").FullName;

    public IEnumerable<string> Files => Directory.EnumerateFiles(Folder, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(Folder, f)).Order(StringComparer.Ordinal);

    public string this[string file]
    {
        get => File.ReadAllText(Path.Combine(Folder, file));
        set => File.WriteAllText(Path.Combine(Folder, file), value);
    }

    public SmallStudy Delete(string file)
    {
        File.Delete(Path.Combine(Folder, file));
        return this;
    }

    public void Replace(string file, string old, string with)
    {
        Assert.Contains(old, this[file], StringComparison.Ordinal);
        this[file] = this[file].Replace(old, with, StringComparison.Ordinal);
    }

    public byte[] Zip()
    {
        using var memory = new MemoryStream();
        using (var archive = new ZipArchive(memory, ZipArchiveMode.Create))
        {
            foreach (var file in Files)
                archive.CreateEntryFromFile(Path.Combine(Folder, file), file);
        }

        return memory.ToArray();
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private void Clinical(string what, string dataType, params string[] rows)
    {
        Meta(what, "genetic_alteration_type: CLINICAL", "datatype: " + dataType, $"data_filename: data_{what}.txt");
        var columns = rows[0].Split('\t').Length;
        Write($"data_{what}.txt", [.. Enumerable.Repeat("#" + string.Join('\t', Enumerable.Repeat("STRING", columns)), 4), .. rows]);
    }

    private void Data(string what, string type, string dataType, string? stableId, params string[] rows)
    {
        Meta(what, [$"genetic_alteration_type: {type}", $"datatype: {dataType}", .. stableId is null ? (string[])[] : [$"stable_id: {stableId}"], $"data_filename: data_{what}.txt"]);
        Write($"data_{what}.txt", rows);
    }

    private void Meta(string what, params string[] lines) => Write($"meta_{what}.txt", ["cancer_study_identifier: small", .. lines]);

    private void Write(string file, params string[] lines)
    {
        var path = Path.Combine(Folder, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, string.Concat(lines.Select(l => l + "\n")));
    }
}
