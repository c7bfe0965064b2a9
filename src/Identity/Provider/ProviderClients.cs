using System.Text.Json.Nodes;
using Microsoft.Extensions.Options;

namespace DataPortal.Identity.Provider;

/// <summary>Clients of the bundled provider, by id, as its library wants them described (OpenID registration metadata).</summary>
internal interface IKnownClients
{
    Task<JsonObject?> FindAsync(string clientId, CancellationToken ct);
}

/// <summary>Every client there is, wherever it is kept. Looked up at each request: what is revoked is unknown at the next one.</summary>
internal sealed class ProviderClients(IEnumerable<IKnownClients> sources)
{
    public async Task<JsonObject?> FindAsync(string clientId, CancellationToken ct)
    {
        foreach (var source in sources)
        {
            if (await source.FindAsync(clientId, ct) is { } client)
            {
                return client;
            }
        }

        return null;
    }
}

/// <summary>The portal's own pages and its command line. Nobody is asked whether they may.</summary>
internal sealed class FirstPartyClients(IOptions<ProviderOptions> options, ClientKey key) : IKnownClients
{
    public const string Pages = "portal";
    public const string CommandLine = "portal-cli";

    public static bool IsFirstParty(string clientId) => clientId is Pages or CommandLine;

    public async Task<JsonObject?> FindAsync(string clientId, CancellationToken ct) => clientId switch
    {
        Pages when options.Value.Portal is { } portal => ConfidentialClient.Describe(
            Pages,
            "DataPortal",
            [Address(portal, "/session/callback")],
            [Address(portal, "/")],
            Address(portal, "/session/backchannel-logout"),
            new JsonObject { ["keys"] = new JsonArray(await key.GetPublicAsync(ct)) }),
        CommandLine => new JsonObject
        {
            ["client_id"] = CommandLine,
            ["client_name"] = "portal (command line)",
            ["application_type"] = "native",
            ["token_endpoint_auth_method"] = "none",
            ["grant_types"] = new JsonArray("authorization_code", "refresh_token", "urn:ietf:params:oauth:grant-type:device_code"),
            ["response_types"] = new JsonArray("code"),
            // RFC 8252, 7.3: on loopback the port is whichever was free.
            ["redirect_uris"] = new JsonArray("http://127.0.0.1/callback", "http://[::1]/callback"),
            ["dpop_bound_access_tokens"] = true,
        },
        _ => null,
    };

    private static string Address(string portal, string path) => portal.TrimEnd('/') + path;
}

/// <summary>Programs of others, from the configuration.</summary>
internal sealed class ConfiguredClients(IOptions<ProviderOptions> options) : IKnownClients
{
    public Task<JsonObject?> FindAsync(string clientId, CancellationToken ct)
    {
        var client = Array.Find(options.Value.Clients, c => string.Equals(c.ClientId, clientId, StringComparison.Ordinal));
        return Task.FromResult(client is null ? null : ConfidentialClient.Describe(client.ClientId, client.Name, client.RedirectUris, client.PostLogoutRedirectUris, client.BackChannelLogoutUri, client.ReadKeys()));
    }
}

/// <summary>A program of others that people sign in to with their account here: one entry of <c>Provider:Clients</c>.</summary>
internal sealed class ConfiguredClient
{
    public string ClientId { get; set; } = "";

    public string Name { get; set; } = "";

    public string[] RedirectUris { get; set; } = [];

    public string[] PostLogoutRedirectUris { get; set; } = [];

    public string? BackChannelLogoutUri { get; set; }

    /// <summary>The client's public keys (JWK set), as text.</summary>
    public string? Jwks { get; set; }

    /// <summary>The same in a file.</summary>
    public string? JwksFile { get; set; }

    public JsonObject ReadKeys() => JsonNode.Parse(Jwks ?? File.ReadAllText(JwksFile!))!.AsObject();

    public IEnumerable<string> Mistakes()
    {
        if (ClientId.Length is 0 or > 200 || FirstPartyClients.IsFirstParty(ClientId))
        {
            yield return "ClientId is missing or taken.";
        }

        if (Name.Length == 0)
        {
            yield return "Name is missing: people are asked whether this client may know who they are.";
        }

        foreach (var uri in RedirectUris.Concat(PostLogoutRedirectUris).Append(BackChannelLogoutUri).OfType<string>().Where(u => !Uri.TryCreate(u, UriKind.Absolute, out var parsed) || (parsed.Scheme != Uri.UriSchemeHttps && !parsed.IsLoopback)))
        {
            yield return $"'{uri}' is no https address.";
        }

        if (RedirectUris.Length == 0)
        {
            yield return "RedirectUris is empty.";
        }

        if (KeyMistake() is { } mistake)
        {
            yield return mistake;
        }
    }

    private string? KeyMistake()
    {
        if (Jwks is null == JwksFile is null)
        {
            return "give either Jwks or JwksFile.";
        }

        try
        {
            return ReadKeys()["keys"] is JsonArray { Count: > 0 } keys && keys.All(k => k is JsonObject key && key["d"] is null) ? null : "the key set must hold public keys, and public keys only.";
        }
        catch (Exception e) when (e is System.Text.Json.JsonException or IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            return "the key set cannot be read.";
        }
    }
}

/// <summary>A client with a key of its own that signs people in: FAPI 2.0, so that its requests are pushed and its key is its proof.</summary>
internal static class ConfidentialClient
{
    public static JsonObject Describe(string id, string name, IEnumerable<string> redirectUris, IEnumerable<string> postLogoutRedirectUris, string? backChannelLogoutUri, JsonObject keys)
    {
        var client = new JsonObject
        {
            ["client_id"] = id,
            ["client_name"] = name,
            ["application_type"] = "web",
            ["token_endpoint_auth_method"] = "private_key_jwt",
            ["token_endpoint_auth_signing_alg"] = "ES256",
            ["jwks"] = keys,
            ["grant_types"] = new JsonArray("authorization_code", "refresh_token"),
            ["response_types"] = new JsonArray("code"),
            ["redirect_uris"] = new JsonArray([.. redirectUris.Select(u => JsonValue.Create(u))]),
            ["post_logout_redirect_uris"] = new JsonArray([.. postLogoutRedirectUris.Select(u => JsonValue.Create(u))]),
            ["require_pushed_authorization_requests"] = true,
        };
        if (backChannelLogoutUri is not null)
        {
            client["backchannel_logout_uri"] = backChannelLogoutUri;
            client["backchannel_logout_session_required"] = true;
        }

        return client;
    }
}
