namespace DataPortal.Catalogue.Import.CBioPortal;

/// <summary>
/// Discrete copy number, as a matrix of genes and samples or as a list. As in C-CAT's reports only high-level amplification (2) and homozygous loss (−2) are
/// alterations; single-copy gains and losses are counted in the report and left out.
/// </summary>
internal static class CopyNumber
{
    public static void Read(Study study, GeneNames genes)
    {
        var seen = new HashSet<(Sample, string, string)>();
        foreach (var file in study.Folder.Of(StudyData.CopyNumberMatrix))
            ReadMatrix(study, file, genes, seen);
        foreach (var file in study.Folder.Of(StudyData.CopyNumberList))
            ReadList(study, file, genes, seen);
    }

    private static void ReadMatrix(Study study, StudyFile file, GeneNames genes, HashSet<(Sample, string, string)> seen)
    {
        study.WithData.Add(Profile.CopyNumber);
        using var table = new TsvFile(study.Folder.Folder, file.DataFile, "copy number (matrix)", study.Log);
        var (hugo, entrez, cytoband) = (table.Required("Hugo_Symbol"), table.Column("Entrez_Gene_Id"), table.Column("Cytoband"));
        int[] columns = [.. Enumerable.Range(0, table.Header.Count).Where(i => i != hugo && i != entrez && i != cytoband && table.Header[i].Length > 0)];
        var samples = new Sample?[table.Header.Count];
        while (table.Next())
        {
            if (AlterationRows.GeneOf(table, hugo, entrez, genes) is not { } gene)
                continue;
            foreach (var column in columns)
            {
                if (Change(table, column) is { } change)
                    Add(samples[column] ??= study.FindOrAdd(table.Header[column], table.Log), gene, change, table.Log, seen, dropRow: false);
            }
        }
    }

    private static void ReadList(Study study, StudyFile file, GeneNames genes, HashSet<(Sample, string, string)> seen)
    {
        study.WithData.Add(Profile.CopyNumber);
        using var table = new TsvFile(study.Folder.Folder, file.DataFile, "copy number (list)", study.Log);
        var (hugo, entrez, id, value) = (table.Required("Hugo_Symbol"), table.Column("Entrez_Gene_Id"), table.Required("Sample_Id"), table.Required("Value"));
        while (table.Next())
        {
            if (table.Value(id) is not { } name)
            {
                table.Log.Drop("missing_id", "Sample_Id");
                continue;
            }

            // Most rows say "neutral"; what they call the gene does not matter then.
            if (Change(table, value) is { } change && AlterationRows.GeneOf(table, hugo, entrez, genes) is { } gene)
                Add(study.FindOrAdd(name, table.Log), gene, change, table.Log, seen, dropRow: true);
        }
    }

    private static string? Change(TsvFile table, int column)
    {
        switch (table.Raw(column))
        {
            case "2" or "2.0":
                return "amplification";
            case "-2" or "-2.0":
                return "loss";
            case "-1.5":
                table.Log.Mend("partial_deletion_as_loss", AlterationRows.Change.Key);
                return "loss";
            case "0" or "0.0":
                table.Log.Count("neutral");
                return null;
            case "1" or "1.0":
                table.Log.Count("gain_not_reported");
                return null;
            case "-1" or "-1.0":
                table.Log.Count("shallow_loss_not_reported");
                return null;
            default:
                if (table.Value(column) is null)
                    table.Log.Count("not_examined");
                else
                    table.Log.Mend("bad_number", AlterationRows.Change.Key);
                return null;
        }
    }

    private static void Add(Sample sample, string gene, string change, FileLog file, HashSet<(Sample, string, string)> seen, bool dropRow)
    {
        if (!seen.Add((sample, gene, change)))
        {
            // A row of a matrix speaks of many samples; of a list, of one.
            if (dropRow)
                file.Drop("duplicate_alteration");
            else
                file.Mend("duplicate_alteration", AlterationRows.Gene.Key);
            return;
        }

        file.Count(change);
        var row = sample.Row.Add(AlterationRows.Entity);
        row.Set(AlterationRows.Kind, "copy_number_alteration");
        row.Set(AlterationRows.Nucleic, "DNA");
        row.Set(AlterationRows.Origin, "somatic");
        row.Set(AlterationRows.Gene, gene);
        row.Set(AlterationRows.Change, change);
        row.Set(AlterationRows.Consequence, change);
    }
}
