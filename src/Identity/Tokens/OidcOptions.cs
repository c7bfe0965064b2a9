using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using DataPortal.Kernel;
using Microsoft.AspNetCore.Http;

namespace DataPortal.Identity.Tokens;

/// <summary>
/// Configuration section <c>Oidc</c>: whose access tokens are accepted, and where people sign in. Any OpenID provider that issues JWTs will do; what
/// providers do differently is set here (docs/other-providers.md). Lists add to their defaults.
/// </summary>
internal sealed class OidcOptions : IValidatableObject
{
    public const string Section = "Oidc";

    /// <summary>The issuer; its discovery document lies at <c>/.well-known/openid-configuration</c> below it. https, except on loopback.</summary>
    [Required]
    public string Authority { get; set; } = "";

    /// <summary>The audience that tokens for the portal carry.</summary>
    [Required]
    public string Audience { get; set; } = "urn:dataportal";

    /// <summary>The scope that tokens for the portal carry.</summary>
    [Required]
    public string Scope { get; set; } = "portal";

    /// <summary>Values of <c>acr</c> that stand for a sign-in with a second factor.</summary>
    public string[] SecondFactorAcr { get; set; } = [Acr.SecondFactor];

    /// <summary>Values of <c>amr</c> (RFC 8176) that do, whatever the <c>acr</c> says.</summary>
    public string[] SecondFactorAmr { get; set; } = ["mfa"];

    /// <summary>Types (<c>typ</c>) of access tokens. Some providers write <c>JWT</c>; an id_token is refused even then.</summary>
    public string[] TokenTypes { get; set; } = ["at+jwt", "application/at+jwt"];

    /// <summary>The claim with the scopes, separated by blanks.</summary>
    [Required]
    public string ScopeClaim { get; set; } = "scope";

    /// <summary>Claims that may name the client; the first that a token has counts.</summary>
    public string[] ClientClaims { get; set; } = ["client_id"];

    /// <summary>The client that our own pages are at the authority.</summary>
    [Required]
    public string ClientId { get; set; } = "portal";

    /// <summary>That client's private key (PEM or JWK); not set for the bundled provider, which shares one with the portal.</summary>
    public string? ClientKeyFile { get; set; }

    /// <summary>Its secret, for providers that take no keys.</summary>
    public string? ClientSecretFile { get; set; }

    /// <summary>Whom its assertions are for; the issuer, unless the provider wants its token endpoint.</summary>
    public string? ClientAssertionAudience { get; set; }

    /// <summary>Where browsers find the portal: <c>https://portal.example.org</c>. Without it nobody can sign in with a browser, evaluation mode apart.</summary>
    public string? PublicUrl { get; set; }

    public bool IsSecondFactor(string? acr, IEnumerable<string> amr) =>
        SecondFactorAcr.Contains(acr, StringComparer.Ordinal) || amr.Any(a => SecondFactorAmr.Contains(a, StringComparer.Ordinal));

    public string? ClientOf(ClaimsPrincipal principal) => ClientClaims.Select(principal.FindFirstValue).FirstOrDefault(client => !string.IsNullOrEmpty(client));

    /// <summary>An address of ours for the authority to send browsers to. Never from the request's own headers: those anybody may write.</summary>
    /// <exception cref="AnswerUnavailableException">The operator has not set <see cref="PublicUrl"/>.</exception>
    public string RedirectUri(HttpRequest request, string path)
    {
        var mode = (RunMode)request.HttpContext.RequestServices.GetService(typeof(RunMode))!;
        return (PublicUrl?.TrimEnd('/'), mode.IsEvaluation) switch
        {
            ({ } url, _) => url + path,
            // Evaluation mode answers to names of this machine only.
            (null, true) => $"{request.Scheme}://{request.Host}{path}",
            _ => throw new AnswerUnavailableException("sign_in_not_configured", "Sign-in with a browser is not configured: Oidc:PublicUrl is not set."),
        };
    }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        // Keys fetched over an open network could be anybody's.
        if (!Uri.TryCreate(Authority, UriKind.Absolute, out var authority)
            || (authority.Scheme != Uri.UriSchemeHttps && !(authority.Scheme == Uri.UriSchemeHttp && authority.IsLoopback)))
        {
            yield return new ValidationResult("Oidc:Authority must be an https URL (http is accepted on loopback only).", [nameof(Authority)]);
        }

        if (PublicUrl is not null && !(Uri.TryCreate(PublicUrl, UriKind.Absolute, out var url) && url.AbsolutePath == "/" && url.Query.Length == 0
            && (url.Scheme == Uri.UriSchemeHttps || (url.Scheme == Uri.UriSchemeHttp && url.IsLoopback))))
        {
            yield return new ValidationResult("Oidc:PublicUrl must be the https address of the portal, without a path.", [nameof(PublicUrl)]);
        }

        if (ClientKeyFile is not null && ClientSecretFile is not null)
        {
            yield return new ValidationResult("set Oidc:ClientKeyFile or Oidc:ClientSecretFile, not both.", [nameof(ClientSecretFile)]);
        }

        foreach (var file in new[] { ClientKeyFile, ClientSecretFile }.Where(f => f is not null && !File.Exists(f)))
        {
            yield return new ValidationResult($"there is no file {file}.", [nameof(ClientKeyFile)]);
        }
    }
}
