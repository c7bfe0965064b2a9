using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using DataPortal.Testing;

namespace DataPortal.Identity.Tests;

/// <summary>Who reaches the provider's storage: the provider, and nobody else.</summary>
public sealed class ProviderInterfaceTests(RunningProvider running) : IClassFixture<RunningProvider>
{
    private static readonly string[] Routes =
    [
        "upsert", "find", "find-by-uid", "find-by-user-code", "consume", "destroy", "revoke-grant", "settings", "client", "account", "ticket",
    ];

    private static readonly HashSet<string> OwnIds = new(StringComparer.OrdinalIgnoreCase) { "X-Request-Id", "traceparent", "Content-Length" };

    private readonly JsonObject _entrance = JsonNode.Parse(File.ReadAllText(Path.Combine(running.Portal.Folder, "openid-provider.json")))!["storage"]!.AsObject();

    private string Socket => _entrance["socket"]!.GetValue<string>();

    private string Key => _entrance["key"]!.GetValue<string>();

    [Fact]
    public async Task On_the_public_port_it_is_what_any_unknown_path_is()
    {
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{running.Portal.Port}") };
        var unknown = await AnswerAsync(http, "/internal/openid/no-such-thing", Key);
        Assert.Equal(HttpStatusCode.NotFound, unknown.Status);
        foreach (var route in Routes)
        {
            Assert.Equal(unknown, await AnswerAsync(http, "/internal/openid/" + route, Key));
        }

        // The control: through the socket the same request is answered.
        using var inside = Inside();
        Assert.Equal(HttpStatusCode.OK, (await AnswerAsync(inside, "/internal/openid/settings", Key)).Status);
    }

    [Fact]
    public async Task Without_the_key_nothing_is_told_not_even_what_there_is()
    {
        using var inside = Inside();
        foreach (var key in new[] { null, "", Key[..^1], Key + "x", Key.ToUpperInvariant(), new string('A', Key.Length) })
        {
            foreach (var route in Routes.Append("no-such-thing"))
            {
                Assert.Equal(HttpStatusCode.Unauthorized, (await AnswerAsync(inside, "/internal/openid/" + route, key)).Status);
            }
        }

        Assert.Equal(HttpStatusCode.OK, (await AnswerAsync(inside, "/internal/openid/settings", Key)).Status);
    }

    [Theory]
    [InlineData("/healthz")]
    [InlineData("/readyz")]
    [InlineData("/api/v1/me")]
    [InlineData("/openapi/v1.json")]
    [InlineData("/")]
    public async Task Through_it_nothing_of_the_portal_is_reached(string path)
    {
        using var inside = Inside();
        using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", Key) } };
        using var answer = await inside.SendAsync(request);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Fact]
    public void Nobody_else_on_the_machine_can_open_it()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "no file modes");
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, Mode(Socket));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, Mode(Path.GetDirectoryName(Socket)!));
        Assert.InRange(Key.Length, 43, 100);
    }

    [Fact]
    public async Task Both_key_and_socket_are_new_at_every_start_and_gone_at_the_end()
    {
        var folder = EvaluationPortal.NewFolder();
        var port = EvaluationPortal.FreePort();
        var seen = new List<(string Socket, string Key)>();
        for (var start = 0; start < 2; start++)
        {
            await using var portal = await EvaluationPortal.StartedAsync(folder, port);
            var storage = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "openid-provider.json")))!["storage"]!;
            seen.Add((storage["socket"]!.GetValue<string>(), storage["key"]!.GetValue<string>()));
            Assert.True(File.Exists(seen[^1].Socket));
        }

        Assert.NotEqual(seen[0].Key, seen[1].Key);
        Assert.All(seen, s => Assert.False(Directory.Exists(Path.GetDirectoryName(s.Socket))));
        Directory.Delete(folder, recursive: true);
    }

    private HttpClient Inside() => new(new SocketsHttpHandler
    {
        ConnectCallback = async (_, ct) =>
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(Socket), ct);
            return new NetworkStream(socket, ownsSocket: true);
        },
    })
    { BaseAddress = new Uri("http://portal") };

    /// <summary>What the caller could tell two routes apart by: not the time, the request's own id, and the path that was asked for.</summary>
    private static async Task<(HttpStatusCode Status, string Headers, string Body)> AnswerAsync(HttpClient http, string path, string? key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(new JsonObject()) };
        if (key is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + key);
        }

        using var answer = await http.SendAsync(request);
        var headers = answer.Headers.Concat(answer.Content.Headers).Where(h => h.Key is not "Date" && !OwnIds.Contains(h.Key))
            .OrderBy(h => h.Key, StringComparer.Ordinal).Select(h => h.Key + ": " + string.Join(',', h.Value));
        var text = await answer.Content.ReadAsStringAsync();
        if (text.StartsWith('{') && answer.StatusCode == HttpStatusCode.NotFound)
        {
            var problem = JsonNode.Parse(text)!.AsObject();
            problem.Remove("traceId");
            problem.Remove("instance");
            text = problem.ToJsonString();
        }

        return (answer.StatusCode, string.Join('\n', headers), answer.StatusCode == HttpStatusCode.NotFound ? text : "");
    }

    private static UnixFileMode Mode(string path) => OperatingSystem.IsWindows() ? default : File.GetUnixFileMode(path);
}
