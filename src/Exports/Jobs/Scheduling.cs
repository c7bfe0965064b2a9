using DataPortal.Exports.Migrations;
using DataPortal.Kernel;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Quartz;

namespace DataPortal.Exports.Jobs;

/// <summary>The job scheduler, on the portal's own database: what is queued there survives the process, and on a server database is taken over by another node.</summary>
internal static class Scheduling
{
    private const string SweepName = "sweep";
    private static readonly TimeSpan SweepEvery = TimeSpan.FromMinutes(1);

    public static void AddScheduling(this IServiceCollection services, IConfiguration configuration)
    {
        // Read here because the store is chosen when services are registered; the values themselves are validated by Kernel.
        var database = configuration.GetSection(DatabaseOptions.Section).Get<DatabaseOptions>() ?? new DatabaseOptions();
        var workers = configuration.GetSection(ExportsOptions.Section).Get<ExportsOptions>()?.Workers ?? new ExportsOptions().Workers;
        services.AddQuartz(quartz => quartz
            .ConfigureScheduler(scheduler =>
            {
                scheduler.InstanceName = "portal";
                // A run that is stopped goes back into the queue, so stopping the portal does not wait for a long one.
                scheduler.ShutdownJobInterruption = ShutdownJobInterruption.Always;
            })
            .UseDefaultThreadPool(Math.Clamp(workers, 1, 32) + 1)
            .UsePersistentStore(store =>
            {
                store.ConfigureStore(options =>
                {
                    options.TablePrefix = QuartzTables.Prefix;
                    options.StoreJobDataAsStrings = true;
                    options.AcceptEnlistedTransactions = true;
                    options.RecoverFiringsCancelledByShutdown = true;
                });
                if (database.Provider == DatabaseProvider.Postgres)
                {
                    store.UsePostgres(NpgsqlFactory.Instance, database.ConnectionString);
                    store.UseClustering(cluster =>
                    {
                        cluster.CheckinInterval = TimeSpan.FromSeconds(5);
                        cluster.CheckinMisfireThreshold = TimeSpan.FromSeconds(10);
                    });
                }
                else
                {
                    store.UseSqlite(SqliteFactory.Instance, database.ConnectionString);
                }
            }));
        services.AddQuartzHostedService(options => options.WaitForJobsToComplete = true);
    }

    /// <summary>The recurring job's own row in the store; made again at every start, so that a changed interval takes effect.</summary>
    public static async Task ScheduleSweepAsync(IScheduler scheduler, CancellationToken ct)
    {
        var job = JobBuilder.Create<SweepExports>().WithIdentity(SweepName, ExportQueue.Group).Build();
        var trigger = TriggerBuilder.Create().ForJob(job).WithIdentity(SweepName, ExportQueue.Group).StartNow()
            .WithSimpleSchedule(schedule => schedule.WithInterval(SweepEvery).RepeatForever())
            .Build();
        await scheduler.DeleteJob(job.Key, ct);
        await scheduler.ScheduleJob(job, trigger, cancellationToken: ct);
    }
}
