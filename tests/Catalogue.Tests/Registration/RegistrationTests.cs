using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using DataPortal.Catalogue.Tests.Import;
using DataPortal.Kernel;
using DataPortal.Releases;
using DataPortal.Testing;

namespace DataPortal.Catalogue.Tests.Registration;

public sealed class RegistrationOnSqlite(SqlitePortal portal) : RegistrationTests(portal), IClassFixture<SqlitePortal>;

public sealed class RegistrationOnPostgres(PostgresPortal portal) : RegistrationTests(portal), IClassFixture<PostgresPortal>;

public abstract class RegistrationTests(PortalFixture portal) : PortalTests(portal)
{
    private string Data => Path.Combine(Portal.Folder, "data");

    [Fact]
    public async Task A_hospital_s_cases_become_a_sealed_release_that_only_stewards_see()
    {
        var (hospital, steward) = (await Portal.ActorAsync("hospital", Roles.Hospital), await Portal.ActorAsync("steward", Roles.Steward));
        var name = Stewardship.NewName();
        var run = await hospital.RegisterAsync(Zips.Cases(3, "{\"registration_id\":\"R1\"}\n{\"registration_id\":\"X\",\"consent_secondary_use\":\"no\"}\n"), name);
        Assert.Equal("done", run.GetProperty("state").GetString());
        Assert.Equal(3, run.GetProperty("cases").GetInt32());
        var file = run.GetProperty("report").GetProperty("files")[0];
        Assert.Equal((5, 3, 2), (file.GetProperty("rows").GetInt32(), file.GetProperty("read").GetInt32(), file.GetProperty("dropped").GetInt32()));
        var codes = run.GetProperty("report").GetProperty("totals").EnumerateArray().Select(t => t.GetProperty("code").GetString());
        Assert.Equal(["duplicate_registration", "no_consent"], codes.Order(StringComparer.Ordinal));

        using var seenBySteward = await steward.GetAsync($"/api/v1/releases/{name}");
        Assert.Equal("sealed", (await seenBySteward.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("state").GetString());
        using var seenByHospital = await hospital.GetAsync($"/api/v1/releases/{name}");
        Assert.Equal(HttpStatusCode.NotFound, seenByHospital.StatusCode);
        Assert.Equal(3, Release.Open(Path.Combine(Data, "releases", name)).Cases);
    }

    [Fact]
    public async Task A_steward_may_publish_at_once_and_a_hospital_may_not()
    {
        var (hospital, steward) = (await Portal.ActorAsync("hospital", Roles.Hospital), await Portal.ActorAsync("steward", Roles.Steward));
        using var refused = await hospital.SubmitAsync(Zips.Cases(1), Stewardship.NewName(), publish: true);
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Equal("publish_forbidden", await refused.CodeAsync());

        var name = Stewardship.NewName();
        await steward.RegisterAsync(Zips.Cases(1), name, publish: true);
        using var seen = await hospital.GetAsync($"/api/v1/releases/{name}");
        Assert.Equal(HttpStatusCode.OK, seen.StatusCode);
    }

    [Fact]
    public async Task A_study_is_registered_and_its_findings_can_be_fetched_whole()
    {
        var steward = await Portal.ActorAsync("steward", Roles.Steward);
        using var study = new SmallStudy();
        var run = await steward.RegisterAsync(study.Zip(), Stewardship.NewName(), "cbioportal");
        Assert.Equal(("done", 4), (run.GetProperty("state").GetString(), run.GetProperty("cases").GetInt32()));
        using var findings = await steward.GetAsync($"/api/v1/registrations/{run.GetProperty("id").GetGuid()}/findings");
        var lines = (await findings.Content.ReadAsStringAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(run.GetProperty("report").GetProperty("findingsTotal").GetInt32(), lines.Length);
        Assert.All(lines, l => Assert.NotEqual("", JsonElement.Parse(l).GetProperty("code").GetString()));
    }

    [Fact]
    public async Task Two_hand_overs_for_one_name_make_one_release()
    {
        var steward = await Portal.ActorAsync("steward", Roles.Steward);
        var name = Stewardship.NewName();
        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => steward.SubmitAsync(Zips.Cases(2), name)));
        Assert.Single(answers, a => a.StatusCode == HttpStatusCode.Accepted);
        foreach (var other in answers.Where(a => a.StatusCode != HttpStatusCode.Accepted))
            Assert.Equal("release_exists", await other.CodeAsync());
        await steward.WaitAsync(answers.Single(a => a.StatusCode == HttpStatusCode.Accepted).Headers.Location!);
    }

    [Theory]
    [InlineData("data_mutations.txt", "file_truncated")]
    [InlineData("meta_study.txt", "meta_malformed")]
    public async Task A_damaged_study_fails_with_its_code_and_leaves_nothing(string file, string code)
    {
        var steward = await Portal.ActorAsync("steward", Roles.Steward);
        using var study = new SmallStudy();
        study[file] = study[file][..40];
        await FailsAsync(steward, study.Zip(), "cbioportal", code);
    }

    [Fact]
    public async Task Broken_lines_empty_folders_and_archives_without_cases_fail_and_leave_nothing()
    {
        var steward = await Portal.ActorAsync("steward", Roles.Steward);
        await FailsAsync(steward, Zips.Cases(3, "{\"registration_id\":"), "portal", "bad_json");
        await FailsAsync(steward, Zips.Of(("notes.txt", "x")), "portal", "missing_registrations");
        await FailsAsync(steward, Zips.Of(("registrations.ndjson", "")), "portal", "release_empty");
        var cut = Zips.Cases(1000);
        await FailsAsync(steward, cut[..(cut.Length / 2)], "portal", "zip_invalid");
    }

    [Theory]
    [InlineData("../evil.ndjson")]
    [InlineData("/etc/evil.ndjson")]
    [InlineData("a/registrations.ndjson")]
    [InlineData("case_lists/../evil")]
    [InlineData("a\\evil.ndjson")]
    [InlineData("C:evil.ndjson")]
    [InlineData(".hidden")]
    public async Task A_path_that_leads_elsewhere_is_refused(string path)
    {
        var steward = await Portal.ActorAsync("steward", Roles.Steward);
        await FailsAsync(steward, Zips.Of((path, "{}")), "portal", "zip_path");
    }

    [Fact]
    public async Task Links_and_doubled_names_are_refused()
    {
        var steward = await Portal.ActorAsync("steward", Roles.Steward);
        await FailsAsync(steward, Zips.WithLink("registrations.ndjson", "/etc/passwd"), "portal", "zip_link");
        await FailsAsync(steward, Zips.Of(("registrations.ndjson", "{}"), ("registrations.ndjson", "{}")), "portal", "zip_path");
    }

    [Theory]
    [InlineData("?format=vcf&release=x")]
    [InlineData("?format=portal&release=UPPER")]
    [InlineData("?format=portal&release=..")]
    [InlineData("?format=portal&release=default")]
    [InlineData("?format=portal")]
    [InlineData("")]
    [InlineData("?format=portal&release=fine")]
    public async Task A_malformed_request_is_told_so(string query)
    {
        var steward = await Portal.ActorAsync("steward", Roles.Steward);
        using var answer = await steward.Http.PostAsJsonAsync(new Uri("/api/v1/registrations" + query, UriKind.Relative), new { });
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.True((await answer.Content.ReadFromJsonAsync<JsonElement>()).TryGetProperty("errors", out _));
    }

    [Fact]
    public async Task Others_may_neither_hand_over_nor_look()
    {
        var (stranger, reviewer) = (await Portal.ActorAsync("stranger"), await Portal.ActorAsync("reviewer", Roles.Reviewer));
        var (hospital, other) = (await Portal.ActorAsync("hospital", Roles.Hospital), await Portal.ActorAsync("other", Roles.Hospital));
        foreach (var actor in new[] { stranger, reviewer })
        {
            using var refused = await actor.SubmitAsync(Zips.Cases(1), Stewardship.NewName());
            Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        }

        var run = await hospital.RegisterAsync(Zips.Cases(1), Stewardship.NewName());
        var id = run.GetProperty("id").GetGuid();
        foreach (var path in new[] { $"/api/v1/registrations/{id}", $"/api/v1/registrations/{id}/findings" })
        {
            using var hidden = await other.GetAsync(path);
            Assert.Equal(HttpStatusCode.NotFound, hidden.StatusCode);
            using var seen = await hospital.GetAsync(path);
            Assert.Equal(HttpStatusCode.OK, seen.StatusCode);
        }

        var list = await other.Http.GetFromJsonAsync<JsonElement>(new Uri("/api/v1/registrations", UriKind.Relative));
        Assert.Empty(list.GetProperty("items").EnumerateArray());
    }

    [Fact]
    public async Task A_hand_over_its_end_and_its_release_are_in_the_trail()
    {
        var (hospital, auditor) = (await Portal.ActorAsync("hospital", Roles.Hospital), await Portal.ActorAsync("auditor", Roles.Auditor));
        var name = Stewardship.NewName();
        await hospital.RegisterAsync(Zips.Cases(2), name);
        var entries = await auditor.Http.GetFromJsonAsync<JsonElement>(new Uri($"/api/v1/audit?actor={hospital.AccountId}", UriKind.Relative));
        var actions = entries.GetProperty("items").EnumerateArray().Where(e => e.GetProperty("release").GetString() == name).Select(e => e.GetProperty("action").GetString());
        Assert.Equal(["registration.completed", "registration.submitted", "release.sealed"], actions.Order(StringComparer.Ordinal));
    }

    private async Task FailsAsync(Actor steward, byte[] zip, string format, string code)
    {
        var name = Stewardship.NewName();
        var run = await steward.RegisterAsync(zip, name, format, publish: true);
        Assert.Equal(("failed", code), (run.GetProperty("state").GetString(), run.GetProperty("code").GetString()));
        using var release = await steward.GetAsync($"/api/v1/releases/{name}");
        Assert.Equal(HttpStatusCode.NotFound, release.StatusCode);
        var releases = Path.Combine(Data, "releases");
        Assert.DoesNotContain(Directory.Exists(releases) ? Directory.GetDirectories(releases) : [], d => d.Contains(name, StringComparison.Ordinal));
        var left = Directory.GetFiles(Path.Combine(Data, "registrations", run.GetProperty("id").GetGuid().ToString("N")), "*", SearchOption.AllDirectories);
        Assert.All(left, f => Assert.EndsWith("findings.ndjson", f, StringComparison.Ordinal));
        // The name is free again.
        Assert.Equal("done", (await steward.RegisterAsync(Zips.Cases(1), name)).GetProperty("state").GetString());
    }
}
