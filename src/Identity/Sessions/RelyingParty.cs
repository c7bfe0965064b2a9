using System.Globalization;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using DataPortal.Identity.Tokens;
using DataPortal.Kernel;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OAuth;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace DataPortal.Identity.Sessions;

/// <summary>
/// Sign-in of our own pages at the authority: OpenID Connect, code flow with PKCE, pushed where the authority takes it (RFC 9126). The framework's
/// OAuth handler carries state and correlation; what OpenID adds is here and in <see cref="IdTokens"/>.
/// </summary>
internal sealed class RelyingParty(
    IOptionsMonitor<RelyingPartyOptions> options, ILoggerFactory log, UrlEncoder encoder, AuthorityMetadata metadata, ClientAuthentication client,
    IdTokens idTokens, SignInAccounts accounts, UsedIds used, IHttpClientFactory http, IOptions<OidcOptions> oidc, TimeProvider clock)
    : OAuthHandler<RelyingPartyOptions>(options, log, encoder)
{
    /// <summary>In the properties of a challenge: ask for a fresh proof with a second factor.</summary>
    public const string StepUpItem = "step_up";

    private const string NonceItem = "nonce";
    private const string StartedItem = "started";
    private const string IdItem = "id";
    private const int LongestAnswer = 256 * 1024;

    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        var provider = await MetadataAsync();
        var redirect = oidc.Value.RedirectUri(Request, SessionScheme.CallbackPath);
        var verifier = Random();
        properties.Items[OAuthConstants.CodeVerifierKey] = verifier;
        properties.Items[NonceItem] = Random();
        properties.Items[IdItem] = Random();
        properties.Items[StartedItem] = Now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        GenerateCorrelationId(properties);
        var request = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["client_id"] = oidc.Value.ClientId,
            ["response_type"] = "code",
            ["redirect_uri"] = redirect,
            ["scope"] = "openid profile email",
            ["code_challenge"] = Base64UrlEncoder.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(verifier))),
            [OAuthConstants.CodeChallengeMethodKey] = OAuthConstants.CodeChallengeMethodS256,
            ["nonce"] = properties.Items[NonceItem]!,
            ["state"] = Options.StateDataFormat.Protect(properties),
        };
        if (properties.Items.ContainsKey(StepUpItem))
        {
            (request["prompt"], request["max_age"]) = ("login", "0");
            request["acr_values"] = string.Join(' ', oidc.Value.SecondFactorAcr);
        }

        if (!string.IsNullOrEmpty(provider.PushedAuthorizationRequestEndpoint))
        {
            request = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["client_id"] = oidc.Value.ClientId,
                ["request_uri"] = await PushAsync(provider, request),
            };
        }

        Response.Redirect(QueryHelpers.AddQueryString(provider.AuthorizationEndpoint, request!));
    }

    protected override async Task<HandleRequestResult> HandleRemoteAuthenticateAsync()
    {
        // RFC 9207: an answer that another provider sent here must not take our code to it, or its code to ours.
        var provider = await MetadataAsync();
        var issuer = Request.Query["iss"];
        var isMissing = issuer.Count == 0 && provider.AuthorizationResponseIssParameterSupported == true;
        var isOther = issuer.Count > 0 && !(issuer.Count == 1 && string.Equals(issuer[0], oidc.Value.Authority, StringComparison.Ordinal));
        return isMissing || isOther
            ? HandleRequestResult.Fail(new SignInFailedException("The answer comes from another issuer."))
            : await base.HandleRemoteAuthenticateAsync();
    }

    protected override async Task<OAuthTokenResponse> ExchangeCodeAsync(OAuthCodeExchangeContext context)
    {
        var properties = context.Properties;
        var age = Now - StartedAt(properties);
        if (age < TimeSpan.Zero || age > Options.RemoteAuthenticationTimeout)
        {
            throw new SignInFailedException("The sign-in took too long.");
        }

        if (!await used.TryUseAsync("state", properties.Items[IdItem]!, (Now + Options.RemoteAuthenticationTimeout).UtcDateTime, Context.RequestAborted))
        {
            throw new SignInFailedException("The state was used before.");
        }

        var provider = await MetadataAsync();
        return OAuthTokenResponse.Success(await PostAsync(provider, provider.TokenEndpoint, new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["grant_type"] = "authorization_code",
            ["code"] = context.Code,
            ["redirect_uri"] = oidc.Value.RedirectUri(Request, SessionScheme.CallbackPath),
            [OAuthConstants.CodeVerifierKey] = properties.Items[OAuthConstants.CodeVerifierKey]!,
        }));
    }

    protected override async Task<AuthenticationTicket> CreateTicketAsync(ClaimsIdentity identity, AuthenticationProperties properties, OAuthTokenResponse tokens)
    {
        var idToken = TextOf(tokens.Response!, SessionStore.IdTokenName);
        var claims = await idTokens.ValidateAsync(idToken, properties.Items[NonceItem]!, tokens.AccessToken, Context.RequestAborted);
        // OpenID Connect Core, 3.1.2.1: asked for a fresh sign-in, the authority must say when it was, and we must look.
        if (properties.Items.ContainsKey(StepUpItem) && (claims.AuthenticatedAt is not { } at || at < StartedAt(properties).UtcDateTime - AccessTokens.Skew))
        {
            throw new SignInFailedException("The authority did not ask the person again.");
        }

        var account = await accounts.FindAsync(claims, Context.RequestAborted);
        var fresh = new AuthenticationProperties { RedirectUri = properties.RedirectUri, Items = { [SessionStore.AccountIdItem] = account.ToString("D") } };
        fresh.StoreTokens([new AuthenticationToken { Name = SessionStore.IdTokenName, Value = idToken }]);
        identity.AddClaim(new Claim("client_id", oidc.Value.ClientId));
        identity.AddClaims(claims.ToClaims());
        return new AuthenticationTicket(new ClaimsPrincipal(identity), fresh, Scheme.Name);
    }

    private static string Random() => Base64UrlEncoder.Encode(RandomNumberGenerator.GetBytes(32));

    private static DateTimeOffset StartedAt(AuthenticationProperties properties) =>
        DateTimeOffset.FromUnixTimeSeconds(long.Parse(properties.Items[StartedItem]!, NumberStyles.None, CultureInfo.InvariantCulture));

    private static string TextOf(JsonDocument answer, string member) =>
        answer.RootElement.ValueKind == JsonValueKind.Object && answer.RootElement.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : throw new SignInFailedException($"The authority's answer has no {member}.");

    private DateTimeOffset Now => clock.GetUtcNow();

    private async Task<OpenIdConnectConfiguration> MetadataAsync()
    {
        try
        {
            return await metadata.GetConfigurationAsync(Context.RequestAborted);
        }
        catch (InvalidOperationException e)
        {
            throw Unavailable(e);
        }
    }

    private async Task<string> PushAsync(OpenIdConnectConfiguration provider, Dictionary<string, string> request)
    {
        try
        {
            using var answer = await PostAsync(provider, provider.PushedAuthorizationRequestEndpoint, request);
            return TextOf(answer, "request_uri");
        }
        catch (SignInFailedException e)
        {
            throw Unavailable(e);
        }
    }

    private static AnswerUnavailableException Unavailable(Exception e) =>
        new(TokenProblems.AuthorityUnavailable, "The OpenID provider cannot be reached, or does not take our sign-in.", e);

    private async Task<JsonDocument> PostAsync(OpenIdConnectConfiguration provider, string endpoint, Dictionary<string, string> form)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, endpoint);
        request.Headers.Accept.ParseAdd("application/json");
        await client.ApplyAsync(request, form, provider, Context.RequestAborted);
        request.Content = new FormUrlEncodedContent(form);
        using var backchannel = http.CreateClient(AccessTokens.HttpClient);
        backchannel.MaxResponseContentBufferSize = LongestAnswer;
        try
        {
            using var answer = await backchannel.SendAsync(request, Context.RequestAborted);
            if (!answer.IsSuccessStatusCode)
            {
                Logger.AuthorityRefused(new Uri(endpoint).AbsolutePath, (int)answer.StatusCode);
                throw new SignInFailedException("The authority refused.");
            }

            return await JsonDocument.ParseAsync(await answer.Content.ReadAsStreamAsync(Context.RequestAborted), cancellationToken: Context.RequestAborted);
        }
        catch (Exception e) when (e is HttpRequestException or JsonException)
        {
            throw new SignInFailedException("The authority did not answer.", e);
        }
    }
}
