using DataPortal.Exports.Requests;
using DataPortal.Kernel;
using Microsoft.EntityFrameworkCore.Storage;
using Quartz;

namespace DataPortal.Exports.Jobs;

/// <summary>Puts exports into the queue: the state, its audit entry and the job are one transaction, so that none is ever there without the others.</summary>
internal sealed class ExportQueue(ISchedulerFactory schedulers)
{
    public const string Group = "exports";

    public static JobKey KeyOf(Export export) => new(FormattableString.Invariant($"{export.Id:N}.{export.Attempt}"), Group);

    /// <summary>Saves what is tracked and enqueues the export.</summary>
    public async Task CommitAsync(PortalDb db, Export export, CancellationToken ct)
    {
        var scheduler = await schedulers.GetScheduler(ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        try
        {
            await db.SaveChangesAsync(ct);
            // Ended only after the commit: the scheduler is told then that there is work.
            using (scheduler.EnlistTransaction(transaction.GetDbTransaction()))
            {
                await EnqueueAsync(scheduler, export, ct);
                await transaction.CommitAsync(ct);
            }
        }
        catch
        {
            // Said aloud, so that the audit knows its entry is gone with the rest.
            await transaction.RollbackAsync(CancellationToken.None);
            throw;
        }
    }

    /// <summary>True when a job for the export's present attempt exists.</summary>
    public async Task<bool> IsQueuedAsync(Export export, CancellationToken ct) => await (await schedulers.GetScheduler(ct)).Exists(KeyOf(export), ct);

    /// <summary>Enqueues an export whose job was lost.</summary>
    public async Task RequeueAsync(Export export, CancellationToken ct) => await EnqueueAsync(await schedulers.GetScheduler(ct), export, ct);

    private static async Task EnqueueAsync(IScheduler scheduler, Export export, CancellationToken ct)
    {
        var job = JobBuilder.Create<RunExport>()
            .WithIdentity(KeyOf(export))
            .UsingJobData(RunExport.ExportId, export.Id.ToString("D"))
            .RequestRecovery(true)
            .Build();
        var trigger = TriggerBuilder.Create().ForJob(job).WithIdentity(KeyOf(export).Name, Group).StartNow().Build();
        await scheduler.ScheduleJob(job, trigger, cancellationToken: ct);
    }
}
