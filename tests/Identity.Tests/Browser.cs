using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace DataPortal.Identity.Tests;

/// <summary>A browser as far as sign-in needs one: it keeps cookies and follows no redirect by itself. Its address bar says https; what it reaches is the portal's port.</summary>
internal sealed class Browser(Uri portal) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = portal };

    public Dictionary<string, string> Cookies { get; } = new(StringComparer.Ordinal);

    /// <summary>As they came, with their attributes.</summary>
    public List<string> SetCookies { get; } = [];

    public string? Session => Cookies.GetValueOrDefault("__Host-portal");

    public Browser Copy()
    {
        var copy = new Browser(_http.BaseAddress!);
        foreach (var (name, value) in Cookies)
        {
            copy.Cookies[name] = value;
        }

        return copy;
    }

    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, HttpContent? content = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        if (Cookies.Count > 0)
        {
            request.Headers.TryAddWithoutValidation("Cookie", string.Join("; ", Cookies.Select(c => $"{c.Key}={c.Value}")));
        }

        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        var answer = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        foreach (var cookie in answer.Headers.TryGetValues("Set-Cookie", out var set) ? set : [])
        {
            SetCookies.Add(cookie);
            var pair = cookie.Split(';')[0].Split('=', 2);
            if (pair[1].Length == 0 || cookie.Contains("expires=Thu, 01 Jan 1970", StringComparison.OrdinalIgnoreCase))
            {
                Cookies.Remove(pair[0]);
            }
            else
            {
                Cookies[pair[0]] = pair[1];
            }
        }

        return answer;
    }

    public Task<HttpResponseMessage> GetAsync(string path, params (string Name, string Value)[] headers) => SendAsync(HttpMethod.Get, path, null, headers);

    /// <summary>Where the authority is to be asked.</summary>
    public async Task<Uri> StartAsync(string query = "")
    {
        using var answer = await GetAsync("/session/start" + query);
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        return answer.Headers.Location!;
    }

    /// <summary>The whole way; what the callback answered.</summary>
    public async Task<HttpResponseMessage> SignInAsync(FakeAuthority authority, Person person, string query = "") =>
        await GetAsync(authority.Authorise(await StartAsync(query), person).PathAndQuery);

    public async Task<HttpStatusCode> MeAsync()
    {
        using var answer = await GetAsync("/api/v1/me");
        return answer.StatusCode;
    }

    /// <summary>The token that changes need; its cookies are kept.</summary>
    public async Task<string> CsrfAsync()
    {
        using var answer = await GetAsync("/session");
        return (await answer.Content.ReadFromJsonAsync<JsonObject>())!["csrfToken"]!.GetValue<string>();
    }

    public static async Task<string?> CodeAsync(HttpResponseMessage answer) => (await answer.Content.ReadFromJsonAsync<JsonObject>())?["code"]?.GetValue<string>();

    public void Dispose() => _http.Dispose();
}
