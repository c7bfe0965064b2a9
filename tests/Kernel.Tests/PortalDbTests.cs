using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore.Migrations;

namespace DataPortal.Kernel.Tests;

public sealed class PortalDbTests : IDisposable
{
    private readonly string _file = Path.Combine(Path.GetTempPath(), $"kernel-{Guid.CreateVersion7():N}.db");

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        File.Delete(_file);
    }

    [Fact]
    public async Task Migrations_of_all_assemblies_run_in_one_order_of_ids()
    {
        await using var db = Open();
        await db.Database.MigrateAsync(TestContext.Current.CancellationToken);

        Assert.Equal(["202601010000_PortalSettings", "209901010000_Pebbles"], await db.Database.GetAppliedMigrationsAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Instants_come_back_as_utc_and_as_they_were()
    {
        var instant = new DateTime(2026, 1, 2, 3, 4, 5, 678, 901, DateTimeKind.Utc);
        await using (var db = await MigratedAsync())
        {
            db.Add(new Pebble { Id = Guid.CreateVersion7(), Found = instant.AddTicks(7), Kind = PebbleKind.Flint });
            await db.SaveChangesAsync(TestContext.Current.CancellationToken);
        }

        await using var again = Open();
        var found = (await again.Set<Pebble>().SingleAsync(TestContext.Current.CancellationToken)).Found;
        Assert.Equal(instant, found);
        Assert.Equal(DateTimeKind.Utc, found.Kind);
    }

    [Theory]
    [InlineData(DateTimeKind.Local)]
    [InlineData(DateTimeKind.Unspecified)]
    public async Task An_instant_that_is_not_utc_is_refused(DateTimeKind kind)
    {
        await using var db = await MigratedAsync();
        db.Add(new Pebble { Id = Guid.CreateVersion7(), Found = new DateTime(2026, 1, 1, 0, 0, 0, kind), Kind = PebbleKind.Flint });

        await Assert.ThrowsAsync<DbUpdateException>(() => db.SaveChangesAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Enumerations_are_stored_by_name()
    {
        await using var db = await MigratedAsync();
        db.Add(new Pebble { Id = Guid.CreateVersion7(), Found = DateTime.UnixEpoch, Kind = PebbleKind.Quartz });
        await db.SaveChangesAsync(TestContext.Current.CancellationToken);

        Assert.Equal("Quartz", await db.Database.SqlQuery<string>($"SELECT kind AS \"Value\" FROM test_pebbles").SingleAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_duplicate_is_told_apart_from_other_failures()
    {
        await using var db = await MigratedAsync();
        var id = Guid.CreateVersion7();
        db.Add(new Pebble { Id = id, Found = DateTime.UnixEpoch, Kind = PebbleKind.Flint });
        await db.SaveChangesAsync(TestContext.Current.CancellationToken);
        db.ChangeTracker.Clear();

        db.Add(new Pebble { Id = id, Found = DateTime.UnixEpoch, Kind = PebbleKind.Flint });
        var duplicate = await Assert.ThrowsAsync<DbUpdateException>(() => db.SaveChangesAsync(TestContext.Current.CancellationToken));
        db.ChangeTracker.Clear();
        db.Add(new Pebble { Id = Guid.CreateVersion7(), Found = DateTime.UnixEpoch, Kind = PebbleKind.Flint, Beside = Guid.CreateVersion7() });
        var orphan = await Assert.ThrowsAsync<DbUpdateException>(() => db.SaveChangesAsync(TestContext.Current.CancellationToken));

        Assert.True(duplicate.IsUniqueViolation());
        Assert.False(orphan.IsUniqueViolation());
    }

    [Fact]
    public void Two_hosts_with_other_modules_in_one_process_have_other_models()
    {
        using var with = Open();
        using var without = Open(new PortalEntities([new EntityAssembly(typeof(PortalDb).Assembly)]));

        Assert.NotNull(with.Model.FindEntityType(typeof(Pebble)));
        Assert.Null(without.Model.FindEntityType(typeof(Pebble)));
    }

    private async Task<PortalDb> MigratedAsync()
    {
        var db = Open();
        await db.Database.MigrateAsync(TestContext.Current.CancellationToken);
        return db;
    }

    private PortalDb Open(PortalEntities? entities = null)
    {
        var options = new DbContextOptionsBuilder<PortalDb>();
        options.UsePortalDatabase(new DatabaseOptions { ConnectionString = $"Data Source={_file}" });
        return new PortalDb(options.Options, entities ?? new PortalEntities([new EntityAssembly(typeof(PortalDbTests).Assembly), new EntityAssembly(typeof(PortalDb).Assembly)]));
    }
}

internal enum PebbleKind
{
    Flint,
    Quartz,
}

internal sealed class Pebble
{
    public required Guid Id { get; init; }

    public required DateTime Found { get; init; }

    public required PebbleKind Kind { get; init; }

    public Guid? Beside { get; init; }
}

internal sealed class PebbleMapping : IEntityTypeConfiguration<Pebble>
{
    public void Configure(EntityTypeBuilder<Pebble> pebble)
    {
        pebble.ToTable("test_pebbles");
        pebble.Property(p => p.Id).ValueGeneratedNever();
        pebble.HasOne<Pebble>().WithMany().HasForeignKey(p => p.Beside);
    }
}

[DbContext(typeof(PortalDb))]
[Migration("209901010000_Pebbles")]
internal sealed class Pebbles : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.CreateTable(
        "test_pebbles",
        table => new
        {
            id = table.Column<Guid>(nullable: false),
            found = table.Column<DateTime>(nullable: false),
            kind = table.Column<string>(maxLength: 64, nullable: false),
            beside = table.Column<Guid>(nullable: true),
        },
        constraints: table =>
        {
            table.PrimaryKey("pk_test_pebbles", p => p.id);
            table.ForeignKey("fk_test_pebbles_test_pebbles_beside", p => p.beside, "test_pebbles", "id");
        });
}
