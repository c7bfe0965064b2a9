using DataPortal.Audit.Contracts;
using DataPortal.Exports.Packaging;
using DataPortal.Exports.Requests;
using DataPortal.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Quartz;

namespace DataPortal.Exports.Jobs;

/// <summary>Every minute, on one node: ends what is due, deletes what nobody may have any more, and finds exports whose job was lost.</summary>
[DisallowConcurrentExecution]
internal sealed class SweepExports(
    PortalDb db, AuditTrail trail, ExportQueue queue, IOptions<DataDirectory> data, IOptions<ExportsOptions> options, TimeProvider clock, ILogger<SweepExports> log) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default) => await SweepAsync(cancellationToken);

    public async Task SweepAsync(CancellationToken ct)
    {
        await ExpireAsync(ct);
        await DeleteAsync(ct);
        await RequeueAsync(ct);
    }

    private async Task ExpireAsync(CancellationToken ct)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        foreach (var export in await db.Set<Export>().Where(e => e.State == ExportState.Completed && e.ExpiresAt <= now).ToListAsync(ct))
        {
            if (export.Expire(now) is null)
            {
                trail.Record(new AuditEvent(AuditAction.ExportExpired)
                {
                    Actor = export.AccountId,
                    Project = export.ProjectId,
                    Release = export.Release,
                    Resource = $"export/{export.Id}",
                });
            }
        }

        await db.SaveChangesAsync(ct);
    }

    // The folders say what there is to delete: so a deletion that failed, or was cut short by a crash, is made up for.
    private async Task DeleteAsync(CancellationToken ct)
    {
        if (!Directory.Exists(data.Value.Exports))
        {
            return;
        }

        var forgotten = clock.GetUtcNow().UtcDateTime - TimeSpan.FromDays(options.Value.RetentionDays);
        foreach (var home in Directory.EnumerateDirectories(data.Value.Exports))
        {
            if (!Guid.TryParseExact(Path.GetFileName(home), "N", out var id)
                || await db.Set<Export>().AsNoTracking().SingleOrDefaultAsync(e => e.Id == id, ct) is not { } export
                || export.State is not (ExportState.Expired or ExportState.Cancelled) && !(export.State == ExportState.Failed && export.FinishedAt < forgotten))
            {
                continue;
            }

            try
            {
                ExportFiles.Delete(home);
            }
            catch (IOException e)
            {
                Log.NotDeleted(log, id, e);
            }
        }
    }

    private async Task RequeueAsync(CancellationToken ct)
    {
        var active = await db.Set<Export>().AsNoTracking().Where(e => e.State == ExportState.Requested || e.State == ExportState.Running).ToListAsync(ct);
        foreach (var export in active)
        {
            if (!await queue.IsQueuedAsync(export, ct))
            {
                await queue.RequeueAsync(export, ct);
                Log.Requeued(log, export.Id);
            }
        }
    }
}
