using System.ComponentModel.DataAnnotations;

namespace DataPortal.Kernel;

public enum DatabaseProvider
{
    Sqlite,
    Postgres,
}

/// <summary>Configuration section <c>Database</c>.</summary>
public sealed class DatabaseOptions
{
    public const string Section = "Database";

    [EnumDataType(typeof(DatabaseProvider))]
    public DatabaseProvider Provider { get; set; } = DatabaseProvider.Sqlite;

    /// <summary>The connection the portal runs on. On PostgreSQL its role owns nothing and cannot migrate.</summary>
    [Required]
    public string ConnectionString { get; set; } = "";

    /// <summary>The connection of <c>portal migrate</c> alone. On SQLite it may be left out.</summary>
    public string? OwnerConnectionString { get; set; }
}
