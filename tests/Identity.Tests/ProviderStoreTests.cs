using System.Text.Json;
using System.Text.Json.Nodes;
using DataPortal.Identity.Provider;
using DataPortal.Kernel;
using DataPortal.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace DataPortal.Identity.Tests;

/// <summary>What may happen once happens once, however many ask at the same time, on both databases.</summary>
public abstract class ProviderStoreTests(PortalFixture portal) : PortalTests(portal)
{
    private const int AtOnce = 16;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("RefreshToken")]
    [InlineData("AuthorizationCode")]
    [InlineData("DeviceCode")]
    [InlineData("PushedAuthorizationRequest")]
    public async Task Of_many_who_use_one_thing_up_at_once_one_does(string model)
    {
        for (var round = 0; round < 5; round++)
        {
            var id = NewId();
            await UpsertAsync(model, id, new JsonObject());
            var answers = await AtOnceAsync(store => store.ConsumeAsync(model, id, Ct));
            Assert.Single(answers, a => a == StoreRefusal.None);
            Assert.Equal(AtOnce - 1, answers.Count(a => a == StoreRefusal.Consumed));
        }
    }

    [Fact]
    public async Task Reading_before_writing_would_let_several_through()
    {
        // The control: the same without the condition, and everybody has looked before anybody writes. Were this to give one winner as well, the
        // test above would prove nothing.
        var id = NewId();
        await UpsertAsync("RefreshToken", id, new JsonObject());
        var gate = new Gate(AtOnce);
        var winners = await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => Task.Run(async () =>
        {
            await using var scope = Portal.Services.CreateAsyncScope();
            return await ActivatorUtilities.CreateInstance<CarelessStore>(scope.ServiceProvider, gate).ConsumeAsync("RefreshToken", id, Ct) == StoreRefusal.None;
        })));
        Assert.Equal(AtOnce, winners.Count(w => w));
    }

    [Fact]
    public async Task A_second_use_ends_the_grant_and_everything_under_it()
    {
        var (grant, used, fresh, stranger) = (NewId(), NewId(), NewId(), NewId());
        await UpsertAsync("Grant", grant, new JsonObject());
        await UpsertAsync("RefreshToken", used, new JsonObject { ["grantId"] = grant });
        await UpsertAsync("RefreshToken", fresh, new JsonObject { ["grantId"] = grant });
        await UpsertAsync("RefreshToken", stranger, new JsonObject());
        Assert.Equal(StoreRefusal.None, await UseAsync(s => s.ConsumeAsync("RefreshToken", used, Ct)));
        Assert.NotNull(await FindAsync("RefreshToken", fresh));

        Assert.Equal(StoreRefusal.Consumed, await UseAsync(s => s.ConsumeAsync("RefreshToken", used, Ct)));
        Assert.Null(await FindAsync("Grant", grant));
        Assert.Null(await FindAsync("RefreshToken", fresh));
        Assert.NotNull(await FindAsync("RefreshToken", stranger));
        Assert.Equal(StoreRefusal.GrantGone, await TryUpsertAsync("RefreshToken", NewId(), new JsonObject { ["grantId"] = grant }));
    }

    [Fact]
    public async Task Nothing_is_live_under_a_grant_that_is_revoked_while_tokens_are_added()
    {
        for (var round = 0; round < 10; round++)
        {
            var grant = NewId();
            await UpsertAsync("Grant", grant, new JsonObject());
            var ids = Enumerable.Range(0, AtOnce).Select(_ => NewId()).ToList();
            await Task.WhenAll(ids.Select(id => TryUpsertAsync("RefreshToken", id, new JsonObject { ["grantId"] = grant })).Append(RevokeAsync(grant)));
            foreach (var id in ids)
            {
                Assert.Null(await FindAsync("RefreshToken", id));
            }
        }

        async Task<StoreRefusal> RevokeAsync(string grant)
        {
            await Task.Delay(5, Ct);
            return await UseAsync(async s =>
            {
                await s.RevokeGrantAsync(grant, Ct);
                return StoreRefusal.None;
            });
        }
    }

    [Fact]
    public async Task Of_many_proofs_with_one_id_one_is_the_first()
    {
        var id = NewId();
        var answers = await AtOnceAsync(s => s.UpsertAsync("ReplayDetection", id, JsonSerializer.SerializeToElement(new JsonObject()), 60, Ct));
        Assert.Single(answers, a => a == StoreRefusal.None);
        Assert.Equal(AtOnce - 1, answers.Count(a => a == StoreRefusal.Conflict));
    }

    [Fact]
    public async Task Of_two_people_who_approve_one_device_code_the_first_one_does()
    {
        var id = NewId();
        await UpsertAsync("DeviceCode", id, new JsonObject { ["userCode"] = "ABCDEFGH" });
        await UpsertAsync("DeviceCode", id, new JsonObject { ["userCode"] = "ABCDEFGH", ["accountId"] = "first" });
        Assert.Equal(StoreRefusal.Conflict, await TryUpsertAsync("DeviceCode", id, new JsonObject { ["userCode"] = "ABCDEFGH", ["accountId"] = "second" }));
        Assert.Equal("first", (await FindAsync("DeviceCode", id))!["accountId"]!.GetValue<string>());
        Assert.NotNull(await UseAsync(s => s.FindByUserCodeAsync("DeviceCode", "ABCDEFGH", Ct)));
    }

    [Fact]
    public async Task A_session_that_was_ended_is_not_written_back()
    {
        var (id, uid) = (NewId(), NewId());
        await UpsertAsync("Session", id, new JsonObject { ["uid"] = uid });
        Assert.NotNull(await UseAsync(s => s.FindByUidAsync("Session", uid, Ct)));
        await UseAsync(s => s.DestroyAsync("Session", id, Ct));

        Assert.Equal(StoreRefusal.Conflict, await TryUpsertAsync("Session", id, new JsonObject { ["uid"] = uid }));
        Assert.Null(await FindAsync("Session", id));
        Assert.Null(await UseAsync(s => s.FindByUidAsync("Session", uid, Ct)));
    }

    [Fact]
    public async Task What_stems_from_a_sign_in_before_a_sign_out_everywhere_is_refused_and_what_comes_after_is_not()
    {
        var subject = NewId();
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        var before = await UseAsync(s => s.AcceptSignInAsync(subject, now, Ct));
        await UpsertAsync("Session", NewId(), new JsonObject { ["accountId"] = subject, ["loginTs"] = before });
        await UseAsync(async s =>
        {
            await s.RevokeAccountAsync(subject, Ct);
            return true;
        });

        Assert.Equal(StoreRefusal.SignedOut, await TryUpsertAsync("Session", NewId(), new JsonObject { ["accountId"] = subject, ["loginTs"] = before }));
        Assert.Equal(StoreRefusal.SignedOut, await TryUpsertAsync("RefreshToken", NewId(), new JsonObject { ["accountId"] = subject, ["authTime"] = before }));
        Assert.Null(await UseAsync(s => s.AcceptSignInAsync(subject, now, Ct)));
        var after = await UseAsync(s => s.AcceptSignInAsync(subject, TimeProvider.System.GetUtcNow().UtcDateTime, Ct));
        Assert.Equal(StoreRefusal.None, await TryUpsertAsync("Session", NewId(), new JsonObject { ["accountId"] = subject, ["loginTs"] = after }));
        Assert.False(await Portal.WithDbAsync(db => db.Set<StoredRecord>().AnyAsync(r => r.Subject == subject && r.Model == "RefreshToken", Ct)));
    }

    [Fact]
    public async Task The_database_holds_no_id_and_no_payload_that_anybody_could_use()
    {
        var (id, grant) = (NewId(), NewId());
        await UpsertAsync("Grant", grant, new JsonObject());
        await UpsertAsync("RefreshToken", id, new JsonObject { ["jti"] = id, ["grantId"] = grant, ["userCode"] = "QRSTVWXZ", ["scope"] = "planted-scope" });
        var rows = await Portal.WithDbAsync(db => db.Set<StoredRecord>().AsNoTracking().ToListAsync(Ct));
        var written = string.Join('\n', rows.Select(r => string.Join('|', r.Id, r.Payload, r.GrantId, r.Uid, r.UserCode)));
        Assert.NotEmpty(rows);
        foreach (var secret in new[] { id, grant, "QRSTVWXZ", "planted-scope" })
        {
            Assert.DoesNotContain(secret, written, StringComparison.Ordinal);
        }

        Assert.Equal("planted-scope", (await FindAsync("RefreshToken", id))!["scope"]!.GetValue<string>());
    }

    [Fact]
    public async Task Sweeping_takes_what_is_long_over_and_nothing_else()
    {
        var (old, young) = (NewId(), NewId());
        await UseAsync(s => s.UpsertAsync("Interaction", old, JsonSerializer.SerializeToElement(new JsonObject()), -7200, Ct));
        await UseAsync(s => s.UpsertAsync("Interaction", young, JsonSerializer.SerializeToElement(new JsonObject()), -60, Ct));
        while (await UseAsync(s => s.SweepAsync(2, TimeSpan.FromHours(1), Ct)))
        {
        }

        Assert.Null(await FindAsync("Interaction", old));
        Assert.NotNull(await FindAsync("Interaction", young));
    }

    [Fact]
    public async Task Nodes_that_make_or_rotate_a_key_at_once_make_one()
    {
        var keys = await AtOnceWithAsync<ProviderKeys, IReadOnlyList<string>>(k => k.InUseAsync(KeyPurpose.Token, Ct));
        Assert.Single(keys.Select(k => k[0]).Distinct(StringComparer.Ordinal));

        var before = await CountAsync();
        await AtOnceWithAsync<ProviderKeys, bool>(async k =>
        {
            await k.RotateAsync(KeyPurpose.Token, Ct);
            return true;
        });
        // Those who come when the others have finished rotate once more, rightly; but no generation is made twice.
        Assert.InRange(await CountAsync() - before, 1, AtOnce);
        Assert.Equal(await CountAsync(), await Portal.WithDbAsync(db => db.Set<ProviderKey>().Where(k => k.Purpose == KeyPurpose.Token).Select(k => k.Generation).Distinct().CountAsync(Ct)));
        var rows = await Portal.WithDbAsync(db => db.Set<ProviderKey>().AsNoTracking().ToListAsync(Ct));
        Assert.All(rows, r => Assert.DoesNotContain("\"d\"", r.Secret, StringComparison.Ordinal));

        Task<int> CountAsync() => Portal.WithDbAsync(db => db.Set<ProviderKey>().CountAsync(k => k.Purpose == KeyPurpose.Token, Ct));
    }

    private static string NewId() => Guid.CreateVersion7().ToString("N");

    private Task<StoreRefusal[]> AtOnceAsync(Func<ProviderStore, Task<StoreRefusal>> use) => AtOnceWithAsync(use);

    private Task<T[]> AtOnceWithAsync<TService, T>(Func<TService, Task<T>> use)
        where TService : notnull => Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => Task.Run(() => UseAsync(use))));

    private async Task UpsertAsync(string model, string id, JsonObject payload) => Assert.Equal(StoreRefusal.None, await TryUpsertAsync(model, id, payload));

    private Task<StoreRefusal> TryUpsertAsync(string model, string id, JsonObject payload) => UseAsync<ProviderStore, StoreRefusal>(s => s.UpsertAsync(model, id, JsonSerializer.SerializeToElement(payload), 600, Ct));

    private Task<JsonObject?> FindAsync(string model, string id) => UseAsync(s => s.FindAsync(model, id, Ct));

    private Task<T> UseAsync<T>(Func<ProviderStore, Task<T>> use) => UseAsync<ProviderStore, T>(use);

    private async Task<T> UseAsync<TService, T>(Func<TService, Task<T>> use)
        where TService : notnull
    {
        await using var scope = Portal.Services.CreateAsyncScope();
        return await use(scope.ServiceProvider.GetRequiredService<TService>());
    }
}

public sealed class ProviderStoreOnSqlite(SqlitePortal portal) : ProviderStoreTests(portal), IClassFixture<SqlitePortal>;

public sealed class ProviderStoreOnPostgres(PostgresPortal portal) : ProviderStoreTests(portal), IClassFixture<PostgresPortal>;

/// <summary>Lets everybody through once so many have come.</summary>
internal sealed class Gate(int expected)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _arrived;

    public Task ArriveAsync(CancellationToken ct)
    {
        if (Interlocked.Increment(ref _arrived) == expected)
        {
            _open.SetResult();
        }

        return _open.Task.WaitAsync(Patience, ct);
    }
}

/// <summary>The store as the library would have it: look whether it was used, then write that it is. For controls.</summary>
internal sealed class CarelessStore(
    PortalDb db, Microsoft.AspNetCore.DataProtection.IDataProtectionProvider protection, TimeProvider clock, Microsoft.Extensions.Logging.ILogger<ProviderStore> log, Gate gate)
    : ProviderStore(db, protection, clock, log)
{
    public override async Task<StoreRefusal> ConsumeAsync(string model, string id, CancellationToken ct)
    {
        var key = Hash(model, id);
        if (await Db.Set<StoredRecord>().AnyAsync(r => r.Id == key && r.ConsumedAt != null, ct))
        {
            return StoreRefusal.Consumed;
        }

        await gate.ArriveAsync(ct);
        var now = Now;
        await Db.Set<StoredRecord>().Where(r => r.Id == key).ExecuteUpdateAsync(r => r.SetProperty(x => x.ConsumedAt, now), ct);
        return StoreRefusal.None;
    }
}
