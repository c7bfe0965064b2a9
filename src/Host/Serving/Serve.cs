using System.CommandLine;
using DataPortal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace DataPortal.Host.Serving;

/// <summary><c>serve --config FILE</c>: the production start.</summary>
internal static class Serve
{
    public static Command Command()
    {
        var config = ConfigurationFile.Option();
        var command = new Command("serve", "Runs the portal from a configuration file.") { config };
        command.SetAction((arguments, ct) => Failure.ReportAsync(() => RunAsync(arguments.GetRequiredValue(config), ct)));
        return command;
    }

    private static async Task RunAsync(FileInfo config, CancellationToken ct)
    {
        await using var app = ConfigurationFile.Build(config);
        await RequireMigratedAsync(app.Services, ct);
        await RequireSoundAsync(app.Services, ct);
        await app.StartAsync(ct);
        await app.WaitForShutdownAsync(ct);
    }

    /// <summary>What the modules demand of a database that is migrated.</summary>
    internal static async Task RequireSoundAsync(IServiceProvider services, CancellationToken ct)
    {
        await using var scope = services.CreateAsyncScope();
        foreach (var check in scope.ServiceProvider.GetServices<IStartCheck>())
        {
            if (await check.CheckAsync(ct) is { } refusal)
            {
                throw Failure.Conflict(refusal.Code, refusal.Message);
            }
        }
    }

    /// <summary>The running role cannot migrate; a portal on old tables would fail at its first request, or worse, at its thousandth.</summary>
    internal static async Task RequireMigratedAsync(IServiceProvider services, CancellationToken ct)
    {
        await using var scope = services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<PortalDb>();
        List<string> pending;
        try
        {
            pending = [.. await db.Database.GetPendingMigrationsAsync(ct)];
        }
        catch (System.Data.Common.DbException e)
        {
            throw Failure.Conflict("database_unavailable", $"The database cannot be reached: {e.Message}");
        }

        if (pending.Count > 0)
        {
            throw Failure.Conflict("database_not_migrated", $"{pending.Count} migration(s) are pending, the first is {pending[0]}. Run `portal migrate --config FILE` first.");
        }

        if (await db.ReadOriginAsync(ct) != PortalOrigin.Production)
        {
            throw Failure.Conflict("database_of_evaluation", "This database was made by evaluation mode and holds its demo accounts. Use a database of its own for production.");
        }
    }
}
