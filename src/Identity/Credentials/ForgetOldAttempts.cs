using DataPortal.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DataPortal.Identity.Credentials;

/// <summary>Clears, once an hour, what anybody can fill: counts of attempts at addresses nobody has, proofs used, links gone by.</summary>
internal sealed class ForgetOldAttempts(IServiceScopeFactory scopes, TimeProvider clock, ILogger<ForgetOldAttempts> log) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);
    private static readonly TimeSpan LinksKept = TimeSpan.FromDays(30);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await ClearAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException)
        {
            // The portal ends.
        }
    }

    private async Task ClearAsync(CancellationToken ct)
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<PortalDb>();
            var now = clock.GetUtcNow().UtcDateTime;
            var linksBefore = now - LinksKept;
            await scope.ServiceProvider.GetRequiredService<SignInAttempts>().ForgetAsync(ct);
            await db.Set<UsedProof>().Where(p => p.ExpiresAt < now).ExecuteDeleteAsync(ct);
            await db.Set<OneTimeLink>().Where(l => l.ExpiresAt < linksBefore).ExecuteDeleteAsync(ct);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            log.NotCleared(e);
        }
    }
}
