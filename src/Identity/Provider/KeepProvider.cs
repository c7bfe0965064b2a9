using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DataPortal.Identity.Provider;

/// <summary>In the background: keys are rotated when due, and what is over is swept. Any number of nodes may do so at once.</summary>
internal sealed class KeepProvider(BundledProvider provider, IServiceScopeFactory scopes, ILogger<KeepProvider> log, TimeProvider clock) : BackgroundService
{
    private const int Batch = 500;
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    /// <summary>Longer than an interaction lasts: what was used up by a sign-in that is still going on must be remembered as used.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromHours(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Pause, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            // With another's provider there is nothing to keep.
            if (provider.IsRunning is null)
            {
                continue;
            }

            try
            {
                await KeepAsync(stoppingToken);
            }
            catch (Exception e) when (e is System.Data.Common.DbException or Microsoft.EntityFrameworkCore.DbUpdateException or InvalidOperationException or TimeoutException)
            {
                log.KeepingFailed(e, Pause);
            }
        }
    }

    private async Task KeepAsync(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<ProviderKeys>().KeepUpAsync(ct);
        var store = scope.ServiceProvider.GetRequiredService<ProviderStore>();
        while (await store.SweepAsync(Batch, Grace, ct))
        {
        }
    }
}
