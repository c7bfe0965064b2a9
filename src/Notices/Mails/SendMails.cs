using System.Net.Mail;
using System.Security.Cryptography;
using DataPortal.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DataPortal.Notices.Mails;

/// <summary>Empties the outbox: claims a mail, sends it, forgets its text. What fails is tried again after growing pauses; what is refused for good, or still fails after five days, is given up.</summary>
internal sealed class SendMails(IServiceScopeFactory scopes, Courier courier, MailSeal seal, TimeProvider clock, ILogger<SendMails> log) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>Longer than any delivery lasts. A node that dies while it sends leaves its mail to another after this.</summary>
    private static readonly TimeSpan Claim = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan FirstPause = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromDays(1);
    private static readonly TimeSpan GiveUpAfter = TimeSpan.FromDays(5);
    private static readonly TimeSpan Kept = TimeSpan.FromDays(90);
    private static readonly TimeSpan SweepEvery = TimeSpan.FromHours(1);
    private const int Batch = 20;

    private readonly Guid _node = Guid.CreateVersion7();
    private bool _isWarned;
    private DateTime _sweptAt;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval);
        while (await WaitAsync(timer, stoppingToken))
        {
            try
            {
                while (!stoppingToken.IsCancellationRequested && await RoundAsync(stoppingToken) == Batch)
                {
                }
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                // The database is away: the outbox is not lost, and the next round may find it again.
                log.OutboxUnreadable(e);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    /// <summary>Takes on what is due; answers how many that were.</summary>
    internal async Task<int> RoundAsync(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<PortalDb>();
        var now = clock.GetUtcNow().UtcDateTime;
        if (now - _sweptAt >= SweepEvery)
        {
            var before = now - Kept;
            await db.Set<OutgoingMail>().Where(m => (m.SentAt != null || m.GivenUpAt != null) && m.CreatedAt < before).ExecuteDeleteAsync(ct);
            _sweptAt = now;
        }

        var due = await db.Set<OutgoingMail>().AsNoTracking()
            .Where(m => m.SentAt == null && m.GivenUpAt == null && m.NextAttemptAt <= now).OrderBy(m => m.NextAttemptAt).Take(Batch).ToListAsync(ct);
        if (due.Count == 0)
        {
            return 0;
        }

        if (!courier.IsReady)
        {
            if (!_isWarned)
            {
                log.MailNotConfigured(due.Count);
                _isWarned = true;
            }

            return 0;
        }

        foreach (var mail in due)
        {
            if (await ClaimAsync(db, mail, ct))
            {
                await SendAsync(db, mail, ct);
            }
        }

        return due.Count;
    }

    private static async Task<bool> WaitAsync(PeriodicTimer timer, CancellationToken ct)
    {
        try
        {
            return await timer.WaitForNextTickAsync(ct);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>Two nodes see the same row; the condition lets one of them have it.</summary>
    private async Task<bool> ClaimAsync(PortalDb db, OutgoingMail mail, CancellationToken ct)
    {
        var until = clock.GetUtcNow().UtcDateTime + Claim;
        return await db.Set<OutgoingMail>()
            .Where(m => m.Id == mail.Id && m.SentAt == null && m.GivenUpAt == null && m.NextAttemptAt == mail.NextAttemptAt && m.Attempts == mail.Attempts)
            .ExecuteUpdateAsync(m => m.SetProperty(x => x.ClaimedBy, _node).SetProperty(x => x.NextAttemptAt, until).SetProperty(x => x.Attempts, x => x.Attempts + 1), ct) == 1;
    }

    private async Task SendAsync(PortalDb db, OutgoingMail mail, CancellationToken ct)
    {
        var own = db.Set<OutgoingMail>().Where(m => m.Id == mail.Id && m.ClaimedBy == _node && m.SentAt == null);
        try
        {
            await courier.DeliverAsync(mail, seal.Open(mail.Content!), ct);
        }
        catch (Exception e) when (e is SmtpException or IOException or UnauthorizedAccessException or CryptographicException or FormatException
            || (e is OperationCanceledException && !ct.IsCancellationRequested))
        {
            var now = clock.GetUtcNow().UtcDateTime;
            var error = e is SmtpException smtp ? $"smtp {smtp.StatusCode}" : e.GetType().Name;
            if (now - mail.CreatedAt >= GiveUpAfter || (e is SmtpException refused && Courier.IsForGood(refused)))
            {
                log.MailGivenUp(mail.Id, mail.Attempts + 1, error);
                await own.ExecuteUpdateAsync(
                    m => m.SetProperty(x => x.GivenUpAt, now).SetProperty(x => x.Content, (string?)null).SetProperty(x => x.LastError, error), CancellationToken.None);
                return;
            }

            var pause = Pause(mail.Attempts);
            log.MailNotSent(mail.Id, mail.Attempts + 1, error, pause);
            await own.ExecuteUpdateAsync(m => m.SetProperty(x => x.NextAttemptAt, now + pause).SetProperty(x => x.LastError, error), CancellationToken.None);
            return;
        }

        // Not to be called off: what was sent must be noted, or it is sent again.
        await own.ExecuteUpdateAsync(
            m => m.SetProperty(x => x.SentAt, clock.GetUtcNow().UtcDateTime).SetProperty(x => x.Content, (string?)null).SetProperty(x => x.LastError, (string?)null),
            CancellationToken.None);
    }

    internal static TimeSpan Pause(int attempts) =>
        TimeSpan.FromTicks(Math.Min(LongestPause.Ticks, FirstPause.Ticks << Math.Min(attempts, 20)));
}
