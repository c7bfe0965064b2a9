using DataPortal.Kernel;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
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
    private static readonly string[] Algorithms =
        [SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.EcdsaSha384, SecurityAlgorithms.RsaSsaPssSha256, SecurityAlgorithms.RsaSha256];

    private static readonly string[] Types = ["at+jwt", "application/at+jwt"];

    private static readonly TimeSpan Skew = TimeSpan.FromSeconds(60);

    public static void AddAccessTokens(this IServiceCollection services)
    {
        services.AddHttpClient(HttpClient, client => client.Timeout = TimeSpan.FromSeconds(10)).RemoveAllLoggers();
        services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme).AddJwtBearer();
        services.AddOptions<JwtBearerOptions>(JwtBearerDefaults.AuthenticationScheme)
            .Configure<IOptions<OidcOptions>, IHttpClientFactory>((bearer, oidc, http) => Configure(bearer, oidc.Value, http));
    }

    private static void Configure(JwtBearerOptions bearer, OidcOptions oidc, IHttpClientFactory http)
    {
        bearer.ConfigurationManager = new ConfigurationManager<OpenIdConnectConfiguration>(
            oidc.Authority.TrimEnd('/') + "/.well-known/openid-configuration",
            new OpenIdConnectConfigurationRetriever(),
            new HttpDocumentRetriever(http.CreateClient(HttpClient)) { RequireHttps = !new Uri(oidc.Authority).IsLoopback })
        {
            AutomaticRefreshInterval = TimeSpan.FromHours(1),
            // An unknown kid asks for the keys again, at most this often: made-up kids must not become a flood on the provider.
            RefreshInterval = TimeSpan.FromSeconds(30),
            // A key that the provider has taken back is not good any more.
            UseLastKnownGoodConfiguration = false,
        };
        bearer.MapInboundClaims = false;
        bearer.IncludeErrorDetails = false;
        bearer.SaveToken = false;
        bearer.TokenValidationParameters = new TokenValidationParameters
        {
            ValidAlgorithms = Algorithms,
            ValidTypes = Types,
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
            OnMessageReceived = RequireProviderKeysAsync,
            OnTokenValidated = context =>
            {
                if (CheckClaims((JsonWebToken)context.SecurityToken, oidc.Scope) is { } reason)
                {
                    context.Fail(new SecurityTokenValidationException(reason));
                }

                return Task.CompletedTask;
            },
            OnChallenge = TokenProblems.ChallengeAsync,
            OnForbidden = TokenProblems.ForbidAsync,
        };
    }

    /// <summary>Without the provider's keys nobody can tell whether a token is good: that is our failure (503), not the caller's (401).</summary>
    private static async Task RequireProviderKeysAsync(MessageReceivedContext context)
    {
        if (context.Request.Headers.Authorization.Count == 0)
        {
            return;
        }

        try
        {
            await context.Options.ConfigurationManager!.GetConfigurationAsync(context.HttpContext.RequestAborted);
        }
        catch (InvalidOperationException e)
        {
            throw new AnswerUnavailableException("authority_unavailable", "The OpenID provider cannot be reached, so that access tokens cannot be checked.", e);
        }
    }

    /// <summary>What RFC 9068 and RFC 7515 demand beyond signature, issuer, audience and times; null when all holds.</summary>
    private static string? CheckClaims(JsonWebToken token, string scope)
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

        // A token bound to a key (RFC 9449, RFC 8705) is worth nothing without the proof, and must not pass as a bearer token.
        if (token.TryGetPayloadValue<object>("cnf", out _))
        {
            return "The token is bound to a key, and no proof is accepted here.";
        }

        if (string.IsNullOrEmpty(token.Subject) || string.IsNullOrEmpty(token.Id) || !token.TryGetPayloadValue<string>("client_id", out var client) || string.IsNullOrEmpty(client))
        {
            return "The token lacks sub, jti or client_id.";
        }

        if (!token.TryGetPayloadValue<long>(JwtRegisteredClaimNames.Iat, out var issuedAt) || issuedAt > EpochTime.GetIntDate(TimeProvider.System.GetUtcNow().UtcDateTime + Skew))
        {
            return "The token lacks iat, or was issued in the future.";
        }

        return token.TryGetPayloadValue<string>("scope", out var scopes) && scopes.Split(' ').Contains(scope, StringComparer.Ordinal)
            ? null
            : $"The token lacks the scope {scope}.";
    }
}
