using System.ComponentModel.DataAnnotations;
using System.Net;

namespace DataPortal.Identity.Provider;

/// <summary>Configuration section <c>Provider</c>: the bundled OpenID provider. Its issuer is <c>Oidc:Authority</c>.</summary>
internal sealed class ProviderOptions : IValidatableObject
{
    public const string Section = "Provider";

    /// <summary>Whether this portal starts the bundled provider. If not, <c>Oidc:Authority</c> is somebody else's.</summary>
    public bool Start { get; set; }

    /// <summary>The portal's own public address, where the provider sends people to sign in: <c>https://portal.example.org</c>.</summary>
    public string? Portal { get; set; }

    /// <summary>Where the provider listens; TLS ends at the proxy in front.</summary>
    public string Address { get; set; } = "127.0.0.1";

    [Range(1, 65535)]
    public int Port { get; set; } = 5081;

    /// <summary>A loopback port for the storage interface, where Unix sockets cannot be had; null for a socket.</summary>
    [Range(1, 65535)]
    public int? StoragePort { get; set; }

    public TimeSpan AccessTokenLife { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>From sign-in on, however busy.</summary>
    public TimeSpan SessionLife { get; set; } = TimeSpan.FromHours(12);

    /// <summary>How long the command line stays signed in, in all.</summary>
    public TimeSpan CommandLineLife { get; set; } = TimeSpan.FromHours(8);

    /// <summary>How long a key signs before it is replaced.</summary>
    public TimeSpan KeyLife { get; set; } = TimeSpan.FromDays(30);

    /// <summary>How long a key is published before it signs: for everybody who keeps a copy of the keys to read them again.</summary>
    public TimeSpan KeyAhead { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>How long it is published after it has signed last; longer than a session, whose ID token comes back at sign-out.</summary>
    public TimeSpan KeyKept { get; set; } = TimeSpan.FromHours(24);

    /// <summary>Programs of others that people sign in to with their account here.</summary>
    public ConfiguredClient[] Clients { get; set; } = [];

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Start && Portal is null)
        {
            yield return new ValidationResult("Provider:Portal is missing: the address of the portal, where people are sent to sign in.", [nameof(Portal)]);
        }

        if (Portal is not null && (!Uri.TryCreate(Portal, UriKind.Absolute, out var portal) || !string.IsNullOrEmpty(portal.Query) || (portal.Scheme != Uri.UriSchemeHttps && !(portal.Scheme == Uri.UriSchemeHttp && portal.IsLoopback))))
        {
            yield return new ValidationResult("Provider:Portal must be an https address (http is accepted on loopback only).", [nameof(Portal)]);
        }

        if (!IPAddress.TryParse(Address, out _))
        {
            yield return new ValidationResult($"'{Address}' is no IP address.", [nameof(Address)]);
        }

        if (KeyKept < SessionLife)
        {
            yield return new ValidationResult("Provider:KeyKept is shorter than Provider:SessionLife: tokens would outlive the key that verifies them.", [nameof(KeyKept)]);
        }

        if (AccessTokenLife < TimeSpan.FromSeconds(30) || AccessTokenLife > TimeSpan.FromHours(1))
        {
            yield return new ValidationResult("Provider:AccessTokenLife must be 30 seconds to an hour.", [nameof(AccessTokenLife)]);
        }

        foreach (var mistake in Clients.SelectMany((client, i) => client.Mistakes().Select(m => $"Provider:Clients:{i}: {m}")))
        {
            yield return new ValidationResult(mistake, [nameof(Clients)]);
        }
    }
}
