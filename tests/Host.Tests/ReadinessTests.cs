using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using DataPortal.Testing;
using Microsoft.EntityFrameworkCore;

namespace DataPortal.Host.Tests;

public abstract class ReadinessTests(PortalFixture portal) : PortalTests(portal)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_portal_is_live_and_ready()
    {
        Assert.Equal(HttpStatusCode.OK, (await Portal.Anonymous.GetAsync("/healthz", Ct)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await Portal.Anonymous.GetAsync("/readyz", Ct)).StatusCode);
    }

    [Fact]
    public async Task It_is_not_ready_on_an_old_database_and_says_why()
    {
        const string Migration = "202601010100_AuditEntries";
        await Portal.AsOwnerAsync(db => db.Database.ExecuteSqlAsync($"UPDATE \"__EFMigrationsHistory\" SET \"MigrationId\" = 'away' WHERE \"MigrationId\" = {Migration}", Ct));
        try
        {
            var answer = await Portal.Anonymous.GetAsync("/readyz", Ct);

            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
            var database = (await answer.Content.ReadFromJsonAsync<JsonElement>(Ct)).GetProperty("checks").EnumerateArray().Single(c => c.GetProperty("name").GetString() == "database");
            Assert.Equal("failed", database.GetProperty("status").GetString());
            Assert.Contains("portal migrate", database.GetProperty("reason").GetString(), StringComparison.Ordinal);
            Assert.Equal(HttpStatusCode.OK, (await Portal.Anonymous.GetAsync("/healthz", Ct)).StatusCode);
        }
        finally
        {
            await Portal.AsOwnerAsync(db => db.Database.ExecuteSqlAsync($"UPDATE \"__EFMigrationsHistory\" SET \"MigrationId\" = {Migration} WHERE \"MigrationId\" = 'away'", Ct));
        }
    }
}

public sealed class ReadinessOnSqlite(SqlitePortal portal) : ReadinessTests(portal), IClassFixture<SqlitePortal>;

public sealed class ReadinessOnPostgres(PostgresPortal portal) : ReadinessTests(portal), IClassFixture<PostgresPortal>;
