using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace DataPortal.Cli.Connection;

/// <summary>Where a portal's tokens come from: found out from the portal (RFC 9728), then from the authority it names (RFC 8414).</summary>
internal sealed record Authority(string Issuer, string Audience, string Scope, string ClientId, JsonNode Metadata)
{
    public Uri TokenEndpoint => Endpoint("token_endpoint");

    public static async Task<Authority> OfAsync(HttpClient http, Uri portal, CancellationToken ct)
    {
        RequireSafe(portal);
        var resource = await ReadAsync(http, new Uri(portal, "/.well-known/oauth-protected-resource"), ct);
        // RFC 9728, 3.3: a document that speaks of another resource is somebody else's.
        if (!string.Equals(resource["resource"]?.ToString().TrimEnd('/'), portal.GetLeftPart(UriPartial.Authority), StringComparison.OrdinalIgnoreCase))
            throw Wrong(Text.Of("ポータルが別のアドレスを名乗っています。", "The portal says that it is another one than the one that was asked."));
        var issuer = resource["authorization_servers"]?[0]?.ToString() ?? throw Wrong(Text.Of("ポータルが認証局を示していません。", "The portal names no authority to sign in at."));
        var metadata = await DiscoverAsync(http, issuer, ct);
        return new Authority(issuer, resource["dataportal_audience"]?.ToString() ?? "", resource["scopes_supported"]?[0]?.ToString() ?? "", resource["dataportal_cli_client_id"]?.ToString() ?? "portal-cli", metadata);
    }

    public Uri Endpoint(string name)
    {
        var endpoint = Uri.TryCreate(Metadata[name]?.ToString(), UriKind.Absolute, out var uri) ? uri : throw Wrong(Text.Of($"認証局に {name} がありません。", $"The authority has no {name}."));
        RequireSafe(endpoint);
        return endpoint;
    }

    /// <summary>Tokens go over https, except on this machine.</summary>
    public static void RequireSafe(Uri url)
    {
        if (url.Scheme != Uri.UriSchemeHttps && !(url.Scheme == Uri.UriSchemeHttp && url.IsLoopback))
            throw Failure.Bad("insecure_url", Text.Of($"{url.GetLeftPart(UriPartial.Authority)} は https ではありません。", $"{url.GetLeftPart(UriPartial.Authority)} is not https: nothing secret is sent there."));
    }

    private static async Task<JsonNode> DiscoverAsync(HttpClient http, string issuer, CancellationToken ct)
    {
        if (!Uri.TryCreate(issuer, UriKind.Absolute, out var address))
            throw Wrong(Text.Of("認証局のアドレスが正しくありません。", "The authority's address is none."));
        RequireSafe(address);
        var metadata = await ReadAsync(http, new Uri(issuer.TrimEnd('/') + "/.well-known/openid-configuration"), ct);
        // RFC 8414, 3.3: otherwise one authority could pass for another.
        return metadata["issuer"]?.ToString() == issuer ? metadata : throw Wrong(Text.Of("認証局が別の名前を名乗っています。", "The authority says that it is another one."));
    }

    private static async Task<JsonNode> ReadAsync(HttpClient http, Uri address, CancellationToken ct)
    {
        using var answer = await http.GetAsync(address, ct);
        if (!answer.IsSuccessStatusCode)
            throw await Failure.OfAsync(answer, null, ct);
        try
        {
            return await answer.Content.ReadFromJsonAsync<JsonNode>(ct) is JsonObject document ? document : throw Wrong($"{address}");
        }
        catch (JsonException)
        {
            throw Wrong(Text.Of($"{address} は JSON ではありません。", $"{address} is not JSON."));
        }
    }

    private static Failure Wrong(string message) => new(Failure.Ours, "authority_wrong", message);
}
