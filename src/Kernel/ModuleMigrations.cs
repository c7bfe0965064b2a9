using System.Reflection;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace DataPortal.Kernel;

/// <summary>
/// EF Core expects all migrations in one assembly. Ours stand beside the entities they create, one folder per module; this gathers them
/// into one list ordered by id, so that one history table serves the whole portal.
/// </summary>
internal sealed class ModuleMigrations : IMigrationsAssembly
{
    private readonly SortedList<string, TypeInfo> _migrations = new(StringComparer.Ordinal);

    public ModuleMigrations(ICurrentDbContext current)
    {
        var db = (PortalDb)current.Context;
        Assembly = typeof(PortalDb).Assembly;
        foreach (var type in db.Entities.Assemblies.SelectMany(a => a.DefinedTypes).Where(IsMigrationOfPortalDb))
        {
            var id = type.GetCustomAttribute<MigrationAttribute>()?.Id
                ?? throw new InvalidOperationException($"{type.FullName} has no [Migration(id)], so it would never run.");
            if (!_migrations.TryAdd(id, type))
            {
                throw new InvalidOperationException($"Migration id {id} is used by both {_migrations[id].FullName} and {type.FullName}.");
            }
        }
    }

    public IReadOnlyDictionary<string, TypeInfo> Migrations => _migrations;

    public ModelSnapshot? ModelSnapshot => null;

    public Assembly Assembly { get; }

    public string? FindMigrationId(string nameOrId) =>
        _migrations.Keys.FirstOrDefault(id =>
            string.Equals(id, nameOrId, StringComparison.OrdinalIgnoreCase)
            || string.Equals(id[(id.IndexOf('_', StringComparison.Ordinal) + 1)..], nameOrId, StringComparison.OrdinalIgnoreCase));

    public Migration CreateMigration(TypeInfo migrationClass, string activeProvider)
    {
        var migration = (Migration)Activator.CreateInstance(migrationClass.AsType())!;
        migration.ActiveProvider = activeProvider;
        return migration;
    }

    private static bool IsMigrationOfPortalDb(TypeInfo type) =>
        !type.IsAbstract
        && type.IsSubclassOf(typeof(Migration))
        && type.GetCustomAttribute<DbContextAttribute>()?.ContextType == typeof(PortalDb);
}
