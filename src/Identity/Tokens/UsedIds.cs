using System.Security.Cryptography;
using System.Text;
using DataPortal.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace DataPortal.Identity.Tokens;

/// <summary>An id that may be used once, and has been.</summary>
internal sealed record UsedId(string Id, DateTime ExpiresAt);

internal sealed class UsedIdMapping : IEntityTypeConfiguration<UsedId>
{
    public void Configure(EntityTypeBuilder<UsedId> used)
    {
        used.ToTable("identity_used_ids");
        used.HasKey(u => u.Id);
        used.Property(u => u.Id).HasMaxLength(64);
        used.HasIndex(u => u.ExpiresAt);
    }
}

/// <summary>What may be shown once only (DPoP proofs, logout tokens, the state of a sign-in), on whichever node it is shown.</summary>
internal sealed class UsedIds(PortalDb db)
{
    /// <param name="purpose">Keeps ids of different kinds apart.</param>
    /// <param name="id">Of any length: its hash is kept.</param>
    /// <param name="expiresAt">From then on it is refused for its age, and need not be remembered.</param>
    /// <returns>False when it was used before.</returns>
    public async Task<bool> TryUseAsync(string purpose, string id, DateTime expiresAt, CancellationToken ct)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{purpose}\n{id}")));
        // One statement: between a question and an answer another node could do the same.
        return await db.Database.ExecuteSqlAsync($"INSERT INTO identity_used_ids (id, expires_at) VALUES ({hash}, {expiresAt}) ON CONFLICT DO NOTHING", ct) == 1;
    }
}
