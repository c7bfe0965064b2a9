using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace DataPortal.Cli.Connection;

/// <summary>An access token, and the key that each use of it is proven with; none for a bearer token.</summary>
internal sealed record AccessToken(string Value, SigningKey? Key);

/// <summary>What the authority answered: tokens, or the code of an error (RFC 6749, 5.2).</summary>
internal sealed record TokenAnswer(JsonNode? Body, string? Error)
{
    public string AccessToken => Body!["access_token"]!.ToString();

    public string? RefreshToken => Body!["refresh_token"]?.ToString();

    public TimeSpan Life => TimeSpan.FromSeconds(Body!["expires_in"] is JsonValue seconds && seconds.TryGetValue<int>(out var s) ? s : 60);

    public bool IsBound => string.Equals(Body!["token_type"]?.ToString(), "DPoP", StringComparison.OrdinalIgnoreCase);

    public string Description => Body?["error_description"]?.ToString() ?? "";

    public Failure ToFailure() => new(Failure.Refused, Error ?? "no_token", Description is { Length: > 0 } said ? said : Text.Of("認証局がトークンを発行しませんでした。", "The authority gave no token."));
}

internal static class TokenEndpoint
{
    /// <summary>Asks with a proof of <paramref name="key"/>; once more when the authority wants its nonce in the proof (RFC 9449, 8), with a form made anew: an assertion serves once.</summary>
    public static async Task<TokenAnswer> AskAsync(HttpClient http, Uri endpoint, Func<Dictionary<string, string>> form, SigningKey key, CancellationToken ct)
    {
        string? nonce = null;
        while (true)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, endpoint) { Content = new FormUrlEncodedContent(form()) };
            request.Headers.Add("DPoP", key.Proof(HttpMethod.Post, endpoint, null, nonce));
            using var answer = await http.SendAsync(request, ct);
            var body = await ReadAsync(answer, ct);
            if (answer.IsSuccessStatusCode && body?["access_token"] is not null)
                return new TokenAnswer(body, null);
            if ((int)answer.StatusCode >= 500)
                throw await Failure.OfAsync(answer, null, ct);
            var error = body?["error"]?.ToString() ?? $"http_{(int)answer.StatusCode}";
            if (error == "use_dpop_nonce" && nonce is null && answer.Headers.TryGetValues("DPoP-Nonce", out var given))
            {
                nonce = given.First();
                continue;
            }

            return new TokenAnswer(body, error);
        }
    }

    public static async Task<JsonNode?> ReadAsync(HttpResponseMessage answer, CancellationToken ct)
    {
        try
        {
            return await answer.Content.ReadFromJsonAsync<JsonNode>(ct) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
