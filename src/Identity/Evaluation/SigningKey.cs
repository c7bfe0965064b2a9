using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.IdentityModel.Tokens;

namespace DataPortal.Identity.Evaluation;

/// <summary>The bundled provider's key (ES256), made once per data folder.</summary>
internal static class SigningKey
{
    private const string FileName = "openid-signing.jwk";

    /// <returns>The private key as a JWK with its <c>kid</c>, which is the RFC 7638 thumbprint.</returns>
    /// <exception cref="InvalidOperationException">The file is there and holds no such key.</exception>
    public static async Task<JsonObject> ReadOrCreateAsync(string directory, CancellationToken ct)
    {
        var path = Path.Combine(directory, "keys", FileName);
        if (File.Exists(path))
        {
            try
            {
                var key = JsonNode.Parse(await File.ReadAllTextAsync(path, ct)) as JsonObject;
                return key?["kid"] is not null && key["d"] is not null ? key : throw new JsonException("Members are missing.");
            }
            catch (JsonException e)
            {
                throw new InvalidOperationException($"{path} is damaged. Delete it: the next start makes a new key.", e);
            }
        }

        using var ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var parameters = ecdsa.ExportParameters(includePrivateParameters: true);
        var jwk = new JsonObject
        {
            ["kty"] = "EC",
            ["crv"] = "P-256",
            ["x"] = Base64UrlEncoder.Encode(parameters.Q.X!),
            ["y"] = Base64UrlEncoder.Encode(parameters.Q.Y!),
            ["d"] = Base64UrlEncoder.Encode(parameters.D!),
        };
        jwk["kid"] = Base64UrlEncoder.Encode(JsonWebKey.Create(jwk.ToJsonString()).ComputeJwkThumbprint());
        await PrivateFile.WriteAsync(path, JsonSerializer.SerializeToUtf8Bytes(jwk), ct);
        return jwk;
    }
}
