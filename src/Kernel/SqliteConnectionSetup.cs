using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace DataPortal.Kernel;

/// <summary>
/// Settings that SQLite keeps per connection. Without <c>foreign_keys</c> it ignores every foreign key; without <c>busy_timeout</c> a second
/// writer fails at once; <c>synchronous=FULL</c> is what makes a committed audit entry survive a power cut in WAL mode.
/// </summary>
internal sealed class SqliteConnectionSetup : DbConnectionInterceptor
{
    public static readonly SqliteConnectionSetup Instance = new();

    private const string Pragmas = "PRAGMA busy_timeout=15000; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;";

    public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData)
    {
        using var command = connection.CreateCommand();
        command.CommandText = Pragmas;
        command.ExecuteNonQuery();
    }

    public override async Task ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = Pragmas;
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
