using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace DataPortal.Identity.Provider;

internal enum KeyPurpose
{
    /// <summary>Signs tokens: a private JWK (ES256).</summary>
    Token,

    /// <summary>Signs the provider's cookies: 32 bytes.</summary>
    Cookie,

    /// <summary>Signs what the portal's own pages say to the provider (<c>private_key_jwt</c>): a private JWK (ES256).</summary>
    Client,
}

/// <summary>
/// A secret of the bundled provider. Rows never change: when a key signs and until when it is published follows from the clock and from its
/// successor, so that nodes need not agree on anything (see <see cref="ProviderKeys"/>).
/// </summary>
internal sealed class ProviderKey
{
    /// <summary>The <c>kid</c> (RFC 7638 thumbprint), or a random name.</summary>
    public string Id { get; init; } = "";

    public KeyPurpose Purpose { get; init; }

    /// <summary>1, 2, 3, … per purpose; unique, so that of two nodes that make the next key at once one fails.</summary>
    public int Generation { get; init; }

    /// <summary>Protected by the data-protection ring.</summary>
    public string Secret { get; init; } = "";

    public DateTime CreatedAt { get; init; }

    /// <summary>It is published before, and signs from here until its successor does.</summary>
    public DateTime SignsFrom { get; init; }
}

internal sealed class ProviderKeyMapping : IEntityTypeConfiguration<ProviderKey>
{
    public void Configure(EntityTypeBuilder<ProviderKey> key)
    {
        key.ToTable("identity_signing_keys");
        key.Property(k => k.Id).HasMaxLength(64);
        key.HasIndex(k => new { k.Purpose, k.Generation }).IsUnique();
    }
}
