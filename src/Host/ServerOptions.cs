using System.ComponentModel.DataAnnotations;
using System.Net;

namespace DataPortal.Host;

/// <summary>Configuration section <c>Server</c>: how the portal listens.</summary>
internal sealed class ServerOptions : IValidatableObject
{
    public const string Section = "Server";

    /// <summary>Addresses to listen on: <c>http://0.0.0.0:5080</c>. TLS ends at the proxy in front.</summary>
    [MinLength(1, ErrorMessage = "name at least one address to listen on.")]
    public string[] Urls { get; set; } = [];

    /// <summary>Addresses of the proxies whose <c>X-Forwarded-*</c> headers are believed.</summary>
    public string[] TrustedProxies { get; set; } = [];

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var url in Urls.Where(u => !Uri.TryCreate(u.Replace("://+", "://any", StringComparison.Ordinal).Replace("://*", "://any", StringComparison.Ordinal), UriKind.Absolute, out var parsed) || parsed.Scheme != Uri.UriSchemeHttp))
        {
            yield return new ValidationResult($"'{url}' is no http address.", [nameof(Urls)]);
        }

        foreach (var proxy in TrustedProxies.Where(p => !IPAddress.TryParse(p, out _)))
        {
            yield return new ValidationResult($"'{proxy}' is no IP address.", [nameof(TrustedProxies)]);
        }
    }
}
