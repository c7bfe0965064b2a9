using System.Net;
using System.Text.Json.Nodes;
using DataPortal.Access.Contracts;
using DataPortal.Access.Projects;
using DataPortal.Kernel;
using DataPortal.Testing;
using Microsoft.EntityFrameworkCore;

namespace DataPortal.Access.Tests;

[Trait("Category", "Trust")]
public abstract class DataAccessTests(AccessPortal portal) : PortalTests(portal)
{
    private const DataPermission Everything = DataPermission.Summary | DataPermission.Records | DataPermission.Download;

    [Fact]
    public async Task A_member_of_one_project_need_not_name_it()
    {
        var member = await portal.ActorAsync("Member");
        var project = await portal.ProjectAsync(AccessPortal.InForce(), null, (member, Everything));
        foreach (var named in new[] { null, project.Name, project.Id.ToString() })
        {
            var (status, grant) = await AccessPortal.AskAsync(member, DataPermission.Records | DataPermission.Download, named);
            Assert.Equal(HttpStatusCode.OK, status);
            Assert.Equal("member", grant["tier"]!.GetValue<string>());
            Assert.Equal(project.Id, grant["projectId"]!.GetValue<Guid>());
            Assert.Equal(project.Name, grant["projectName"]!.GetValue<string>());
            Assert.Equal("Summary, Records, Download", grant["permissions"]!.GetValue<string>());
            Assert.Equal(project.OrganisationId, grant["organisationId"]!.GetValue<Guid>());
            Assert.Equal(27, grant["case"]!.GetValue<string>().Length);
        }
    }

    [Fact]
    public async Task A_member_with_summary_alone_is_of_the_summary_tier_and_gets_no_more()
    {
        var member = await portal.ActorAsync("Reader");
        await portal.ProjectAsync(AccessPortal.InForce(), null, (member, DataPermission.Summary));
        var (status, grant) = await AccessPortal.AskAsync(member, DataPermission.Summary);
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal("summary", grant["tier"]!.GetValue<string>());
        foreach (var needed in new[] { DataPermission.Records, DataPermission.Download, DataPermission.Germline, DataPermission.Summary | DataPermission.Records })
        {
            await AssertRefusedAsync(member, needed, HttpStatusCode.Forbidden, "permission_missing");
        }
    }

    [Theory]
    [InlineData(DataPermission.Summary)]
    [InlineData(DataPermission.Records)]
    [InlineData(DataPermission.Download)]
    [InlineData(DataPermission.Germline)]
    public async Task No_permission_follows_from_the_others(DataPermission needed)
    {
        var member = await portal.ActorAsync("Member");
        var all = Everything | DataPermission.Germline;
        await portal.ProjectAsync(AccessPortal.InForce(), null, (member, all & ~needed));
        await AssertRefusedAsync(member, needed, HttpStatusCode.Forbidden, "permission_missing");
        Assert.Equal(HttpStatusCode.OK, (await AccessPortal.AskAsync(member, all & ~needed)).Status);
    }

    [Fact]
    public async Task Somebody_without_a_project_explores_and_no_more()
    {
        var explorer = await portal.ActorAsync("Explorer");
        var (status, grant) = await AccessPortal.AskAsync(explorer, DataPermission.Summary);
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal("explorer", grant["tier"]!.GetValue<string>());
        Assert.Null(grant["projectId"]);
        Assert.Null(grant["case"]);
        foreach (var needed in new[] { DataPermission.Records, DataPermission.Download, DataPermission.Germline, Everything })
        {
            await AssertRefusedAsync(explorer, needed, HttpStatusCode.Forbidden, "permission_missing");
        }
    }

    [Fact]
    public async Task A_steward_never_searches_member_of_a_project_or_not()
    {
        var (steward, member) = (await portal.ActorAsync("Steward", Roles.Steward), await portal.ActorAsync("Hospital", Roles.Hospital));
        var project = await portal.ProjectAsync(AccessPortal.InForce(), null, (steward, Everything), (member, Everything));
        foreach (var named in new[] { null, project.Name })
        {
            await AssertRefusedAsync(steward, DataPermission.Summary, HttpStatusCode.Forbidden, "steward_never_searches", named);
            Assert.Equal(HttpStatusCode.OK, (await AccessPortal.AskAsync(member, DataPermission.Summary, named)).Status);
        }
    }

    [Fact]
    public async Task A_stranger_cannot_tell_a_foreign_project_from_none()
    {
        var (member, stranger) = (await portal.ActorAsync("Member"), await portal.ActorAsync("Stranger"));
        var project = await portal.ProjectAsync(AccessPortal.InForce(), null, (member, Everything));
        var bodies = new List<string>();
        foreach (var named in new[] { project.Name, project.Id.ToString(), "p-none", Guid.CreateVersion7().ToString(), "", "'; --", new string('x', 500) })
        {
            var body = await AssertRefusedAsync(stranger, DataPermission.Summary, HttpStatusCode.NotFound, "not_found", named);
            body.Remove("traceId");
            bodies.Add(body.ToJsonString());
        }

        Assert.Single(bodies.Distinct(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_member_of_several_projects_has_to_name_one()
    {
        var member = await portal.ActorAsync("Member");
        var first = await portal.ProjectAsync(AccessPortal.InForce(), null, (member, Everything));
        await portal.ProjectAsync(AccessPortal.InForce(), null, (member, DataPermission.Summary));
        await AssertRefusedAsync(member, DataPermission.Summary, HttpStatusCode.BadRequest, "project_required");
        Assert.Equal(HttpStatusCode.OK, (await AccessPortal.AskAsync(member, DataPermission.Records, first.Name)).Status);
    }

    [Fact]
    public async Task A_pending_project_beside_an_active_one_does_not_count()
    {
        var member = await portal.ActorAsync("Member");
        var active = await portal.ProjectAsync(AccessPortal.InForce(), null, (member, Everything));
        await portal.ProjectAsync(ProjectContract.WithYearlyFee(), null, (member, Everything));
        var (status, grant) = await AccessPortal.AskAsync(member, DataPermission.Records);
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(active.Name, grant["projectName"]!.GetValue<string>());
    }

    [Theory]
    [InlineData(DataPermission.Summary)]
    [InlineData(DataPermission.Records)]
    [InlineData(DataPermission.Download)]
    public async Task A_pending_project_is_refused_with_the_reason(DataPermission needed)
    {
        var member = await portal.ActorAsync("Unpaid");
        var signed = ProjectContract.WithYearlyFee();
        signed.SignAgreement(AccessPortal.Today, AccessPortal.Today.AddYears(1));
        var project = await portal.ProjectAsync(signed, null, (member, Everything));
        foreach (var named in new[] { null, project.Name })
        {
            var body = await AssertRefusedAsync(member, needed, HttpStatusCode.Forbidden, "project_pending", named);
            Assert.Contains("the yearly fee is due", body["detail"]!.GetValue<string>(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_project_without_an_agreement_is_refused_with_that_reason()
    {
        var member = await portal.ActorAsync("Unsigned");
        await portal.ProjectAsync(ProjectContract.ExemptFromFee("Public funds"), null, (member, Everything));
        var body = await AssertRefusedAsync(member, DataPermission.Summary, HttpStatusCode.Forbidden, "project_pending");
        Assert.Contains("agreement is not signed", body["detail"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Suspension_lapse_and_closing_bite_at_the_next_request()
    {
        var member = await portal.ActorAsync("Member");
        var project = await portal.ProjectAsync(AccessPortal.InForce(), null, (member, Everything));
        Assert.Equal(HttpStatusCode.OK, (await AccessPortal.AskAsync(member, DataPermission.Records)).Status);

        await portal.ChangeAsync(project, p => Assert.Null(p.Suspend("ethics approval lapsed")));
        var body = await AssertRefusedAsync(member, DataPermission.Records, HttpStatusCode.Forbidden, "project_suspended");
        Assert.Contains("ethics approval lapsed", body["detail"]!.GetValue<string>(), StringComparison.Ordinal);

        await portal.ChangeAsync(project, p => Assert.Null(p.Resume(AccessPortal.Today)));
        Assert.Equal(HttpStatusCode.OK, (await AccessPortal.AskAsync(member, DataPermission.Records)).Status);

        await portal.ChangeAsync(project, p => Assert.Null(p.Expire()));
        await AssertRefusedAsync(member, DataPermission.Summary, HttpStatusCode.Forbidden, "project_expired");

        await portal.ChangeAsync(project, p => Assert.Null(p.Close()));
        await AssertRefusedAsync(member, DataPermission.Records, HttpStatusCode.Forbidden, "project_closed", project.Name);
        Assert.Equal("explorer", (await AccessPortal.AskAsync(member, DataPermission.Summary)).Body["tier"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_lapsed_agreement_closes_access_without_anybody_recording_it()
    {
        var member = await portal.ActorAsync("Member");
        var project = await portal.ProjectAsync(AccessPortal.InForce(daysLeft: 0), null, (member, Everything));
        Assert.Equal(HttpStatusCode.OK, (await AccessPortal.AskAsync(member, DataPermission.Records)).Status);
        await portal.ChangeAsync(project, p => p.Contract.SignAgreement(AccessPortal.Today.AddDays(-10), AccessPortal.Today.AddDays(-1)));
        var body = await AssertRefusedAsync(member, DataPermission.Records, HttpStatusCode.Forbidden, "project_expired");
        Assert.Contains("the agreement ended on", body["detail"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whoever_leaves_a_project_is_a_stranger_to_it()
    {
        var member = await portal.ActorAsync("Leaver");
        var project = await portal.ProjectAsync(AccessPortal.InForce(), null, (member, Everything));
        Assert.Equal(HttpStatusCode.OK, (await AccessPortal.AskAsync(member, DataPermission.Records, project.Name)).Status);
        await portal.WithDbAsync(async db =>
        {
            (await db.Set<Membership>().SingleAsync(m => m.ProjectId == project.Id)).End(TimeProvider.System.GetUtcNow().UtcDateTime);
            return await db.SaveChangesAsync();
        });
        await AssertRefusedAsync(member, DataPermission.Records, HttpStatusCode.NotFound, "not_found", project.Name);
        Assert.Empty((await AccessPortal.GetAsync(member, "/api/v1/projects")).Body["items"]!.AsArray());
    }

    [Fact]
    public async Task A_release_outside_the_scope_is_absent()
    {
        var member = await portal.ActorAsync("Member");
        await portal.ProjectAsync(AccessPortal.InForce(), ["20251024", "luad"], (member, Everything));
        Assert.Equal(HttpStatusCode.OK, (await AccessPortal.AskAsync(member, DataPermission.Records, release: "luad")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await AccessPortal.AskAsync(member, DataPermission.Records, release: "20260316")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await AccessPortal.AskAsync(member, DataPermission.Summary, release: "LUAD")).Status);
    }

    [Fact]
    public async Task Two_projects_name_the_same_case_differently_and_each_keeps_its_name()
    {
        var member = await portal.ActorAsync("Member");
        var first = await portal.ProjectAsync(AccessPortal.InForce(), null, (member, Everything));
        var second = await portal.ProjectAsync(AccessPortal.InForce(), null, (member, Everything));
        async Task<string> NameAsync(Project project) => (await AccessPortal.AskAsync(member, DataPermission.Records, project.Name)).Body["case"]!.GetValue<string>();
        var name = await NameAsync(first);
        Assert.Equal(name, await NameAsync(first));
        Assert.NotEqual(name, await NameAsync(second));
    }

    [Fact]
    public async Task Members_list_and_read_their_projects_and_strangers_see_none()
    {
        var (member, stranger) = (await portal.ActorAsync("Member"), await portal.ActorAsync("Stranger"));
        var project = await portal.ProjectAsync(AccessPortal.InForce(daysLeft: 5), ["luad"], (member, DataPermission.Summary | DataPermission.Germline));
        var (_, list) = await AccessPortal.GetAsync(member, "/api/v1/projects");
        var listed = Assert.Single(list["items"]!.AsArray())!.AsObject();
        var (status, read) = await AccessPortal.GetAsync(member, $"/api/v1/projects/{project.Id}");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(listed.ToJsonString(), read.ToJsonString());
        Assert.Equal(project.Name, read["name"]!.GetValue<string>());
        Assert.Equal("active", read["state"]!.GetValue<string>());
        Assert.Null(read["reason"]);
        Assert.Equal(["summary", "germline"], read["permissions"]!.AsArray().Select(p => p!.GetValue<string>()));
        Assert.Equal(["luad"], read["releases"]!.AsArray().Select(p => p!.GetValue<string>()));
        Assert.Equal(AccessPortal.Today.AddDays(5).ToString("o", System.Globalization.CultureInfo.InvariantCulture), read["validUntil"]!.GetValue<string>());
        Assert.DoesNotContain("key", read.ToJsonString(), StringComparison.OrdinalIgnoreCase);

        Assert.Empty((await AccessPortal.GetAsync(stranger, "/api/v1/projects")).Body["items"]!.AsArray());
        Assert.Equal(HttpStatusCode.NotFound, (await AccessPortal.GetAsync(stranger, $"/api/v1/projects/{project.Id}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await AccessPortal.GetAsync(member, $"/api/v1/projects/{Guid.CreateVersion7()}")).Status);
    }

    [Fact]
    public async Task Without_signing_in_there_are_no_projects()
    {
        foreach (var path in new[] { "/api/v1/projects", $"/api/v1/projects/{Guid.CreateVersion7()}" })
        {
            using var answer = await Portal.Anonymous.GetAsync(new Uri(path, UriKind.Relative));
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        }
    }

    [Fact]
    public async Task The_key_is_not_stored_as_it_is()
    {
        var member = await portal.ActorAsync("Member");
        var project = await portal.ProjectAsync(AccessPortal.InForce(), null, (member, Everything));
        var name = (await AccessPortal.AskAsync(member, DataPermission.Records)).Body["case"]!.GetValue<string>();
        var stored = await portal.WithDbAsync(db => db.Set<Project>().Where(p => p.Id == project.Id).Select(p => p.ProtectedKey).SingleAsync());
        for (var start = 0; start + Pseudonyms.KeyLength <= stored.Length; start++)
        {
            Assert.False(new Pseudonyms(stored.AsSpan(start, Pseudonyms.KeyLength)).TryCase(name, out _));
        }
    }

    [Fact]
    public async Task Of_a_hundred_who_open_a_project_at_once_one_does()
    {
        var member = await portal.ActorAsync("Member");
        var contract = ProjectContract.WithYearlyFee();
        contract.SignAgreement(AccessPortal.Today, AccessPortal.Today);
        var project = await portal.ProjectAsync(contract, null, (member, Everything));
        await portal.ChangeAsync(project, p => p.Contract.RecordPayment(AccessPortal.Today));
        var opened = 0;
        await Parallel.ForEachAsync(Enumerable.Range(0, 100), new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (_, _) =>
        {
            try
            {
                await portal.ChangeAsync(project, p =>
                {
                    if (p.Open(AccessPortal.Today) is { } refusal)
                    {
                        throw new InvalidOperationException(refusal.Code);
                    }
                });
                Interlocked.Increment(ref opened);
            }
            catch (Exception e) when (e is DbUpdateConcurrencyException or InvalidOperationException { Message: "project_state" })
            {
                // Somebody else was first.
            }
        });
        Assert.Equal(1, opened);
    }

    private static async Task<JsonObject> AssertRefusedAsync(Actor actor, DataPermission needed, HttpStatusCode status, string code, string? project = null)
    {
        var (given, body) = await AccessPortal.AskAsync(actor, needed, project);
        Assert.Equal(status, given);
        Assert.Equal(code, body["code"]!.GetValue<string>());
        return body;
    }
}

public sealed class DataAccessTestsOnSqlite(SqliteAccessPortal portal) : DataAccessTests(portal), IClassFixture<SqliteAccessPortal>;

public sealed class DataAccessTestsOnPostgres(PostgresAccessPortal portal) : DataAccessTests(portal), IClassFixture<PostgresAccessPortal>;
