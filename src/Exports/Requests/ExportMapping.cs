using System.Text.Json;
using DataPortal.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace DataPortal.Exports.Requests;

internal sealed class ExportMapping : IEntityTypeConfiguration<Export>, IEntityTypeConfiguration<ExportChunk>
{
    public void Configure(EntityTypeBuilder<Export> export)
    {
        export.ToTable("exports_exports");
        export.Property(e => e.Id).ValueGeneratedNever();
        export.Property(e => e.Subject).HasMaxLength(255);
        export.Property(e => e.ClientId).HasMaxLength(255);
        export.Property(e => e.ProjectName).HasMaxLength(64);
        export.Property(e => e.Release).HasMaxLength(64);
        export.Property(e => e.Profile).HasMaxLength(64);
        export.Property(e => e.ConsentDigest).HasMaxLength(64);
        export.Property(e => e.FailureCode).HasMaxLength(64);
        export.Property(e => e.FailureMessage).HasMaxLength(1000);
        export.Property(e => e.Folder).HasMaxLength(64);
        export.Property(e => e.IdempotencyKey).HasMaxLength(255);
        export.Property(e => e.RequestHash).HasMaxLength(64);
        export.Property(e => e.Version).IsConcurrencyToken();
        export.HasIndex(e => new { e.AccountId, e.Id });
        export.HasIndex(e => new { e.AccountId, e.IdempotencyKey }).IsUnique();
        export.HasIndex(e => new { e.State, e.ExpiresAt });
        export.HasMany(e => e.Chunks).WithOne().HasForeignKey(c => c.ExportId).OnDelete(DeleteBehavior.Cascade);
        export.Navigation(e => e.Chunks).UsePropertyAccessMode(PropertyAccessMode.Field);
    }

    public void Configure(EntityTypeBuilder<ExportChunk> chunk)
    {
        chunk.ToTable("exports_chunks");
        chunk.HasKey(c => new { c.ExportId, c.Number });
        chunk.Property(c => c.Number).ValueGeneratedNever();
        chunk.Property(c => c.Rows).HasConversion(
            rows => JsonSerializer.Serialize(rows, JsonSerializerOptions.Default),
            json => JsonSerializer.Deserialize<Dictionary<string, long>>(json, JsonSerializerOptions.Default)!,
            new ValueComparer<IReadOnlyDictionary<string, long>>(
                (a, b) => ReferenceEquals(a, b), rows => rows.Count, rows => rows));
    }
}

internal static class ExportQueries
{
    /// <summary>Exports as a source of queries; what is not the account's own is not there.</summary>
    public static IQueryable<Export> ExportsOf(this PortalDb db, Guid account) => db.Set<Export>().Where(e => e.AccountId == account);
}
