using System.Text.RegularExpressions;
using DataPortal.Releases;

namespace DataPortal.Catalogue.Import.CBioPortal;

/// <summary>
/// Fusions and rearrangements. Two genes make a fusion; one gene, or one gene and a place between genes, a rearrangement. The order of the partners (5′ first)
/// is known where the event's description spells the fusion out; otherwise the order of the sites is kept and says nothing.
/// </summary>
internal static partial class StructuralVariants
{
    public static void Read(Study study, GeneNames genes)
    {
        foreach (var file in study.Folder.Of(StudyData.StructuralVariants))
        {
            study.WithData.Add(Profile.StructuralVariants);
            using var table = new TsvFile(study.Folder.Folder, file.DataFile, "structural variants", study.Log);
            var columns = new Columns(table);
            while (table.Next())
                ReadRow(study, table, columns, genes);
        }
    }

    private static void ReadRow(Study study, TsvFile table, Columns c, GeneNames genes)
    {
        if (table.Value(c.Sample) is not { } id)
        {
            table.Log.Drop("missing_id", "Sample_Id");
            return;
        }

        var first = Gene(table, c.First, genes);
        var second = Gene(table, c.Second, genes);
        if (first is null && second is null)
        {
            table.Log.Drop("gene_missing", AlterationRows.Gene.Key);
            return;
        }

        var reversed = first is not null && second is not null && first != second && IsReversed(table, c);
        var row = study.FindOrAdd(id, table.Log).Row.Add(AlterationRows.Entity);
        if (reversed || first is null)
            (first, second) = (second, first);
        var site = reversed || table.Value(c.First.Gene) is null || IsBetweenGenes(table, c.First) ? c.Second : c.First;
        if (second is null || second == first)
            SetRearrangement(row, table, c, first!);
        else
            SetFusion(row, first!, second, table.Log);
        row.Set(AlterationRows.Origin, table.Raw(c.Status).ToUpperInvariant() switch { "SOMATIC" => "somatic", "GERMLINE" => "germline", _ => "unknown" });
        row.Set(AlterationRows.Nucleic, IsYes(table, c.Rna) && !IsYes(table, c.Dna) ? "RNA" : "DNA");
        AlterationRows.SetText(row, AlterationRows.Transcript, table.Value(site.Transcript), table.Log);
        AlterationRows.SetText(row, AlterationRows.Chromosome, AlterationRows.ChromosomeName(table.Value(site.Chromosome)), table.Log);
        AlterationRows.SetNumber(row, AlterationRows.Position, AlterationRows.Number(table, site.Position, AlterationRows.Position));
        AlterationRows.SetNumber(row, AlterationRows.AltReads, AlterationRows.Number(table, c.Reads, AlterationRows.AltReads));
    }

    private static string? Gene(TsvFile table, Site site, GeneNames genes)
    {
        if (table.Value(site.Gene) is not { } symbol)
            return null;
        if (!IsBetweenGenes(table, site))
            return genes.Current(symbol, table.Value(site.Entrez), table.Log);
        table.Log.Count("site_between_genes");
        return null;
    }

    /// <summary>The symbol beside an intergenic site is only the nearest gene.</summary>
    private static bool IsBetweenGenes(TsvFile table, Site site) =>
        table.Raw(site.Region).StartsWith("IGR", StringComparison.OrdinalIgnoreCase) || table.Raw(site.Description).StartsWith("IGR", StringComparison.OrdinalIgnoreCase);

    private static bool IsReversed(TsvFile table, Columns c)
    {
        if (Spelt().Match(table.Raw(c.Event)) is not { Success: true } match)
        {
            table.Log.Count("direction_unknown");
            return false;
        }

        table.Log.Count("direction_known");
        var named = (match.Groups["a"].Value, match.Groups["b"].Value);
        return named == (table.Raw(c.Second.Gene), table.Raw(c.First.Gene));
    }

    private static void SetFusion(Row row, string five, string three, FileLog file)
    {
        file.Count("fusion");
        row.Set(AlterationRows.Kind, "fusion");
        row.Set(AlterationRows.Gene, five);
        row.Set(AlterationRows.Partner, three);
        row.Set(AlterationRows.Change, "fusion");
        row.Set(AlterationRows.Consequence, "fusion");
    }

    private static void SetRearrangement(Row row, TsvFile table, Columns c, string gene)
    {
        table.Log.Count("rearrangement");
        row.Set(AlterationRows.Kind, "rearrangement");
        row.Set(AlterationRows.Gene, gene);
        var deletion = table.Raw(c.Class).Equals("DELETION", StringComparison.OrdinalIgnoreCase);
        row.Set(AlterationRows.Change, table.Raw(c.Class).ToUpperInvariant() switch
        {
            "DELETION" => "long deletion",
            "DUPLICATION" => "duplication",
            "INVERSION" => "inversion",
            "INSERTION" => "insertion",
            "TRANSLOCATION" => "translocation",
            _ => "rearrangement",
        });
        row.Set(AlterationRows.Consequence, deletion ? "long_deletion" : "rearrangement");
    }

    private static bool IsYes(TsvFile table, int column) => table.Raw(column).Equals("yes", StringComparison.OrdinalIgnoreCase);

    /// <summary><c>Protein fusion: in frame (EML4-ALK)</c>, <c>{EML4:ALK}</c>.</summary>
    [GeneratedRegex(@"[({](?<a>[A-Za-z0-9.]+(-[A-Z0-9]{1,2})?)(-|::?)(?<b>[A-Za-z0-9.]+(-[A-Z0-9]{1,2})?)[)}]", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 100)]
    private static partial Regex Spelt();

    private sealed record Site(int Gene, int Entrez, int Transcript, int Chromosome, int Position, int Region, int Description)
    {
        public static Site Of(TsvFile table, string name) => new(
            table.Column(name + "_Hugo_Symbol"), table.Column(name + "_Entrez_Gene_Id"), table.Column(name + "_Ensembl_Transcript_Id"), table.Column(name + "_Chromosome"),
            table.Column(name + "_Position"), table.Column(name + "_Region"), table.Column(name + "_Description"));
    }

    private sealed class Columns
    {
        public readonly int Sample, Status, Class, Event, Dna, Rna, Reads;

        public readonly Site First, Second;

        public Columns(TsvFile table)
        {
            (Sample, Status) = (table.Required("Sample_Id"), table.Required("SV_Status"));
            _ = table.Required("Site1_Hugo_Symbol", "Site2_Hugo_Symbol");
            (First, Second) = (Site.Of(table, "Site1"), Site.Of(table, "Site2"));
            (Class, Event, Reads) = (table.Column("Class"), table.Column("Event_Info"), table.Column("Tumor_Variant_Count"));
            (Dna, Rna) = (table.Column("DNA_Support"), table.Column("RNA_Support"));
        }
    }
}
