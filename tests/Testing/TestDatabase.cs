using DataPortal.Kernel;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace DataPortal.Testing;

/// <summary>A database of one fixture's own, thrown away with it.</summary>
public sealed class TestDatabase : IAsyncDisposable
{
    private readonly PostgresCluster? _cluster;
    private readonly string _name;

    private TestDatabase(DatabaseOptions options, PostgresCluster? cluster, string name) => (Options, _cluster, _name) = (options, cluster, name);

    public DatabaseOptions Options { get; }

    /// <summary>Empty, not migrated. Null when the server is not there.</summary>
    public static async Task<TestDatabase?> CreateAsync(DatabaseProvider provider, string folder)
    {
        var name = "t" + Guid.CreateVersion7().ToString("N");
        if (provider == DatabaseProvider.Sqlite)
        {
            var connection = new SqliteConnectionStringBuilder { DataSource = Path.Combine(folder, name + ".db") }.ConnectionString;
            return new TestDatabase(new DatabaseOptions { Provider = provider, ConnectionString = connection }, null, name);
        }

        var cluster = await PostgresCluster.GetAsync();
        if (cluster.Unavailable is not null)
        {
            return null;
        }

        await cluster.CreateDatabaseAsync(name);
        return new TestDatabase(
            new DatabaseOptions { Provider = provider, ConnectionString = cluster.AsRunner(name), OwnerConnectionString = cluster.AsOwner(name) }, cluster, name);
    }

    public async ValueTask DisposeAsync()
    {
        if (_cluster is not null)
        {
            NpgsqlConnection.ClearAllPools();
            await _cluster.DropDatabaseAsync(_name);
        }
        else
        {
            // The file goes with the fixture's folder; only pooled handles on it must not stay behind.
            using var connection = new SqliteConnection(Options.ConnectionString);
            SqliteConnection.ClearPool(connection);
        }
    }
}
