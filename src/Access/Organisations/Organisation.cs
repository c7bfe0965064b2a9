using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace DataPortal.Access.Organisations;

internal enum OrganisationKind
{
    Academic,
    Company,
}

/// <summary>Who signs a contract. What it pays is a matter of the project's contract, not of its kind.</summary>
internal sealed class Organisation
{
    private Organisation()
    {
    }

    public Guid Id { get; private set; }

    public string Name { get; private set; } = "";

    public OrganisationKind Kind { get; private set; }

    public DateTime CreatedAt { get; private set; }

    public static Organisation Register(string name, OrganisationKind kind, DateTime now) =>
        new() { Id = Guid.CreateVersion7(), Name = name, Kind = kind, CreatedAt = now };
}

internal sealed class OrganisationMapping : IEntityTypeConfiguration<Organisation>
{
    public void Configure(EntityTypeBuilder<Organisation> organisation)
    {
        organisation.ToTable("access_organisations");
        organisation.Property(o => o.Id).ValueGeneratedNever();
        organisation.Property(o => o.Name).HasMaxLength(200);
        organisation.HasIndex(o => o.Name).IsUnique();
    }
}
