using System.Net;
using System.Net.Http.Headers;
using System.Text;
using DataPortal.Access.Contracts;
using DataPortal.Research.Tests;
using DataPortal.Testing;

namespace DataPortal.Cohorts.Tests;

/// <summary>Counting and what belongs to it, as named actors, on both databases.</summary>
public abstract class SearchTests(ResearchPortal portal) : PortalTests(portal)
{
    private const string Count = "/api/v1/releases/research/count";

    private static readonly string[] UsedSteps = ["cancer:LUAD", "KRAS G12C"];

    [Fact]
    public async Task A_member_counts_exactly_and_learns_among_how_many()
    {
        var researcher = await portal.MemberAsync("Researcher", ResearchPortal.Usual);

        var answer = await ResearchPortal.PostAsync(researcher, Count, new { query = "kras p.G12C" });

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal("KRAS G12C", (string?)answer.Body!["query"]);
        Assert.Equal(ResearchRelease.KrasG12C, (int?)answer.Body["cases"]);
        Assert.Equal(ResearchRelease.Cases, (int?)answer.Body["population"]);
        Assert.Equal(ResearchRelease.Cases, (int?)answer.Body["assayed"]);
        Assert.Equal(0, (int?)answer.Body["unknown"]);
        Assert.NotNull(answer.Body["elapsedMs"]);
        Assert.Null(answer.Body["below"]);
    }

    [Fact]
    public async Task The_default_release_is_asked_by_that_name()
    {
        var researcher = await portal.MemberAsync("Researcher", ResearchPortal.Usual);

        var answer = await ResearchPortal.PostAsync(researcher, "/api/v1/releases/default/count", new { query = "" });

        Assert.Equal("research", (string?)answer.Body!["release"]);
        Assert.Equal(ResearchRelease.Cases, (int?)answer.Body["cases"]);
        Assert.Equal(ResearchRelease.Patients, (int?)answer.Body["patients"]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Without_records_small_numbers_are_suppressed_and_others_rounded(bool isMember)
    {
        var reader = isMember ? await portal.MemberAsync("Summary", DataPermission.Summary) : await portal.ActorAsync("Explorer");

        var small = await ResearchPortal.PostAsync(reader, Count, new { query = "EGFR L858R" });
        Assert.Equal(HttpStatusCode.OK, small.Status);
        Assert.True(small.Body!.AsObject().ContainsKey("cases"));
        Assert.Null(small.Body["cases"]);
        Assert.Null(small.Body["patients"]);
        Assert.Equal(10, (int?)small.Body["below"]);
        Assert.Null(small.Body["elapsedMs"]);

        var zero = await ResearchPortal.PostAsync(reader, Count, new { query = "KRAS G12C EGFR L858R" });
        Assert.Null(zero.Body!["whyZero"]);
        Assert.Null(zero.Body["reasons"]);

        // The control: the same question, asked with the permission, has an answer.
        var researcher = await portal.MemberAsync("Researcher", ResearchPortal.Usual);
        var exact = await ResearchPortal.PostAsync(researcher, Count, new { query = "EGFR L858R" });
        Assert.Equal(ResearchRelease.EgfrL858R, (int?)exact.Body!["cases"]);
        var empty = await ResearchPortal.PostAsync(researcher, Count, new { query = "KRAS G12C EGFR L858R" });
        Assert.Equal(0, (int?)empty.Body!["cases"]);
        Assert.NotEmpty(empty.Body["whyZero"]!.AsArray());
    }

    [Fact]
    public async Task Who_owes_the_fee_is_refused_with_the_reason()
    {
        var unpaid = await portal.MemberAsync("Unpaid", ResearchPortal.Usual, "Pending", "Yearly");

        var answer = await ResearchPortal.PostAsync(unpaid, Count, new { query = "KRAS" });

        Assert.Equal(HttpStatusCode.Forbidden, answer.Status);
        Assert.Equal("project_pending", answer.Code);
        Assert.Contains("fee", (string?)answer.Body!["detail"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_s_project_and_a_release_that_is_not_there_look_alike()
    {
        var stranger = await portal.MemberAsync("Stranger", ResearchPortal.Usual);
        var other = ResearchPortal.NameOf(await portal.ProjectAsync());

        var foreign = await ResearchPortal.PostAsync(stranger, Count, new { query = "KRAS", project = other });
        var absent = await ResearchPortal.PostAsync(stranger, "/api/v1/releases/nonesuch/count", new { query = "KRAS" });

        Assert.Equal((HttpStatusCode.NotFound, "not_found"), (foreign.Status, foreign.Code));
        Assert.Equal((HttpStatusCode.NotFound, "not_found"), (absent.Status, absent.Code));
    }

    [Fact]
    public async Task A_query_that_is_not_understood_says_where_and_leaves_only_its_hash()
    {
        var researcher = await portal.MemberAsync("Researcher", ResearchPortal.Usual);

        var answer = await ResearchPortal.PostAsync(researcher, Count, new { query = "KRAS G12C kanser:lung" });

        Assert.Equal((HttpStatusCode.BadRequest, "query_invalid"), (answer.Status, answer.Code));
        var error = Assert.Single(answer.Body!["errors"]!.AsArray())!;
        Assert.True((int?)error["position"] >= 9);
        Assert.NotNull(error["code"]);
        var entry = Assert.Single(await portal.AuditAsync(researcher, "cohort.counted"));
        Assert.Null(entry.Query);
        Assert.Equal(64, entry.QueryHash?.Length);
        Assert.Equal("query_invalid", entry.Code);
    }

    [Fact]
    public async Task Nonsense_of_every_size_is_a_bad_request()
    {
        var researcher = await portal.MemberAsync("Researcher", ResearchPortal.Usual);
        string[] queries =
        [
            new('(', 100 * 1024), string.Join(' ', Enumerable.Repeat("KRAS", 50_000)), "\0", "KRAS \uFFFF", string.Concat(Enumerable.Repeat("not ", 5_000)), "age>=99999999999999999999999999",
        ];
        foreach (var query in queries)
        {
            var answer = await ResearchPortal.PostAsync(researcher, Count, new { query });
            Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        }

        byte[][] bodies =
        [
            [.. "{\"query\":\""u8, 0xC3, 0x28, 0xFF, .. "\"}"u8], "{\"query\":\"\\ud800\"}"u8.ToArray(), "{}"u8.ToArray(), "[]"u8.ToArray(), "{\"query\":5}"u8.ToArray(), "{\"qury\":\"KRAS\"}"u8.ToArray(),
            "{\"tree\":{\"and\":[]}}"u8.ToArray(), "{\"tree\":[]}"u8.ToArray(), Encoding.UTF8.GetBytes("{\"tree\":" + new string('[', 5_000) + new string(']', 5_000) + "}"), "{\"query\":\"KRAS\",\"tree\":{}}"u8.ToArray(),
        ];
        foreach (var body in bodies)
        {
            using var content = new ByteArrayContent(body);
            content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            var answer = await ResearchPortal.SendAsync(researcher, HttpMethod.Post, Count, content);
            Assert.True(answer.Status == HttpStatusCode.BadRequest, Encoding.UTF8.GetString(body[..Math.Min(40, body.Length)]) + answer.Status);
        }
    }

    [Fact]
    public async Task What_one_may_not_see_one_may_not_ask_either()
    {
        var researcher = await portal.MemberAsync("Researcher", ResearchPortal.Usual);
        var counsellor = await portal.MemberAsync("Counsellor", ResearchPortal.Usual | DataPermission.Germline);
        foreach (var query in new[] { "hereditary:yes", "variant(BRCA2 origin:germline)", "KRAS not variant(TP53 origin:somatic)" })
        {
            var refused = await ResearchPortal.PostAsync(researcher, Count, new { query });
            Assert.Equal((HttpStatusCode.Forbidden, "permission_missing"), (refused.Status, refused.Code));
            Assert.Equal(HttpStatusCode.OK, (await ResearchPortal.PostAsync(counsellor, Count, new { query })).Status);
        }

        Assert.Equal(HttpStatusCode.OK, (await ResearchPortal.PostAsync(researcher, Count, new { query = "variant(KRAS G12C origin:somatic)" })).Status);
    }

    [Fact]
    public async Task Every_answer_leaves_one_entry_and_so_does_every_refusal()
    {
        var researcher = await portal.MemberAsync("Researcher", ResearchPortal.Usual);
        for (var i = 0; i < 5; i++)
        {
            await ResearchPortal.PostAsync(researcher, Count, new { query = "KRAS G12C" });
        }

        await ResearchPortal.PostAsync(researcher, "/api/v1/releases/nonesuch/count", new { query = "KRAS" });
        var entries = await portal.AuditAsync(researcher, "cohort.counted");

        Assert.Equal(6, entries.Count);
        Assert.All(entries.Take(5), e => Assert.Equal(("ok", "KRAS G12C", (long?)ResearchRelease.KrasG12C), (e.Outcome.ToLowerInvariant(), e.Query, e.Rows)));
        Assert.Equal("denied", entries[5].Outcome.ToLowerInvariant());
    }

    [Fact]
    public async Task Attrition_begins_with_everybody_and_loses_what_each_step_says()
    {
        var researcher = await portal.MemberAsync("Researcher", ResearchPortal.Usual);

        var answer = await ResearchPortal.PostAsync(researcher, "/api/v1/releases/research/attrition", new { steps = UsedSteps });
        var steps = answer.Body!["steps"]!.AsArray();

        Assert.Equal([360, 120, 60], steps.Select(s => (int)s!["cases"]!));
        Assert.Equal(60, (int)steps[2]!["lost"]!);
        var joined = await ResearchPortal.PostAsync(researcher, "/api/v1/releases/research/attrition", new { query = "cancer:LUAD KRAS G12C" });
        Assert.Equal([360, 120, 60], joined.Body!["steps"]!.AsArray().Select(s => (int)s!["cases"]!));
    }

    [Fact]
    public async Task Characteristics_agree_with_the_count_and_explain_with_both()
    {
        var researcher = await portal.MemberAsync("Researcher", ResearchPortal.Usual);

        var found = await ResearchPortal.PostAsync(researcher, "/api/v1/releases/research/characterise?lang=ja", new { query = "KRAS G12C" });
        Assert.Equal(ResearchRelease.KrasG12C, (int?)found.Body!["cases"]);
        Assert.NotEmpty(found.Body["panels"]!.AsArray());

        var explained = await ResearchPortal.PostAsync(researcher, "/api/v1/releases/research/explain", new { query = "KRAS G12C cancer:LUAD" });
        Assert.Equal(ResearchRelease.KrasG12C, (int?)explained.Body!["plan"]!["cases"]);
        Assert.Equal(2, explained.Body["plan"]!["terms"]!.AsArray().Count);

        var again = await ResearchPortal.PostAsync(researcher, Count, new { tree = explained.Body["tree"] });
        Assert.Equal((string?)explained.Body["query"], (string?)again.Body!["query"]);
    }

    [Fact]
    public async Task Suggestions_name_no_change_that_few_cases_bear()
    {
        var explorer = await portal.ActorAsync("Explorer");

        var kras = await ResearchPortal.GetAsync(explorer, "/api/v1/suggest?q=KRAS%20G");
        var egfr = await ResearchPortal.GetAsync(explorer, "/api/v1/suggest?q=EGFR%20L8");

        Assert.Contains(kras.Body!["suggestions"]!.AsArray(), s => ((string)s!["text"]!).Contains("G12C", StringComparison.Ordinal));
        Assert.DoesNotContain(egfr.Body!["suggestions"]!.AsArray(), s => ((string)s!["text"]!).Contains("L858R", StringComparison.Ordinal));
    }
}

public sealed class SearchTestsOnSqlite(SqliteResearch portal) : SearchTests(portal), IClassFixture<SqliteResearch>;

public sealed class SearchTestsOnPostgres(PostgresResearch portal) : SearchTests(portal), IClassFixture<PostgresResearch>;
