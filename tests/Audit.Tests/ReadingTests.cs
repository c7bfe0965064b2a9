using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using DataPortal.Kernel;
using DataPortal.Testing;

namespace DataPortal.Audit.Tests;

public abstract class ReadingTests(AuditedPortal portal) : PortalTests(portal)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_auditor_pages_through_the_trail_newest_first_without_gaps_or_doubles()
    {
        const int Stones = 7;
        var auditor = await Portal.ActorAsync("Auditor", Roles.Auditor);
        var mason = await Portal.ActorAsync("Mason");
        for (var i = 0; i < Stones; i++)
        {
            await mason.Http.PostAsync($"/stones/page-{i}", null, Ct);
        }

        var seen = new List<string>();
        string? next = $"/api/v1/audit?limit=3&actor={mason.AccountId}&action=stone.added";
        while (next is not null)
        {
            var answer = await auditor.Http.GetAsync(next, Ct);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            var page = await answer.Content.ReadFromJsonAsync<JsonElement>(Ct);
            seen.AddRange(page.GetProperty("items").EnumerateArray().Select(e => e.GetProperty("resource").GetString()!));
            next = answer.Headers.TryGetValues("Link", out var links) ? links.Single().Split('<', '>')[1] : null;
        }

        Assert.Equal(Enumerable.Range(0, Stones).Reverse().Select(i => $"stone/page-{i}"), seen);
    }

    [Fact]
    public async Task Reading_the_trail_is_itself_entered()
    {
        var auditor = await Portal.ActorAsync("Auditor", Roles.Auditor);

        // The first may find an empty trail; the second finds the first.
        await auditor.Http.GetAsync("/api/v1/audit?limit=1", Ct);
        await auditor.Http.GetAsync("/api/v1/audit?limit=1", Ct);
        await auditor.Http.GetAsync("/api/v1/audit/export", Ct);

        var reads = (await portal.EntriesAsync("audit.read")).Where(e => e.Actor == auditor.AccountId).ToList();
        Assert.Equal(2, reads.Count);
        Assert.Equal(1, reads[1].Rows);
        Assert.Single(await portal.EntriesAsync("audit.exported"), e => e.Actor == auditor.AccountId && e.Rows > 0);
    }

    [Theory]
    [InlineData("/api/v1/audit", Roles.Admin)]
    [InlineData("/api/v1/audit", Roles.Steward)]
    [InlineData("/api/v1/audit/export", Roles.Admin)]
    [InlineData("/api/v1/audit/export", null)]
    public async Task Nobody_but_an_auditor_reads_the_trail(string path, string? role)
    {
        var other = await Portal.ActorAsync("Other", role is null ? [] : [role]);

        Assert.Equal(HttpStatusCode.Forbidden, (await other.Http.GetAsync(path, Ct)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await Portal.Anonymous.GetAsync(path, Ct)).StatusCode);
    }

    [Theory]
    [InlineData("?limit=0", "limit")]
    [InlineData("?limit=501", "limit")]
    [InlineData("?after=nonsense", "after")]
    [InlineData("?actor=nobody", null)]
    [InlineData("?outcome=perhaps", null)]
    [InlineData("?from=yesterday", null)]
    public async Task Senseless_filters_are_refused_with_the_place_named(string query, string? member)
    {
        var auditor = await Portal.ActorAsync("Auditor", Roles.Auditor);

        var answer = await auditor.Http.GetAsync("/api/v1/audit" + query, Ct);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>(Ct);
        Assert.Equal("invalid_request", problem.GetProperty("code").GetString());
        var places = problem.GetProperty("errors").EnumerateObject().Select(e => e.Name).ToList();
        Assert.NotEmpty(places);
        if (member is not null)
        {
            Assert.Contains(member, places, StringComparer.OrdinalIgnoreCase);
        }
    }

    [Fact]
    public async Task An_export_lets_an_outsider_check_every_hash()
    {
        var auditor = await Portal.ActorAsync("Auditor", Roles.Auditor);
        var mason = await Portal.ActorAsync("Mason 石工");
        await mason.Http.PostAsync("/stones/exported", null, Ct);

        var answer = await auditor.Http.GetAsync("/api/v1/audit/export?personal=true", Ct);

        Assert.Equal("application/x-ndjson", answer.Content.Headers.ContentType?.MediaType);
        var lines = (await answer.Content.ReadAsStringAsync(Ct)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.NotEmpty(lines);
        var masons = 0;
        foreach (var line in lines)
        {
            using var json = JsonDocument.Parse(line);
            var entry = json.RootElement.GetProperty("entry");
            Assert.Equal(Sha256([0, .. Encoding.UTF8.GetBytes(entry.GetRawText())]), json.RootElement.GetProperty("leafHash").GetString());
            if (json.RootElement.TryGetProperty("personal", out var personal))
            {
                var fields = personal.EnumerateObject().Where(f => f.Name != "salt" && f.Value.ValueKind == JsonValueKind.String)
                    .Select(f => $"\"{f.Name}\":\"{f.Value.GetString()}\"");
                var salted = Convert.FromHexString(personal.GetProperty("salt").GetString()!).Concat(Encoding.UTF8.GetBytes("{" + string.Join(',', fields) + "}"));
                Assert.Equal(Sha256([.. salted]), entry.GetProperty("personalHash").GetString());
                masons += personal.GetProperty("name").GetString() == "Mason 石工" ? 1 : 0;
            }
        }

        Assert.Equal(1, masons);
        Assert.Equal(lines.Order(StringComparer.Ordinal).Count(), lines.Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public async Task Without_being_asked_an_export_holds_nothing_personal()
    {
        var auditor = await Portal.ActorAsync("Auditor of names", Roles.Auditor);
        await auditor.Http.GetAsync("/api/v1/audit", Ct);

        var text = await auditor.Http.GetStringAsync("/api/v1/audit/export", Ct);

        Assert.Contains(auditor.AccountId.ToString("D"), text, StringComparison.Ordinal);
        Assert.DoesNotContain("Auditor of names", text, StringComparison.Ordinal);
    }

    private static string Sha256(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}

public sealed class ReadingOnSqlite(AuditedSqlite portal) : ReadingTests(portal), IClassFixture<AuditedSqlite>;

public sealed class ReadingOnPostgres(AuditedPostgres portal) : ReadingTests(portal), IClassFixture<AuditedPostgres>;
