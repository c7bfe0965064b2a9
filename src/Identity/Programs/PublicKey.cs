using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using DataPortal.Kernel;
using Microsoft.IdentityModel.Tokens;

namespace DataPortal.Identity.Programs;

/// <summary>
/// The public half of a program's key, as a JWK (RFC 7517): EC on P-256 (ES256) or RSA from 2048 to 4096 bits (PS256), which is what
/// FAPI 2.0 allows and both the bundled provider and this portal can check. Rebuilt from the members that are
/// known, so that nothing else that was posted is kept.
/// </summary>
internal sealed record PublicKey(string Id, string Algorithm, JsonObject Jwk)
{
    private const int CoordinateBytes = 32;
    private const int LeastRsaBits = 2048;
    private const int MostRsaBits = 4096;
    private const int LongestId = 128;

    private static readonly string[] PrivateMembers = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

    private static readonly string[] KnownMembers = ["kty", "crv", "x", "y", "n", "e", "kid", "alg", "use", "key_ops", "ext"];

    /// <summary>The key of a JWK, or why it cannot be taken. Codes: <c>key_private</c>, <c>key_invalid</c> (both 422). No part of it is repeated in the message.</summary>
    public static (PublicKey? Key, Refusal? Refusal) Read(JsonElement jwk)
    {
        if (jwk.ValueKind != JsonValueKind.Object)
        {
            return Invalid("it is not a JSON object");
        }

        var names = jwk.EnumerateObject().Select(m => m.Name).ToList();
        if (names.Exists(n => PrivateMembers.Contains(n, StringComparer.Ordinal)))
        {
            return (null, Refusal.Unprocessable(
                "key_private", "This is a private key, or a secret. It was not kept, but it has left the place where it belongs: make another one, and send its public half."));
        }

        if (names.Exists(n => !KnownMembers.Contains(n, StringComparer.Ordinal)) || jwk.EnumerateObject().Any(m => m.Name is not ("key_ops" or "ext") && m.Value.ValueKind != JsonValueKind.String))
        {
            return Invalid($"its members are {string.Join(", ", KnownMembers)}, and each but key_ops and ext a text");
        }

        try
        {
            var key = Text(jwk, "kty") switch
            {
                "EC" => ReadEc(jwk),
                "RSA" => ReadRsa(jwk),
                _ => null,
            };
            return key is null ? Invalid("only EC keys on P-256 and RSA keys of 2048 to 4096 bits are taken")
                : Text(jwk, "alg") is { } alg && alg != key.Algorithm ? Invalid($"this kind of key signs with {key.Algorithm}")
                : Text(jwk, "use") is { } use && use != "sig" ? Invalid("it is not for signing")
                : key.Id.Length > LongestId || key.Id.Any(c => c is <= ' ' or > '~') ? Invalid($"its kid is not 1 to {LongestId} visible ASCII characters")
                : (key, null);
        }
        catch (Exception e) when (e is CryptographicException or FormatException or ArgumentException)
        {
            return Invalid("its numbers are no key of that kind");
        }
    }

    /// <summary>A new ES256 pair; the private JWK is for the caller's eyes and is kept nowhere.</summary>
    public static (PublicKey Public, JsonObject Private) Generate()
    {
        using var pair = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var parameters = pair.ExportParameters(includePrivateParameters: true);
        var key = FromPoint(parameters, id: null);
        var secret = key.Jwk.DeepClone().AsObject();
        secret["d"] = Base64UrlEncoder.Encode(parameters.D);
        CryptographicOperations.ZeroMemory(parameters.D);
        return (key, secret);
    }

    public static string WriteSet(IEnumerable<PublicKey> keys) =>
        new JsonObject { ["keys"] = new JsonArray([.. keys.Select(k => k.Jwk.DeepClone())]) }.ToJsonString();

    public static IReadOnlyList<PublicKey> ReadSet(string set) => [.. JsonNode.Parse(set)!["keys"]!.AsArray()
        .Select(k => new PublicKey(k!["kid"]!.GetValue<string>(), k["alg"]!.GetValue<string>(), k.AsObject()))];

    private static PublicKey? ReadEc(JsonElement jwk)
    {
        if (Text(jwk, "crv") != "P-256")
        {
            return null;
        }

        var point = new ECPoint { X = Bytes(jwk, "x"), Y = Bytes(jwk, "y") };
        if (point.X.Length != CoordinateBytes || point.Y.Length != CoordinateBytes)
        {
            throw new FormatException("RFC 7518, 6.2.1: coordinates have the size of the curve.");
        }

        // Throws when the point does not lie on the curve.
        using var key = ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = point });
        return FromPoint(key.ExportParameters(includePrivateParameters: false), Text(jwk, "kid"));
    }

    private static PublicKey FromPoint(ECParameters parameters, string? id)
    {
        var (x, y) = (Base64UrlEncoder.Encode(parameters.Q.X), Base64UrlEncoder.Encode(parameters.Q.Y));
        id ??= Thumbprint(new JsonWebKey { Kty = "EC", Crv = "P-256", X = x, Y = y });
        return new PublicKey(id, SecurityAlgorithms.EcdsaSha256, new JsonObject
        {
            ["kty"] = "EC", ["crv"] = "P-256", ["x"] = x, ["y"] = y, ["kid"] = id, ["alg"] = SecurityAlgorithms.EcdsaSha256, ["use"] = "sig",
        });
    }

    private static PublicKey? ReadRsa(JsonElement jwk)
    {
        var (modulus, exponent) = (Bytes(jwk, "n"), Bytes(jwk, "e"));
        if (modulus is [0, ..] || modulus.Length * 8 > MostRsaBits || modulus is [] || (modulus[^1] & 1) == 0 || exponent.Length is 0 or > 4 || (exponent[^1] & 1) == 0)
        {
            return null;
        }

        using var key = RSA.Create(new RSAParameters { Modulus = modulus, Exponent = exponent });
        // FIPS 186-5: exponents of 65537 and above.
        if (key.KeySize < LeastRsaBits || exponent.Aggregate(0L, (all, b) => (all << 8) | b) < 65537)
        {
            return null;
        }

        var (n, e) = (Base64UrlEncoder.Encode(modulus), Base64UrlEncoder.Encode(exponent));
        var id = Text(jwk, "kid") ?? Thumbprint(new JsonWebKey { Kty = "RSA", N = n, E = e });
        return new PublicKey(id, SecurityAlgorithms.RsaSsaPssSha256, new JsonObject
        {
            ["kty"] = "RSA", ["n"] = n, ["e"] = e, ["kid"] = id, ["alg"] = SecurityAlgorithms.RsaSsaPssSha256, ["use"] = "sig",
        });
    }

    /// <summary>RFC 7638.</summary>
    private static string Thumbprint(JsonWebKey key) => Base64UrlEncoder.Encode(key.ComputeJwkThumbprint());

    private static string? Text(JsonElement jwk, string name) => jwk.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static byte[] Bytes(JsonElement jwk, string name) => Base64UrlEncoder.DecodeBytes(Text(jwk, name) ?? throw new FormatException($"{name} is missing."));

    private static (PublicKey?, Refusal?) Invalid(string why) => (null, Refusal.Unprocessable("key_invalid", $"The public key cannot be taken: {why}."));
}
