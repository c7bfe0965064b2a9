using System.Buffers.Binary;
using System.Buffers.Text;
using System.Formats.Cbor;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace DataPortal.Identity.Tests;

/// <summary>
/// A passkey in software: makes real ES256 key pairs, attestations and assertions (WebAuthn Level 3), and can be told to lie about one thing at a time.
/// </summary>
internal sealed class Authenticator : IDisposable
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public byte[] CredentialId { get; } = RandomNumberGenerator.GetBytes(32);

    public uint Counter { get; set; }

    /// <summary>What an answer says; every member can be made wrong.</summary>
    public sealed record Claim
    {
        public required string Origin { get; init; }

        public required string RpId { get; init; }

        public string? Challenge { get; init; }

        public string? Type { get; init; }

        public bool CrossOrigin { get; init; }

        public bool IsPresent { get; init; } = true;

        public bool IsVerified { get; init; } = true;

        public uint? Counter { get; init; }

        public byte[]? CredentialId { get; init; }

        public string? UserHandle { get; init; }

        public bool SpoilSignature { get; init; }
    }

    public string Register(string creationOptions, Claim claim)
    {
        var options = JsonNode.Parse(creationOptions)!;
        UserHandle = options["user"]!["id"]!.GetValue<string>();
        var client = ClientData(claim.Type ?? "webauthn.create", claim.Challenge ?? options["challenge"]!.GetValue<string>(), claim);
        var writer = new CborWriter(CborConformanceMode.Ctap2Canonical);
        writer.WriteStartMap(3);
        writer.WriteTextString("fmt");
        writer.WriteTextString("none");
        writer.WriteTextString("attStmt");
        writer.WriteStartMap(0);
        writer.WriteEndMap();
        writer.WriteTextString("authData");
        writer.WriteByteString([.. AuthenticatorData(claim, attested: true), .. new byte[16], .. Length(CredentialId.Length), .. CredentialId, .. CoseKey()]);
        writer.WriteEndMap();
        return JsonSerializer.Serialize(new
        {
            id = Base64Url.EncodeToString(CredentialId),
            rawId = Base64Url.EncodeToString(CredentialId),
            type = "public-key",
            clientExtensionResults = new { },
            response = new { clientDataJSON = Base64Url.EncodeToString(client), attestationObject = Base64Url.EncodeToString(writer.Encode()), transports = new[] { "internal" } },
        });
    }

    public string? UserHandle { get; private set; }

    public string Answer(string requestOptions, Claim claim)
    {
        var challenge = claim.Challenge ?? JsonNode.Parse(requestOptions)!["challenge"]!.GetValue<string>();
        var client = ClientData(claim.Type ?? "webauthn.get", challenge, claim);
        var data = AuthenticatorData(claim, attested: false);
        var signature = _key.SignData([.. data, .. SHA256.HashData(client)], HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        if (claim.SpoilSignature)
        {
            signature = ECDsa.Create(ECCurve.NamedCurves.nistP256).SignData([.. data, .. SHA256.HashData(client)], HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        }

        var id = Base64Url.EncodeToString(claim.CredentialId ?? CredentialId);
        return JsonSerializer.Serialize(new
        {
            id,
            rawId = id,
            type = "public-key",
            clientExtensionResults = new { },
            response = new
            {
                clientDataJSON = Base64Url.EncodeToString(client),
                authenticatorData = Base64Url.EncodeToString(data),
                signature = Base64Url.EncodeToString(signature),
                userHandle = claim.UserHandle ?? UserHandle,
            },
        });
    }

    public void Dispose() => _key.Dispose();

    private static byte[] ClientData(string type, string challenge, Claim claim) =>
        JsonSerializer.SerializeToUtf8Bytes(new { type, challenge, origin = claim.Origin, crossOrigin = claim.CrossOrigin });

    private byte[] AuthenticatorData(Claim claim, bool attested)
    {
        var flags = (byte)((claim.IsPresent ? 1 : 0) | (claim.IsVerified ? 4 : 0) | (attested ? 0x40 : 0));
        var counter = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(counter, claim.Counter ?? ++Counter);
        return [.. SHA256.HashData(Encoding.UTF8.GetBytes(claim.RpId)), flags, .. counter];
    }

    private static byte[] Length(int length) => [(byte)(length >> 8), (byte)length];

    private byte[] CoseKey()
    {
        var point = _key.ExportParameters(includePrivateParameters: false).Q;
        var writer = new CborWriter(CborConformanceMode.Ctap2Canonical);
        writer.WriteStartMap(5);
        foreach (var (label, value) in new[] { (1, 2), (3, -7), (-1, 1) })
        {
            writer.WriteInt32(label);
            writer.WriteInt32(value);
        }

        writer.WriteInt32(-2);
        writer.WriteByteString(point.X!);
        writer.WriteInt32(-3);
        writer.WriteByteString(point.Y!);
        writer.WriteEndMap();
        return writer.Encode();
    }
}
