using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using DataPortal.Testing;

namespace DataPortal.Catalogue.Tests.Registration;

/// <summary>What a steward or a hospital does, in their words.</summary>
internal static class Stewardship
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    public static string NewName() => "r-" + Guid.CreateVersion7().ToString("N")[..24];

    public static async Task<HttpResponseMessage> SubmitAsync(this Actor actor, byte[] zip, string release, string format = "portal", bool publish = false)
    {
        using var body = new ByteArrayContent(zip);
        body.Headers.ContentType = new("application/zip");
        return await actor.Http.PostAsync(new Uri($"/api/v1/registrations?format={format}&release={release}&publish={(publish ? "true" : "false")}", UriKind.Relative), body);
    }

    /// <summary>Hands over, waits for the end and returns what the portal says of it.</summary>
    public static async Task<JsonElement> RegisterAsync(this Actor actor, byte[] zip, string release, string format = "portal", bool publish = false)
    {
        using var accepted = await actor.SubmitAsync(zip, release, format, publish);
        Assert.True(accepted.StatusCode == HttpStatusCode.Accepted, await accepted.Content.ReadAsStringAsync());
        return await actor.WaitAsync(accepted.Headers.Location!);
    }

    public static async Task<JsonElement> WaitAsync(this Actor actor, Uri run)
    {
        var until = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(until) < Patience)
        {
            var state = await actor.Http.GetFromJsonAsync<JsonElement>(run);
            if (state.GetProperty("state").GetString() is "done" or "failed")
                return state;
            await Task.Delay(50);
        }

        throw new TimeoutException("The registration did not end.");
    }

    public static Task<HttpResponseMessage> GetAsync(this Actor actor, string path) => actor.Http.GetAsync(new Uri(path, UriKind.Relative));

    public static Task<HttpResponseMessage> PostAsync(this Actor actor, string path) => actor.Http.PostAsync(new Uri(path, UriKind.Relative), null);

    public static async Task<string> CodeAsync(this HttpResponseMessage response)
    {
        using (response)
            return (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString()!;
    }
}
