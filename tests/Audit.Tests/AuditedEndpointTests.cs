using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using DataPortal.Audit.Contracts;
using DataPortal.Audit.Recording;
using DataPortal.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace DataPortal.Audit.Tests;

public abstract class AuditedEndpointTests(AuditedPortal portal) : PortalTests(portal)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_change_and_its_entry_are_saved_together()
    {
        var mason = await Portal.ActorAsync("Mason");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/stones/kept");
        request.Headers.Add("X-Request-Id", "request-1");
        request.Headers.UserAgent.ParseAdd("quarry/1.0");

        Assert.Equal(HttpStatusCode.NoContent, (await mason.Http.SendAsync(request, Ct)).StatusCode);

        var entry = Assert.Single(await portal.EntriesAsync("stone.added"), e => e.Resource == "stone/kept");
        Assert.Equal(AuditOutcome.Ok, entry.Outcome);
        Assert.Equal(mason.AccountId, entry.Actor);
        Assert.Equal("test", entry.Client);
        Assert.Equal("request-1", entry.RequestId);
        Assert.Equal("node-under-test", entry.Node);
        var personal = await Portal.WithDbAsync(db => db.Set<AuditPersonal>().SingleAsync(p => p.EntryId == entry.Id, Ct));
        Assert.Equal("Mason", personal.Name);
        Assert.Equal("quarry/1.0", personal.UserAgent);
        Assert.Equal("127.0.0.1", personal.Address);
        Assert.Equal(CanonicalEntry.PersonalHash(personal), entry.PersonalHash);
    }

    [Fact]
    public async Task A_change_that_is_rolled_back_leaves_an_entry_of_its_failure_and_nothing_else()
    {
        var mason = await Portal.ActorAsync("Mason");

        Assert.Equal(HttpStatusCode.Conflict, (await mason.Http.PostAsync("/stones/lost/rolled-back", null, Ct)).StatusCode);

        var entry = Assert.Single(await portal.EntriesAsync("stone.rolled-back"));
        Assert.Equal((AuditOutcome.Failed, "stone_taken"), (entry.Outcome, entry.Code));
        Assert.Equal(0, await portal.StonesAsync("lost"));
    }

    [Fact]
    public async Task A_transaction_that_is_abandoned_leaves_an_entry_of_its_failure()
    {
        var mason = await Portal.ActorAsync("Mason");

        Assert.Equal(HttpStatusCode.InternalServerError, (await mason.Http.PostAsync("/stones/dropped/abandoned", null, Ct)).StatusCode);

        var entry = Assert.Single(await portal.EntriesAsync("stone.abandoned"));
        Assert.Equal((AuditOutcome.Failed, "internal_error"), (entry.Outcome, entry.Code));
        Assert.Equal(0, await portal.StonesAsync("dropped"));
    }

    [Fact]
    public async Task A_second_attempt_after_an_abandoned_one_carries_the_entry_and_carries_it_once()
    {
        var mason = await Portal.ActorAsync("Mason");

        Assert.Equal(HttpStatusCode.NoContent, (await mason.Http.PostAsync("/stones/persistent/again", null, Ct)).StatusCode);

        Assert.Equal(AuditOutcome.Ok, Assert.Single(await portal.EntriesAsync("stone.again")).Outcome);
        Assert.Equal(2, await portal.StonesAsync("persistent"));
    }

    [Fact]
    public async Task A_change_that_the_database_refuses_leaves_an_entry_of_its_failure()
    {
        var mason = await Portal.ActorAsync("Mason");

        var answer = await mason.Http.PostAsync("/stones/cracked/broken", null, Ct);

        Assert.Equal("internal_error", await CodeAsync(answer, HttpStatusCode.InternalServerError));
        var entry = Assert.Single(await portal.EntriesAsync("stone.broken"));
        Assert.Equal((AuditOutcome.Failed, "internal_error"), (entry.Outcome, entry.Code));
        Assert.Equal(0, await portal.StonesAsync("cracked"));
    }

    [Fact]
    public async Task A_bulk_change_without_an_entry_before_it_is_stopped()
    {
        var mason = await Portal.ActorAsync("Mason");
        await mason.Http.PostAsync("/stones/heap", null, Ct);

        Assert.Equal(HttpStatusCode.InternalServerError, (await mason.Http.PostAsync("/stones/heap/bulk", null, Ct)).StatusCode);
        Assert.Equal(1, await portal.StonesAsync("heap"));

        Assert.Equal(HttpStatusCode.OK, (await mason.Http.PostAsync("/stones/heap/bulk-recorded", null, Ct)).StatusCode);
        Assert.Equal(0, await portal.StonesAsync("heap"));
        Assert.Single(await portal.EntriesAsync("stone.bulk-recorded"));
    }

    [Fact]
    public async Task Reads_and_entries_are_one_to_one_under_load()
    {
        const int Readers = 8;
        const int EachReads = 50;
        var reader = await Portal.ActorAsync("Reader");
        await Task.WhenAll(Enumerable.Range(0, Readers).Select(async r =>
        {
            for (var i = 0; i < EachReads; i++)
            {
                Assert.Equal(HttpStatusCode.OK, (await reader.Http.GetAsync($"/stones/load-{r}-{i}", Ct)).StatusCode);
            }
        }));

        var entries = (await portal.EntriesAsync("stone.read")).Where(e => e.Actor == reader.AccountId).ToList();
        Assert.Equal(Readers * EachReads, entries.Count);
        Assert.Equal(Readers * EachReads, entries.Select(e => e.Query).Distinct(StringComparer.Ordinal).Count());
        Assert.All(entries, e => Assert.Equal(("quarry", 3L), (e.Release!, e.Rows!.Value)));
    }

    [Fact]
    public async Task Of_a_query_that_does_not_parse_only_the_hash_is_kept()
    {
        var reader = await Portal.ActorAsync("Reader");

        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await reader.Http.GetAsync("/stones/x?query=Jane%20Doe", Ct)).StatusCode);

        var entry = Assert.Single(await portal.EntriesAsync("stone.read"), e => e.Actor == reader.AccountId);
        Assert.Null(entry.Query);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes("Jane Doe"))), entry.QueryHash);
        Assert.Equal((AuditOutcome.Failed, "query_invalid"), (entry.Outcome, entry.Code));
        Assert.DoesNotContain("Jane", Encoding.UTF8.GetString(CanonicalEntry.Bytes(entry)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("refused", "stone_refused")]
    [InlineData("absent", "not_found")]
    [InlineData("for-auditors", "forbidden")]
    public async Task Denied_attempts_of_somebody_signed_in_are_entered(string path, string code)
    {
        var curious = await Portal.ActorAsync("Curious");

        Assert.Contains((await curious.Http.GetAsync("/stones/x/" + path, Ct)).StatusCode, new[] { HttpStatusCode.Forbidden, HttpStatusCode.NotFound });

        var entry = Assert.Single(await portal.EntriesAsync("stone." + path), e => e.Actor == curious.AccountId);
        Assert.Equal((AuditOutcome.Denied, code), (entry.Outcome, entry.Code));
    }

    [Fact]
    public async Task Anonymous_attempts_are_counted_in_one_entry()
    {
        const int Attempts = 30;
        var denials = Portal.Services.GetRequiredService<AnonymousDenials>();
        await denials.FlushAsync(Ct);
        var before = (await portal.EntriesAsync("anonymous.denied")).Count;
        for (var i = 0; i < Attempts; i++)
        {
            Assert.Equal(HttpStatusCode.Unauthorized, (await Portal.Anonymous.GetAsync("/stones/x", Ct)).StatusCode);
        }

        await denials.FlushAsync(Ct);

        var entries = await portal.EntriesAsync("anonymous.denied");
        Assert.Equal(before + 1, entries.Count);
        Assert.Equal((AuditOutcome.Denied, Attempts), (entries[^1].Outcome, entries[^1].Rows!.Value));
        Assert.Null(entries[^1].Actor);
    }

    [Fact]
    public async Task Nothing_is_answered_and_nothing_changed_while_the_trail_cannot_be_written()
    {
        var mason = await Portal.ActorAsync("Mason");
        await Portal.AsOwnerAsync(db => db.Database.ExecuteSqlRawAsync("ALTER TABLE audit_entries RENAME TO audit_entries_away", Ct));
        try
        {
            var read = await mason.Http.GetAsync("/stones/secret", Ct);
            Assert.Equal("audit_unavailable", await CodeAsync(read, HttpStatusCode.ServiceUnavailable));
            Assert.DoesNotContain("the data of", await read.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);

            var change = await mason.Http.PostAsync("/stones/unseen", null, Ct);
            Assert.Equal("audit_unavailable", await CodeAsync(change, HttpStatusCode.ServiceUnavailable));
            Assert.Equal(0, await portal.StonesAsync("unseen"));

            // The control: without the trail in the way the same portal does answer, so it was the trail that held the data back.
            Assert.Equal(HttpStatusCode.OK, (await mason.Http.GetAsync("/stones/secret/plain", Ct)).StatusCode);
        }
        finally
        {
            await Portal.AsOwnerAsync(db => db.Database.ExecuteSqlRawAsync("ALTER TABLE audit_entries_away RENAME TO audit_entries", Ct));
        }

        Assert.Equal(HttpStatusCode.OK, (await mason.Http.GetAsync("/stones/secret", Ct)).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await mason.Http.PostAsync("/stones/unseen", null, Ct)).StatusCode);
    }

    [Theory]
    [InlineData("UPDATE audit_entries SET outcome = 'Ok'")]
    [InlineData("DELETE FROM audit_entries")]
    public async Task The_running_portal_cannot_change_its_entries(string sql)
    {
        var mason = await Portal.ActorAsync("Mason");
        await mason.Http.PostAsync("/stones/stays", null, Ct);

        await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => Portal.WithDbAsync(db => db.Database.ExecuteSqlRawAsync(sql, Ct)));

        // The control: the same role may change other tables, so it is the trail that is protected.
        Assert.True(await Portal.WithDbAsync(db => db.Database.ExecuteSqlRawAsync("UPDATE audit_personal SET name = name", Ct)) > 0);
    }

    private static async Task<string?> CodeAsync(HttpResponseMessage answer, HttpStatusCode expected)
    {
        Assert.Equal(expected, answer.StatusCode);
        return (await answer.Content.ReadFromJsonAsync<JsonElement>(Ct)).GetProperty("code").GetString();
    }
}

public sealed class AuditedEndpointsOnSqlite(AuditedSqlite portal) : AuditedEndpointTests(portal), IClassFixture<AuditedSqlite>;

public sealed class AuditedEndpointsOnPostgres(AuditedPostgres portal) : AuditedEndpointTests(portal), IClassFixture<AuditedPostgres>;
