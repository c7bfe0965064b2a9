using System.Text.Json;
using DataPortal.Identity.Accounts;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace DataPortal.Identity.Credentials;

/// <summary>What a person proves themselves with at our own sign-in. It has the id of its <see cref="Account"/>; accounts of another provider have none.</summary>
internal sealed class Credential : IdentityUser<Guid>
{
    private Credential()
    {
    }

    /// <summary>The last 30-second step of which a code was taken: a code seen over a shoulder is worth nothing once it was used.</summary>
    public long? LastTotpStep { get; private set; }

    /// <summary>The id serves as the framework's user name, so that the address stands in one place only.</summary>
    public static Credential For(Account account) => new()
    {
        Id = account.Id,
        UserName = account.Id.ToString("N"),
        NormalizedUserName = account.Id.ToString("N").ToUpperInvariant(),
        EmailConfirmed = true,
        SecurityStamp = Stamp(),
    };

    public void SetPassword(string hash)
    {
        PasswordHash = hash;
        SecurityStamp = Stamp();
        ConcurrencyStamp = Stamp();
    }

    /// <summary>The same password under today's number of rounds.</summary>
    public void Rehash(string hash) => (PasswordHash, ConcurrencyStamp) = (hash, Stamp());

    public void TurnOffSecondFactor()
    {
        TwoFactorEnabled = false;
        LastTotpStep = null;
        SecurityStamp = Stamp();
        ConcurrencyStamp = Stamp();
    }

    private static string Stamp() => Guid.CreateVersion7().ToString("N");
}

internal sealed class CredentialToken : IdentityUserToken<Guid>;

internal sealed class CredentialPasskey : IdentityUserPasskey<Guid>;

internal sealed class CredentialMapping : IEntityTypeConfiguration<Credential>, IEntityTypeConfiguration<CredentialToken>, IEntityTypeConfiguration<CredentialPasskey>
{
    public void Configure(EntityTypeBuilder<Credential> credential)
    {
        credential.ToTable("identity_credentials");
        credential.Property(c => c.Id).ValueGeneratedNever();
        credential.Property(c => c.UserName).HasMaxLength(64);
        credential.Property(c => c.NormalizedUserName).HasMaxLength(64);
        credential.Property(c => c.PasswordHash).HasMaxLength(256);
        credential.Property(c => c.SecurityStamp).HasMaxLength(64);
        credential.Property(c => c.ConcurrencyStamp).HasMaxLength(64).IsConcurrencyToken();
        credential.HasIndex(c => c.NormalizedUserName).IsUnique();
        credential.HasOne<Account>().WithOne().HasForeignKey<Credential>(c => c.Id).OnDelete(DeleteBehavior.Cascade);
        // The address is the account's. Failures are counted per address, known or not, and so not here.
        credential.Ignore(c => c.Email).Ignore(c => c.NormalizedEmail).Ignore(c => c.PhoneNumber).Ignore(c => c.PhoneNumberConfirmed)
            .Ignore(c => c.LockoutEnd).Ignore(c => c.LockoutEnabled).Ignore(c => c.AccessFailedCount);
    }

    public void Configure(EntityTypeBuilder<CredentialToken> token)
    {
        token.ToTable("identity_credential_tokens");
        token.HasKey(t => new { t.UserId, t.LoginProvider, t.Name });
        token.Property(t => t.LoginProvider).HasMaxLength(64);
        token.Property(t => t.Name).HasMaxLength(64);
        token.HasOne<Credential>().WithMany().HasForeignKey(t => t.UserId).OnDelete(DeleteBehavior.Cascade);
    }

    public void Configure(EntityTypeBuilder<CredentialPasskey> passkey)
    {
        passkey.ToTable("identity_credential_passkeys");
        passkey.HasKey(p => p.CredentialId);
        passkey.Property(p => p.CredentialId).HasMaxLength(1024).ValueGeneratedNever();
        passkey.HasIndex(p => p.UserId);
        passkey.HasOne<Credential>().WithMany().HasForeignKey(p => p.UserId).OnDelete(DeleteBehavior.Cascade);
        // Plain text on both databases. The framework changes the object in place, so a change is found by comparing the text.
        passkey.Property(p => p.Data).HasConversion(
            data => Write(data),
            text => JsonSerializer.Deserialize<IdentityPasskeyData>(text, JsonSerializerOptions.Default)!,
            new ValueComparer<IdentityPasskeyData>(
                (left, right) => Write(left!) == Write(right!),
                data => Write(data).GetHashCode(StringComparison.Ordinal),
                data => JsonSerializer.Deserialize<IdentityPasskeyData>(Write(data), JsonSerializerOptions.Default)!));
    }

    private static string Write(IdentityPasskeyData data) => JsonSerializer.Serialize(data, JsonSerializerOptions.Default);
}
