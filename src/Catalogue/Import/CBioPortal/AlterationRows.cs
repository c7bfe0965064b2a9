using System.Globalization;
using DataPortal.Releases;
using DataPortal.Releases.Dictionary;

namespace DataPortal.Catalogue.Import.CBioPortal;

/// <summary>Fields of alterations, and what the three kinds of file have in common.</summary>
internal static class AlterationRows
{
    public static readonly Entity Entity = DataDictionary.Current.Entity("alteration");

    public static readonly Field Kind = Of("kind"), Origin = Of("origin"), Nucleic = Of("nucleic"), Gene = Of("gene"), Partner = Of("partner"), Change = Of("change"),
        Consequence = Of("consequence"), Codon = Of("codon"), Exon = Of("exon"), Cdna = Of("cdna"), Vaf = Of("vaf"), AltReads = Of("alt_reads"), Depth = Of("depth"),
        Transcript = Of("transcript"), Chromosome = Of("chromosome"), Position = Of("position"), Reference = Of("reference"), Alternate = Of("alternate");

    /// <summary>The gene of a row; null, after dropping the row, when it names none.</summary>
    public static string? GeneOf(TsvFile table, int hugo, int entrez, GeneNames genes)
    {
        if (table.Value(hugo) is { } symbol && symbol is not ("Unknown" or "."))
            return genes.Current(symbol, table.Value(entrez), table.Log);
        table.Log.Drop("gene_missing", Gene.Key);
        return null;
    }

    /// <summary>A whole number within the field's bounds; null, after a word in the report, when the cell holds something else.</summary>
    public static int? Number(TsvFile table, int column, Field field)
    {
        if (table.Value(column) is not { } cell || cell == ".")
            return null;
        // Some pipelines write counts as 12.0.
        if (double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number == Math.Truncate(number) && number >= (double)field.Min && number <= (double)field.Max)
            return (int)number;
        table.Log.Mend("bad_number", field.Key);
        return null;
    }

    public static void SetText(Row row, Field field, string? value, FileLog file)
    {
        if (value is { Length: > 512 })
            file.Mend("too_long", field.Key);
        else
            row.Set(field, value);
    }

    public static void SetNumber(Row row, Field field, int? value)
    {
        if (value is { } number)
            row.Set(field, number);
    }

    /// <summary>1 to 22, X, Y, M; otherwise as written.</summary>
    public static string? ChromosomeName(string? text)
    {
        var name = text is not null && text.StartsWith("chr", StringComparison.OrdinalIgnoreCase) ? text[3..] : text;
        return name switch { "23" => "X", "24" => "Y", "MT" => "M", _ => name };
    }

    private static Field Of(string name) => DataDictionary.Current["alteration." + name];
}
