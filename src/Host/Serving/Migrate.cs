using System.CommandLine;
using DataPortal.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Npgsql;

namespace DataPortal.Host.Serving;

/// <summary><c>migrate --config FILE</c>: creates and alters tables as their owner, and gives the running role no more rights than it needs.</summary>
internal static class Migrate
{
    public static Command Command()
    {
        var config = ConfigurationFile.Option();
        var command = new Command("migrate", "Brings the database up to date with Database:OwnerConnectionString.") { config };
        command.SetAction((arguments, ct) => Failure.ReportAsync(() => RunAsync(arguments.GetRequiredValue(config), ct)));
        return command;
    }

    private static async Task RunAsync(FileInfo config, CancellationToken ct)
    {
        await using var app = ConfigurationFile.Build(config);
        var applied = await ApplyAsync(app.Services, ct);
        Console.WriteLine(applied == 0 ? "The database is up to date." : $"{applied} migration(s) applied.");
    }

    internal static async Task<int> ApplyAsync(IServiceProvider services, CancellationToken ct)
    {
        var database = services.GetRequiredService<IOptions<DatabaseOptions>>().Value;
        await using var db = OwnerContext(services, database);
        try
        {
            var pending = (await db.Database.GetPendingMigrationsAsync(ct)).Count();
            await db.Database.MigrateAsync(ct);
            switch (await db.ReadOriginAsync(ct))
            {
                case PortalOrigin.Evaluation:
                    throw Failure.Conflict("database_of_evaluation", "This database was made by evaluation mode. Use a database of its own for production.");
                case null:
                    await db.WriteOriginAsync(PortalOrigin.Production, ct);
                    break;
            }

            if (database.Provider == DatabaseProvider.Postgres)
            {
                await GrantAsync(db, new NpgsqlConnectionStringBuilder(database.ConnectionString).Username!, ct);
            }

            return pending;
        }
        catch (System.Data.Common.DbException e)
        {
            throw Failure.Conflict("migration_failed", $"The database refused: {e.Message}");
        }
    }

    private static PortalDb OwnerContext(IServiceProvider services, DatabaseOptions database)
    {
        var owner = new DatabaseOptions { Provider = database.Provider, ConnectionString = database.OwnerConnectionString ?? database.ConnectionString };
        if (database.Provider == DatabaseProvider.Postgres)
        {
            if (database.OwnerConnectionString is null)
            {
                throw Failure.BadInput("owner_missing", "Database:OwnerConnectionString is not set: the portal's own role may not create tables.");
            }

            if (string.Equals(new NpgsqlConnectionStringBuilder(database.OwnerConnectionString).Username, new NpgsqlConnectionStringBuilder(database.ConnectionString).Username, StringComparison.Ordinal))
            {
                throw Failure.BadInput("owner_runs_portal", "Database:OwnerConnectionString and Database:ConnectionString name the same role. An owner can always give itself the right to change audit entries; use two roles.");
            }
        }

        var options = new DbContextOptionsBuilder<PortalDb>();
        options.UsePortalDatabase(owner);
        return new PortalDb(options.Options, services.GetRequiredService<PortalEntities>());
    }

    private static async Task GrantAsync(PortalDb db, string role, CancellationToken ct)
    {
        var to = Quote(role);
        var appendOnly = string.Join(", ", db.Model.GetEntityTypes().Where(AppendOnly.IsAppendOnly).Select(e => Quote(e.GetTableName()!)));
        // One batch is one transaction: at no moment does the role hold more than it should.
#pragma warning disable EF1002 // Names cannot be parameters; each is quoted.
        await db.Database.ExecuteSqlRawAsync(
            $"""
            GRANT USAGE ON SCHEMA public TO {to};
            GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {to};
            GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {to};
            REVOKE ALL ON "__EFMigrationsHistory", {appendOnly} FROM {to};
            GRANT SELECT ON "__EFMigrationsHistory" TO {to};
            GRANT SELECT, INSERT ON {appendOnly} TO {to};
            """,
            ct);
#pragma warning restore EF1002
    }

    private static string Quote(string name) => '"' + name.Replace("\"", "\"\"", StringComparison.Ordinal) + '"';
}
