using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace DataPortal.Cli.Connection;

/// <summary>A private key of this user's: it proves possession of tokens (RFC 9449), or that a program is the one it says it is (RFC 7523).</summary>
internal sealed class SigningKey
{
    private static readonly TimeSpan AssertionLife = TimeSpan.FromSeconds(60);

    private static readonly JsonWebTokenHandler Writer = new() { SetDefaultTimesOnTokenCreation = false };

    private readonly JsonWebKey key;

    private SigningKey(JsonWebKey key) => this.key = key;

    /// <summary>A new ES256 pair.</summary>
    public static SigningKey Create()
    {
        using var pair = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var made = pair.ExportParameters(includePrivateParameters: true);
        return new SigningKey(new JsonWebKey { Kty = "EC", Crv = "P-256", X = Base64UrlEncoder.Encode(made.Q.X), Y = Base64UrlEncoder.Encode(made.Q.Y), D = Base64UrlEncoder.Encode(made.D) });
    }

    /// <exception cref="Failure"><paramref name="jwk"/> is no private EC or RSA key.</exception>
    public static SigningKey Read(JsonElement jwk)
    {
        try
        {
            var read = new JsonWebKey(jwk.GetRawText());
            if (read is { Kty: "EC" or "RSA", HasPrivateKey: true })
                return new SigningKey(read);
        }
        catch (ArgumentException)
        {
            // Said below, without a word of the key.
        }

        throw Failure.Bad("bad_key", Text.Of("秘密鍵（JWK）として読めません。", "This is no private key (JWK) of kind EC or RSA."));
    }

    /// <summary>The private JWK, for a file that its owner alone can read.</summary>
    public JsonObject Private()
    {
        var jwk = Public();
        foreach (var (name, value) in new[] { ("d", key.D), ("p", key.P), ("q", key.Q), ("dp", key.DP), ("dq", key.DQ), ("qi", key.QI) })
        {
            if (value is not null)
                jwk[name] = value;
        }

        return jwk;
    }

    public JsonObject Public()
    {
        var jwk = key.Kty == "EC" ? new JsonObject { ["kty"] = "EC", ["crv"] = key.Crv, ["x"] = key.X, ["y"] = key.Y } : new JsonObject { ["kty"] = "RSA", ["n"] = key.N, ["e"] = key.E };
        if (key.Kid is { Length: > 0 } kid)
            jwk["kid"] = kid;
        return jwk;
    }

    /// <summary>A proof for one request (RFC 9449, 4.2): with <paramref name="accessToken"/> at the portal, without at the token endpoint.</summary>
    public string Proof(HttpMethod method, Uri url, string? accessToken, string? nonce)
    {
        var claims = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["jti"] = RandomNumberGenerator.GetHexString(32, lowercase: true),
            ["htm"] = method.Method,
            ["htu"] = url.GetLeftPart(UriPartial.Path),
            ["iat"] = Now(),
        };
        if (accessToken is not null)
            claims["ath"] = Base64UrlEncoder.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(accessToken)));
        if (nonce is not null)
            claims["nonce"] = nonce;
        using var jwk = JsonDocument.Parse(Public().ToJsonString());
        return Write("dpop+jwt", claims, new Dictionary<string, object>(StringComparer.Ordinal) { ["jwk"] = jwk.RootElement.Clone() });
    }

    /// <summary>A program's word for itself, for one minute and once, to this issuer and no other.</summary>
    public string Assertion(string clientId, string issuer) => Write("JWT", new Dictionary<string, object>(StringComparer.Ordinal)
    {
        ["iss"] = clientId, ["sub"] = clientId, ["aud"] = issuer, ["jti"] = RandomNumberGenerator.GetHexString(32, lowercase: true), ["iat"] = Now(), ["exp"] = Now() + (long)AssertionLife.TotalSeconds,
    });

    private string Write(string type, Dictionary<string, object> claims, Dictionary<string, object>? header = null) => Writer.CreateToken(new SecurityTokenDescriptor
    {
        TokenType = type,
        Claims = claims,
        AdditionalHeaderClaims = header,
        SigningCredentials = new SigningCredentials(key, key.Kty == "RSA" ? SecurityAlgorithms.RsaSsaPssSha256 : key.Crv == "P-384" ? SecurityAlgorithms.EcdsaSha384 : SecurityAlgorithms.EcdsaSha256),
    });

    private static long Now() => TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
}
