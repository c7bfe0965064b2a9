using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace DataPortal.Identity.Tokens;

/// <summary>The token is good, and what is to prove that its holder is the one it was given to is not.</summary>
internal sealed class ProofInvalidException(string message) : SecurityTokenValidationException(message);

/// <summary>
/// Proof of possession (DPoP, RFC 9449): a token that is bound to a key (<c>cnf.jkt</c>) is good only beside a proof, made with that key for this
/// very request and shown once. Bound tokens without a proof, and proofs for tokens that are not bound, are both refused.
/// </summary>
internal sealed class Proofs(UsedIds used)
{
    public const string Scheme = "DPoP";
    public const string Header = "DPoP";

    private const string BearerScheme = "Bearer";
    private const int LeastRsaBits = 2048;
    private const int LongestProof = 8 * 1024;

    /// <summary>What a private or symmetric key would have in its JWK (RFC 7518, 6).</summary>
    private static readonly string[] PrivateMembers = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 8 };

    /// <summary>The token behind <c>Bearer</c> or <c>DPoP</c>; null for any other scheme.</summary>
    public static string? TokenIn(string header)
    {
        foreach (var scheme in new[] { BearerScheme, Scheme })
        {
            if (header.StartsWith(scheme + " ", StringComparison.OrdinalIgnoreCase) && header[(scheme.Length + 1)..].Trim() is { Length: > 0 } token)
            {
                return token;
            }
        }

        return null;
    }

    public static bool IsUsedIn(HttpRequest request) =>
        request.Headers.Authorization is [{ } header] && header.StartsWith(Scheme + " ", StringComparison.OrdinalIgnoreCase);

    /// <returns>Why the token must not be used here, or null.</returns>
    public async Task<SecurityTokenValidationException?> CheckAsync(JsonWebToken token, HttpContext context)
    {
        var isBound = token.TryGetPayloadValue<JsonElement>("cnf", out var binding);
        if (!IsUsedIn(context.Request))
        {
            // As a bearer token it would be worth something to a thief.
            return isBound || token.TryGetPayloadValue<object>("cnf", out _) ? new SecurityTokenValidationException("The token is bound to a key, and comes without proof.") : null;
        }

        if (!isBound || ThumbprintIn(binding) is not { } thumbprint)
        {
            return new SecurityTokenValidationException("The token is not bound to a key for proofs.");
        }

        var proofs = context.Request.Headers[Header];
        if (proofs.Count != 1 || proofs[0] is not { Length: > 0 and <= LongestProof } proof)
        {
            return new ProofInvalidException("There is not exactly one proof.");
        }

        try
        {
            return await CheckAsync(proof, token, thumbprint, context) is { } reason ? new ProofInvalidException(reason) : null;
        }
        catch (Exception e) when (e is ArgumentException or FormatException or JsonException or CryptographicException or InvalidOperationException or NotSupportedException)
        {
            return new ProofInvalidException("The proof is no JWT, or its key is none.");
        }
    }

    private async Task<string?> CheckAsync(string proof, JsonWebToken token, string thumbprint, HttpContext context)
    {
        var parts = proof.Split('.');
        if (parts.Length != 3)
        {
            return "It is not signed.";
        }

        using var header = JsonDocument.Parse(Base64UrlEncoder.DecodeBytes(parts[0]), Strict);
        using var payload = JsonDocument.Parse(Base64UrlEncoder.DecodeBytes(parts[1]), Strict);
        if (Text(header, "typ") != "dpop+jwt" || header.RootElement.TryGetProperty("crit", out _))
        {
            return "It is of another type.";
        }

        if (KeyIn(header) is not { } key || !await IsSignedAsync(proof, key))
        {
            return "Its key is no public key, or has not signed it.";
        }

        if (Base64UrlEncoder.Encode(key.ComputeJwkThumbprint()) != thumbprint)
        {
            return "Another key than the token's.";
        }

        if (Text(payload, "htm") != context.Request.Method || !IsFor(Text(payload, "htu"), context.Request))
        {
            return "It was made for another request.";
        }

        if (Text(payload, "ath") != Base64UrlEncoder.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(token.EncodedToken))))
        {
            return "It was made for another token.";
        }

        var now = TimeProvider.System.GetUtcNow();
        if (!payload.RootElement.TryGetProperty("iat", out var iat) || iat.ValueKind != JsonValueKind.Number || !iat.TryGetInt64(out var at)
            || Math.Abs(at - now.ToUnixTimeSeconds()) > AccessTokens.Skew.TotalSeconds)
        {
            return "It is too old, or from the future.";
        }

        // Last, so that a bad proof uses nothing up. Remembered as long as its time could still be accepted.
        return Text(payload, "jti") is { Length: > 0 } id
            && await used.TryUseAsync("dpop " + thumbprint, id, now.UtcDateTime + (2 * AccessTokens.Skew), context.RequestAborted)
            ? null
            : "It was shown before.";
    }

    private static string? ThumbprintIn(JsonElement binding) =>
        binding.ValueKind == JsonValueKind.Object && binding.EnumerateObject().Count() == 1
            && binding.TryGetProperty("jkt", out var jkt) && jkt.ValueKind == JsonValueKind.String ? jkt.GetString() : null;

    private static string? Text(JsonDocument json, string member) =>
        json.RootElement.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static JsonWebKey? KeyIn(JsonDocument header)
    {
        if (!header.RootElement.TryGetProperty("jwk", out var jwk) || jwk.ValueKind != JsonValueKind.Object || PrivateMembers.Any(name => jwk.TryGetProperty(name, out _)))
        {
            return null;
        }

        var key = JsonWebKey.Create(jwk.GetRawText());
        return key.Kty switch
        {
            JsonWebAlgorithmsKeyTypes.EllipticCurve => key,
            JsonWebAlgorithmsKeyTypes.RSA when key.KeySize >= LeastRsaBits => key,
            _ => null,
        };
    }

    private static async Task<bool> IsSignedAsync(string proof, JsonWebKey key)
    {
        var result = await new JsonWebTokenHandler().ValidateTokenAsync(proof, new TokenValidationParameters
        {
            ValidAlgorithms = AccessTokens.Algorithms,
            IssuerSigningKeyResolver = (_, _, _, _) => [key],
            RequireSignedTokens = true,
            // A proof has none of these; what it has instead is compared above.
            ValidateIssuer = false,
            ValidateAudience = false,
            ValidateLifetime = false,
            RequireExpirationTime = false,
        });
        return result.IsValid;
    }

    /// <summary>Scheme, host and path as the caller wrote them: behind a trusted proxy the forwarded ones. RFC 9449, 4.2: without query and fragment.</summary>
    private static bool IsFor(string? address, HttpRequest request)
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out var meant) || meant.UserInfo.Length > 0 || address.AsSpan().ContainsAny('?', '#'))
        {
            return false;
        }

        var actual = new Uri(UriHelper.BuildAbsolute(request.Scheme, request.Host, request.PathBase, request.Path));
        return Uri.Compare(meant, actual, UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped, StringComparison.Ordinal) == 0;
    }
}
