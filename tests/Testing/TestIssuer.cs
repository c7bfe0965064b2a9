using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace DataPortal.Testing;

/// <summary>
/// An OpenID provider of which only the discovery document and the keys exist, on loopback; tokens are minted directly. One serves all tests of
/// a process: keys and accounts are what they differ in.
/// </summary>
public sealed class TestIssuer
{
    private static readonly Lazy<Task<TestIssuer>> Shared = new(StartAsync);

    private readonly ECDsaSecurityKey _key;

    private TestIssuer(string authority, ECDsaSecurityKey key) => (Authority, _key) = (authority, key);

    public string Authority { get; }

    public static Task<TestIssuer> GetAsync() => Shared.Value;

    /// <summary>An access token as RFC 9068 wants it, good for an hour. <paramref name="change"/> spoils it in one way or another.</summary>
    public string Mint(string subject, string clientId = "test", Action<SecurityTokenDescriptor>? change = null)
    {
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        var descriptor = new SecurityTokenDescriptor
        {
            Issuer = Authority,
            Audience = "urn:dataportal",
            TokenType = "at+jwt",
            IssuedAt = now,
            NotBefore = now,
            Expires = now.AddHours(1),
            Claims = new Dictionary<string, object>(StringComparer.Ordinal)
            {
                ["sub"] = subject,
                ["client_id"] = clientId,
                ["scope"] = "portal",
                ["acr"] = "urn:dataportal:acr:mfa",
                ["auth_time"] = new DateTimeOffset(now).ToUnixTimeSeconds(),
                ["jti"] = Guid.CreateVersion7().ToString("N"),
            },
            SigningCredentials = new SigningCredentials(_key, SecurityAlgorithms.EcdsaSha256),
        };
        change?.Invoke(descriptor);
        return new JsonWebTokenHandler().CreateToken(descriptor);
    }

    private static async Task<TestIssuer> StartAsync()
    {
        var key = new ECDsaSecurityKey(ECDsa.Create(ECCurve.NamedCurves.nistP256)) { KeyId = "test-1" };
        var jwk = JsonWebKeyConverter.ConvertFromECDsaSecurityKey(key);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.MapGet("/.well-known/openid-configuration", (HttpContext context) =>
        {
            var authority = $"http://{context.Request.Host}";
            return TypedResults.Json(new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["issuer"] = authority,
                ["jwks_uri"] = authority + "/jwks",
                ["token_endpoint"] = authority + "/token",
            });
        });
        app.MapGet("/jwks", () => TypedResults.Json(new
        {
            keys = new[] { new { kty = jwk.Kty, crv = jwk.Crv, x = jwk.X, y = jwk.Y, kid = jwk.Kid, alg = SecurityAlgorithms.EcdsaSha256, use = "sig" } },
        }));
        await app.StartAsync();
        return new TestIssuer(app.Urls.Single(), key);
    }
}
