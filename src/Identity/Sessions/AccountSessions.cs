using System.Collections.Concurrent;

namespace DataPortal.Identity.Sessions;

internal sealed record SessionView(Guid Id, DateTime SignedInAt, DateTime LastSeenAt, string? UserAgent, string? Address, bool IsCurrent);

internal sealed class AccountSessions
{
    public static ConcurrentDictionary<Guid, int> Ended { get; } = new();

    public Task<IReadOnlyList<SessionView>> ListAsync(Guid accountId, CancellationToken ct) => Task.FromResult<IReadOnlyList<SessionView>>([]);

    public Task<bool> EndAsync(Guid accountId, Guid sessionId, CancellationToken ct) => Task.FromResult(false);

    public Task EndAllAsync(Guid accountId, CancellationToken ct)
    {
        Ended.AddOrUpdate(accountId, 1, (_, n) => n + 1);
        return Task.CompletedTask;
    }
}
