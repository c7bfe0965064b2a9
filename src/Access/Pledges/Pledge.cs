using DataPortal.Access.Projects;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace DataPortal.Access.Pledges;

/// <summary>One member's signature under one version of the pledge, for one project. It is never changed or taken back; leaving the project ends what it opened.</summary>
internal sealed class Pledge
{
    private Pledge()
    {
    }

    public Guid ProjectId { get; private set; }

    public Guid AccountId { get; private set; }

    public string TextVersion { get; private set; } = "";

    /// <summary>The language in which it was read and signed: <c>ja</c> or <c>en</c>.</summary>
    public string Language { get; private set; } = "";

    /// <summary>SHA-256 of the words that were signed.</summary>
    public string TextSha256 { get; private set; } = "";

    public DateTime SignedAt { get; private set; }

    /// <summary>A signature under today's words.</summary>
    public static Pledge Sign(Guid projectId, Guid accountId, string language, DateTime now) => new()
    {
        ProjectId = projectId,
        AccountId = accountId,
        TextVersion = PledgeText.Version,
        Language = language,
        TextSha256 = PledgeText.HashOf(language),
        SignedAt = now,
    };
}

internal sealed class PledgeMapping : IEntityTypeConfiguration<Pledge>
{
    public void Configure(EntityTypeBuilder<Pledge> pledge)
    {
        pledge.ToTable("access_pledges");
        pledge.HasKey(p => new { p.ProjectId, p.AccountId, p.TextVersion });
        pledge.Property(p => p.TextVersion).HasMaxLength(20);
        pledge.Property(p => p.Language).HasMaxLength(2);
        pledge.Property(p => p.TextSha256).HasMaxLength(64);
        pledge.HasOne<Project>().WithMany().HasForeignKey(p => p.ProjectId).OnDelete(DeleteBehavior.Cascade);
    }
}
