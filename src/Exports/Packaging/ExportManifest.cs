using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using DataPortal.Releases.Sealing;

namespace DataPortal.Exports.Packaging;

/// <summary>What an extract is, so that it can be read, checked and made again years later. Serialised as <c>manifest.json</c>; see <c>docs/exports.md</c>.</summary>
/// <param name="Format">Version of this document.</param>
/// <param name="Id">The export.</param>
/// <param name="Release">Name of the release.</param>
/// <param name="DataCutoff">Last day that the release speaks of.</param>
/// <param name="Query">Canonical text.</param>
/// <param name="Project">Name of the project that it was made for.</param>
/// <param name="ProjectId">Id of that project.</param>
/// <param name="Profile">What was written and how.</param>
/// <param name="Cases">Cases; the same number as the search counts, and as there are distinct ones in the files.</param>
/// <param name="Patients">Distinct patients.</param>
/// <param name="Deidentification">Rules that were applied, one per field, as the data dictionary declares them.</param>
/// <param name="ConsentSnapshot">Which withdrawals had been taken into account.</param>
/// <param name="WithdrawnSince">Cases of this extract withdrawn after the snapshot, at the time of signing: none.</param>
/// <param name="Created">UTC instant of signing.</param>
/// <param name="Formulas">How cells that a spreadsheet would run were made harmless.</param>
/// <param name="Files">Every file but this one.</param>
internal sealed record ExportManifest(
    int Format, Guid Id, string Release, DateOnly DataCutoff, string Query, string Project, Guid ProjectId, string Profile, int Cases, int Patients,
    IReadOnlyList<string> Deidentification, ConsentSnapshot ConsentSnapshot, int WithdrawnSince, DateTime Created, string Formulas, IReadOnlyList<PackagedFile> Files)
{
    public const int CurrentFormat = 1;
    public const string FileName = "manifest.json";

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>
    /// The manifest with its <c>signature</c>: ECDSA over P-256 and SHA-256 (r ‖ s, base64) of the canonical form (RFC 8785) of everything else.
    /// </summary>
    public byte[] Sign(ReleaseSigner signer)
    {
        var document = (JsonObject)JsonSerializer.SerializeToNode(this, Options)!;
        document["signature"] = new JsonObject
        {
            ["algorithm"] = "ES256",
            ["keyId"] = signer.KeyId,
            ["value"] = Convert.ToBase64String(signer.Sign(CanonicalJson.Of(document))),
        };
        return JsonSerializer.SerializeToUtf8Bytes(document, Options);
    }
}

/// <summary>The state of consent that an extract was made in.</summary>
/// <param name="Taken">UTC instant.</param>
/// <param name="Withdrawn">Cases of the release that were withdrawn by then, and are in no file.</param>
/// <param name="Digest">SHA-256 of the project's pseudonyms of those cases, sorted, one a line: two extracts with the same digest left out the same cases.</param>
internal sealed record ConsentSnapshot(DateTime Taken, int Withdrawn, string Digest);
