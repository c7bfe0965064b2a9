using System.Globalization;
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
        // Read as texts, because the store is chosen when services are registered: a mistake must wait until all of them are listed.
        var database = configuration.GetSection(DatabaseOptions.Section);
        var connection = database[nameof(DatabaseOptions.ConnectionString)] is { Length: > 0 } text ? text : "Data Source=missing";
        var isPostgres = string.Equals(database[nameof(DatabaseOptions.Provider)], nameof(DatabaseProvider.Postgres), StringComparison.OrdinalIgnoreCase);
        var workers = int.TryParse(configuration[$"{ExportsOptions.Section}:{nameof(ExportsOptions.Workers)}"], NumberStyles.None, CultureInfo.InvariantCulture, out var given) ? given : new ExportsOptions().Workers;
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
                if (isPostgres)
                {
                    store.UsePostgres(NpgsqlFactory.Instance, connection);
                    store.UseClustering(cluster =>
                    {
                        cluster.CheckinInterval = TimeSpan.FromSeconds(5);
                        cluster.CheckinMisfireThreshold = TimeSpan.FromSeconds(10);
                    });
                }
                else
                {
                    store.UseSqlite(SqliteFactory.Instance, connection);
                }
            }));
        // Its reports of every start and stop are for those who debug the scheduler.
        services.AddLogging(logging => logging.AddFilter("Quartz", LogLevel.Warning));
        services.AddQuartzHostedService(options => options.WaitForJobsToComplete = true);
    }
}
