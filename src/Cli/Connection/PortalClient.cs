using System.CommandLine;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;

namespace DataPortal.Cli.Connection;

/// <summary>The portal over HTTP, as one caller. Every answer that is not a success becomes a <see cref="Failure"/>.</summary>
internal sealed class PortalClient : IDisposable
{
    private const int Attempts = 4;

    private readonly HttpClient http;

    private PortalClient(HttpClient http) => this.http = http;

    /// <summary>Finds the portal and signs in as the options say.</summary>
    /// <exception cref="Failure">No portal is known, or the caller cannot be signed in.</exception>
    public static async Task<PortalClient> OpenAsync(ParseResult arguments, CancellationToken ct)
    {
        var folder = GlobalOptions.RunningFolder(arguments);
        var url = arguments.GetValue(GlobalOptions.Url) is { } text
            ? Uri.TryCreate(text, UriKind.Absolute, out var given) && given.Scheme is "http" or "https" ? given : throw Failure.Bad("bad_url", $"'{text}' is not an http address.")
            : null;
        if (url is not null && arguments.GetValue(GlobalOptions.Data) is null)
            folder = KnownPortals.FolderOf(url) ?? folder;
        var demo = DemoFile.Read(folder);
        url ??= demo?.Url ?? throw new Failure(Failure.BadInput, "no_portal", Text.Of(
            $"{folder} にポータルがありません。起動: ./portal up、別のポータル: --url URL または --data DIR", $"There is no portal in {folder}. Start one with ./portal up, or name one with --url URL or --data DIR."),
            [.. GlobalOptions.RunningFolders().Select(f => "--data " + f)]);

        var portal = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = url, Timeout = TimeSpan.FromMinutes(10) };
        portal.DefaultRequestHeaders.AcceptLanguage.ParseAdd(Text.Language);
        var name = arguments.GetValue(GlobalOptions.As) ?? throw new Failure(Failure.Refused, "not_signed_in", Text.Of("誰として行うかを指定してください: --as 名前", "Say who you are: --as NAME."));
        var client = demo?.Clients.FirstOrDefault(c => c.Name == name) ?? throw new Failure(Failure.Refused, "unknown_client", Text.Of(
            $"デモ用クライアント '{name}' はありません: ", $"There is no demo client '{name}': ") + string.Join(", ", demo?.Clients.Select(c => c.Name) ?? []));
        portal.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", await TokenAsync(portal, demo!.Issuer, client, ct));
        return new PortalClient(portal);
    }

    public void Dispose() => http.Dispose();

    public Task<HttpResponseMessage> GetAsync(string path, CancellationToken ct) => SendAsync(() => new HttpRequestMessage(HttpMethod.Get, path), null, ct);

    public async Task<JsonNode> GetJsonAsync(string path, CancellationToken ct)
    {
        using var answer = await GetAsync(path, ct);
        return await JsonAsync(answer, ct);
    }

    /// <summary>Posts a body; <paramref name="query"/> is the query in it, to point at the place of an error.</summary>
    public async Task<JsonNode> PostJsonAsync(string path, JsonNode body, CancellationToken ct, string? query = null)
    {
        using var answer = await SendAsync(() => Json(HttpMethod.Post, path, body), query, ct);
        return await JsonAsync(answer, ct);
    }

    public Task<HttpResponseMessage> PostAsync(string path, JsonNode body, CancellationToken ct, string? query = null) =>
        SendAsync(() => Json(HttpMethod.Post, path, body), query, ct);

    public async Task PutAsync(string path, JsonNode body, CancellationToken ct)
    {
        using var answer = await SendAsync(() => Json(HttpMethod.Put, path, body), null, ct);
    }

    public async Task DeleteAsync(string path, CancellationToken ct)
    {
        using var answer = await SendAsync(() => new HttpRequestMessage(HttpMethod.Delete, path), null, ct);
    }

    /// <summary>Sends a file as the body. It is read anew at each attempt.</summary>
    public Task<HttpResponseMessage> UploadAsync(string path, string file, string mediaType, IProgress<double> progress, CancellationToken ct) => SendAsync(
        () => new HttpRequestMessage(HttpMethod.Post, path) { Content = new FileContent(file, progress) { Headers = { ContentType = new MediaTypeHeaderValue(mediaType) } } }, null, ct);

    /// <summary>The location that an accepted request is followed at.</summary>
    public static string LocationOf(HttpResponseMessage answer) =>
        (answer.Headers.Location ?? answer.Content.Headers.ContentLocation)?.ToString() ?? throw new Failure(Failure.Ours, "no_location", "The portal accepted the request but did not say where to follow it.");

    public static async Task<JsonNode> JsonAsync(HttpResponseMessage answer, CancellationToken ct) =>
        await answer.Content.ReadFromJsonAsync<JsonNode>(ct) ?? throw new Failure(Failure.Ours, "empty_answer", "The portal answered nothing.");

    private static HttpRequestMessage Json(HttpMethod method, string path, JsonNode body) =>
        new(method, path) { Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json") };

    private async Task<HttpResponseMessage> SendAsync(Func<HttpRequestMessage> request, string? query, CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            using var message = request();
            var answer = await http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, ct);
            if (answer.IsSuccessStatusCode)
                return answer;
            using (answer)
            {
                if (answer.StatusCode != HttpStatusCode.TooManyRequests || attempt == Attempts)
                    throw await Failure.OfAsync(answer, query, ct);
                await Task.Delay(answer.Headers.RetryAfter?.Delta ?? TimeSpan.FromSeconds(attempt), ct);
            }
        }
    }

    private static async Task<string> TokenAsync(HttpClient http, Uri issuer, DemoClient client, CancellationToken ct)
    {
        var discovery = await http.GetFromJsonAsync<JsonNode>(new Uri(issuer, "/.well-known/openid-configuration"), ct);
        using var request = new HttpRequestMessage(HttpMethod.Post, discovery!["token_endpoint"]!.GetValue<string>())
        {
            Content = new FormUrlEncodedContent(new Dictionary<string, string> { ["grant_type"] = "client_credentials" }),
            Headers = { Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Uri.EscapeDataString(client.ClientId)}:{Uri.EscapeDataString(client.ClientSecret)}"))) },
        };
        using var answer = await http.SendAsync(request, ct);
        var body = await answer.Content.ReadFromJsonAsync<JsonNode>(ct);
        return answer.IsSuccessStatusCode ? body!["access_token"]!.GetValue<string>()
            : throw new Failure(Failure.Refused, body?["error"]?.ToString() ?? "no_token", body?["error_description"]?.ToString() ?? "The OpenID provider gave no token.");
    }

    /// <summary>A file as a body that tells how much of it was sent.</summary>
    private sealed class FileContent(string path, IProgress<double> progress) : HttpContent
    {
        private readonly long length = new FileInfo(path).Length;

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await using var file = File.OpenRead(path);
            var buffer = new byte[1 << 16];
            long sent = 0;
            for (int read; (read = await file.ReadAsync(buffer)) > 0;)
            {
                await stream.WriteAsync(buffer.AsMemory(0, read));
                progress.Report((sent += read) / (double)length);
            }
        }

        protected override bool TryComputeLength(out long size)
        {
            size = length;
            return true;
        }
    }
}
