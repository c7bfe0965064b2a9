using DataPortal.Kernel;
using DataPortal.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace DataPortal.Host.Tests;

/// <summary>Migrations are written by hand; that they make what the mappings mean is shown by comparing two databases, column by column.</summary>
public abstract class SchemaTests(PortalFixture portal) : PortalTests(portal)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Migrations_and_mappings_give_the_same_schema()
    {
        var (migrated, created) = await BothAsync();
        await using var first = migrated;
        await using var second = created;

        var expected = await DescribeAsync(created);
        Assert.Contains(expected, line => line.StartsWith("column audit_entries.personal_hash", StringComparison.Ordinal));
        Assert.Equal(expected, await DescribeAsync(migrated));
    }

    [Theory]
    [InlineData("ALTER TABLE audit_personal DROP COLUMN user_agent")]
    [InlineData("ALTER TABLE audit_personal ADD COLUMN surplus integer")]
    [InlineData("DROP INDEX ix_audit_entries_time")]
    [InlineData("DROP INDEX ix_audit_entries_actor_time")]
    public async Task A_difference_would_be_seen(string damage)
    {
        var (migrated, created) = await BothAsync();
        await using var first = migrated;
        await using var second = created;

        await migrated.Database.ExecuteSqlRawAsync(damage, Ct);

        Assert.NotEqual(await DescribeAsync(created), await DescribeAsync(migrated));
    }

    [Fact]
    public async Task Every_table_carries_the_prefix_of_its_module()
    {
        var (migrated, created) = await BothAsync();
        await using var first = migrated;
        await using var second = created;
        var modules = created.Model.GetEntityTypes().Select(e => (Table: e.GetTableName()!, Module: e.ClrType.Assembly.GetName().Name!.Split('.')[^1].ToLowerInvariant())).ToList();

        Assert.NotEmpty(modules);
        // Kernel has no business of its own; its one table is about the portal as a whole.
        Assert.All(modules, m => Assert.StartsWith((m.Module == "kernel" ? "portal" : m.Module) + "_", m.Table, StringComparison.Ordinal));
    }

    private async Task<(PortalDb Migrated, PortalDb Created)> BothAsync()
    {
        var migrated = await EmptyAsync();
        await migrated.Database.MigrateAsync(Ct);
        var created = await EmptyAsync();
        await created.Database.EnsureCreatedAsync(Ct);
        // On PostgreSQL the database is there already, and EnsureCreated then looks for any table.
        return (migrated, created);
    }

    private async Task<PortalDb> EmptyAsync()
    {
        var database = (await TestDatabase.CreateAsync(Portal.Provider, Portal.Folder))!.Options;
        var options = new DbContextOptionsBuilder<PortalDb>();
        options.UsePortalDatabase(new DatabaseOptions { Provider = database.Provider, ConnectionString = database.OwnerConnectionString ?? database.ConnectionString });
        return new PortalDb(options.Options, Portal.Services.GetRequiredService<PortalEntities>());
    }

    private static async Task<List<string>> DescribeAsync(PortalDb db)
    {
        var lines = new List<string>();
        foreach (var table in db.Model.GetEntityTypes().Select(e => e.GetTableName()!).Distinct(StringComparer.Ordinal))
        {
            lines.AddRange(await db.Database.SqlQueryRaw<string>(db.Database.IsNpgsql() ? OnPostgres : OnSqlite, table).ToListAsync(Ct));
        }

        lines.Sort(StringComparer.Ordinal);
        return lines;
    }

    private const string OnSqlite =
        """
        SELECT 'column ' || {0} || '.' || name || ' ' || type || ' notnull=' || "notnull" || ' pk=' || pk || ' default=' || coalesce(dflt_value, '') AS "Value" FROM pragma_table_info({0})
        UNION ALL
        SELECT 'index ' || {0} || ' ' || l.name || ' unique=' || l."unique" || ' on ' || i.seqno || ':' || i.name FROM pragma_index_list({0}) l, pragma_index_info(l.name) i
        UNION ALL
        SELECT 'foreign key ' || {0} || '.' || "from" || ' to ' || "table" || '.' || coalesce("to", '') || ' on delete ' || on_delete FROM pragma_foreign_key_list({0})
        """;

    private const string OnPostgres =
        """
        SELECT 'column ' || c.table_name || '.' || c.column_name || ' ' || c.data_type || '(' || coalesce(c.character_maximum_length::text, '') || ') null=' || c.is_nullable || ' default=' || coalesce(c.column_default, '') AS "Value"
          FROM information_schema.columns c WHERE c.table_schema = 'public' AND c.table_name = {0}
        UNION ALL
        SELECT 'index ' || indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename = {0}
        UNION ALL
        SELECT 'constraint ' || r.conname || ' ' || pg_get_constraintdef(r.oid) FROM pg_constraint r JOIN pg_class t ON t.oid = r.conrelid WHERE t.relname = {0}
        """;
}

public sealed class SchemaOnSqlite(SqlitePortal portal) : SchemaTests(portal), IClassFixture<SqlitePortal>;

public sealed class SchemaOnPostgres(PostgresPortal portal) : SchemaTests(portal), IClassFixture<PostgresPortal>
{
    /// <summary>What `portal migrate` promises an operator about the role in Database:ConnectionString.</summary>
    [Theory]
    [InlineData("CREATE TABLE mine (id integer)")]
    [InlineData("DROP TABLE audit_personal")]
    [InlineData("ALTER TABLE audit_personal ADD COLUMN mine integer")]
    [InlineData("TRUNCATE audit_entries")]
    [InlineData("DELETE FROM \"__EFMigrationsHistory\"")]
    public async Task The_running_role_cannot(string sql)
    {
        var refusal = await Assert.ThrowsAsync<Npgsql.PostgresException>(() => Portal.WithDbAsync(db => db.Database.ExecuteSqlRawAsync(sql, TestContext.Current.CancellationToken)));

        Assert.Equal(Npgsql.PostgresErrorCodes.InsufficientPrivilege, refusal.SqlState);
    }
}
