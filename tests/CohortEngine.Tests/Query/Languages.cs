using DataPortal.CohortEngine.Query;
using DataPortal.Releases.Vocabularies;

namespace DataPortal.CohortEngine.Tests.Query;

/// <summary>The language over the shipped vocabulary and a small made-up release.</summary>
internal static class Languages
{
    private static readonly Dictionary<string, string[]> Codes = new()
    {
        ["hospital"] = ["Example Hospital 1", "Example Hospital 2", "見本\"病院\"", "and"],
        ["gene"] = ["KRAS", "ZZGENE9", "ODD GENE"],
        ["regimen"] = ["FOLFOX", "mFOLFOX6", "Home-made (A, B)"],
        ["cancer"] = ["LUAD", "GBM", "X-OTHER"],
        ["event"] = ["Pneumonitis"],
    };

    public static QueryContext Context { get; } = new(
        domain => Codes.TryGetValue(domain, out var codes) ? codes : [],
        (domain, text) => domain == "change" && text == "amplification",
        gene => gene == "KRAS" ? [new KnownChange("G12D", 40), new KnownChange("G12C", 11), new KnownChange("amplification", 5), new KnownChange("G13D", 3)] : []);

    public static QueryLanguage Shipped { get; } = new(Vocabulary.Shipped, Context);

    /// <summary>The query's tree, which must exist.</summary>
    public static QueryNode Tree(string text)
    {
        var result = Shipped.Parse(text, "en");
        Assert.True(result.Tree is not null, $"{text}: {string.Join(" ", result.Errors.Select(e => $"{e.Code} {e.Message}"))}");
        return result.Tree;
    }
}
