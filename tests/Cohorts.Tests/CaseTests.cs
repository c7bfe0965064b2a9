using System.Net;
using DataPortal.Access.Contracts;
using DataPortal.Research.Tests;
using DataPortal.Testing;

namespace DataPortal.Cohorts.Tests;

/// <summary>Single cases: in lists and whole.</summary>
public abstract class CaseTests(ResearchPortal portal) : PortalTests(portal)
{
    private const string Cases = "/api/v1/releases/research/cases";

    private static readonly string[] Columns = ["sex", "case.age", "cancer"];
    private static readonly string[] Hidden = ["hereditary"];
    private static readonly string[] Unknown = ["shoe_size"];

    [Fact]
    public async Task Pages_hold_every_case_of_the_cohort_once_and_in_the_same_order_each_time()
    {
        var researcher = await portal.MemberAsync("Researcher", ResearchPortal.Usual);

        var first = await WalkAsync(researcher);
        var second = await WalkAsync(researcher);

        Assert.Equal(ResearchRelease.KrasG12C, first.Count);
        Assert.Equal(first.Count, first.Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(first, second);
        Assert.Equal("KRAS G12C", (await portal.AuditAsync(researcher, "cohort.listed"))[0].Query);
    }

    [Fact]
    public async Task Chosen_columns_come_in_the_order_chosen()
    {
        var researcher = await portal.MemberAsync("Researcher", ResearchPortal.Usual);

        var answer = await ResearchPortal.PostAsync(researcher, Cases + "?limit=3&lang=ja", new { query = "KRAS G12C", columns = Columns });

        Assert.Equal(["sex", "age", "cancer"], answer.Body!["columns"]!.AsArray().Select(c => (string)c!["name"]!));
        Assert.Equal("性別", (string?)answer.Body["columns"]![0]!["label"]);
        Assert.Equal("male", (string?)answer.Body["items"]![0]!["values"]![0]);
        Assert.Equal("column_unknown", (await ResearchPortal.PostAsync(researcher, Cases, new { query = "", columns = Unknown })).Code);
        Assert.Equal("permission_missing", (await ResearchPortal.PostAsync(researcher, Cases, new { query = "", columns = Hidden })).Code);
    }

    [Fact]
    public async Task Cases_need_the_permission_for_records()
    {
        var summary = await portal.MemberAsync("Summary", DataPermission.Summary);
        var explorer = await portal.ActorAsync("Explorer");

        Assert.Equal((HttpStatusCode.Forbidden, "permission_missing"), Outcome(await ResearchPortal.PostAsync(summary, Cases, new { query = "" })));
        Assert.Equal((HttpStatusCode.Forbidden, "permission_missing"), Outcome(await ResearchPortal.PostAsync(explorer, Cases, new { query = "" })));
    }

    [Fact]
    public async Task A_case_is_found_by_its_own_project_s_name_only()
    {
        var researcher = await portal.MemberAsync("Researcher", ResearchPortal.Usual);
        var stranger = await portal.MemberAsync("Stranger", ResearchPortal.Usual);
        var id = (await WalkAsync(researcher))[0];

        var whole = await ResearchPortal.GetAsync(researcher, $"{Cases}/{id}?lang=ja");
        Assert.Equal(HttpStatusCode.OK, whole.Status);
        Assert.Contains(whole.Body!["case"]!["alterations"]!.AsArray(), a => (string?)a!["gene"] == "KRAS" && (string?)a["change"] == "G12C");
        Assert.Equal("carboplatin", (string?)whole.Body["case"]!["treatments"]![0]!["drugs"]![0]!["drug"]);
        Assert.Equal("男", (string?)whole.Body["labels"]!["case.sex"]!["values"]!["male"]);

        Assert.Equal((HttpStatusCode.NotFound, "not_found"), Outcome(await ResearchPortal.GetAsync(stranger, $"{Cases}/{id}")));
        Assert.Equal((HttpStatusCode.NotFound, "not_found"), Outcome(await ResearchPortal.GetAsync(researcher, $"{Cases}/{id[..^1]}b")));
        Assert.Equal((HttpStatusCode.NotFound, "not_found"), Outcome(await ResearchPortal.GetAsync(researcher, $"{Cases}/REGISTRATION-0")));
        Assert.DoesNotContain(await WalkAsync(stranger), other => string.Equals(other, id, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_withdrawn_case_is_gone_from_every_answer_at_once()
    {
        var researcher = await portal.MemberAsync("Researcher", ResearchPortal.Usual);
        var before = await WalkAsync(researcher);

        using (portal.WithdrawOne(out _))
        {
            var gone = Assert.Single(before.Except(await WalkAsync(researcher), StringComparer.Ordinal));
            Assert.Equal((HttpStatusCode.NotFound, "not_found"), Outcome(await ResearchPortal.GetAsync(researcher, $"{Cases}/{gone}")));
            var count = await ResearchPortal.PostAsync(researcher, "/api/v1/releases/research/count", new { query = "KRAS G12C" });
            Assert.Equal((ResearchRelease.KrasG12C - 1, ResearchRelease.Cases - 1), ((int)count.Body!["cases"]!, (int)count.Body["population"]!));
        }

        // The control: nothing else made it disappear.
        Assert.Equal(before, await WalkAsync(researcher));
    }

    [Fact]
    public async Task Germline_findings_are_seen_with_the_permission_for_them_only()
    {
        var researcher = await portal.MemberAsync("Researcher", ResearchPortal.Usual);
        var counsellor = await portal.MemberAsync("Counsellor", ResearchPortal.Usual | DataPermission.Germline);

        // Every sixth case of the sixth has both; the list's order tells nothing, so all are looked at.
        var hidden = await ReadAllAsync(researcher);
        var shown = await ReadAllAsync(counsellor);

        Assert.DoesNotContain("BRCA2", hidden, StringComparison.Ordinal);
        Assert.DoesNotContain("hereditary", hidden, StringComparison.Ordinal);
        Assert.DoesNotContain("family", hidden, StringComparison.Ordinal);
        Assert.Contains("BRCA2", shown, StringComparison.Ordinal);
        Assert.Contains("hereditary", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("consent_secondary_use", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("REGISTRATION-", shown, StringComparison.Ordinal);
    }

    private static async Task<string> ReadAllAsync(Actor actor)
    {
        var cases = new List<string>();
        foreach (var id in await WalkAsync(actor))
        {
            cases.Add((await ResearchPortal.GetAsync(actor, $"{Cases}/{id}")).Body!.ToJsonString());
        }

        return string.Join('\n', cases);
    }

    private static async Task<List<string>> WalkAsync(Actor actor)
    {
        var ids = new List<string>();
        string? after = null;
        do
        {
            var answer = await ResearchPortal.PostAsync(actor, $"{Cases}?limit=25" + (after is null ? "" : "&after=" + after), new { query = "KRAS G12C" });
            Assert.Equal(HttpStatusCode.OK, answer.Status);
            ids.AddRange(answer.Body!["items"]!.AsArray().Select(item => (string)item!["id"]!));
            after = (string?)answer.Body["next"];
            Assert.Equal(after is not null, answer.Message.Headers.Contains("Link"));
        }
        while (after is not null);
        return ids;
    }

    private static (HttpStatusCode, string?) Outcome(Answer answer) => (answer.Status, answer.Code);
}

public sealed class CaseTestsOnSqlite(SqliteResearch portal) : CaseTests(portal), IClassFixture<SqliteResearch>;

public sealed class CaseTestsOnPostgres(PostgresResearch portal) : CaseTests(portal), IClassFixture<PostgresResearch>;
