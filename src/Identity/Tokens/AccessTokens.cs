using System.Security.Claims;
using DataPortal.Kernel;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace DataPortal.Identity.Tokens;

/// <summary>
/// Validation of access tokens (RFC 9068). The handler checks signature, algorithm, type, issuer, audience and times; what it does not know
/// of is checked in <see cref="CheckClaims"/>.
/// </summary>
internal static class AccessTokens
{
    /// <summary>Name of the HTTP client that fetches discovery document and keys.</summary>
    public const string HttpClient = "oidc";

    /// <summary>
    /// Asymmetric algorithms only. With a symmetric one allowed, the provider's public key would serve as the secret of a forged token;
    /// without a list, the token itself would choose.
    /// </summary>
    public static readonly string[] Algorithms =
        [SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.EcdsaSha384, SecurityAlgorithms.RsaSsaPssSha256, SecurityAlgorithms.RsaSha256];

    public static readonly TimeSpan Skew = TimeSpan.FromSeconds(60);

    /// <summary>What only id_tokens have (OpenID Connect Core, 2 and 3.3.2.11).</summary>
    private static readonly string[] ClaimsOfIdTokens = ["nonce", "at_hash", "c_hash"];

    public static void AddAccessTokens(this IServiceCollection services)
    {
        services.AddHttpClient(HttpClient, client => client.Timeout = TimeSpan.FromSeconds(10)).RemoveAllLoggers();
        services.AddKeyedSingleton(AuthorityMetadata.Fetches, (_, _) => AuthorityMetadata.LimitFetches());
        services.AddSingleton<AuthorityMetadata>();
        services.AddScoped<UsedIds>();
        services.AddScoped<Proofs>();
        services.AddAuthentication().AddJwtBearer();
        services.AddOptions<JwtBearerOptions>(JwtBearerDefaults.AuthenticationScheme)
            .Configure<IOptions<OidcOptions>, AuthorityMetadata>((bearer, oidc, metadata) => Configure(bearer, oidc.Value, metadata));
    }

    private static void Configure(JwtBearerOptions bearer, OidcOptions oidc, AuthorityMetadata metadata)
    {
        bearer.ConfigurationManager = metadata;
        bearer.MapInboundClaims = false;
        bearer.IncludeErrorDetails = false;
        bearer.SaveToken = false;
        bearer.TokenValidationParameters = new TokenValidationParameters
        {
            ValidAlgorithms = Algorithms,
            ValidTypes = oidc.TokenTypes,
            ValidIssuer = oidc.Authority,
            // The issuer is the configured one, and not whatever a discovery document says of itself.
            IssuerValidator = (issuer, _, parameters) => string.Equals(issuer, parameters.ValidIssuer, StringComparison.Ordinal)
                ? issuer
                : throw new SecurityTokenInvalidIssuerException("The token comes from another issuer."),
            ValidAudience = oidc.Audience,
            ValidateAudience = true,
            ValidateIssuerSigningKey = true,
            RequireSignedTokens = true,
            RequireExpirationTime = true,
            // Otherwise every published key is tried on a token whose kid names none of them.
            TryAllIssuerSigningKeys = false,
            // Times are compared with the machine's clock: tokens come from a provider that knows nothing of a clock moved in evaluation mode.
            ClockSkew = Skew,
            NameClaimType = JwtRegisteredClaimNames.Sub,
        };
        bearer.Events = new JwtBearerEvents
        {
            OnMessageReceived = context => ReceiveAsync(context, metadata),
            OnTokenValidated = async context =>
            {
                var token = (JsonWebToken)context.SecurityToken;
                var failure = CheckClaims(token, context.Principal!, oidc) is { } reason
                    ? new SecurityTokenValidationException(reason)
                    : await context.HttpContext.RequestServices.GetRequiredService<Proofs>().CheckAsync(token, context.HttpContext);
                if (failure is not null)
                {
                    context.Fail(failure);
                }
            },
            OnChallenge = TokenProblems.ChallengeAsync,
            OnForbidden = context => TokenProblems.ForbidAsync(context.HttpContext),
        };
    }

    /// <summary>
    /// Takes the token from the one <c>Authorization</c> header and from nowhere else, and has the key that it names at hand: without the provider's
    /// keys nobody can tell whether a token is good, which is our failure (503) and not the caller's (401).
    /// </summary>
    private static async Task ReceiveAsync(MessageReceivedContext context, AuthorityMetadata metadata)
    {
        var header = context.Request.Headers.Authorization;
        if (header.Count == 0)
        {
            return;
        }

        if (header.Count > 1 || Proofs.TokenIn(header[0]!) is not { } token)
        {
            context.Fail(new SecurityTokenValidationException("There is not exactly one token."));
            return;
        }

        context.Token = token;
        try
        {
            await metadata.GetConfigurationAsync(context.HttpContext.RequestAborted);
            if (KidOf(token) is { Length: > 0 } kid)
            {
                await metadata.RequireKeyAsync(kid, context.HttpContext.RequestAborted);
            }
        }
        catch (InvalidOperationException e)
        {
            throw new AnswerUnavailableException(TokenProblems.AuthorityUnavailable, "The OpenID provider cannot be reached, so that access tokens cannot be checked.", e);
        }
    }

    private static string? KidOf(string token)
    {
        try
        {
            return new JsonWebToken(token).Kid;
        }
        catch (ArgumentException)
        {
            return null; // no token at all, which the handler says better
        }
    }

    /// <summary>What RFC 9068 and RFC 7515 demand beyond signature, issuer, audience and times; null when all holds.</summary>
    private static string? CheckClaims(JsonWebToken token, ClaimsPrincipal principal, OidcOptions oidc)
    {
        if (token.Kid is not { Length: > 0 })
        {
            return "The token names no key.";
        }

        // RFC 7515, 4.1.11: extensions that are named as critical and not understood make the token invalid. We understand none.
        if (token.TryGetHeaderValue<object>("crit", out _))
        {
            return "The token demands an extension that is not supported.";
        }

        // Where providers give access tokens the type JWT, the type no longer tells them from id_tokens.
        if (ClaimsOfIdTokens.Any(name => token.TryGetPayloadValue<object>(name, out _)))
        {
            return "This is an id_token.";
        }

        // RFC 9068 demands jti; tokens of the plain type JWT make no such promise.
        var isOfProfile = !string.Equals(token.Typ, "JWT", StringComparison.OrdinalIgnoreCase);
        if (string.IsNullOrEmpty(token.Subject) || (isOfProfile && string.IsNullOrEmpty(token.Id)) || oidc.ClientOf(principal) is null)
        {
            return "The token lacks sub, jti or the client.";
        }

        if (!token.TryGetPayloadValue<long>(JwtRegisteredClaimNames.Iat, out var issuedAt) || issuedAt > EpochTime.GetIntDate(TimeProvider.System.GetUtcNow().UtcDateTime + Skew))
        {
            return "The token lacks iat, or was issued in the future.";
        }

        return token.TryGetPayloadValue<string>(oidc.ScopeClaim, out var scopes) && scopes.Split(' ').Contains(oidc.Scope, StringComparer.Ordinal)
            ? null
            : $"The token lacks the scope {oidc.Scope}.";
    }
}
