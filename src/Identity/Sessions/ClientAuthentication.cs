using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using DataPortal.Identity.Provider;
using DataPortal.Identity.Tokens;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace DataPortal.Identity.Sessions;

/// <summary>How the portal proves to the authority that it is itself: by a signed assertion (RFC 7523), or by a secret where the provider knows nothing better.</summary>
internal sealed class ClientAuthentication(IOptions<OidcOptions> oidc, IServiceScopeFactory scopes)
{
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(1);

    private readonly Lazy<SecurityKey?> _own = new(() => oidc.Value.ClientKeyFile is { } file ? Read(File.ReadAllText(file)) : null);

    public async Task ApplyAsync(HttpRequestMessage request, Dictionary<string, string> form, OpenIdConnectConfiguration provider, CancellationToken ct)
    {
        var client = oidc.Value.ClientId;
        form["client_id"] = client;
        if (oidc.Value.ClientSecretFile is { } file)
        {
            var secret = (await File.ReadAllTextAsync(file, ct)).TrimEnd('\r', '\n');
            // RFC 6749, 2.3.1: both parts are form-encoded before they are joined.
            var pair = $"{Uri.EscapeDataString(client)}:{Uri.EscapeDataString(secret)}";
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(pair)));
            return;
        }

        form["client_assertion_type"] = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
        form["client_assertion"] = Assertion(await KeyAsync(ct), client, oidc.Value.ClientAssertionAudience ?? provider.Issuer);
    }

    private static string Assertion(SecurityKey key, string client, string audience)
    {
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        return new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
        {
            Issuer = client,
            Audience = audience,
            IssuedAt = now,
            NotBefore = now,
            Expires = now + Life,
            Claims = new Dictionary<string, object>(StringComparer.Ordinal) { ["sub"] = client, ["jti"] = Guid.CreateVersion7().ToString("N") },
            SigningCredentials = new SigningCredentials(key, key is RsaSecurityKey or JsonWebKey { Kty: "RSA" } ? SecurityAlgorithms.RsaSsaPssSha256 : SecurityAlgorithms.EcdsaSha256),
        });
    }

    private async Task<SecurityKey> KeyAsync(CancellationToken ct)
    {
        if (_own.Value is { } own)
        {
            return own;
        }

        await using var scope = scopes.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<ClientKey>().GetAsync(ct);
    }

    /// <summary>A JWK, or PEM with an EC (P-256) or RSA key; the name of a key from PEM is its RFC 7638 thumbprint.</summary>
    private static SecurityKey Read(string text)
    {
        if (text.TrimStart().StartsWith('{'))
        {
            return JsonWebKey.Create(text);
        }

        AsymmetricSecurityKey key;
        try
        {
            var ec = ECDsa.Create();
            ec.ImportFromPem(text);
            key = new ECDsaSecurityKey(ec);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            var rsa = RSA.Create();
            rsa.ImportFromPem(text);
            key = new RsaSecurityKey(rsa);
        }

        key.KeyId = Base64UrlEncoder.Encode(key.ComputeJwkThumbprint());
        return key;
    }
}
