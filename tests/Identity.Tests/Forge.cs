using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using DataPortal.Testing;
using Microsoft.IdentityModel.Tokens;

namespace DataPortal.Identity.Tests;

/// <summary>Everything a forger has: a good token of somebody's, the provider's public key, keys of their own, and time.</summary>
internal sealed class Forge
{
    private const string Kid = "test-1";

    private readonly TestIssuer _issuer;
    private readonly string _subject;
    private readonly JsonObject _publicKey;

    private Forge(TestIssuer issuer, string subject, JsonObject publicKey) => (_issuer, _subject, _publicKey) = (issuer, subject, publicKey);

    /// <summary>Tokens that are altered, stolen from another use, or forged; each has the shape of a JWT and names a real account.</summary>
    public static IReadOnlyDictionary<string, Func<Forge, string>> Forgeries { get; } = new Dictionary<string, Func<Forge, string>>(StringComparer.Ordinal)
    {
        ["alg none"] = f => f.Unsigned("none"),
        ["alg None"] = f => f.Unsigned("None"),
        ["alg NONE"] = f => f.Unsigned("NONE"),
        ["alg nOnE"] = f => f.Unsigned("nOnE"),
        ["alg none above a good signature"] = f => f.Rewritten(header: h => h["alg"] = "none"),
        ["HS256 under the public key in PEM"] = f => f.Symmetric("HS256", f.PublicPem()),
        ["HS256 under the public key in PEM without a line feed at its end"] = f => f.Symmetric("HS256", f.PublicPem().AsSpan().TrimEnd((byte)'\n').ToArray()),
        ["HS256 under the public key in DER"] = f => f.Symmetric("HS256", f.PublicKey().ExportSubjectPublicKeyInfo()),
        ["HS256 under the public key's JWK"] = f => f.Symmetric("HS256", Encoding.UTF8.GetBytes(f._publicKey.ToJsonString())),
        ["HS256 under the public key's point"] = f => f.Symmetric("HS256", f.Point()),
        ["HS384 under the public key in PEM"] = f => f.Symmetric("HS384", f.PublicPem()),
        ["HS512 under the public key in PEM"] = f => f.Symmetric("HS512", f.PublicPem()),
        ["HS256 under an empty file named by kid"] = f => f.Symmetric("HS256", [0], "../../../../dev/null"),
        ["no signature"] = f => string.Join('.', f.Good().Split('.')[..2]) + ".",
        ["another token's signature"] = f => string.Join('.', f.Good().Split('.')[..2]) + "." + f.Good().Split('.')[2],
        ["one bit of the signature flipped"] = f => f.Resigned(signature => signature[5] ^= 1),
        ["a signature of zeros"] = f => f.Resigned(signature => signature.AsSpan().Clear()),
        ["a signature of ones"] = f => f.Resigned(signature => signature.AsSpan().Fill(0xff)),
        ["another name in the payload"] = f => f.Rewritten(payload: p => p["client_id"] = "admin"),
        ["a longer life in the payload"] = f => f.Rewritten(payload: p => p["exp"] = 4_000_000_000),
        ["a claim added to the header"] = f => f.Rewritten(header: h => h["x"] = 1),
        ["another algorithm in the header"] = f => f.Rewritten(header: h => h["alg"] = "ES384"),
        ["a forger's EC key under the good kid"] = f => f.SignedBy(ECDsa.Create(ECCurve.NamedCurves.nistP256), Kid),
        ["a forger's EC key under a kid of its own"] = f => f.SignedBy(ECDsa.Create(ECCurve.NamedCurves.nistP256), "mine"),
        ["a forger's EC key under the good kid, on another curve"] = f => f.SignedBy(ECDsa.Create(ECCurve.NamedCurves.nistP384), Kid, SecurityAlgorithms.EcdsaSha384),
        ["a forger's RSA key under the good kid"] = f => f.Mint(d => d.SigningCredentials = new SigningCredentials(new RsaSecurityKey(RSA.Create(2048)) { KeyId = Kid }, SecurityAlgorithms.RsaSha256)),
        ["jku naming a forger's keys"] = f => f.WithHeader("jku", "https://forger.example/jwks"),
        ["x5u naming a forger's certificate"] = f => f.WithHeader("x5u", "https://forger.example/cert.pem"),
        ["jwk holding a forger's key"] = f => f.WithOwnJwk(),
        ["x5c holding a forger's certificate"] = f => f.WithOwnCertificate(),
        ["no kid"] = f => f.WithKid(null),
        ["an unknown kid over a good signature"] = f => f.WithKid("unknown"),
        ["a kid in other case"] = f => f.WithKid("TEST-1"),
        ["a critical extension"] = f => f.Mint(d => d.AdditionalHeaderClaims = Header(("crit", new[] { "b64" }), ("b64", true))),
        ["another issuer"] = f => f.Mint(d => d.Issuer = "https://elsewhere.example"),
        ["the issuer with a slash"] = f => f.Mint(d => d.Issuer += "/"),
        ["the issuer in capitals"] = f => f.Mint(d => d.Issuer = d.Issuer.ToUpperInvariant()),
        ["no issuer"] = f => f.Mint(d => d.Issuer = null),
        ["another audience"] = f => f.Mint(d => d.Audience = "urn:elsewhere"),
        ["an audience that begins with ours"] = f => f.Mint(d => d.Audience = "urn:dataportal:other"),
        ["an audience in capitals"] = f => f.Mint(d => d.Audience = "URN:DATAPORTAL"),
        ["no audience"] = f => f.Mint(d => d.Audience = null),
        ["type JWT"] = f => f.Mint(d => d.TokenType = "JWT"),
        ["no type"] = f => f.Mint(d => d.TokenType = ""),
        ["type of a logout token"] = f => f.Mint(d => d.TokenType = "logout+jwt"),
        ["type of a DPoP proof"] = f => f.Mint(d => d.TokenType = "dpop+jwt"),
        ["an id_token"] = f => f.Mint(d => { d.TokenType = "JWT"; d.Audience = "test"; d.Claims["nonce"] = "n"; d.Claims.Remove("scope"); }),
        ["expired a minute and a half ago"] = f => f.Mint(d => (d.IssuedAt, d.NotBefore, d.Expires) = (Now.AddHours(-1), Now.AddHours(-1), Now.AddSeconds(-90))),
        ["expired a year ago"] = f => f.Mint(d => (d.IssuedAt, d.NotBefore, d.Expires) = (Now.AddYears(-2), Now.AddYears(-2), Now.AddYears(-1))),
        ["no expiry"] = f => f.Signed(p => p.Remove("exp")),
        ["good only in five minutes"] = f => f.Mint(d => d.NotBefore = Now.AddMinutes(5)),
        ["issued in the future"] = f => f.Mint(d => d.IssuedAt = Now.AddMinutes(5)),
        ["no time of issue"] = f => f.Signed(p => p.Remove("iat")),
        ["no scope"] = f => f.Mint(d => d.Claims.Remove("scope")),
        ["another scope"] = f => f.Mint(d => d.Claims["scope"] = "openid profile"),
        ["a scope that begins with ours"] = f => f.Mint(d => d.Claims["scope"] = "portal:read"),
        ["our scope in capitals"] = f => f.Mint(d => d.Claims["scope"] = "PORTAL"),
        ["no token id"] = f => f.Mint(d => d.Claims.Remove("jti")),
        ["an empty token id"] = f => f.Mint(d => d.Claims["jti"] = ""),
        ["a logout token"] = f => f.Mint(d => { d.TokenType = "logout+jwt"; d.Audience = "test"; d.Claims["events"] = new Dictionary<string, object>(StringComparer.Ordinal) { ["http://schemas.openid.net/event/backchannel-logout"] = new Dictionary<string, object>(StringComparer.Ordinal) }; }),
        ["an id_token under the type of access tokens"] = f => f.Mint(d => d.Claims["nonce"] = "n"),
        ["a code's hash, as id_tokens have"] = f => f.Mint(d => d.Claims["c_hash"] = "LDktKdoQak3Pk0cnXxCltA"),
        ["bound to a DPoP key, without proof"] = f => f.Mint(d => d.Claims["cnf"] = new Dictionary<string, object>(StringComparer.Ordinal) { ["jkt"] = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I" }),
        ["bound to a certificate, without it"] = f => f.Mint(d => d.Claims["cnf"] = new Dictionary<string, object>(StringComparer.Ordinal) { ["x5t#S256"] = "bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2" }),
    };

    /// <summary>Tokens that an undefended portal could make nothing of either: they name nobody, or are no JWT.</summary>
    public static IReadOnlyDictionary<string, Func<Forge, string>> Wreckage { get; } = new Dictionary<string, Func<Forge, string>>(StringComparer.Ordinal)
    {
        ["no subject"] = f => f.Mint(d => d.Claims.Remove("sub")),
        ["an empty subject"] = f => f.Mint(d => d.Claims["sub"] = ""),
        ["no client"] = f => f.Mint(d => d.Claims.Remove("client_id")),
        ["a time of issue that is a word"] = f => f.Signed(p => p["iat"] = "now"),
        ["an expiry that is no number"] = f => f.Signed(p => p["exp"] = "tomorrow"),
        ["a word"] = _ => "token",
        ["dots"] = _ => "..",
        ["two parts"] = f => string.Join('.', f.Good().Split('.')[..2]),
        ["four parts"] = f => f.Good() + ".x",
        ["five parts, as if encrypted"] = f => f.Good() + ".x.y",
        ["a part that is no base64"] = f => "%%%" + f.Good(),
        ["two tokens"] = f => f.Good() + "," + f.Good(),
        ["a payload that is no JSON"] = f => f.Raw("{", "nonsense"),
        ["a payload that is a list"] = f => f.Raw("[]", "[]"),
        ["a token within a token"] = f => f.Good() + " " + f.Good(),
    };

    private static DateTime Now => TimeProvider.System.GetUtcNow().UtcDateTime;

    public static async Task<Forge> WithPublicKeyAsync(TestIssuer issuer, string subject)
    {
        using var http = new HttpClient();
        var set = await http.GetFromJsonAsync<JsonObject>(issuer.Authority + "/jwks");
        return new Forge(issuer, subject, set!["keys"]![0]!.AsObject());
    }

    public string Good() => _issuer.Mint(_subject);

    public string Mint(Action<SecurityTokenDescriptor> change) => _issuer.Mint(_subject, change: change);

    private static Dictionary<string, object> Header(params (string Name, object Value)[] members) =>
        members.ToDictionary(m => m.Name, m => m.Value, StringComparer.Ordinal);

    private static JsonObject Decode(string part) => JsonNode.Parse(Base64UrlEncoder.DecodeBytes(part))!.AsObject();

    private static string Encode(JsonNode node) => Base64UrlEncoder.Encode(node.ToJsonString());

    private string Raw(string header, string payload) => Base64UrlEncoder.Encode(header) + "." + Base64UrlEncoder.Encode(payload) + "." + Good().Split('.')[2];

    private string Rewritten(Action<JsonObject>? header = null, Action<JsonObject>? payload = null)
    {
        var parts = Good().Split('.');
        var (head, body) = (Decode(parts[0]), Decode(parts[1]));
        header?.Invoke(head);
        payload?.Invoke(body);
        return $"{Encode(head)}.{Encode(body)}.{parts[2]}";
    }

    /// <summary>The provider's own signature over claims its library would not write.</summary>
    private string Signed(Action<JsonObject> payload)
    {
        ECDsa? key = null;
        var parts = Mint(d => key = ((ECDsaSecurityKey)d.SigningCredentials.Key).ECDsa).Split('.');
        var body = Decode(parts[1]);
        payload(body);
        var text = parts[0] + "." + Encode(body);
        return text + "." + Base64UrlEncoder.Encode(key!.SignData(Encoding.ASCII.GetBytes(text), HashAlgorithmName.SHA256));
    }

    private string Resigned(Action<byte[]> change)
    {
        var parts = Good().Split('.');
        var signature = Base64UrlEncoder.DecodeBytes(parts[2]);
        change(signature);
        return $"{parts[0]}.{parts[1]}.{Base64UrlEncoder.Encode(signature)}";
    }

    private string Unsigned(string algorithm)
    {
        var parts = Rewritten(header: h => h["alg"] = algorithm).Split('.');
        return $"{parts[0]}.{parts[1]}.";
    }

    private string Symmetric(string algorithm, byte[] secret, string kid = Kid)
    {
        var parts = Rewritten(header: h => (h["alg"], h["kid"]) = (algorithm, kid)).Split('.');
        var text = Encoding.ASCII.GetBytes(parts[0] + "." + parts[1]);
        var mac = algorithm switch
        {
            "HS256" => HMACSHA256.HashData(secret, text),
            "HS384" => HMACSHA384.HashData(secret, text),
            _ => HMACSHA512.HashData(secret, text),
        };
        return $"{parts[0]}.{parts[1]}.{Base64UrlEncoder.Encode(mac)}";
    }

    private string SignedBy(ECDsa key, string? kid, string algorithm = SecurityAlgorithms.EcdsaSha256) =>
        Mint(d => d.SigningCredentials = new SigningCredentials(new ECDsaSecurityKey(key) { KeyId = kid }, algorithm));

    private string WithKid(string? kid) => Mint(d =>
    {
        var key = ((ECDsaSecurityKey)d.SigningCredentials.Key).ECDsa;
        d.SigningCredentials = new SigningCredentials(new ECDsaSecurityKey(key) { KeyId = kid }, SecurityAlgorithms.EcdsaSha256);
    });

    private string WithHeader(string name, object value) => Mint(d =>
    {
        d.SigningCredentials = new SigningCredentials(new ECDsaSecurityKey(ECDsa.Create(ECCurve.NamedCurves.nistP256)) { KeyId = Kid }, SecurityAlgorithms.EcdsaSha256);
        d.AdditionalHeaderClaims = Header((name, value));
    });

    private string WithOwnJwk() => Mint(d =>
    {
        var key = new ECDsaSecurityKey(ECDsa.Create(ECCurve.NamedCurves.nistP256)) { KeyId = "mine" };
        var jwk = JsonWebKeyConverter.ConvertFromECDsaSecurityKey(key);
        d.SigningCredentials = new SigningCredentials(key, SecurityAlgorithms.EcdsaSha256);
        d.AdditionalHeaderClaims = Header(("jwk", new Dictionary<string, object>(StringComparer.Ordinal) { ["kty"] = "EC", ["crv"] = "P-256", ["x"] = jwk.X, ["y"] = jwk.Y, ["kid"] = "mine" }));
    });

    private string WithOwnCertificate() => Mint(d =>
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=forger", key, HashAlgorithmName.SHA256).CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(1));
        var own = ECDsa.Create(key.ExportParameters(includePrivateParameters: true));
        d.SigningCredentials = new SigningCredentials(new ECDsaSecurityKey(own) { KeyId = "mine" }, SecurityAlgorithms.EcdsaSha256);
        d.AdditionalHeaderClaims = Header(("x5c", new[] { Convert.ToBase64String(certificate.RawData) }));
    });

    private ECDsa PublicKey() => ECDsa.Create(new ECParameters
    {
        Curve = ECCurve.NamedCurves.nistP256,
        Q = new ECPoint { X = Base64UrlEncoder.DecodeBytes((string)_publicKey["x"]!), Y = Base64UrlEncoder.DecodeBytes((string)_publicKey["y"]!) },
    });

    private byte[] PublicPem() => Encoding.ASCII.GetBytes(PublicKey().ExportSubjectPublicKeyInfoPem() + "\n");

    private byte[] Point() => [4, .. Base64UrlEncoder.DecodeBytes((string)_publicKey["x"]!), .. Base64UrlEncoder.DecodeBytes((string)_publicKey["y"]!)];
}
