using System.Globalization;
using DataPortal.Releases.Vocabularies;

namespace DataPortal.Catalogue.Import;

/// <summary>Brings gene symbols up to date: MLL2 becomes KMT2D. What the vocabulary does not know is kept as it is.</summary>
internal sealed class GeneNames(Genes genes)
{
    private readonly Dictionary<string, (string Symbol, string? Code)> cache = new(StringComparer.Ordinal);
    private readonly Dictionary<int, string> byEntrez = genes.All.Where(g => g.EntrezId is not null).GroupBy(g => g.EntrezId!.Value)
        .ToDictionary(g => g.Key, g => g.First().Symbol);

    /// <summary>The current symbol, after telling the report when it differs or is not known.</summary>
    /// <param name="symbol">As written in the data; not blank.</param>
    /// <param name="entrez">NCBI gene id beside it, if any. It decides where the symbol alone does not.</param>
    /// <param name="file">Where to report.</param>
    public string Current(string symbol, string? entrez, FileLog file)
    {
        var (current, code) = Resolve(symbol);
        if (code is "unknown_gene" or "ambiguous_gene" or "gene_alias" && EntrezSymbol(entrez) is { } byNumber)
            (current, code) = (byNumber, byNumber == symbol ? null : "gene_by_entrez");
        switch (code)
        {
            case null:
                break;
            case "unknown_gene" or "ambiguous_gene":
                file.Note(code, "alteration.gene");
                break;
            default:
                file.Mend(code, "alteration.gene");
                break;
        }

        return current;
    }

    /// <summary>The current symbol of a gene in a panel's list; the symbol itself when unknown.</summary>
    public string Current(string symbol) => Resolve(symbol).Symbol;

    private (string Symbol, string? Code) Resolve(string symbol)
    {
        if (cache.TryGetValue(symbol, out var known))
            return known;
        var found = genes.Resolve(symbol);
        return cache[symbol] = found.Kind switch
        {
            GeneResolutionKind.Current => (found.Symbols[0], found.Symbols[0] == symbol ? null : "gene_spelling"),
            GeneResolutionKind.Previous => (found.Symbols[0], "old_gene_symbol"),
            GeneResolutionKind.Alias => (found.Symbols[0], "gene_alias"),
            GeneResolutionKind.Unknown => (symbol, "unknown_gene"),
            _ => (symbol, "ambiguous_gene"),
        };
    }

    private string? EntrezSymbol(string? entrez) =>
        int.TryParse(entrez, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? byEntrez.GetValueOrDefault(id) : null;
}
