using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using DataPortal.Access.Contracts;
using DataPortal.Access.Pledges;
using DataPortal.Access.Trainings;
using DataPortal.Kernel;
using DataPortal.Testing;
using Microsoft.EntityFrameworkCore;

namespace DataPortal.Access.Tests;

/// <summary>No access before the pledge is signed and the yearly training recorded; none to records without a second factor.</summary>
[Trait("Category", "Trust")]
public abstract class ObligationTests(AccessPortal portal) : PortalTests(portal)
{
    private const DataPermission Everything = DataPermission.Summary | DataPermission.Records | DataPermission.Download;

    [Fact]
    public async Task A_newcomer_signs_then_trains_then_gets_in()
    {
        var newcomer = await portal.ActorAsync("Newcomer");
        var project = await portal.ProjectOfNewcomersAsync(AccessPortal.InForce(), null, (newcomer, Everything));
        foreach (var named in new[] { null, project.Name })
        {
            foreach (var needed in new[] { DataPermission.Summary, DataPermission.Records, DataPermission.Download })
            {
                await AssertRefusedAsync(newcomer, needed, HttpStatusCode.Forbidden, "pledge_missing", named);
            }
        }

        await PortalFixture.SignPledgesAsync(newcomer);
        await AssertRefusedAsync(newcomer, DataPermission.Summary, HttpStatusCode.Forbidden, "training_missing");
        await portal.RecordTrainingAsync(newcomer, AccessPortal.Today);
        Assert.Equal(HttpStatusCode.OK, (await AccessPortal.AskAsync(newcomer, Everything)).Status);
    }

    [Fact]
    public async Task An_explorer_owes_neither()
    {
        var explorer = await portal.ActorAsync("Explorer");
        Assert.Equal(HttpStatusCode.OK, (await AccessPortal.AskAsync(explorer, DataPermission.Summary)).Status);
    }

    [Fact]
    public async Task A_pledge_is_for_one_project()
    {
        var member = await portal.ActorAsync("Member");
        var first = await portal.ProjectAsync(AccessPortal.InForce(), null, (member, Everything));
        var second = await portal.ProjectOfNewcomersAsync(AccessPortal.InForce(), null, (member, Everything));
        await AssertRefusedAsync(member, DataPermission.Summary, HttpStatusCode.Forbidden, "pledge_missing", second.Name);
        Assert.Equal(HttpStatusCode.OK, (await AccessPortal.AskAsync(member, DataPermission.Summary, first.Name)).Status);
    }

    [Fact]
    public async Task New_words_are_signed_anew()
    {
        var member = await portal.ActorAsync("Member");
        var project = await portal.ProjectAsync(AccessPortal.InForce(), null, (member, Everything));
        Assert.Equal(HttpStatusCode.OK, (await AccessPortal.AskAsync(member, DataPermission.Records)).Status);
        await portal.WithDbAsync(db => db.Set<Pledge>().Where(p => p.ProjectId == project.Id).ExecuteUpdateAsync(p => p.SetProperty(x => x.TextVersion, "2025-01")));
        await AssertRefusedAsync(member, DataPermission.Records, HttpStatusCode.Forbidden, "pledge_missing");
        await PortalFixture.SignPledgesAsync(member);
        Assert.Equal(HttpStatusCode.OK, (await AccessPortal.AskAsync(member, DataPermission.Records)).Status);
    }

    [Fact]
    public async Task The_pledge_is_read_in_both_languages_and_signed_once()
    {
        var member = await portal.ActorAsync("Member");
        var project = await portal.ProjectOfNewcomersAsync(AccessPortal.InForce(), null, (member, Everything));
        var (status, pledge) = await AccessPortal.GetAsync(member, $"/api/v1/projects/{project.Name}/pledge");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Contains("誓約", pledge["text"]!["ja"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Contains("No re-identification", pledge["text"]!["en"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Null(pledge["signedAt"]);

        Assert.Equal(("pledge_version", HttpStatusCode.Conflict), await SignAsync(member, project.Name, new { version = "2025-01", language = "ja" }));
        await AssertRefusedAsync(member, DataPermission.Summary, HttpStatusCode.Forbidden, "pledge_missing");
        var good = new { version = pledge["version"]!.GetValue<string>(), language = "ja" };
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => SignAsync(member, project.Id.ToString(), good)));
        Assert.Single(outcomes, o => o.Status == HttpStatusCode.OK);
        Assert.All(outcomes.Where(o => o.Status != HttpStatusCode.OK), o => Assert.Equal(("pledge_signed", HttpStatusCode.Conflict), o));

        var signed = await portal.WithDbAsync(db => db.Set<Pledge>().SingleAsync(p => p.ProjectId == project.Id));
        Assert.Equal(("ja", PledgeText.HashOf("ja")), (signed.Language, signed.TextSha256));
        Assert.Equal("ja", (await AccessPortal.GetAsync(member, $"/api/v1/projects/{project.Id}/pledge")).Body["signedLanguage"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_stranger_finds_no_pledge_and_signs_none()
    {
        var (member, stranger) = (await portal.ActorAsync("Member"), await portal.ActorAsync("Stranger"));
        var project = await portal.ProjectOfNewcomersAsync(AccessPortal.InForce(), null, (member, Everything));
        Assert.Equal(HttpStatusCode.NotFound, (await AccessPortal.GetAsync(stranger, $"/api/v1/projects/{project.Name}/pledge")).Status);
        Assert.Equal(("not_found", HttpStatusCode.NotFound), await SignAsync(stranger, project.Name, new { version = PledgeText.Version, language = "en" }));
        // Naming the member in the body signs for nobody.
        Assert.Equal(HttpStatusCode.BadRequest, (await SignAsync(stranger, project.Name, new { version = PledgeText.Version, language = "en", account = member.AccountId })).Status);
        Assert.False(await portal.WithDbAsync(db => db.Set<Pledge>().AnyAsync(p => p.ProjectId == project.Id)));
    }

    [Fact]
    public async Task A_training_counts_through_the_day_before_its_date_comes_round()
    {
        var member = await portal.ActorAsync("Member");
        await portal.ProjectOfNewcomersAsync(AccessPortal.InForce(), null, (member, Everything));
        await PortalFixture.SignPledgesAsync(member);
        await portal.RecordTrainingAsync(member, AccessPortal.Today.AddYears(-1).AddDays(1));
        Assert.Equal(HttpStatusCode.OK, (await AccessPortal.AskAsync(member, DataPermission.Records)).Status);

        await MoveAsync(member, days: -1);
        var body = await AssertRefusedAsync(member, DataPermission.Records, HttpStatusCode.Forbidden, "training_expired");
        Assert.Contains(AccessPortal.Today.AddDays(-1).ToString("o", System.Globalization.CultureInfo.InvariantCulture), body["detail"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal("expired", (await AccessPortal.GetAsync(member, "/api/v1/trainings")).Body["items"]![0]!["state"]!.GetValue<string>());

        await portal.RecordTrainingAsync(member, AccessPortal.Today);
        Assert.Equal(HttpStatusCode.OK, (await AccessPortal.AskAsync(member, DataPermission.Records)).Status);
    }

    [Fact]
    public async Task A_withdrawn_training_closes_access_at_the_next_request()
    {
        var (member, admin) = (await portal.ActorAsync("Member"), await portal.ActorAsync("Admin", Roles.Admin));
        await portal.ProjectAsync(AccessPortal.InForce(), null, (member, Everything));
        Assert.Equal(HttpStatusCode.OK, (await AccessPortal.AskAsync(member, DataPermission.Records)).Status);
        var training = Assert.Single((await AccessPortal.GetAsync(admin, $"/api/v1/trainings?account={member.AccountId}")).Body["items"]!.AsArray())!;
        Assert.Equal("valid", training["state"]!.GetValue<string>());
        var path = new Uri($"/api/v1/trainings/{training["id"]}", UriKind.Relative);

        using (var byMember = await member.Http.DeleteAsync(path))
        {
            Assert.Equal(HttpStatusCode.Forbidden, byMember.StatusCode);
        }

        for (var time = 0; time < 2; time++)
        {
            using var withdrawn = await admin.Http.DeleteAsync(path);
            Assert.Equal(HttpStatusCode.NoContent, withdrawn.StatusCode);
            await AssertRefusedAsync(member, DataPermission.Records, HttpStatusCode.Forbidden, "training_missing");
        }

        Assert.Equal("withdrawn", (await AccessPortal.GetAsync(member, "/api/v1/trainings")).Body["items"]![0]!["state"]!.GetValue<string>());
        // Recorded rightly now, it counts again.
        await portal.RecordTrainingAsync(member, AccessPortal.Today);
        Assert.Equal(HttpStatusCode.OK, (await AccessPortal.AskAsync(member, DataPermission.Records)).Status);
        using var absent = await admin.Http.DeleteAsync(new Uri($"/api/v1/trainings/{Guid.CreateVersion7()}", UriKind.Relative));
        Assert.Equal(HttpStatusCode.NotFound, absent.StatusCode);
    }

    [Fact]
    public async Task Only_administrators_record_trainings_and_only_sensible_ones()
    {
        var (member, stranger, admin) = (await portal.ActorAsync("Member"), await portal.ActorAsync("Stranger"), await portal.ActorAsync("Admin", Roles.Admin));
        var (good, today) = (new { account = member.AccountId, course = "Handling of data", completedOn = AccessPortal.Today }, AccessPortal.Today);
        Assert.Equal(("forbidden", HttpStatusCode.Forbidden), await RecordAsync(member, good));
        Assert.Equal(("mfa_required", HttpStatusCode.Forbidden), await RecordAsync(WithoutSecondFactor(admin), good));
        Assert.Equal(("not_found", HttpStatusCode.NotFound), await RecordAsync(admin, good with { account = Guid.CreateVersion7() }));
        Assert.Equal(("training_in_future", HttpStatusCode.UnprocessableEntity), await RecordAsync(admin, good with { completedOn = today.AddDays(1) }));
        Assert.Equal(("training_lapsed", HttpStatusCode.UnprocessableEntity), await RecordAsync(admin, good with { completedOn = today.AddYears(-1) }));
        Assert.Equal(("invalid_request", HttpStatusCode.BadRequest), await RecordAsync(admin, new { account = member.AccountId, course = "Handling of data", completedOn = today, validThrough = today.AddYears(9) }));
        Assert.Equal((null, HttpStatusCode.Created), await RecordAsync(admin, good));
        Assert.Equal(("training_recorded", HttpStatusCode.Conflict), await RecordAsync(admin, good));

        Assert.Equal(HttpStatusCode.NotFound, (await AccessPortal.GetAsync(stranger, $"/api/v1/trainings?account={member.AccountId}")).Status);
        Assert.Empty((await AccessPortal.GetAsync(stranger, "/api/v1/trainings")).Body["items"]!.AsArray());
        Assert.Single((await AccessPortal.GetAsync(member, "/api/v1/trainings")).Body["items"]!.AsArray());
    }

    [Fact]
    public async Task Records_and_downloads_need_a_second_factor()
    {
        var (member, reader) = (await portal.ActorAsync("Member"), await portal.ActorAsync("Reader"));
        await portal.ProjectAsync(AccessPortal.InForce(), null, (member, Everything));
        await portal.ProjectAsync(AccessPortal.InForce(), null, (reader, DataPermission.Summary));
        Assert.Equal(HttpStatusCode.OK, (await AccessPortal.AskAsync(member, DataPermission.Records)).Status);
        // A member with records gets exact counts, whatever is asked for.
        foreach (var needed in new[] { DataPermission.Records, DataPermission.Download, DataPermission.Summary })
        {
            await AssertRefusedAsync(WithoutSecondFactor(member), needed, HttpStatusCode.Forbidden, "mfa_required");
        }

        Assert.Equal("summary", (await AccessPortal.AskAsync(WithoutSecondFactor(reader), DataPermission.Summary)).Body["tier"]!.GetValue<string>());
    }

    [Fact]
    public async Task Everything_done_about_pledges_and_trainings_is_on_record()
    {
        var (member, admin) = (await portal.ActorAsync("Member"), await portal.ActorAsync("Admin", Roles.Admin));
        var project = await portal.ProjectOfNewcomersAsync(AccessPortal.InForce(), null, (member, Everything));
        await SignAsync(member, project.Name, new { version = "2025-01", language = "ja" });
        await PortalFixture.SignPledgesAsync(member);
        await RecordAsync(admin, new { account = member.AccountId, course = "Handling of data", completedOn = AccessPortal.Today });
        Assert.Equal(["failed pledge_version", "ok"], await EntriesAsync(member, "pledge.signed"));
        Assert.Equal(["ok"], await EntriesAsync(admin, "training.recorded"));
    }

    private Task<List<string>> EntriesAsync(Actor actor, string action) => portal.WithDbAsync(db => db.Database.SqlQuery<string>(
        $"SELECT TRIM(lower(outcome) || ' ' || COALESCE(code, '')) AS \"Value\" FROM audit_entries WHERE actor = {actor.AccountId} AND action = {action} ORDER BY id").ToListAsync());

    private Actor WithoutSecondFactor(Actor actor) => portal.SignedInAgain(actor, d => d.Claims["acr"] = "urn:dataportal:acr:password");

    private Task<int> MoveAsync(Actor member, int days) => portal.WithDbAsync(async db =>
    {
        var training = await db.Set<Training>().SingleAsync(t => t.AccountId == member.AccountId);
        db.Entry(training).Property(t => t.CompletedOn).CurrentValue = training.CompletedOn.AddDays(days);
        db.Entry(training).Property(t => t.ValidThrough).CurrentValue = training.ValidThrough.AddDays(days);
        return await db.SaveChangesAsync();
    });

    private static Task<(string? Code, HttpStatusCode Status)> SignAsync(Actor actor, string project, object body) => PostAsync(actor, $"/api/v1/projects/{project}/pledge", body);

    private static Task<(string? Code, HttpStatusCode Status)> RecordAsync(Actor actor, object body) => PostAsync(actor, "/api/v1/trainings", body);

    private static async Task<(string? Code, HttpStatusCode Status)> PostAsync(Actor actor, string path, object body)
    {
        using var answer = await actor.Http.PostAsJsonAsync(new Uri(path, UriKind.Relative), body);
        return ((await answer.Content.ReadFromJsonAsync<JsonObject>())!["code"]?.GetValue<string>(), answer.StatusCode);
    }

    private static async Task<JsonObject> AssertRefusedAsync(Actor actor, DataPermission needed, HttpStatusCode status, string code, string? project = null)
    {
        var (given, body) = await AccessPortal.AskAsync(actor, needed, project);
        Assert.Equal((code, status), (body["code"]?.GetValue<string>(), given));
        return body;
    }
}

public sealed class ObligationTestsOnSqlite(SqliteAccessPortal portal) : ObligationTests(portal), IClassFixture<SqliteAccessPortal>;

public sealed class ObligationTestsOnPostgres(PostgresAccessPortal portal) : ObligationTests(portal), IClassFixture<PostgresAccessPortal>;

public sealed class PledgeTextTests
{
    [Fact]
    public void Whoever_changes_the_words_changes_the_version() => Assert.Equal(
        ("2026-11", "a39a56c7a847aa19b3ebfe5dbdc403a22956f7be2e47db394bc78c21008673aa", "1944dd3d67a80b76696509ede4430bc5d5c20aac8ff530c8841aa99b4a2cea9e"),
        (PledgeText.Version, PledgeText.HashOf("ja"), PledgeText.HashOf("en")));

    [Theory]
    [InlineData("2026-11-22", "2027-11-21")]
    [InlineData("2024-02-29", "2025-02-27")]
    [InlineData("2027-03-01", "2028-02-29")]
    public void A_training_ends_the_day_before_its_date_comes_round(string completed, string last) =>
        Assert.Equal(DateOnly.ParseExact(last, "o", System.Globalization.CultureInfo.InvariantCulture), Training.LastDay(DateOnly.ParseExact(completed, "o", System.Globalization.CultureInfo.InvariantCulture)));
}
