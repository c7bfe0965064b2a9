using DataPortal.Identity.Credentials;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;

namespace DataPortal.Identity.Pages;

/// <summary>
/// Where people find the portal. Links in mails and the passkeys' domain are made from it and never from a request's <c>Host</c> header, which its sender chooses.
/// </summary>
internal sealed class PortalAddress(IOptions<SignInOptions> options, IServer server)
{
    /// <summary>Without a trailing slash in what is made of it.</summary>
    public Uri Url => new(options.Value.Portal ?? server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() ?? "http://localhost");

    public bool IsHttps => Url.Scheme == Uri.UriSchemeHttps;

    public string Origin => Url.GetLeftPart(UriPartial.Authority);

    public Uri Link(string pathAndQuery) => new(Origin + pathAndQuery);
}
