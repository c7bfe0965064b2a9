using System.ComponentModel.DataAnnotations;

namespace DataPortal.Identity.Tokens;

/// <summary>Configuration section <c>Oidc</c>: whose access tokens are accepted. Any OpenID provider that issues RFC 9068 tokens will do.</summary>
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

    public bool IsSecondFactor(string? acr, IEnumerable<string> amr) =>
        SecondFactorAcr.Contains(acr, StringComparer.Ordinal) || amr.Any(a => SecondFactorAmr.Contains(a, StringComparer.Ordinal));

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        // Keys fetched over an open network could be anybody's.
        if (!Uri.TryCreate(Authority, UriKind.Absolute, out var authority)
            || (authority.Scheme != Uri.UriSchemeHttps && !(authority.Scheme == Uri.UriSchemeHttp && authority.IsLoopback)))
        {
            yield return new ValidationResult("Oidc:Authority must be an https URL (http is accepted on loopback only).", [nameof(Authority)]);
        }
    }
}
