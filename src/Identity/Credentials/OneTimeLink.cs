using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using DataPortal.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace DataPortal.Identity.Credentials;

internal enum LinkPurpose
{
    ResetPassword,
    NewAddress,
}

/// <summary>A link sent by mail, good once. The database holds a hash of its token: whoever reads the database still cannot use it.</summary>
internal sealed class OneTimeLink
{
    private OneTimeLink()
    {
    }

    public Guid Id { get; private set; }

    public LinkPurpose Purpose { get; private set; }

    public Guid AccountId { get; private set; }

    public string TokenHash { get; private set; } = "";

    /// <summary>The address that the link proves, when that is its purpose.</summary>
    public string? Email { get; private set; }

    public DateTime ExpiresAt { get; private set; }

    public DateTime? UsedAt { get; private set; }

    public static OneTimeLink For(LinkPurpose purpose, Guid accountId, string token, DateTime expiresAt, string? email = null) => new()
    {
        Id = Guid.CreateVersion7(),
        Purpose = purpose,
        AccountId = accountId,
        TokenHash = LinkToken.Hash(token),
        Email = email,
        ExpiresAt = expiresAt,
    };
}

/// <summary>256 random bits, and their hash.</summary>
internal static class LinkToken
{
    public static string New() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    public static string Hash(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
}

internal sealed class OneTimeLinkMapping : IEntityTypeConfiguration<OneTimeLink>
{
    public void Configure(EntityTypeBuilder<OneTimeLink> link)
    {
        link.ToTable("identity_links");
        link.Property(l => l.Id).ValueGeneratedNever();
        link.Property(l => l.TokenHash).HasMaxLength(64);
        link.Property(l => l.Email).HasMaxLength(320);
        link.HasIndex(l => l.TokenHash).IsUnique();
        link.HasIndex(l => l.AccountId);
        link.HasOne<Accounts.Account>().WithMany().HasForeignKey(l => l.AccountId).OnDelete(DeleteBehavior.Cascade);
    }
}

internal static class OneTimeLinks
{
    public static IQueryable<OneTimeLink> Usable(this PortalDb db, LinkPurpose purpose, string token, DateTime now)
    {
        var hash = LinkToken.Hash(token);
        return db.Set<OneTimeLink>().Where(l => l.TokenHash == hash && l.Purpose == purpose && l.UsedAt == null && l.ExpiresAt > now);
    }

    /// <summary>True for one of any number of callers. Within the caller's transaction: what the link is for happens with it or not at all.</summary>
    public static async Task<bool> UseAsync(this PortalDb db, OneTimeLink link, DateTime now, CancellationToken ct) =>
        await db.Set<OneTimeLink>().Where(l => l.Id == link.Id && l.UsedAt == null).ExecuteUpdateAsync(l => l.SetProperty(x => x.UsedAt, now), ct) == 1;
}

/// <summary>A proof that was accepted, by its hash, for as long as it would be accepted again.</summary>
internal sealed class UsedProof
{
    public required string Hash { get; init; }

    public DateTime ExpiresAt { get; init; }
}

internal sealed class UsedProofMapping : IEntityTypeConfiguration<UsedProof>
{
    public void Configure(EntityTypeBuilder<UsedProof> proof)
    {
        proof.ToTable("identity_used_proofs");
        proof.HasKey(p => p.Hash);
        proof.Property(p => p.Hash).HasMaxLength(64);
        proof.HasIndex(p => p.ExpiresAt);
    }
}
