using DataPortal.Exports.Migrations;
using DataPortal.Kernel;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using Quartz;

namespace DataPortal.Exports.Jobs;

/// <summary>The job scheduler, on the portal's own database: what is queued there survives the process, and on a server database is taken over by another node.</summary>
internal static class Scheduling
{
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
            .ScheduleJob<SweepExports>(trigger => trigger.WithIdentity("sweep", ExportQueue.Group).WithSimpleSchedule(SweepEvery))
            .UseDefaultThreadPool(Math.Clamp(workers, 1, 32) + 1)
            .UsePersistentStore(store =>
            {
                store.ConfigureStore(options =>
                {
                    options.TablePrefix = QuartzTables.Prefix;
                    options.StoreJobDataAsStrings = true;
                    options.AcceptEnlistedTransactions = true;
                    options.RecoverFiringsCancelledByShutdown = true;
                    options.UseBackgroundThreads = true;
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
        // Its reports of every start and stop are for those who debug the scheduler.
        services.AddLogging(logging => logging.AddFilter("Quartz", LogLevel.Warning));
        services.AddQuartzHostedService(options => options.WaitForJobsToComplete = true);
    }
}
