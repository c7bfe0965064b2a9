using Npgsql;

namespace DataPortal.Testing;

/// <summary>
/// The PostgreSQL server of a test run: the one that <c>PORTAL_TEST_POSTGRES</c> names (an administrator's connection string), or a throw-away one
/// of this process in a temporary folder, on a Unix socket only. Without either, <see cref="Unavailable"/> says why.
/// </summary>
public sealed class PostgresCluster
{
    public const string Variable = "PORTAL_TEST_POSTGRES";

    private const string Owner = "portal_test_owner";
    private const string Runner = "portal_test_runner";
    private const string Password = "throw-away";

    private static readonly Lazy<Task<PostgresCluster>> Shared = new(StartAsync);

    private readonly string _admin;

    private PostgresCluster(string admin, string? unavailable) => (_admin, Unavailable) = (admin, unavailable);

    /// <summary>Null when there is a server.</summary>
    public string? Unavailable { get; }

    public static Task<PostgresCluster> GetAsync() => Shared.Value;

    /// <summary>As the role that owns the tables.</summary>
    public string AsOwner(string database) => Connection(database, Owner);

    /// <summary>As the role that the portal runs with.</summary>
    public string AsRunner(string database) => Connection(database, Runner);

    public async Task CreateDatabaseAsync(string name, string? template = null)
    {
        await ExecuteAsync($"CREATE DATABASE {name} OWNER {Owner}" + (template is null ? "" : $" TEMPLATE {template}"));
    }

    public Task DropDatabaseAsync(string name) => ExecuteAsync($"DROP DATABASE IF EXISTS {name} WITH (FORCE)");

    private static async Task<PostgresCluster> StartAsync()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } given)
        {
            return await new PostgresCluster(given, null).WithRolesAsync();
        }

        if (ThrowAwayPostgres.FindPrograms() is not { } programs)
        {
            return new PostgresCluster("", $"PostgreSQL is not installed (no /usr/lib/postgresql/*/bin/initdb), and {Variable} is not set.");
        }

        var server = new ThrowAwayPostgres(programs, "C.UTF-8", "-c max_connections=200");
        AppDomain.CurrentDomain.ProcessExit += (_, _) => server.Dispose();
        return await new PostgresCluster(server.ConnectionString, null).WithRolesAsync();
    }

    private async Task<PostgresCluster> WithRolesAsync()
    {
        foreach (var role in new[] { Owner, Runner })
        {
            try
            {
                await ExecuteAsync($"CREATE ROLE {role} LOGIN PASSWORD '{Password}'");
            }
            catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.DuplicateObject or PostgresErrorCodes.UniqueViolation)
            {
                // Another test program on the same server was first.
                continue;
            }
        }

        return this;
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(_admin) { Pooling = false });
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    private string Connection(string database, string role) =>
        new NpgsqlConnectionStringBuilder(_admin) { Database = database, Username = role, Password = Password, MaxPoolSize = 20 }.ConnectionString;
}
