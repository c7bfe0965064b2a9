using System.Reflection;
using Microsoft.EntityFrameworkCore;

namespace DataPortal.Kernel;

/// <summary>
/// The portal's one database. It has no sets of its own: every module brings its entity mappings by
/// <see cref="PersistenceRegistration.AddPortalEntities"/>, keeps its entities internal and reaches them by <c>db.Set&lt;T&gt;()</c>.
/// Across modules only ids are shared, never navigations.
/// </summary>
public sealed class PortalDb(DbContextOptions<PortalDb> options, PortalEntities entities) : DbContext(options)
{
    internal PortalEntities Entities { get; } = entities;

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        foreach (var assembly in Entities.Assemblies)
        {
            modelBuilder.ApplyConfigurationsFromAssembly(assembly);
        }
    }

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        configurationBuilder.Properties<DateTime>().HaveConversion<UtcInstant>();
        // Names outlive numbers: a reordered enumeration must not change the meaning of stored rows.
        configurationBuilder.Properties<Enum>().HaveConversion<string>().HaveMaxLength(64);
        configurationBuilder.Conventions.Add(_ => new SnakeCaseNames());
    }
}

/// <summary>The assemblies whose mappings and migrations make up <see cref="PortalDb"/>, in a fixed order.</summary>
public sealed class PortalEntities
{
    internal PortalEntities(IEnumerable<EntityAssembly> assemblies)
    {
        Assemblies = [.. assemblies.Select(a => a.Assembly).Distinct().OrderBy(a => a.FullName, StringComparer.Ordinal)];
        Key = string.Join('|', Assemblies.Select(a => a.FullName));
    }

    internal IReadOnlyList<Assembly> Assemblies { get; }

    internal string Key { get; }
}

internal sealed record EntityAssembly(Assembly Assembly);
