using DataPortal.Identity.Provider;
using DataPortal.Identity.Tokens;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;

namespace DataPortal.Identity.Pages;

/// <summary>
/// Where people find the portal. Links in mails and the passkeys' domain are made from it and never from a request's <c>Host</c> header, which its sender chooses.
/// </summary>
internal sealed class PortalAddress(IOptions<OidcOptions> oidc, IOptions<ProviderOptions> provider, IServer server)
{
    /// <summary>As configured; in evaluation mode, where nothing is, as the portal listens.</summary>
    public Uri Url => new(oidc.Value.PublicUrl ?? provider.Value.Portal ?? server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() ?? "http://localhost");

    public bool IsHttps => Url.Scheme == Uri.UriSchemeHttps;

    /// <summary>Without a trailing slash.</summary>
    public string Origin => Url.GetLeftPart(UriPartial.Authority);

    public Uri Link(string pathAndQuery) => new(Origin + pathAndQuery);
}
