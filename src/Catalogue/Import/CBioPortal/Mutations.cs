using DataPortal.Releases;

namespace DataPortal.Catalogue.Import.CBioPortal;

/// <summary>Small variants from mutation annotation files (MAF).</summary>
internal static class Mutations
{
    // What cBioPortal leaves out unless the meta file's variant_classification_filter says otherwise.
    private static readonly HashSet<string> SilentByDefault = new(StringComparer.OrdinalIgnoreCase)
    {
        "Silent", "Intron", "IGR", "3'UTR", "5'UTR", "3'Flank", "5'Flank", "RNA",
    };

    private static readonly Dictionary<string, string> Consequences = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Missense_Mutation"] = "missense", ["Nonsense_Mutation"] = "nonsense", ["Frame_Shift_Del"] = "frameshift", ["Frame_Shift_Ins"] = "frameshift",
        ["Splice_Site"] = "splice", ["In_Frame_Del"] = "inframe_deletion", ["In_Frame_Ins"] = "inframe_insertion", ["Translation_Start_Site"] = "start_lost",
        ["Nonstop_Mutation"] = "stop_lost", ["5'Flank"] = "promoter",
    };

    public static void Read(Study study, GeneNames genes)
    {
        var seen = new HashSet<(Sample, string Gene, string? Change, string? Position, string? Alternate)>();
        foreach (var file in study.Folder.Of(StudyData.Mutations))
        {
            study.WithData.Add(Profile.Mutations);
            var silent = file.Meta.Find("variant_classification_filter") is { } filter
                ? new HashSet<string>(filter.Split(',', StringSplitOptions.TrimEntries), StringComparer.OrdinalIgnoreCase)
                : SilentByDefault;
            using var table = new TsvFile(study.Folder.Folder, file.DataFile, "mutations", study.Log);
            var columns = new Columns(table);
            while (table.Next())
                ReadRow(study, table, columns, silent, genes, seen);
        }
    }

    private static void ReadRow(Study study, TsvFile table, Columns c, HashSet<string> silent, GeneNames genes,
        HashSet<(Sample, string, string?, string?, string?)> seen)
    {
        if (table.Value(c.Sample) is not { } id)
        {
            table.Log.Drop("missing_id", "Tumor_Sample_Barcode");
            return;
        }

        if (table.Value(c.Classification) is not { } classification)
        {
            table.Log.Drop("classification_missing", "alteration.consequence");
            return;
        }

        // Wildtype, LOH and withdrawn calls are rows about a place, not alterations.
        if (table.Raw(c.Status).ToUpperInvariant() is "LOH" or "WILDTYPE" or "REDACTED" or "POST-TRANSCRIPTIONAL MODIFICATION")
        {
            table.Log.Drop("not_an_alteration", "Mutation_Status");
            return;
        }

        if (AlterationRows.GeneOf(table, c.Hugo, c.Entrez, genes) is not { } gene)
            return;
        // A promoter change of TERT is what the flank is read for; cBioPortal keeps it as well.
        if (silent.Contains(classification) && !(gene == "TERT" && classification.Equals("5'Flank", StringComparison.OrdinalIgnoreCase)))
        {
            table.Log.Drop("silent_variant", "alteration.consequence");
            return;
        }

        var sample = study.FindOrAdd(id, table.Log);
        var change = Change(table, c);
        var alternate = Alternate(table, c);
        if (!seen.Add((sample, gene, change, table.Value(c.Position), alternate)))
        {
            table.Log.Drop("duplicate_alteration");
            return;
        }

        var row = sample.Row.Add(AlterationRows.Entity);
        row.Set(AlterationRows.Kind, "small_scale_variant");
        row.Set(AlterationRows.Nucleic, "DNA");
        row.Set(AlterationRows.Origin, table.Raw(c.Status).ToUpperInvariant() switch { "SOMATIC" => "somatic", "GERMLINE" => "germline", _ => "unknown" });
        AlterationRows.SetText(row, AlterationRows.Gene, gene, table.Log);
        AlterationRows.SetText(row, AlterationRows.Change, change, table.Log);
        row.Set(AlterationRows.Consequence, Consequences.GetValueOrDefault(classification, "other"));
        AlterationRows.SetNumber(row, AlterationRows.Codon, change is null ? null : ProteinChange.Codon(change));
        AlterationRows.SetNumber(row, AlterationRows.Exon, Exon(table.Value(c.Exon)));
        AlterationRows.SetText(row, AlterationRows.Cdna, Cdna(table.Value(c.Hgvsc)), table.Log);
        AlterationRows.SetText(row, AlterationRows.Transcript, table.Value(c.Transcript), table.Log);
        AlterationRows.SetText(row, AlterationRows.Chromosome, AlterationRows.ChromosomeName(table.Value(c.Chromosome)), table.Log);
        AlterationRows.SetNumber(row, AlterationRows.Position, AlterationRows.Number(table, c.Position, AlterationRows.Position));
        AlterationRows.SetText(row, AlterationRows.Reference, table.Value(c.Reference), table.Log);
        AlterationRows.SetText(row, AlterationRows.Alternate, alternate, table.Log);
        SetReads(row, table, c);
    }

    private static string? Change(TsvFile table, Columns c)
    {
        if (table.Value(c.Change) is not { } text || ProteinChange.Normalise(text, out var wasLong) is not { } change)
            return null;
        if (wasLong)
            table.Log.Mend("three_letter_change", AlterationRows.Change.Key);
        return change;
    }

    private static void SetReads(Row row, TsvFile table, Columns c)
    {
        var alt = AlterationRows.Number(table, c.AltCount, AlterationRows.AltReads);
        var reference = AlterationRows.Number(table, c.RefCount, AlterationRows.AltReads);
        var depth = alt is not null && reference is not null ? (long)alt + reference : AlterationRows.Number(table, c.Depth, AlterationRows.Depth);
        AlterationRows.SetNumber(row, AlterationRows.AltReads, alt);
        if (depth is null || depth > (long)AlterationRows.Depth.Max)
            return;
        row.Set(AlterationRows.Depth, (int)depth);
        if (alt is null || depth == 0)
            return;
        if (alt > depth)
            table.Log.Mend("more_variant_reads_than_reads", AlterationRows.Vaf.Key);
        else
            row.Set(AlterationRows.Vaf, (double)alt / depth.Value);
    }

    private static string? Alternate(TsvFile table, Columns c)
    {
        var reference = table.Value(c.Reference);
        return table.Value(c.Allele2) is { } second && second != reference ? second : table.Value(c.Allele1) is { } first && first != reference ? first : null;
    }

    /// <summary><c>2/39</c> is exon 2 of 39.</summary>
    private static int? Exon(string? text) =>
        text is not null && int.TryParse(text.Split('/', '-')[0], System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var exon)
            && exon >= AlterationRows.Exon.Min && exon <= AlterationRows.Exon.Max ? exon : null;

    /// <summary>Without the transcript that may stand before it: <c>ENST00000256078.4:c.34G>T</c>.</summary>
    private static string? Cdna(string? text) => text is null || text == "." ? null : text[(text.LastIndexOf(':') + 1)..];

    private sealed class Columns(TsvFile table)
    {
        public readonly int Sample = table.Required("Tumor_Sample_Barcode"), Hugo = table.Required("Hugo_Symbol"), Classification = table.Required("Variant_Classification"),
            Change = table.Required("HGVSp_Short", "Amino_Acid_Change", "HGVSp", "Protein_Change");

        public readonly int Entrez = table.Column("Entrez_Gene_Id"), Status = table.Column("Mutation_Status"), Hgvsc = table.Column("HGVSc"), Transcript = table.Column("Transcript_ID", "RefSeq"),
            Exon = table.Column("EXON", "Exon_Number"), Chromosome = table.Column("Chromosome"), Position = table.Column("Start_Position"),
            Reference = table.Column("Reference_Allele"), Allele1 = table.Column("Tumor_Seq_Allele1"), Allele2 = table.Column("Tumor_Seq_Allele2"),
            AltCount = table.Column("t_alt_count"), RefCount = table.Column("t_ref_count"), Depth = table.Column("t_depth");
    }
}
