using System.Text.Json.Serialization;
using DataPortal.Audit.Contracts;
using DataPortal.Identity.Tokens;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;

namespace DataPortal.Identity.Programs;

/// <summary>Where a program finds out, from the portal's address alone, where to get tokens for it (RFC 9728).</summary>
internal static class ProtectedResource
{
    /// <param name="Resource">The portal's address, as it was asked; the asker compares the two (RFC 9728, 3.3).</param>
    /// <param name="AuthorizationServers">The one issuer whose tokens are good here.</param>
    /// <param name="ScopesSupported">The scope to ask for.</param>
    /// <param name="BearerMethodsSupported">Tokens are taken from the header alone.</param>
    /// <param name="DpopSigningAlgValuesSupported">Algorithms of proofs of possession (RFC 9449).</param>
    /// <param name="Audience">Our own member: the <c>resource</c> to name at the authority (RFC 8707), and the audience of tokens.</param>
    /// <param name="CommandLineClientId">Our own member: the public client under which people sign in on a command line.</param>
    public sealed record Response(
        [property: JsonPropertyName("resource")] string Resource,
        [property: JsonPropertyName("authorization_servers")] IReadOnlyList<string> AuthorizationServers,
        [property: JsonPropertyName("scopes_supported")] IReadOnlyList<string> ScopesSupported,
        [property: JsonPropertyName("bearer_methods_supported")] IReadOnlyList<string> BearerMethodsSupported,
        [property: JsonPropertyName("dpop_signing_alg_values_supported")] IReadOnlyList<string> DpopSigningAlgValuesSupported,
        [property: JsonPropertyName("dataportal_audience")] string Audience,
        [property: JsonPropertyName("dataportal_cli_client_id")] string CommandLineClientId);

    public const string CommandLineClient = "portal-cli";

    public static void Map(IEndpointRouteBuilder endpoints) => endpoints
        .MapGet("/.well-known/oauth-protected-resource", Handle)
        .WithName("GetProtectedResource")
        .WithTags("Identity")
        .WithSummary("Where to get tokens for this portal (RFC 9728)")
        .AllowAnonymous()
        .NotAudited("Public facts about the installation; no data.");

    private static Ok<Response> Handle(HttpRequest request, IOptions<OidcOptions> oidc, CancellationToken ct) => TypedResults.Ok(new Response(
        $"{request.Scheme}://{request.Host}{request.PathBase}", [oidc.Value.Authority], [oidc.Value.Scope], ["header"], ["ES256"], oidc.Value.Audience, CommandLineClient));
}
