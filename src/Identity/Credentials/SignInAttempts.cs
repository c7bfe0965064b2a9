using System.Security.Cryptography;
using System.Text;
using DataPortal.Identity.Accounts;
using DataPortal.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.Extensions.Options;

namespace DataPortal.Identity.Credentials;

/// <summary>How often something was guessed wrong. Keyed by a hash of the address, whether or not anybody has it: an unknown one locks as a known one does.</summary>
internal sealed class FailureCount
{
    public required string Key { get; init; }

    public int Failures { get; init; }

    /// <summary>Locks so far; each lasts longer than the one before.</summary>
    public int Locks { get; init; }

    public DateTime? LockedUntil { get; init; }

    public DateTime LastAt { get; init; }

    /// <summary>Changes with every update, which the next one names as its condition.</summary>
    public Guid Version { get; init; }
}

internal sealed class FailureCountMapping : IEntityTypeConfiguration<FailureCount>
{
    public void Configure(EntityTypeBuilder<FailureCount> count)
    {
        count.ToTable("identity_failure_counts");
        count.HasKey(c => c.Key);
        count.Property(c => c.Key).HasMaxLength(80);
        count.HasIndex(c => c.LastAt);
    }
}

/// <summary>
/// Counts an attempt before it is judged. Counting afterwards would let a thousand guesses sent at once all be judged before the first is counted.
/// </summary>
internal sealed class SignInAttempts(PortalDb db, IOptions<SignInOptions> options, TimeProvider clock)
{
    private static readonly TimeSpan Forgotten = TimeSpan.FromDays(7);
    private static readonly TimeSpan LongestLock = TimeSpan.FromDays(1);

    public enum Permit
    {
        Granted,

        /// <summary>Granted, and the last one before the lock.</summary>
        Last,
        Locked,
    }

    public static string Password(string email) => "pwd:" + Hash(Account.Normalise(email));

    public static string Reset(string email) => "reset:" + Hash(Account.Normalise(email));

    public static string Code(Guid accountId) => "code:" + accountId.ToString("N");

    /// <summary>Takes one attempt of those left. It counts as failed until <see cref="SucceededAsync"/>.</summary>
    public async Task<Permit> BeginAsync(string key, CancellationToken ct)
    {
        while (true)
        {
            var now = clock.GetUtcNow().UtcDateTime;
            var before = await db.Set<FailureCount>().AsNoTracking().SingleOrDefaultAsync(c => c.Key == key, ct);
            if (before is { LockedUntil: { } until } && until > now)
            {
                return Permit.Locked;
            }

            if (before is null)
            {
                await AddAsync(key, now, ct);
                continue;
            }

            var isOld = now - before.LastAt > Forgotten;
            var failures = (before.LockedUntil is not null || isOld ? 0 : before.Failures) + 1;
            var locks = isOld ? 0 : before.Locks;
            var isLast = failures >= options.Value.FailuresBeforeLock;
            DateTime? lockedUntil = isLast ? now + Lock(locks) : null;
            var version = Guid.CreateVersion7();
            var won = await db.Set<FailureCount>().Where(c => c.Key == key && c.Version == before.Version).ExecuteUpdateAsync(
                c => c.SetProperty(x => x.Failures, failures).SetProperty(x => x.Locks, locks + (isLast ? 1 : 0)).SetProperty(x => x.LockedUntil, lockedUntil)
                    .SetProperty(x => x.LastAt, now).SetProperty(x => x.Version, version),
                ct);
            if (won == 1)
            {
                return isLast ? Permit.Last : Permit.Granted;
            }
        }
    }

    /// <summary>It was the right one: the attempts before it, too, were its owner's.</summary>
    public Task SucceededAsync(string key, CancellationToken ct) =>
        db.Set<FailureCount>().Where(c => c.Key == key).ExecuteUpdateAsync(
            c => c.SetProperty(x => x.Failures, 0).SetProperty(x => x.Locks, 0).SetProperty(x => x.LockedUntil, (DateTime?)null).SetProperty(x => x.Version, Guid.CreateVersion7()), ct);

    /// <summary>Counts that matter no more; addresses that nobody has would otherwise stay for ever.</summary>
    public Task<int> ForgetAsync(CancellationToken ct)
    {
        var before = clock.GetUtcNow().UtcDateTime - Forgotten;
        return db.Set<FailureCount>().Where(c => c.LastAt < before).ExecuteDeleteAsync(ct);
    }

    private TimeSpan Lock(int locksBefore)
    {
        var pause = TimeSpan.FromMinutes(options.Value.LockMinutes) * Math.Pow(2, Math.Min(locksBefore, 10));
        return pause < LongestLock ? pause : LongestLock;
    }

    /// <summary>One statement on either database; of several at once all but one find the row there.</summary>
    private Task AddAsync(string key, DateTime now, CancellationToken ct) => db.Database.ExecuteSqlAsync(
        $"INSERT INTO identity_failure_counts (key, failures, locks, last_at, version) VALUES ({key}, 0, 0, {now}, {Guid.CreateVersion7()}) ON CONFLICT (key) DO NOTHING", ct);

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
