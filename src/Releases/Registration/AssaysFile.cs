using System.Text.Json;
using System.Text.Json.Serialization;
using DataPortal.Releases.Vocabularies;

namespace DataPortal.Releases.Registration;

/// <summary>
/// <c>assays.json</c> beside registrations: what each panel and version covers, where that is not in the vocabulary. Coverage is written per kind and source
/// with a list of genes.
/// </summary>
public static class AssaysFile
{
    public const string Name = "assays.json";

    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, AllowDuplicateProperties = false,
        RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true, WriteIndented = true, NewLine = "\n",
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false) },
    };

    /// <exception cref="JsonException">Not of the expected form; the message names the place.</exception>
    public static IReadOnlyList<Assay> Read(Stream stream)
    {
        var file = JsonSerializer.Deserialize<File>(stream, Options) ?? throw new JsonException("The file holds null.");
        return [.. file.Assays.Select(a => new Assay(a.Panel, a.Version, a.Paired, a.AllGenes,
            [.. a.Coverage.SelectMany(c => c.Genes.Select(gene => new CoverageEntry(a.Panel, a.Version, gene, c.Kind, c.Region, c.Source, c.Assumed)))]))];
    }

    public static void Write(Stream stream, IEnumerable<Assay> assays) => JsonSerializer.Serialize(stream, new File([.. assays.Select(a => new AssayEntry(
        a.Panel, a.Version, a.Paired, a.AllGenes,
        [.. a.Coverage.GroupBy(c => (c.Kind, c.Region, c.Source, c.Assumed)).Select(g => new CoverageGroup(g.Key.Kind, g.Key.Region, g.Key.Source, g.Key.Assumed, [.. g.Select(c => c.Gene)]))]))]),
        Options);

    internal sealed record File(IReadOnlyList<AssayEntry> Assays);

    internal sealed record AssayEntry(string Panel, string Version, bool Paired, IReadOnlyList<AlterationKind> AllGenes, IReadOnlyList<CoverageGroup> Coverage);

    internal sealed record CoverageGroup(AlterationKind Kind, string Region, string Source, bool Assumed, IReadOnlyList<string> Genes);
}
