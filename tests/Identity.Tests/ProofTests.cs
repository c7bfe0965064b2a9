using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using DataPortal.Testing;
using Microsoft.IdentityModel.Tokens;

namespace DataPortal.Identity.Tests;

/// <summary>What a caller with a bound token sends; a thief's or a forger's differs from the owner's in one thing.</summary>
internal sealed class Proof
{
    private static readonly HashAlgorithmName Sha256 = HashAlgorithmName.SHA256;

    public Proof(Uri portal, string token, ECDsa key)
    {
        (Token, Key) = (token, key);
        Header = new JsonObject { ["typ"] = "dpop+jwt", ["alg"] = "ES256", ["jwk"] = Jwk(key) };
        Payload = new JsonObject
        {
            ["htm"] = "GET",
            ["htu"] = new Uri(portal, "/api/v1/me").AbsoluteUri,
            ["ath"] = Hash(token),
            ["iat"] = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds(),
            ["jti"] = Guid.CreateVersion7().ToString("N"),
        };
    }

    public JsonObject Header { get; }

    public JsonObject Payload { get; }

    public string Token { get; set; }

    public ECDsa Key { get; set; }

    public string Scheme { get; set; } = "DPoP";

    public string Path { get; set; } = "/api/v1/me";

    /// <summary>What is done to the proof after it was signed.</summary>
    public Func<string, string[]> Send { get; set; } = proof => [proof];

    public Func<byte[], byte[]>? Sign { get; set; }

    /// <summary>Shown once before.</summary>
    public bool IsReplayed { get; set; }

    public static string Thumbprint(ECDsa key) => Base64UrlEncoder.Encode(new ECDsaSecurityKey(key).ComputeJwkThumbprint());

    public static string Hash(string token) => Base64UrlEncoder.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(token)));

    public static JsonObject Jwk(ECDsa key)
    {
        var jwk = JsonWebKeyConverter.ConvertFromECDsaSecurityKey(new ECDsaSecurityKey(key));
        return new JsonObject { ["kty"] = "EC", ["crv"] = jwk.Crv, ["x"] = jwk.X, ["y"] = jwk.Y };
    }

    public async Task<HttpResponseMessage> AskAsync(HttpClient http)
    {
        var text = Encode(Header) + "." + Encode(Payload);
        var signed = text + "." + Base64UrlEncoder.Encode((Sign ?? (data => Key.SignData(data, Sha256)))(Encoding.ASCII.GetBytes(text)));
        if (IsReplayed)
        {
            using var first = await OnceAsync(http, signed);
            Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        }

        return await OnceAsync(http, signed);
    }

    private static string Encode(JsonNode node) => Base64UrlEncoder.Encode(node.ToJsonString());

    private async Task<HttpResponseMessage> OnceAsync(HttpClient http, string proof)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Path);
        request.Headers.TryAddWithoutValidation("Authorization", $"{Scheme} {Token}");
        foreach (var sent in Send(proof))
        {
            request.Headers.TryAddWithoutValidation("DPoP", sent);
        }

        return await http.SendAsync(request);
    }
}

internal static class StolenProofs
{
    /// <summary>Each is refused, and gets in where nothing is checked.</summary>
    public static IReadOnlyDictionary<string, Action<Proof>> Kinds { get; } = new Dictionary<string, Action<Proof>>(StringComparer.Ordinal)
    {
        ["none"] = p => p.Send = _ => [],
        ["an empty one"] = p => p.Send = _ => [""],
        ["two"] = p => p.Send = proof => [proof, proof],
        ["none, and the token as a bearer token"] = p => (p.Scheme, p.Send) = ("Bearer", _ => []),
        ["a good one, and the token as a bearer token"] = p => p.Scheme = "Bearer",
        ["of a thief's key"] = p => p.Header["jwk"] = Proof.Jwk(p.Key = New()),
        ["signed by a thief's key under the owner's"] = p => p.Key = New(),
        ["signed by nobody"] = p => p.Send = proof => [proof[..(proof.LastIndexOf('.') + 1)]],
        ["without the part for a signature"] = p => p.Send = proof => [proof[..proof.LastIndexOf('.')]],
        ["alg none"] = p => (p.Header["alg"], p.Sign) = ("none", _ => []),
        ["HS256 under the public key"] = p => (p.Header["alg"], p.Sign) = ("HS256", data => HMACSHA256.HashData(p.Key.ExportSubjectPublicKeyInfo(), data)),
        ["a symmetric key in it"] = p => (p.Header["alg"], p.Header["jwk"], p.Sign) =
            ("HS256", new JsonObject { ["kty"] = "oct", ["k"] = Base64UrlEncoder.Encode(new byte[32]) }, data => HMACSHA256.HashData(new byte[32], data)),
        ["a private key in it"] = p => p.Header["jwk"]!["d"] = Base64UrlEncoder.Encode(p.Key.ExportParameters(true).D!),
        ["no key in it"] = p => p.Header.Remove("jwk"),
        ["a key that is a word"] = p => p.Header["jwk"] = "key",
        ["its key by address"] = p => { p.Header.Remove("jwk"); p.Header["jku"] = "https://forger.example/jwks"; },
        ["no type"] = p => p.Header.Remove("typ"),
        ["of the type JWT"] = p => p.Header["typ"] = "JWT",
        ["of the type of an access token"] = p => p.Header["typ"] = "at+jwt",
        ["a critical extension"] = p => (p.Header["crit"], p.Header["b64"]) = (new JsonArray("b64"), true),
        ["for another method"] = p => p.Payload["htm"] = "POST",
        ["for the method in small letters"] = p => p.Payload["htm"] = "get",
        ["no method"] = p => p.Payload.Remove("htm"),
        ["for another path"] = p => p.Payload["htu"] = Changed(p, "/me", "/audit"),
        ["for the path in capitals"] = p => p.Payload["htu"] = Changed(p, "/me", "/ME"),
        ["for a path below"] = p => p.Payload["htu"] = Changed(p, "/me", "/me/x"),
        ["for another host"] = p => p.Payload["htu"] = "http://elsewhere.example/api/v1/me",
        ["for another scheme"] = p => p.Payload["htu"] = Changed(p, "http:", "https:"),
        ["for a port of its own"] = p => p.Payload["htu"] = "http://127.0.0.1:1/api/v1/me",
        ["for a user at the host"] = p => p.Payload["htu"] = Changed(p, "http://", "http://user@"),
        ["for the path alone"] = p => p.Payload["htu"] = "/api/v1/me",
        ["no address"] = p => p.Payload.Remove("htu"),
        ["an address that is a number"] = p => p.Payload["htu"] = 1,
        ["for another token"] = p => p.Payload["ath"] = Proof.Hash(p.Token + "x"),
        ["for no token"] = p => p.Payload.Remove("ath"),
        ["of two minutes ago"] = p => p.Payload["iat"] = (long)p.Payload["iat"]! - 120,
        ["of in two minutes"] = p => p.Payload["iat"] = (long)p.Payload["iat"]! + 120,
        ["of no time"] = p => p.Payload.Remove("iat"),
        ["of a time in words"] = p => p.Payload["iat"] = "now",
        ["no id"] = p => p.Payload.Remove("jti"),
        ["an empty id"] = p => p.Payload["jti"] = "",
        ["shown before"] = p => p.IsReplayed = true,
        ["changed after it was signed"] = p => p.Send = proof => [Altered(proof)],
        ["of nine kilobytes"] = p => p.Payload["x"] = new string('x', 9 * 1024),
        ["no token at all"] = p => p.Send = _ => ["proof"],
        ["dots"] = p => p.Send = _ => [".."],
    };

    private static ECDsa New() => ECDsa.Create(ECCurve.NamedCurves.nistP256);

    private static string Changed(Proof proof, string from, string to) => ((string)proof.Payload["htu"]!).Replace(from, to, StringComparison.Ordinal);

    private static string Altered(string proof)
    {
        var parts = proof.Split('.');
        var payload = JsonNode.Parse(Base64UrlEncoder.Decode(parts[1]))!;
        payload["jti"] = "another";
        return $"{parts[0]}.{Base64UrlEncoder.Encode(payload.ToJsonString())}.{parts[2]}";
    }
}

/// <summary>A token that is bound to a key (RFC 9449) is worth nothing to whoever has not got the key.</summary>
public abstract class ProofTests(PortalFixture portal) : PortalTests(portal)
{
    public static TheoryData<string> Stolen() => [.. StolenProofs.Kinds.Keys];

    [Theory]
    [MemberData(nameof(Stolen))]
    public async Task A_bound_token_with_a_proof_that_does_not_hold_is_refused(string kind)
    {
        var (good, spoiled) = (await NewAsync(Portal), await NewAsync(Portal));
        using var control = await good.AskAsync(Portal.Anonymous);
        Assert.Equal(HttpStatusCode.OK, control.StatusCode);

        StolenProofs.Kinds[kind](spoiled);
        using var refused = await spoiled.AskAsync(Portal.Anonymous);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        var isBearer = spoiled.Scheme == "Bearer";
        Assert.Equal(isBearer ? "token_invalid" : "dpop_proof_invalid", (string?)(await refused.Content.ReadFromJsonAsync<JsonObject>())!["code"]);
        var challenge = Assert.Single(refused.Headers.WwwAuthenticate);
        Assert.Equal(spoiled.Scheme, challenge.Scheme);
        Assert.Contains(isBearer ? "error=\"invalid_token\"" : "error=\"invalid_dpop_proof\"", challenge.Parameter, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_bound_to_nothing_or_to_something_else_takes_no_proof()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var subject = (await Portal.ActorAsync("Member")).Subject;
        foreach (var binding in new object?[] { null, "word", new Dictionary<string, object>(StringComparer.Ordinal), new Dictionary<string, object>(StringComparer.Ordinal) { ["jkt"] = 1 } })
        {
            var token = Portal.Issuer.Mint(subject, change: d =>
            {
                if (binding is not null)
                {
                    d.Claims["cnf"] = binding;
                }
            });
            using var refused = await new Proof(Portal.Url, token, key).AskAsync(Portal.Anonymous);
            Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        }
    }

    [Fact]
    public async Task The_query_is_no_part_of_the_address_and_the_scheme_has_no_case()
    {
        var proof = await NewAsync(Portal);
        (proof.Path, proof.Scheme) = ("/api/v1/me?a=b", "dpop");
        using var answer = await proof.AskAsync(Portal.Anonymous);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task Of_fifty_that_show_the_same_proof_at_once_one_gets_in()
    {
        var proof = await NewAsync(Portal);
        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => proof.AskAsync(Portal.Anonymous)));
        Assert.Single(answers, a => a.StatusCode == HttpStatusCode.OK);
    }

    internal static async Task<Proof> NewAsync(PortalFixture portal)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var token = portal.Issuer.Mint(
            (await portal.ActorAsync("Member")).Subject, change: d => d.Claims["cnf"] = new Dictionary<string, object>(StringComparer.Ordinal) { ["jkt"] = Proof.Thumbprint(key) });
        return new Proof(portal.Url, token, key);
    }
}

public sealed class ProofTestsOnSqlite(SqlitePortal portal) : ProofTests(portal), IClassFixture<SqlitePortal>;

public sealed class ProofTestsOnPostgres(PostgresPortal portal) : ProofTests(portal), IClassFixture<PostgresPortal>;

/// <summary>The control.</summary>
public sealed class UndefendedProofTests(UndefendedPortal portal) : PortalTests(portal), IClassFixture<UndefendedPortal>
{
    public static TheoryData<string> Stolen() => [.. StolenProofs.Kinds.Keys];

    [Theory]
    [MemberData(nameof(Stolen))]
    public async Task The_same_token_and_proof_get_in(string kind)
    {
        var proof = await ProofTests.NewAsync(Portal);
        StolenProofs.Kinds[kind](proof);
        using var answer = await proof.AskAsync(Portal.Anonymous);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }
}
