using System.Globalization;
using System.IdentityModel.Tokens.Jwt;
using System.Security.Claims;
using DataPortal.Identity.Tokens;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace DataPortal.Identity.Sessions;

/// <summary>What the authority says of somebody who signed in.</summary>
internal sealed record IdTokenClaims(string Subject, string? ProviderSession, string? Acr, IReadOnlyList<string> Amr, DateTime? AuthenticatedAt, string? Email, bool IsEmailVerified)
{
    public IEnumerable<Claim> ToClaims()
    {
        yield return new Claim("sub", Subject);
        if (ProviderSession is not null)
        {
            yield return new Claim("sid", ProviderSession);
        }

        if (Acr is not null)
        {
            yield return new Claim("acr", Acr);
        }

        foreach (var amr in Amr)
        {
            yield return new Claim("amr", amr);
        }

        if (AuthenticatedAt is { } at)
        {
            yield return new Claim("auth_time", new DateTimeOffset(at).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
        }
    }
}

/// <summary>Validation of id_tokens and logout tokens by the framework's validators, with the lists of <see cref="AccessTokens"/>.</summary>
internal sealed class IdTokens(AuthorityMetadata metadata, IOptions<OidcOptions> oidc)
{
    private const int Longest = 255;

    private readonly JsonWebTokenHandler _handler = new() { MapInboundClaims = false };

    /// <exception cref="SignInFailedException">The token does not hold.</exception>
    public async Task<IdTokenClaims> ValidateAsync(string idToken, string nonce, string? accessToken, CancellationToken ct)
    {
        var token = await ValidateSignatureAsync(idToken, IsIdToken, requireExpiry: true, ct);
        try
        {
            // Nonce, at_hash, azp, and the claims that every id_token has (OpenID Connect Core, 3.1.3.7).
            new OpenIdConnectProtocolValidator { RequireTimeStampInNonce = false }.ValidateTokenResponse(new OpenIdConnectProtocolValidationContext
            {
                ClientId = oidc.Value.ClientId,
                Nonce = nonce,
                ValidatedIdToken = new JwtSecurityToken(idToken),
                ProtocolMessage = new OpenIdConnectMessage { IdToken = idToken, AccessToken = accessToken },
            });
        }
        catch (OpenIdConnectProtocolException e)
        {
            throw new SignInFailedException("The id_token does not belong to this sign-in.", e);
        }

        if (token.Audiences.Count() > 1 && !token.TryGetPayloadValue<string>("azp", out _))
        {
            throw new SignInFailedException("The id_token is for several, and does not say whom it was given to.");
        }

        if (token.Subject is not { Length: > 0 and <= Longest } || token.IssuedAt > TimeProvider.System.GetUtcNow().UtcDateTime + AccessTokens.Skew)
        {
            throw new SignInFailedException("The id_token has no usable subject, or comes from the future.");
        }

        return new IdTokenClaims(
            token.Subject, Short(Text(token, "sid")), Short(Text(token, "acr")), AmrOf(token), InstantOf(token, "auth_time"),
            Text(token, "email"), token.TryGetPayloadValue<bool>("email_verified", out var isVerified) && isVerified);
    }

    /// <exception cref="SignInFailedException">Signature, algorithm, type, issuer, audience or times are wrong.</exception>
    public async Task<JsonWebToken> ValidateSignatureAsync(string text, Func<string?, bool> isType, bool requireExpiry, CancellationToken ct)
    {
        try
        {
            if (new JsonWebToken(text).Kid is { Length: > 0 } kid)
            {
                await metadata.RequireKeyAsync(kid, ct);
            }

            var provider = await metadata.GetConfigurationAsync(ct);
            var result = await _handler.ValidateTokenAsync(text, new TokenValidationParameters
            {
                ValidAlgorithms = AccessTokens.Algorithms,
                TypeValidator = (type, _, _) => isType(type) ? type : throw new SecurityTokenInvalidTypeException("The token is of another type."),
                ValidIssuer = oidc.Value.Authority,
                ValidAudience = oidc.Value.ClientId,
                IssuerSigningKeys = provider.SigningKeys,
                ValidateIssuerSigningKey = true,
                RequireSignedTokens = true,
                RequireExpirationTime = requireExpiry,
                ClockSkew = AccessTokens.Skew,
            });
            var token = (JsonWebToken?)result.SecurityToken;
            return result.IsValid && !token!.TryGetHeaderValue<object>("crit", out _)
                ? token
                : throw new SignInFailedException("The token does not hold.", result.Exception);
        }
        catch (ArgumentException e)
        {
            throw new SignInFailedException("This is no token.", e);
        }
    }

    /// <summary>An id_token says <c>JWT</c> or nothing: an access token or a logout token must not pass for one.</summary>
    private static bool IsIdToken(string? type) => string.IsNullOrEmpty(type) || string.Equals(type, "JWT", StringComparison.OrdinalIgnoreCase);

    private static string? Text(JsonWebToken token, string name) => token.TryGetPayloadValue<string>(name, out var text) ? text : null;

    private static string? Short(string? text) => text?.Length <= Longest ? text : null;

    private static List<string> AmrOf(JsonWebToken token)
    {
        var amr = token.Claims.Where(c => c.Type == "amr" && !c.Value.Contains(' ', StringComparison.Ordinal)).Select(c => c.Value).ToList();
        return amr.Sum(a => a.Length + 1) <= Longest ? amr : [];
    }

    private static DateTime? InstantOf(JsonWebToken token, string name) =>
        token.TryGetPayloadValue<long>(name, out var at) && at is > 0 and < int.MaxValue * 4L ? DateTimeOffset.FromUnixTimeSeconds(at).UtcDateTime : null;
}
