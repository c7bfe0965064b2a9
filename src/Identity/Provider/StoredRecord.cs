using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace DataPortal.Identity.Provider;

/// <summary>
/// One thing that the bundled provider remembers: a session, a grant, a refresh token, … Ids of most of them are bearer secrets, so that every id is
/// kept as a hash only, and the payload, which repeats it, is encrypted: a copy of the database lets nobody act as anybody.
/// </summary>
internal sealed class StoredRecord
{
    /// <summary>Hash of model and id.</summary>
    public string Id { get; init; } = "";

    /// <summary>The provider's name for the kind of thing: <c>RefreshToken</c>, <c>Session</c>, …</summary>
    public string Model { get; init; } = "";

    /// <summary>JSON, protected by the data-protection ring.</summary>
    public string Payload { get; init; } = "";

    /// <summary><see cref="Id"/> of the grant this belongs to.</summary>
    public string? GrantId { get; init; }

    public string? Uid { get; init; }

    public string? UserCode { get; init; }

    public string? Subject { get; init; }

    public string? ClientId { get; init; }

    public DateTime ExpiresAt { get; init; }

    /// <summary>Used, where one use is all there is; ended, for a session.</summary>
    public DateTime? ConsumedAt { get; init; }
}

/// <summary>
/// Somebody who signed in through the provider, and the moment until which whatever they had is revoked. The row is what a sign-in and a
/// revocation at the same time are put in order by.
/// </summary>
internal sealed class ProviderSubject
{
    public string Subject { get; init; } = "";

    public DateTime? RevokedAt { get; init; }
}

internal sealed class StoredRecordMapping : IEntityTypeConfiguration<StoredRecord>, IEntityTypeConfiguration<ProviderSubject>
{
    public const int HashLength = 43;

    public void Configure(EntityTypeBuilder<StoredRecord> record)
    {
        record.ToTable("identity_provider_store");
        record.Property(r => r.Id).HasMaxLength(HashLength);
        record.Property(r => r.Model).HasMaxLength(40);
        record.Property(r => r.GrantId).HasMaxLength(HashLength);
        record.Property(r => r.Uid).HasMaxLength(HashLength);
        record.Property(r => r.UserCode).HasMaxLength(HashLength);
        record.Property(r => r.Subject).HasMaxLength(255);
        record.Property(r => r.ClientId).HasMaxLength(200);
        record.HasIndex(r => r.GrantId);
        record.HasIndex(r => r.Uid);
        record.HasIndex(r => r.UserCode);
        record.HasIndex(r => r.Subject);
        record.HasIndex(r => r.ClientId);
        record.HasIndex(r => r.ExpiresAt);
    }

    public void Configure(EntityTypeBuilder<ProviderSubject> subject)
    {
        subject.ToTable("identity_provider_subjects");
        subject.HasKey(s => s.Subject);
        subject.Property(s => s.Subject).HasMaxLength(255);
    }
}
