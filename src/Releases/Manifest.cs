using System.Text.Json;
using System.Text.Json.Serialization;
using DataPortal.Releases.Vocabularies;

namespace DataPortal.Releases;

/// <summary>What a release folder holds and how to read it. Serialised as <c>manifest.json</c>; the format is described in <c>docs/release-format.md</c>.</summary>
/// <param name="Format">Version of the folder's layout; this build writes and reads <see cref="CurrentFormat"/>.</param>
/// <param name="Name">The release's name: lower-case letters, digits, dot, hyphen and underscore.</param>
/// <param name="Dictionary">Version of the data dictionary it was built with.</param>
/// <param name="Source">Where the registrations came from: <c>synthetic</c>, <c>cbioportal</c>, <c>portal</c>.</param>
/// <param name="Created">UTC instant of sealing, to the second.</param>
/// <param name="DataCutoff">Last day that the data speak of.</param>
/// <param name="Cases">Number of cases.</param>
/// <param name="Patients">Number of distinct patients.</param>
/// <param name="RepeatedPatients">How many of them have more than one case; they bear the patient numbers below this figure.</param>
/// <param name="Deidentification">What was done to the values when the release was built.</param>
/// <param name="Assays">Tests (panel and version) with what they cover; a case's <c>assay</c> is an index into this list.</param>
/// <param name="Tables">Entities with their row counts, parents first.</param>
/// <param name="Columns">How each field's file is to be read.</param>
/// <param name="Vocabularies">Open vocabularies: name → number of codes.</param>
/// <param name="Files">Every file of the folder except <c>manifest.json</c> and <c>manifest.sig</c>, in ordinal order of path.</param>
public sealed record Manifest(
    int Format, string Name, int Dictionary, string Source, DateTime Created, DateOnly DataCutoff, int Cases, int Patients, int RepeatedPatients,
    IReadOnlyList<string> Deidentification, IReadOnlyList<ManifestAssay> Assays, IReadOnlyList<ManifestTable> Tables,
    IReadOnlyList<ManifestColumn> Columns, IReadOnlyDictionary<string, int> Vocabularies, IReadOnlyList<ManifestFile> Files)
{
    public const int CurrentFormat = 1;

    internal const string FileName = "manifest.json";

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true, NewLine = "\n", UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    internal byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, Options);

    /// <exception cref="ReleaseException">The bytes are not a manifest of this format, or not in its canonical form.</exception>
    internal static Manifest Parse(byte[] bytes)
    {
        Manifest? manifest;
        try
        {
            manifest = JsonSerializer.Deserialize<Manifest>(bytes, Options);
        }
        catch (JsonException e)
        {
            throw new ReleaseException("release_damaged", "manifest.json cannot be read.", e);
        }

        if (manifest is null || manifest.Format != CurrentFormat)
            throw new ReleaseException("release_format", $"manifest.json says format {manifest?.Format}; this program reads format {CurrentFormat}.");
        return manifest;
    }
}

/// <summary>
/// A test: panel and version. <paramref name="AllGenes"/> lists the kinds of alteration that it calls in every gene (exomes); what it calls in single genes
/// stands in <c>coverage.tsv</c>. <paramref name="Unlisted"/> is true when nobody said what it covers, so that it counts as covering nothing.
/// </summary>
public sealed record ManifestAssay(string Panel, string Version, bool Paired, IReadOnlyList<AlterationKind> AllGenes, bool Unlisted);

/// <summary>An entity with its number of rows.</summary>
public sealed record ManifestTable(string Entity, int Rows);

/// <summary>How a column's file is to be read: little-endian values of <paramref name="Width"/> bytes (0: every row is blank and there is no file).</summary>
/// <param name="Base">For numbers and dates: stored value = value − base + 1, and 0 is blank.</param>
/// <param name="Codes">For closed lists: the codes in order; stored value = position + 1.</param>
public sealed record ManifestColumn(string Field, string Type, int Width, int Scale, int Base, string? Vocabulary, IReadOnlyList<string>? Codes);

/// <summary>A file of the release with its size in bytes and its SHA-256 in lower-case hexadecimal.</summary>
public sealed record ManifestFile(string Path, long Bytes, string Sha256);

/// <summary>A release that cannot be built, read or trusted. <see cref="Code"/> is stable; the message never holds a patient's value.</summary>
public sealed class ReleaseException : Exception
{
    public ReleaseException(string code, string message, Exception? inner = null) : base(message, inner) => Code = code;

    public string Code { get; }
}
