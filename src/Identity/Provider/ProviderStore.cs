using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using DataPortal.Kernel;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.Tokens;

namespace DataPortal.Identity.Provider;

/// <summary>Why the store did not do what it was asked.</summary>
internal enum StoreRefusal
{
    None,

    /// <summary>Used before. Where it belongs to a grant, that grant is revoked by now.</summary>
    Consumed,

    /// <summary>It is there already, or what was there is over.</summary>
    Conflict,

    /// <summary>The grant it belongs to is gone.</summary>
    GrantGone,

    /// <summary>The account was signed out everywhere after the sign-in this stems from.</summary>
    SignedOut,
}

/// <summary>
/// What the bundled provider remembers, in the portal's database. The library reads and then writes; of what may happen once, the decision is taken
/// here, by one conditional statement, so that any number of requests on any number of nodes come to one winner.
/// </summary>
internal class ProviderStore(PortalDb db, IDataProtectionProvider protection, TimeProvider clock, ILogger<ProviderStore> log)
{
    private readonly IDataProtector _protector = protection.CreateProtector("DataPortal.Identity.Provider.Store.v1");

    protected PortalDb Db => db;

    protected DateTime Now => clock.GetUtcNow().UtcDateTime;

    private DbSet<StoredRecord> Records => db.Set<StoredRecord>();

    public async Task<StoreRefusal> UpsertAsync(string model, string id, JsonElement payload, int? secondsToLive, CancellationToken ct)
    {
        var record = Make(model, id, payload, secondsToLive);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        if (record.GrantId is { } grant && record.GrantId != record.Id && !await HoldGrantAsync(grant, ct))
        {
            return StoreRefusal.GrantGone;
        }

        if (record.Subject is { } subject && SignedInAt(payload) is { } at && !await HoldSubjectAsync(subject, at, ct))
        {
            return StoreRefusal.SignedOut;
        }

        // A consumed record stays consumed, and of two people who approve the same device code at once only the first one does.
        var changed = model == Models.ReplayDetection ? 0 : await Records
            .Where(r => r.Id == record.Id && r.ConsumedAt == null && (model != Models.DeviceCode || r.Subject == null))
            .ExecuteUpdateAsync(
                r => r.SetProperty(x => x.Payload, record.Payload).SetProperty(x => x.GrantId, record.GrantId).SetProperty(x => x.Uid, record.Uid)
                    .SetProperty(x => x.UserCode, record.UserCode).SetProperty(x => x.Subject, record.Subject).SetProperty(x => x.ClientId, record.ClientId).SetProperty(x => x.ExpiresAt, record.ExpiresAt),
                ct);
        if (changed == 0 && !await InsertAsync(record, ct))
        {
            return StoreRefusal.Conflict;
        }

        await transaction.CommitAsync(ct);
        return StoreRefusal.None;
    }

    /// <summary>Expired ones are found as well: the provider tells expired from unknown.</summary>
    public async Task<JsonObject?> FindAsync(string model, string id, CancellationToken ct)
    {
        var key = Hash(model, id);
        return Read(await Records.AsNoTracking().SingleOrDefaultAsync(r => r.Id == key, ct));
    }

    public async Task<JsonObject?> FindByUidAsync(string model, string uid, CancellationToken ct)
    {
        var hash = Hash("uid", uid);
        return Read(await Records.AsNoTracking().Where(r => r.Uid == hash && r.Model == model && r.ConsumedAt == null).OrderByDescending(r => r.ExpiresAt).FirstOrDefaultAsync(ct));
    }

    public async Task<JsonObject?> FindByUserCodeAsync(string model, string userCode, CancellationToken ct)
    {
        var hash = Hash("user_code", userCode);
        return Read(await Records.AsNoTracking().Where(r => r.UserCode == hash && r.Model == model).OrderByDescending(r => r.ExpiresAt).FirstOrDefaultAsync(ct));
    }

    /// <summary>
    /// Uses up a token, a code or a pushed request. Whoever comes second holds a copy of something that was used, and nobody can tell the thief
    /// from the owner: the grant is revoked, and both have to start anew (RFC 9700, 4.14.2).
    /// </summary>
    public virtual async Task<StoreRefusal> ConsumeAsync(string model, string id, CancellationToken ct)
    {
        var key = Hash(model, id);
        var now = Now;
        if (await Records.Where(r => r.Id == key && r.ConsumedAt == null).ExecuteUpdateAsync(r => r.SetProperty(x => x.ConsumedAt, now), ct) == 1)
        {
            return StoreRefusal.None;
        }

        if (await Records.Where(r => r.Id == key).Select(r => r.GrantId).SingleOrDefaultAsync(ct) is { } grant)
        {
            await RevokeAsync(grant, ct);
        }

        return StoreRefusal.Consumed;
    }

    public async Task<StoreRefusal> DestroyAsync(string model, string id, CancellationToken ct)
    {
        var key = Hash(model, id);
        switch (model)
        {
            case Models.Grant:
                await RevokeAsync(key, ct);
                return StoreRefusal.None;
            case Models.Session:
                // Left standing as ended: a request that read the session before must not write it back.
                var now = Now;
                await Records.Where(r => r.Id == key && r.ConsumedAt == null).ExecuteUpdateAsync(r => r.SetProperty(x => x.ConsumedAt, now), ct);
                return StoreRefusal.None;
            default:
                var gone = await Records.Where(r => r.Id == key).ExecuteDeleteAsync(ct);
                // The end of an interaction issues a code: once.
                return gone == 0 && model == Models.Interaction ? StoreRefusal.Consumed : StoreRefusal.None;
        }
    }

    public Task RevokeGrantAsync(string grantId, CancellationToken ct) => RevokeAsync(Hash(Models.Grant, grantId), ct);

    /// <summary>Ends the account's sessions at the provider, and everything it granted to anybody: refresh tokens and pending codes with it.</summary>
    public async Task RevokeAccountAsync(string subject, CancellationToken ct)
    {
        var now = Now;
        await using var transaction = db.Database.CurrentTransaction is null ? await db.Database.BeginTransactionAsync(ct) : null;
        await EnsureSubjectAsync(subject, ct);
        await db.Set<ProviderSubject>().Where(s => s.Subject == subject).ExecuteUpdateAsync(s => s.SetProperty(x => x.RevokedAt, now), ct);
        await Records.Where(r => r.Subject == subject).ExecuteDeleteAsync(ct);
        await CommitAsync(transaction, ct);
    }

    /// <summary>Records that something with this id happened; false when it had happened before.</summary>
    public async Task<bool> OnceAsync(string model, string id, TimeSpan keep, CancellationToken ct) =>
        await InsertAsync(new StoredRecord { Id = Hash(model, id), Model = model, ExpiresAt = Now + keep }, ct);

    /// <summary>
    /// The second that a sign-in counts from; null when the account was signed out everywhere since. The provider counts in whole seconds, and a
    /// sign-in in the same second as the revocation before it must not look older than that.
    /// </summary>
    public async Task<long?> AcceptSignInAsync(string subject, DateTime at, CancellationToken ct)
    {
        await EnsureSubjectAsync(subject, ct);
        var revoked = await db.Set<ProviderSubject>().Where(s => s.Subject == subject).Select(s => s.RevokedAt).SingleAsync(ct);
        var second = new DateTimeOffset(at).ToUnixTimeSeconds();
        return revoked is null ? second
            : at <= revoked ? null
            : Math.Max(second, new DateTimeOffset(revoked.Value).ToUnixTimeSeconds() + 1);
    }

    /// <summary>Forgets what is long over, a bounded number at a time; true when there may be more.</summary>
    public async Task<bool> SweepAsync(int batch, TimeSpan grace, CancellationToken ct)
    {
        var now = Now;
        // A pushed request has to be remembered as used for as long as somebody may still be signing in for it.
        var before = now - grace;
        var swept = await Records.Where(r => r.ExpiresAt < before || (r.Model == Models.ReplayDetection && r.ExpiresAt < now)).OrderBy(r => r.ExpiresAt).Take(batch).ExecuteDeleteAsync(ct);
        return swept == batch;
    }

    protected static string Hash(string model, string id) => Base64UrlEncoder.Encode(SHA256.HashData(Encoding.UTF8.GetBytes($"{model}:{id}")));

    private async Task RevokeAsync(string grant, CancellationToken ct)
    {
        await using var transaction = db.Database.CurrentTransaction is null ? await db.Database.BeginTransactionAsync(ct) : null;
        // The grant first: whoever is adding a token under it holds its row, and is waited for; whoever comes later does not find it.
        await Records.Where(r => r.Id == grant).ExecuteDeleteAsync(ct);
        await Records.Where(r => r.GrantId == grant).ExecuteDeleteAsync(ct);
        await CommitAsync(transaction, ct);
    }

    private async Task<bool> HoldGrantAsync(string grant, CancellationToken ct)
    {
        var now = Now;
        return await Records.Where(r => r.Id == grant && r.ExpiresAt > now).ExecuteUpdateAsync(r => r.SetProperty(x => x.ConsumedAt, x => x.ConsumedAt), ct) == 1;
    }

    private async Task<bool> HoldSubjectAsync(string subject, DateTime signedInAt, CancellationToken ct) =>
        await db.Set<ProviderSubject>().Where(s => s.Subject == subject && (s.RevokedAt == null || s.RevokedAt < signedInAt))
            .ExecuteUpdateAsync(s => s.SetProperty(x => x.RevokedAt, x => x.RevokedAt), ct) == 1;

    private async Task EnsureSubjectAsync(string subject, CancellationToken ct)
    {
        if (!await db.Set<ProviderSubject>().AnyAsync(s => s.Subject == subject, ct))
        {
            await InsertAsync(new ProviderSubject { Subject = subject }, ct);
        }
    }

    private async Task<bool> InsertAsync<T>(T row, CancellationToken ct)
        where T : class
    {
        db.Add(row);
        try
        {
            await db.SaveChangesAsync(ct);
            return true;
        }
        catch (DbUpdateException e) when (e.IsUniqueViolation())
        {
            return false;
        }
        finally
        {
            db.Entry(row).State = EntityState.Detached;
        }
    }

    private static Task CommitAsync(Microsoft.EntityFrameworkCore.Storage.IDbContextTransaction? transaction, CancellationToken ct) =>
        transaction?.CommitAsync(ct) ?? Task.CompletedTask;

    private StoredRecord Make(string model, string id, JsonElement payload, int? secondsToLive)
    {
        var key = Hash(model, id);
        var grant = Text(payload, "grantId");
        var uid = model == Models.Session ? Text(payload, "uid") : null;
        var userCode = Text(payload, "userCode");
        return new StoredRecord
        {
            Id = key,
            Model = model,
            Payload = _protector.Protect(payload.GetRawText()),
            // An interaction names the grant it may lead to, without being part of it.
            GrantId = model == Models.Grant ? key : grant is null || model == Models.Interaction ? null : Hash(Models.Grant, grant),
            Uid = uid is null ? null : Hash("uid", uid),
            UserCode = userCode is null ? null : Hash("user_code", userCode),
            Subject = model == Models.Interaction ? null : Text(payload, "accountId"),
            ClientId = Text(payload, "clientId"),
            ExpiresAt = Now + TimeSpan.FromSeconds(secondsToLive ?? 0),
        };
    }

    private JsonObject? Read(StoredRecord? record)
    {
        if (record is null || (record.Model == Models.Session && record.ConsumedAt is not null))
        {
            return null;
        }

        try
        {
            var payload = JsonNode.Parse(_protector.Unprotect(record.Payload))!.AsObject();
            if (record.ConsumedAt is { } consumed)
            {
                payload["consumed"] = new DateTimeOffset(consumed).ToUnixTimeSeconds();
            }

            return payload;
        }
        catch (CryptographicException e)
        {
            // The ring it was written under is gone, and with it what it said. People sign in again.
            log.StoredRecordUnreadable(e, record.Model);
            return null;
        }
    }

    private static DateTime? SignedInAt(JsonElement payload) =>
        (payload.TryGetProperty("loginTs", out var at) || payload.TryGetProperty("authTime", out at)) && at.TryGetInt64(out var second)
            ? DateTimeOffset.FromUnixTimeSeconds(second).UtcDateTime
            : null;

    private static string? Text(JsonElement payload, string member) =>
        payload.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}

/// <summary>The provider's names of what it stores, where one of them is treated in a way of its own.</summary>
internal static class Models
{
    public const string Grant = "Grant";
    public const string Session = "Session";
    public const string Interaction = "Interaction";
    public const string DeviceCode = "DeviceCode";
    public const string ReplayDetection = "ReplayDetection";
}
