using DataPortal.Audit.Contracts;
using DataPortal.Audit.Recording;
using DataPortal.Kernel;
using DataPortal.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore.Migrations;

namespace DataPortal.Audit.Tests;

/// <summary>The portal with a few planted use cases, each of which goes to the trail in another way.</summary>
public abstract class AuditedPortal(DatabaseProvider provider) : PortalFixture(provider)
{
    internal Task<List<AuditEntry>> EntriesAsync(string action) =>
        WithDbAsync(db => db.Set<AuditEntry>().AsNoTracking().Where(e => e.Action == action).OrderBy(e => e.Id).ToListAsync());

    internal Task<int> StonesAsync(string name) => WithDbAsync(db => db.Set<Stone>().CountAsync(s => s.Name == name));

    protected override void Configure(IDictionary<string, string?> settings) => settings["Audit:Node"] = "node-under-test";

    protected override void Customise(WebApplicationBuilder builder) => builder.Services.AddPortalEntities(typeof(Stone).Assembly);

    protected override void Map(IEndpointRouteBuilder routes)
    {
        var stones = routes.MapGroup("/stones").RequireAuthorization(Policies.SignedIn);
        stones.MapPost("/{name}", AddAsync).Audited(new AuditAction("stone.added"));
        stones.MapPost("/{name}/rolled-back", RollBackAsync).Audited(new AuditAction("stone.rolled-back"));
        stones.MapPost("/{name}/abandoned", AbandonAsync).Audited(new AuditAction("stone.abandoned"));
        stones.MapPost("/{name}/again", AgainAsync).Audited(new AuditAction("stone.again"));
        stones.MapPost("/{name}/broken", BreakAsync).Audited(new AuditAction("stone.broken"));
        stones.MapPost("/{name}/bulk", BulkAsync).Audited(new AuditAction("stone.bulk"));
        stones.MapPost("/{name}/bulk-recorded", BulkRecordedAsync).Audited(new AuditAction("stone.bulk-recorded"));
        stones.MapGet("/{name}", Read).Audited(new AuditAction("stone.read"));
        stones.MapGet("/{name}/plain", (string name) => TypedResults.Ok(name)).NotAudited("The control: what an answer is without the trail.");
        stones.MapGet("/{name}/refused", (string name) => new Refusal("stone_refused", name, 403).ToProblem()).Audited(new AuditAction("stone.refused"));
        stones.MapGet("/{name}/absent", (string name) => TypedResults.NotFound()).Audited(new AuditAction("stone.absent"));
        stones.MapGet("/{name}/for-auditors", (string name) => TypedResults.Ok(name)).RequireAuthorization(Policies.Auditor).Audited(new AuditAction("stone.for-auditors"));
    }

    private static async Task<IResult> AddAsync(string name, PortalDb db, AuditDetails details, CancellationToken ct)
    {
        var stone = new Stone { Id = Guid.CreateVersion7(), Name = name };
        db.Add(stone);
        details.Resource = "stone/" + name;
        await db.SaveChangesAsync(ct);
        return TypedResults.NoContent();
    }

    private static async Task<IResult> RollBackAsync(string name, PortalDb db, CancellationToken ct)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        db.Add(new Stone { Id = Guid.CreateVersion7(), Name = name });
        await db.SaveChangesAsync(ct);
        await transaction.RollbackAsync(ct);
        return Refusal.Conflict("stone_taken", "Somebody was first.").ToProblem();
    }

    private static async Task<IResult> AbandonAsync(string name, PortalDb db, CancellationToken ct)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        db.Add(new Stone { Id = Guid.CreateVersion7(), Name = name });
        await db.SaveChangesAsync(ct);
        throw new InvalidOperationException("Before the commit.");
    }

    private static async Task<IResult> AgainAsync(string name, PortalDb db, CancellationToken ct)
    {
        await using (await db.Database.BeginTransactionAsync(ct))
        {
            db.Add(new Stone { Id = Guid.CreateVersion7(), Name = name });
            await db.SaveChangesAsync(ct);
        }

        await using var second = await db.Database.BeginTransactionAsync(ct);
        db.Add(new Stone { Id = Guid.CreateVersion7(), Name = name });
        await db.SaveChangesAsync(ct);
        db.Add(new Stone { Id = Guid.CreateVersion7(), Name = name });
        await db.SaveChangesAsync(ct);
        await second.CommitAsync(ct);
        return TypedResults.NoContent();
    }

    private static async Task<IResult> BreakAsync(string name, PortalDb db, CancellationToken ct)
    {
        db.Add(new Stone { Id = Guid.CreateVersion7(), Name = name, Beside = Guid.CreateVersion7() });
        await db.SaveChangesAsync(ct);
        return TypedResults.NoContent();
    }

    private static async Task<IResult> BulkAsync(string name, PortalDb db, CancellationToken ct) =>
        TypedResults.Ok(await db.Set<Stone>().Where(s => s.Name == name).ExecuteDeleteAsync(ct));

    private static async Task<IResult> BulkRecordedAsync(string name, PortalDb db, AuditTrail trail, CancellationToken ct)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        trail.Record(new AuditEvent(new AuditAction("stone.bulk-recorded")) { Resource = "stone/" + name });
        await db.SaveChangesAsync(ct);
        var gone = await db.Set<Stone>().Where(s => s.Name == name).ExecuteDeleteAsync(ct);
        await transaction.CommitAsync(ct);
        return TypedResults.Ok(gone);
    }

    private static IResult Read(string name, string? query, AuditDetails details)
    {
        if (query is not null)
        {
            details.UnparsedQuery(query);
            return Refusal.Unprocessable("query_invalid", "This does not parse.").ToProblem();
        }

        details.Query = "stone " + name;
        details.Release = "quarry";
        details.Rows = 3;
        return TypedResults.Ok("the data of " + name);
    }
}

public sealed class AuditedSqlite() : AuditedPortal(DatabaseProvider.Sqlite);

public sealed class AuditedPostgres() : AuditedPortal(DatabaseProvider.Postgres);

internal sealed class Stone
{
    public required Guid Id { get; init; }

    public required string Name { get; init; }

    public Guid? Beside { get; init; }
}

internal sealed class StoneMapping : IEntityTypeConfiguration<Stone>
{
    public void Configure(EntityTypeBuilder<Stone> stone)
    {
        stone.ToTable("test_stones");
        stone.Property(s => s.Id).ValueGeneratedNever();
        stone.HasOne<Stone>().WithMany().HasForeignKey(s => s.Beside);
    }
}

[DbContext(typeof(PortalDb))]
[Migration("209901010000_Stones")]
internal sealed class Stones : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.CreateTable(
        "test_stones",
        table => new
        {
            id = table.Column<Guid>(nullable: false),
            name = table.Column<string>(nullable: false),
            beside = table.Column<Guid>(nullable: true),
        },
        constraints: table =>
        {
            table.PrimaryKey("pk_test_stones", s => s.id);
            table.ForeignKey("fk_test_stones_test_stones_beside", s => s.beside, "test_stones", "id");
        });
}
