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

    /// <summary>Gives a token; asked with one that was refused, another one.</summary>
    private readonly Func<string?, CancellationToken, Task<AccessToken>> tokens;

    private AccessToken? token;

    private string? nonce;

    private PortalClient(HttpClient http, Func<string?, CancellationToken, Task<AccessToken>> tokens) => (this.http, this.tokens) = (http, tokens);

    /// <summary>Finds the portal and takes the caller's part as the options say: a demo client, a program, or whoever signed in to that portal.</summary>
    /// <exception cref="Failure">No portal is known, or the caller cannot be signed in.</exception>
    public static async Task<PortalClient> OpenAsync(ParseResult arguments, CancellationToken ct)
    {
        if (arguments.GetValue(GlobalOptions.Client) is { } file)
        {
            if (arguments.GetValue(GlobalOptions.As) is not null)
                throw Failure.Bad("as_and_client", Text.Of("--as と --client は同時に使えません。", "--as and --client exclude each other."));
            var program = ProgramFile.Read(Path.GetFullPath(file));
            var its = Http(PortalAddress.Given(arguments) ?? program.Portal);
            Authority.RequireSafe(its.BaseAddress!);
            return await OpenAsync(its, (_, c) => program.TokenAsync(its, c), ct);
        }

        var (url, demo) = PortalAddress.Of(arguments);
        var portal = Http(url);
        if (arguments.GetValue(GlobalOptions.As) is not { } name)
        {
            return await OpenAsync(portal, (refused, c) =>
            {
                Authority.RequireSafe(url);
                return Logins.TokenAsync(portal, url, refused, c);
            }, ct);
        }

        var client = demo?.Clients.FirstOrDefault(c => c.Name == name) ?? throw new Failure(Failure.Refused, "unknown_client", Text.Of(
            $"デモ用クライアント '{name}' はありません: ", $"There is no demo client '{name}': ") + string.Join(", ", demo?.Clients.Select(c => c.Name) ?? []));
        return await OpenAsync(portal, async (_, c) => new AccessToken(await TokenAsync(portal, demo!.Issuer, client, c), null), ct);
    }

    /// <summary>A client for requests without a token.</summary>
    public static HttpClient Http(Uri portal)
    {
        var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = portal, Timeout = TimeSpan.FromMinutes(10) };
        client.DefaultRequestHeaders.AcceptLanguage.ParseAdd(Text.Language);
        return client;
    }

    private static async Task<PortalClient> OpenAsync(HttpClient http, Func<string?, CancellationToken, Task<AccessToken>> tokens, CancellationToken ct)
    {
        var portal = new PortalClient(http, tokens);
        portal.token = await tokens(null, ct);
        return portal;
    }

    public Uri Url => http.BaseAddress!;

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
        var wasRenewed = false;
        for (var attempt = 1; ; attempt++)
        {
            using var message = request();
            Prove(message);
            var answer = await http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, ct);
            nonce = answer.Headers.TryGetValues("DPoP-Nonce", out var given) ? given.First() : nonce;
            if (answer.IsSuccessStatusCode)
                return answer;
            using (answer)
            {
                if (!wasRenewed && answer.StatusCode == HttpStatusCode.Unauthorized && await RenewAsync(answer, ct))
                {
                    wasRenewed = true;
                    continue;
                }

                if (answer.StatusCode != HttpStatusCode.TooManyRequests || attempt == Attempts)
                    throw await Failure.OfAsync(answer, query, ct);
                await Task.Delay(answer.Headers.RetryAfter?.Delta ?? TimeSpan.FromSeconds(attempt), ct);
            }
        }
    }

    private void Prove(HttpRequestMessage message)
    {
        message.Headers.Authorization = new AuthenticationHeaderValue(token!.Key is null ? "Bearer" : "DPoP", token.Value);
        if (token.Key is { } key)
            message.Headers.Add("DPoP", key.Proof(message.Method, new Uri(http.BaseAddress!, message.RequestUri!), token.Value, nonce));
    }

    // True when the same request may do better: with the nonce that was asked for, or with a new token. Only the token's fault is mended so, never a right that is missing.
    private async Task<bool> RenewAsync(HttpResponseMessage refused, CancellationToken ct)
    {
        var challenge = refused.Headers.WwwAuthenticate.ToString();
        if (challenge.Contains("use_dpop_nonce", StringComparison.Ordinal))
            return nonce is not null;
        if (!challenge.Contains("invalid_token", StringComparison.Ordinal))
            return false;
        token = await tokens(token!.Value, ct);
        return true;
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
