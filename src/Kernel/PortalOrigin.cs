using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace DataPortal.Kernel;

/// <summary>Facts about the installation as a whole, one row each.</summary>
internal sealed class PortalSetting
{
    public required string Name { get; init; }

    public required string Value { get; set; }
}

internal sealed class PortalSettingMapping : IEntityTypeConfiguration<PortalSetting>
{
    public void Configure(EntityTypeBuilder<PortalSetting> setting)
    {
        setting.ToTable("portal_settings");
        setting.HasKey(s => s.Name);
        setting.Property(s => s.Name).HasMaxLength(64);
        setting.Property(s => s.Value).HasMaxLength(256);
    }
}

/// <summary>
/// The mark that a database carries for life: made by evaluation mode, or by <c>portal migrate</c>. Demo accounts with published secrets must
/// never be found in production, nor real data be reached by evaluation mode.
/// </summary>
public static class PortalOrigin
{
    public const string Evaluation = "evaluation";
    public const string Production = "production";

    private const string Name = "origin";

    /// <summary>Null when the database is not marked yet. Throws when it has no tables: check the migrations first.</summary>
    public static Task<string?> ReadOriginAsync(this PortalDb db, CancellationToken ct) =>
        db.Set<PortalSetting>().AsNoTracking().Where(s => s.Name == Name).Select(s => s.Value).SingleOrDefaultAsync(ct);

    public static async Task WriteOriginAsync(this PortalDb db, string origin, CancellationToken ct)
    {
        db.Add(new PortalSetting { Name = Name, Value = origin });
        await db.SaveChangesAsync(ct);
    }
}
