using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using DataPortal.Identity.Accounts;
using DataPortal.Kernel;
using DataPortal.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace DataPortal.Identity.Tests;

public abstract class AccountTests(PortalFixture portal) : PortalTests(portal)
{
    private static readonly Uri Me = new("/api/v1/me", UriKind.Relative);

    [Fact]
    public async Task The_caller_learns_who_they_are()
    {
        var steward = await Portal.ActorAsync("Steward", Roles.Steward, Roles.Auditor);
        var me = await steward.Http.GetFromJsonAsync<JsonObject>(Me);
        Assert.Equal(steward.AccountId, me!["id"]!.GetValue<Guid>());
        Assert.Equal("Steward", me["name"]!.GetValue<string>());
        Assert.Equal("test", me["clientId"]!.GetValue<string>());
        Assert.Equal(["auditor", "steward"], me["roles"]!.AsArray().Select(r => r!.GetValue<string>()));
        Assert.False(me["demo"]!.GetValue<bool>());
    }

    [Fact]
    public async Task A_disabled_account_is_refused_at_the_next_request()
    {
        var actor = await Portal.ActorAsync("Leaver");
        using var before = await actor.Http.GetAsync(Me);
        Assert.Equal(HttpStatusCode.OK, before.StatusCode);
        await ChangeAsync(actor, account => account.Disable());
        await AssertRefusedAsync(actor.Http);
    }

    [Fact]
    public async Task A_role_taken_away_is_gone_at_the_next_request()
    {
        var actor = await Portal.ActorAsync("Auditor", Roles.Auditor);
        using var before = await actor.Http.GetAsync(new Uri("/api/v1/audit", UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, before.StatusCode);
        await Portal.WithDbAsync(db => db.Set<AccountRole>().Where(r => r.AccountId == actor.AccountId).ExecuteDeleteAsync());
        using var after = await actor.Http.GetAsync(new Uri("/api/v1/audit", UriKind.Relative));
        Assert.Equal(HttpStatusCode.Forbidden, after.StatusCode);
        Assert.Equal("forbidden", (await after.Content.ReadFromJsonAsync<JsonObject>())!["code"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_role_in_a_token_counts_for_nothing()
    {
        var actor = await Portal.ActorAsync("Pretender");
        var token = Portal.Issuer.Mint(actor.Subject, change: d => (d.Claims["roles"], d.Claims["role"]) = (new[] { Roles.Admin, Roles.Auditor }, Roles.Auditor));
        using var http = Client(token);
        var me = await http.GetFromJsonAsync<JsonObject>(Me);
        Assert.Empty(me!["roles"]!.AsArray());
        using var answer = await http.GetAsync(new Uri("/api/v1/audit", UriKind.Relative));
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    [Fact]
    public async Task A_good_token_of_somebody_unknown_is_refused()
    {
        using var http = Client(Portal.Issuer.Mint(Guid.CreateVersion7().ToString()));
        await AssertRefusedAsync(http);
    }

    [Fact]
    public async Task A_demo_account_is_refused_outside_evaluation_mode()
    {
        var actor = await Portal.ActorAsync("Demo");
        using var control = await actor.Http.GetAsync(Me);
        Assert.Equal(HttpStatusCode.OK, control.StatusCode);
        await Portal.WithDbAsync(db => db.Set<Account>().Where(a => a.Id == actor.AccountId).ExecuteUpdateAsync(a => a.SetProperty(x => x.IsDemo, true)));
        await AssertRefusedAsync(actor.Http);
    }

    [Theory]
    [InlineData("not an address", null, "email_invalid")]
    [InlineData("", null, "email_invalid")]
    [InlineData("admin@example.org", " ", "subject_invalid")]
    public async Task The_first_administrator_needs_an_address(string email, string? subject, string code) =>
        Assert.Equal(code, (await FirstAdministratorAsync(email, subject))?.Code);

    protected async Task<Refusal?> FirstAdministratorAsync(string email, string? subject = null)
    {
        await using var scope = Portal.Services.CreateAsyncScope();
        return (await scope.ServiceProvider.GetRequiredService<IFirstAdministrator>().CreateAsync(email, subject, CancellationToken.None)).Refusal;
    }

    private HttpClient Client(string token)
    {
        var http = new HttpClient { BaseAddress = Portal.Url };
        http.DefaultRequestHeaders.Authorization = new("Bearer", token);
        return http;
    }

    private Task<int> ChangeAsync(Actor actor, Action<Account> change) => Portal.WithDbAsync(async db =>
    {
        change(await db.Set<Account>().SingleAsync(a => a.Id == actor.AccountId));
        return await db.SaveChangesAsync();
    });

    private static async Task AssertRefusedAsync(HttpClient http)
    {
        using var answer = await http.GetAsync(Me);
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Equal("account_disabled", (await answer.Content.ReadFromJsonAsync<JsonObject>())!["code"]!.GetValue<string>());
    }
}

public sealed class AccountTestsOnSqlite(SqlitePortal portal) : AccountTests(portal), IClassFixture<SqlitePortal>;

public sealed class AccountTestsOnPostgres(PostgresPortal portal) : AccountTests(portal), IClassFixture<PostgresPortal>;

/// <summary>On a portal of its own: there is a first administrator only once.</summary>
public abstract class FirstAdministratorTests(PortalFixture portal) : PortalTests(portal)
{
    [Fact]
    public async Task There_is_one_first_administrator_however_many_ask_at_once()
    {
        var refusals = await Task.WhenAll(Enumerable.Range(0, 8).Select(async i =>
        {
            await using var scope = Portal.Services.CreateAsyncScope();
            try
            {
                return (await scope.ServiceProvider.GetRequiredService<IFirstAdministrator>()
                    .CreateAsync($"Admin{i}@Example.org", i == 0 ? "sub-0" : null, CancellationToken.None)).Refusal?.Code ?? "made";
            }
            catch (Exception e) when (e is InvalidOperationException or DbUpdateException or System.Data.Common.DbException)
            {
                return "lost the race";
            }
        }));
        Assert.Single(refusals, "made");
        Assert.All(refusals, outcome => Assert.Contains(outcome, (string[])["made", "administrator_exists", "lost the race"]));

        var admins = await Portal.WithDbAsync(db => db.Set<Account>().Where(a => a.Roles.Any(r => r.Role == Roles.Admin)).ToListAsync());
        var admin = Assert.Single(admins);
        Assert.Matches("^admin[0-7]@example.org$", admin.Email);
        Assert.Equal(admin.Email == "admin0@example.org" ? "sub-0" : admin.Id.ToString(), admin.Subject);

        var resource = $"account/{admin.Id}";
        var entries = await Portal.WithDbAsync(db => db.Database
            .SqlQuery<string>($"SELECT resource AS \"Value\" FROM audit_entries WHERE action = 'account.created'").ToListAsync());
        Assert.Equal([resource], entries);
    }
}

public sealed class FirstAdministratorTestsOnSqlite(SqlitePortal portal) : FirstAdministratorTests(portal), IClassFixture<SqlitePortal>;

public sealed class FirstAdministratorTestsOnPostgres(PostgresPortal portal) : FirstAdministratorTests(portal), IClassFixture<PostgresPortal>;
