using System.Net;
using DataPortal.Access.Contracts;
using DataPortal.Access.Pledges;
using DataPortal.Access.Projects;
using DataPortal.Kernel;
using DataPortal.Testing;
using Microsoft.EntityFrameworkCore;

namespace DataPortal.Access.Tests;

/// <summary>What a program gets with a good token of its own, and what it does not.</summary>
[Trait("Category", "Trust")]
public abstract class ProgramConfinementTests(AccessPortal portal) : PortalTests(portal)
{
    private const DataPermission Everything = DataPermission.Summary | DataPermission.Records | DataPermission.Download;

    [Fact]
    public async Task A_program_acts_in_its_project_with_what_it_was_given()
    {
        var (owner, project, program) = await ProgramAsync("summary", "records");
        foreach (var named in new[] { null, project.Name, project.Id.ToString() })
        {
            var (status, grant) = await AccessPortal.AskAsync(program, DataPermission.Records, named);
            Assert.Equal(HttpStatusCode.OK, status);
            Assert.Equal("Summary, Records", grant["permissions"]!.GetValue<string>());
            await AssertRefusedAsync(program, DataPermission.Download, HttpStatusCode.Forbidden, "permission_missing", named);
        }

        Assert.Equal(HttpStatusCode.OK, (await AccessPortal.AskAsync(owner, DataPermission.Download)).Status);
        var me = (await AccessPortal.GetAsync(program, "/api/v1/me")).Body;
        Assert.Equal((owner.AccountId, program.Subject), (me["id"]!.GetValue<Guid>(), me["clientId"]!.GetValue<string>()));
    }

    [Fact]
    public async Task Other_projects_of_its_owner_do_not_exist_for_it()
    {
        var (owner, project, program) = await ProgramAsync("summary", "records");
        var other = await portal.ProjectAsync(AccessPortal.InForce(), null, (owner, Everything));
        Assert.Equal(HttpStatusCode.OK, (await AccessPortal.AskAsync(owner, DataPermission.Records, other.Name)).Status);
        await AssertRefusedAsync(program, DataPermission.Summary, HttpStatusCode.NotFound, "not_found", other.Name);
        Assert.Equal(HttpStatusCode.NotFound, (await AccessPortal.GetAsync(program, $"/api/v1/projects/{other.Id}")).Status);
        var listed = Assert.Single((await AccessPortal.GetAsync(program, "/api/v1/projects")).Body["items"]!.AsArray())!;
        Assert.Equal((project.Name, "[\"summary\",\"records\"]"), (listed["name"]!.GetValue<string>(), listed["permissions"]!.ToJsonString()));
        // The owner belongs to two projects and must name one; the program knows of one.
        await AssertRefusedAsync(owner, DataPermission.Summary, HttpStatusCode.BadRequest, "project_required");
        Assert.Equal(HttpStatusCode.OK, (await AccessPortal.AskAsync(program, DataPermission.Summary)).Status);
    }

    [Fact]
    public async Task It_never_has_more_than_its_owner_has_at_that_moment()
    {
        var (owner, project, program) = await ProgramAsync("summary", "records");
        await portal.WithDbAsync(db => db.Set<Membership>().Where(m => m.ProjectId == project.Id).ExecuteUpdateAsync(m => m.SetProperty(x => x.Permissions, DataPermission.Summary)));
        await AssertRefusedAsync(program, DataPermission.Records, HttpStatusCode.Forbidden, "permission_missing");
        Assert.Equal("summary", (await AccessPortal.AskAsync(program, DataPermission.Summary)).Body["tier"]!.GetValue<string>());

        await portal.WithDbAsync(db => db.Set<Pledge>().Where(p => p.ProjectId == project.Id).ExecuteDeleteAsync());
        await AssertRefusedAsync(program, DataPermission.Summary, HttpStatusCode.Forbidden, "pledge_missing");

        // Its project gone, it is not its owner's explorer.
        await portal.WithDbAsync(db => db.Set<Membership>().Where(m => m.ProjectId == project.Id).ExecuteUpdateAsync(m => m.SetProperty(x => x.EndedAt, TimeProvider.System.GetUtcNow().UtcDateTime)));
        Assert.Equal("explorer", (await AccessPortal.AskAsync(owner, DataPermission.Summary)).Body["tier"]!.GetValue<string>());
        await AssertRefusedAsync(program, DataPermission.Summary, HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task It_has_none_of_its_owners_roles()
    {
        var (owner, project, program) = await ProgramAsync([Roles.Auditor, Roles.Admin], "summary");
        Assert.Equal(HttpStatusCode.OK, (await AccessPortal.GetAsync(owner, "/api/v1/audit")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await AccessPortal.GetAsync(program, "/api/v1/audit")).Status);
        Assert.Empty((await AccessPortal.GetAsync(program, "/api/v1/me")).Body["roles"]!.AsArray());
        await ProgramTests.AssertRefusedAsync(
            program, HttpMethod.Post, "/api/v1/trainings", new { account = owner.AccountId, course = "Any", completedOn = AccessPortal.Today }, HttpStatusCode.Forbidden, "forbidden");
        Assert.NotNull(project);
    }

    [Fact]
    public async Task A_stewards_program_searches_as_little_as_the_steward()
    {
        var (owner, _, program) = await ProgramAsync("summary");
        Assert.Equal(HttpStatusCode.OK, (await AccessPortal.AskAsync(program, DataPermission.Summary)).Status);
        await portal.WithDbAsync(db => db.Database.ExecuteSqlAsync($"INSERT INTO identity_account_roles (account_id, role) VALUES ({owner.AccountId}, {Roles.Steward})"));
        await AssertRefusedAsync(owner, DataPermission.Summary, HttpStatusCode.Forbidden, "steward_never_searches");
        await AssertRefusedAsync(program, DataPermission.Summary, HttpStatusCode.Forbidden, "account_disabled");
    }

    [Fact]
    public async Task It_neither_makes_programs_nor_widens_itself_nor_promises_anything()
    {
        var (owner, project, program) = await ProgramAsync("summary");
        var path = $"/api/v1/clients/{program.Subject}";
        foreach (var (method, target, body) in new (HttpMethod, string, object?)[]
        {
            (HttpMethod.Post, "/api/v1/clients", ProgramTests.Good(project)), (HttpMethod.Get, "/api/v1/clients", null), (HttpMethod.Get, path, null),
            (HttpMethod.Patch, path, new { permissions = new[] { "summary", "records" } }), (HttpMethod.Delete, path, null), (HttpMethod.Post, path + "/keys", new { generate = true }),
            (HttpMethod.Delete, path + "/keys/x", null), (HttpMethod.Post, $"/api/v1/projects/{project.Name}/pledge", new { version = PledgeText.Version, language = "en" }),
            (HttpMethod.Get, "/api/v1/trainings", null),
        })
        {
            await ProgramTests.AssertRefusedAsync(program, method, target, body, HttpStatusCode.Forbidden, "person_required");
        }

        // The controls: the owner may.
        Assert.Equal(HttpStatusCode.OK, (await ProgramTests.SendAsync(owner, HttpMethod.Patch, path, new { permissions = new[] { "summary", "records" } })).Status);
        Assert.Equal(HttpStatusCode.OK, (await AccessPortal.AskAsync(program, DataPermission.Records)).Status);
    }

    [Fact]
    public async Task Revocation_expiry_and_a_disabled_owner_bite_at_the_next_request()
    {
        var (owner, _, program) = await ProgramAsync("summary");
        Assert.Equal(HttpStatusCode.OK, (await AccessPortal.AskAsync(program, DataPermission.Summary)).Status);
        await SetAsync("expires_on", program, AccessPortal.Today.AddDays(-1));
        await AssertRefusedAsync(program, DataPermission.Summary, HttpStatusCode.Forbidden, "account_disabled");
        await SetAsync("expires_on", program, AccessPortal.Today);
        Assert.Equal(HttpStatusCode.OK, (await AccessPortal.AskAsync(program, DataPermission.Summary)).Status);

        await DisableAsync(owner, true);
        await AssertRefusedAsync(program, DataPermission.Summary, HttpStatusCode.Forbidden, "account_disabled");
        await DisableAsync(owner, false);
        Assert.Equal(HttpStatusCode.OK, (await AccessPortal.AskAsync(program, DataPermission.Summary)).Status);

        Assert.Equal(HttpStatusCode.NoContent, (await ProgramTests.SendAsync(owner, HttpMethod.Delete, $"/api/v1/clients/{program.Subject}", null)).Status);
        await AssertRefusedAsync(program, DataPermission.Summary, HttpStatusCode.Forbidden, "account_disabled");
    }

    [Fact]
    public async Task Only_its_own_token_is_the_programs()
    {
        var (owner, _, program) = await ProgramAsync("summary");
        // A person whom a provider calls by the program's name is not the program, and a client nobody made stands for nobody.
        foreach (var (subject, client) in new[] { (program.Subject, "test"), ("p-none", "p-none") })
        {
            using var http = new HttpClient { BaseAddress = Portal.Url };
            http.DefaultRequestHeaders.Authorization = new("Bearer", Portal.Issuer.Mint(subject, client));
            using var answer = await http.GetAsync(new Uri("/api/v1/me", UriKind.Relative));
            Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        }

        // A client of evaluation mode, left over in this database: it has no project, and its owner is no demo account here.
        var stray = "demo-" + owner.AccountId.ToString("N");
        await portal.WithDbAsync(db => db.Database.ExecuteSqlAsync(
            $"INSERT INTO identity_clients (id, account_id, created_at) VALUES ({stray}, {owner.AccountId}, {TimeProvider.System.GetUtcNow().UtcDateTime})"));
        await AssertRefusedAsync(portal.Program(owner, stray), DataPermission.Summary, HttpStatusCode.Forbidden, "account_disabled");
    }

    [Fact]
    public async Task Its_last_use_is_noted_at_most_once_an_hour()
    {
        var (owner, _, program) = await ProgramAsync("summary");
        Assert.Null(await LastUseAsync(owner, program));
        await AccessPortal.AskAsync(program, DataPermission.Summary);
        var first = await LastUseAsync(owner, program);
        Assert.NotNull(first);
        await AccessPortal.AskAsync(program, DataPermission.Summary);
        Assert.Equal(first, await LastUseAsync(owner, program));
        await SetAsync("last_used_at", program, TimeProvider.System.GetUtcNow().UtcDateTime.AddMinutes(-61));
        await AccessPortal.AskAsync(program, DataPermission.Summary);
        Assert.NotEqual(first, await LastUseAsync(owner, program));
    }

    private async Task<(Actor Owner, Project Project, Actor Program)> ProgramAsync(params string[] permissions) => await ProgramAsync([], permissions);

    private async Task<(Actor Owner, Project Project, Actor Program)> ProgramAsync(string[] roles, params string[] permissions)
    {
        var owner = await portal.ActorAsync("Owner", roles);
        var project = await portal.ProjectAsync(AccessPortal.InForce(), null, (owner, Everything));
        return (owner, project, portal.Program(owner, await ProgramTests.MakeAsync(owner, project, permissions)));
    }

    private static async Task<string?> LastUseAsync(Actor owner, Actor program) =>
        (await AccessPortal.GetAsync(owner, $"/api/v1/clients/{program.Subject}")).Body["lastUsedAt"]?.GetValue<string>();

    private Task<int> SetAsync(string column, Actor program, object value) => portal.WithDbAsync(db => column == "expires_on"
        ? db.Database.ExecuteSqlAsync($"UPDATE identity_clients SET expires_on = {value} WHERE id = {program.Subject}")
        : db.Database.ExecuteSqlAsync($"UPDATE identity_clients SET last_used_at = {value} WHERE id = {program.Subject}"));

    private Task<int> DisableAsync(Actor owner, bool disabled) =>
        portal.WithDbAsync(db => db.Database.ExecuteSqlAsync($"UPDATE identity_accounts SET is_disabled = {disabled} WHERE id = {owner.AccountId}"));

    private static async Task AssertRefusedAsync(Actor actor, DataPermission needed, HttpStatusCode status, string code, string? project = null)
    {
        var (given, body) = await AccessPortal.AskAsync(actor, needed, project);
        Assert.Equal((code, status), (body["code"]?.GetValue<string>(), given));
    }
}

public sealed class ProgramConfinementTestsOnSqlite(SqliteAccessPortal portal) : ProgramConfinementTests(portal), IClassFixture<SqliteAccessPortal>;

public sealed class ProgramConfinementTestsOnPostgres(PostgresAccessPortal portal) : ProgramConfinementTests(portal), IClassFixture<PostgresAccessPortal>;
