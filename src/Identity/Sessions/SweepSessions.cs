using DataPortal.Identity.Tokens;
using DataPortal.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace DataPortal.Identity.Sessions;

/// <summary>Deletes sessions that are over, and with them their personal fields, and ids that need not be remembered any more.</summary>
internal sealed class SweepSessions(IServiceScopeFactory scopes, IOptions<SessionOptions> options, TimeProvider clock, ILogger<SweepSessions> log) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(10);

    public async Task SweepAsync(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<PortalDb>();
        var now = clock.GetUtcNow().UtcDateTime;
        var idleSince = now - options.Value.Idle;
        await db.Set<Session>().Where(s => s.EndsAt <= now || s.LastSeenAt <= idleSince).ExecuteDeleteAsync(ct);
        await db.Set<UsedId>().Where(u => u.ExpiresAt <= now).ExecuteDeleteAsync(ct);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await SweepAsync(stoppingToken);
            }
            catch (Exception e) when (e is System.Data.Common.DbException or InvalidOperationException)
            {
                log.NotSwept(e);
            }
        }
    }
}
