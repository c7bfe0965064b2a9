using DataPortal.Access.Organisations;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace DataPortal.Access.Projects;

internal sealed class ProjectMapping : IEntityTypeConfiguration<Project>, IEntityTypeConfiguration<ProjectRelease>, IEntityTypeConfiguration<Membership>
{
    public void Configure(EntityTypeBuilder<Project> project)
    {
        project.ToTable("access_projects");
        project.Property(p => p.Id).ValueGeneratedNever();
        project.Property(p => p.Name).HasMaxLength(64);
        project.Property(p => p.Title).HasMaxLength(300);
        project.Property(p => p.SuspensionReason).HasMaxLength(1000);
        project.Property(p => p.Version).IsConcurrencyToken();
        project.HasIndex(p => p.Name).IsUnique();
        project.HasOne<Organisation>().WithMany().HasForeignKey(p => p.OrganisationId).OnDelete(DeleteBehavior.Restrict);
        project.HasMany(p => p.Releases).WithOne().HasForeignKey(r => r.ProjectId).OnDelete(DeleteBehavior.Cascade);
        project.Navigation(p => p.Releases).UsePropertyAccessMode(PropertyAccessMode.Field);
        project.ComplexProperty(p => p.Contract, contract =>
        {
            contract.Property(c => c.FeeClass).HasColumnName("fee_class");
            contract.Property(c => c.ExemptionReason).HasColumnName("exemption_reason").HasMaxLength(1000);
            contract.Property(c => c.AgreementFrom).HasColumnName("agreement_from");
            contract.Property(c => c.AgreementUntil).HasColumnName("agreement_until");
            contract.Property(c => c.PaidUntil).HasColumnName("paid_until");
        });
    }

    public void Configure(EntityTypeBuilder<ProjectRelease> release)
    {
        release.ToTable("access_project_releases");
        release.HasKey(r => new { r.ProjectId, r.Release });
        release.Property(r => r.Release).HasMaxLength(100);
    }

    public void Configure(EntityTypeBuilder<Membership> membership)
    {
        membership.ToTable("access_memberships");
        membership.HasKey(m => new { m.ProjectId, m.AccountId });
        membership.HasOne<Project>().WithMany().HasForeignKey(m => m.ProjectId).OnDelete(DeleteBehavior.Cascade);
        membership.HasIndex(m => m.AccountId);
    }
}
