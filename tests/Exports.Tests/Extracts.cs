using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using CsvHelper;
using DataPortal.Research.Tests;
using DataPortal.Testing;

namespace DataPortal.Exports.Tests;

/// <summary>What a recipient does with an export.</summary>
internal static class Extracts
{
    public const string Exports = "/api/v1/exports";

    public static Task<Answer> RequestAsync(Actor actor, string query, string? key = null, string? release = null) => ResearchPortal.SendAsync(
        actor, HttpMethod.Post, Exports, JsonContent.Create(new { query, profile = "tables", release }),
        request =>
        {
            if (key is not null)
            {
                request.Headers.Add("Idempotency-Key", key);
            }
        });

    public static async Task<Guid> StartAsync(Actor actor, string query = "KRAS G12C")
    {
        var accepted = await RequestAsync(actor, query);
        Assert.Equal(HttpStatusCode.Accepted, accepted.Status);
        return (Guid)accepted.Body!["id"]!;
    }

    /// <summary>Polls until the export is no longer under way.</summary>
    public static async Task<Answer> FinishAsync(Actor actor, Guid id)
    {
        var deadline = TimeProvider.System.GetUtcNow().AddSeconds(90);
        while (true)
        {
            var answer = await ResearchPortal.GetAsync(actor, $"{Exports}/{id}");
            if (answer.Status != HttpStatusCode.Accepted)
            {
                return answer;
            }

            Assert.True(answer.Message.Headers.Contains("X-Progress"));
            Assert.NotNull(answer.Message.Headers.RetryAfter);
            Assert.True(TimeProvider.System.GetUtcNow() < deadline, "The export does not end: " + answer.Body!.ToJsonString());
            await Task.Delay(100);
        }
    }

    public static async Task<JsonNode> MakeAsync(Actor actor, string query = "KRAS G12C")
    {
        var answer = await FinishAsync(actor, await StartAsync(actor, query));
        Assert.True(answer.Status == HttpStatusCode.OK, answer.Body?.ToJsonString());
        return answer.Body!;
    }

    public static async Task<byte[]> DownloadAsync(Actor actor, Guid id, string path)
    {
        var answer = await actor.Http.GetAsync(new Uri($"{Exports}/{id}/files/{path}", UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.Content.ReadAsByteArrayAsync();
    }

    public static Guid IdOf(JsonNode manifest) => (Guid)manifest["id"]!;

    public static IReadOnlyDictionary<string, string> Sums(JsonNode manifest) => manifest["files"]!.AsArray()
        .Where(f => ((string)f!["path"]!).EndsWith(".csv", StringComparison.Ordinal))
        .ToDictionary(f => (string)f!["path"]!, f => (string)f!["sha256"]!, StringComparer.Ordinal);

    /// <summary>Rows by header.</summary>
    public static async Task<List<Dictionary<string, string>>> RowsAsync(Actor actor, Guid id, string path)
    {
        using var csv = CsvReader.Create(await DownloadAsync(actor, id, path));
        var rows = new List<Dictionary<string, string>>();
        while (csv.Read())
        {
            rows.Add(csv.Headers.Select((name, i) => (name, Value: csv.GetString(i))).ToDictionary(c => c.name, c => c.Value, StringComparer.Ordinal));
        }

        return rows;
    }
}
