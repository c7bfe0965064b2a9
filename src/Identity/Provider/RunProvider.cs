using System.Text.Json;
using System.Text.Json.Nodes;
using DataPortal.Identity.Evaluation;
using DataPortal.Identity.Tokens;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace DataPortal.Identity.Provider;

/// <summary>Starts the bundled provider with its storage, and ends both with the portal: with <c>Provider:Start</c>, or by evaluation mode's hand.</summary>
internal sealed class RunProvider(
    BundledProvider provider, InternalListener listener, IServiceScopeFactory scopes, IOptions<ProviderOptions> options, IOptions<OidcOptions> oidc) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) =>
        options.Value.Start ? RunAsync(options.Value.Address, options.Value.Port, [], file: null, cancellationToken) : Task.CompletedTask;

    /// <param name="clients">Clients with a secret, as only evaluation mode has them.</param>
    /// <param name="file">Where to leave the provider's configuration; null for a place that ends with the portal.</param>
    public async Task RunAsync(string address, int port, JsonArray clients, string? file, CancellationToken ct)
    {
        var entrance = await listener.StartAsync(ct);
        var configuration = new JsonObject
        {
            ["issuer"] = oidc.Value.Authority.TrimEnd('/'),
            ["address"] = address,
            ["port"] = port,
            ["storage"] = new JsonObject { ["socket"] = entrance.Socket, ["port"] = entrance.Port, ["key"] = entrance.Key },
            ["clients"] = clients,
        };
        var path = file ?? Path.Combine(listener.Folder, "openid-provider.json");
        await PrivateFile.WriteAsync(path, JsonSerializer.SerializeToUtf8Bytes(configuration), ct);
        await provider.StartAsync(path, new UriBuilder(Uri.UriSchemeHttp, Reachable(address), port).Uri, await SignerAsync(ct), ct);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await provider.DisposeAsync();
        await listener.DisposeAsync();
    }

    private async Task<string> SignerAsync(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var keys = await scope.ServiceProvider.GetRequiredService<ProviderKeys>().InUseAsync(KeyPurpose.Token, ct);
        return JsonNode.Parse(keys[0])!["kid"]!.GetValue<string>();
    }

    private static string Reachable(string address) => address switch
    {
        "0.0.0.0" => "127.0.0.1",
        "::" => "[::1]",
        _ => address.Contains(':', StringComparison.Ordinal) ? $"[{address}]" : address,
    };
}
