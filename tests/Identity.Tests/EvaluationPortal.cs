using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using DataPortal.Host;
using DataPortal.Kernel;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace DataPortal.Testing;

/// <summary>The portal in evaluation mode on a folder: the bundled provider really runs. Needs Node and the provider's packages.</summary>
internal sealed class EvaluationPortal : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly HttpClient _http = new();

    private EvaluationPortal(WebApplication app, string folder, int port, bool isEvaluation) =>
        (_app, Folder, Port, IsEvaluation) = (app, folder, port, isEvaluation);

    public string Folder { get; }

    public int Port { get; }

    public bool IsEvaluation { get; }

    public IServiceProvider Services => _app.Services;

    public EvaluationContext Context(IServiceProvider scope) => new(Folder, new Uri(Url(Port)), new Uri(Url(Port + 1)), scope, Seed: 42);

    public static void RequireNode()
    {
        var modules = Path.Combine(DataPortal.Testing.RepositoryRoot.Path, "src", "openid-provider", "node_modules", "oidc-provider");
        Assert.SkipUnless(Directory.Exists(modules), "The OpenID provider's packages are not installed: run npm ci in src/openid-provider.");
    }

    public static string NewFolder() => Directory.CreateTempSubdirectory("portal-evaluation-").FullName;

    /// <summary>Two ports next to each other that nobody listens on.</summary>
    public static int FreePort()
    {
        for (var attempt = 0; attempt < 50; attempt++)
        {
            using var first = new TcpListener(IPAddress.Loopback, 0);
            first.Start();
            var port = ((IPEndPoint)first.LocalEndpoint).Port;
            try
            {
                using var second = new TcpListener(IPAddress.Loopback, port + 1);
                second.Start();
                return port;
            }
            catch (Exception e) when (e is SocketException or ArgumentOutOfRangeException)
            {
                // Taken; the next one may be free.
                continue;
            }
        }

        throw new InvalidOperationException("No two free ports next to each other.");
    }

    /// <summary>Composed and migrated, not prepared: <see cref="PrepareAsync"/> and <see cref="StartAsync"/> follow.</summary>
    public static async Task<EvaluationPortal> BuildAsync(
        string folder, int port, bool isEvaluation = true, Action<IServiceCollection>? customise = null, int? listenOn = null)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["Database:Provider"] = "sqlite",
            ["Database:ConnectionString"] = $"Data Source={Path.Combine(folder, "portal.db")};Pooling=false",
            ["Data:Directory"] = folder,
            ["Server:Urls:0"] = $"http://127.0.0.1:{(listenOn ?? port).ToString(CultureInfo.InvariantCulture)}",
            ["Oidc:Authority"] = Url(port + 1),
            ["Provider:Portal"] = Url(port),
        }).Build();
        var app = PortalApplication.Build(configuration, new RunMode(isEvaluation), builder =>
        {
            builder.Logging.ClearProviders();
            customise?.Invoke(builder.Services);
        });
        await using var scope = app.Services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<PortalDb>().Database.MigrateAsync();
        return new EvaluationPortal(app, folder, port, isEvaluation);
    }

    /// <summary>Ready to be asked.</summary>
    public static async Task<EvaluationPortal> StartedAsync(string folder, int port, Action<IServiceCollection>? customise = null)
    {
        var portal = await BuildAsync(folder, port, customise: customise);
        try
        {
            await portal.PrepareAsync(upTo: 200);
            await portal.StartAsync();
            return portal;
        }
        catch
        {
            await portal.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs the steps of evaluation mode, in their order, that come no later than <paramref name="upTo"/>.</summary>
    public async Task PrepareAsync(int upTo = 100)
    {
        foreach (var step in Services.GetServices<IEvaluationSetup>().Where(s => s.Order <= upTo).OrderBy(s => s.Order))
        {
            await using var scope = Services.CreateAsyncScope();
            await step.PrepareAsync(Context(scope.ServiceProvider), CancellationToken.None);
        }
    }

    public Task StartAsync() => _app.StartAsync();

    public JsonObject DemoFile() => JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, "demo.json")))!.AsObject();

    /// <summary>An access token as the demo client of that name gets it: no resource and no scope asked.</summary>
    public async Task<string> TokenAsync(string name)
    {
        var client = DemoFile()["clients"]!.AsArray().Single(c => c!["name"]!.GetValue<string>() == name)!;
        using var request = new HttpRequestMessage(HttpMethod.Post, Url(Port + 1) + "/token");
        request.Headers.Authorization = new AuthenticationHeaderValue(
            "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{client["client_id"]}:{client["client_secret"]}")));
        request.Content = new FormUrlEncodedContent([new("grant_type", "client_credentials")]);
        using var answer = await _http.SendAsync(request);
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync<JsonObject>())!["access_token"]!.GetValue<string>();
    }

    public async Task<(HttpStatusCode Status, JsonObject Body)> GetAsync(string path, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(new Uri(_app.Urls.Single()), path));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var answer = await _http.SendAsync(request);
        return (answer.StatusCode, (await answer.Content.ReadFromJsonAsync<JsonObject>())!);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private static string Url(int port) => "http://localhost:" + port.ToString(CultureInfo.InvariantCulture);
}
