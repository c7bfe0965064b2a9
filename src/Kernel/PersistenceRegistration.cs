using System.Reflection;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace DataPortal.Kernel;

public static class PersistenceRegistration
{
    /// <summary>
    /// Brings the <see cref="IEntityTypeConfiguration{TEntity}"/> classes and the <see cref="Migration"/> classes of a module into
    /// <see cref="PortalDb"/>. Both may be internal; migrations carry <c>[DbContext(typeof(PortalDb))]</c> and run in id order over all modules.
    /// </summary>
    public static IServiceCollection AddPortalEntities(this IServiceCollection services, Assembly assembly) =>
        services.AddSingleton(new EntityAssembly(assembly));

    internal static void AddPortalDb(this IServiceCollection services)
    {
        services.TryAddSingleton(provider => new PortalEntities(provider.GetServices<EntityAssembly>()));
        services.AddDbContext<PortalDb>((provider, options) => options
            .UsePortalDatabase(provider.GetRequiredService<IOptions<DatabaseOptions>>().Value)
            .AddInterceptors(provider.GetServices<IInterceptor>()));
    }

    /// <summary>The one place where the database provider is chosen. Another server database is one more arm here and one more test run.</summary>
    public static DbContextOptionsBuilder UsePortalDatabase(this DbContextOptionsBuilder options, DatabaseOptions database)
    {
        _ = database.Provider switch
        {
            DatabaseProvider.Sqlite => options.UseSqlite(database.ConnectionString).AddInterceptors(SqliteConnectionSetup.Instance),
            DatabaseProvider.Postgres => options.UseNpgsql(database.ConnectionString),
            _ => throw new InvalidOperationException($"Database:Provider '{database.Provider}' is not known."),
        };
        return options
            .ReplaceService<IMigrationsAssembly, ModuleMigrations>()
            .ReplaceService<IModelCacheKeyFactory, PortalModelCacheKey>()
            // Migrations are written by hand and have no snapshot to compare with; a test compares the two schemas instead.
            .ConfigureWarnings(w => w.Ignore(RelationalEventId.PendingModelChangesWarning));
    }
}
