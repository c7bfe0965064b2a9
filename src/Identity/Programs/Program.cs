using System.Security.Cryptography;
using System.Text.Json.Nodes;
using DataPortal.Identity.Accounts;
using DataPortal.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace DataPortal.Identity.Programs;

/// <summary>
/// A program that gets tokens in its own name: one person's, for one project, with some of that person's permissions, until a day. It proves itself
/// by a key of which the portal knows the public half. The clients of evaluation mode lie in the same table, have no project, and stand for their
/// whole account; their secrets are between them and the OpenID provider.
/// </summary>
internal sealed class Program
{
    /// <summary>The one in use and the next one.</summary>
    public const int MostKeys = 2;

    private const int IdDigits = 20;

    private Program()
    {
    }

    /// <summary>The OAuth <c>client_id</c>.</summary>
    public string Id { get; private set; } = "";

    /// <summary>The owner.</summary>
    public Guid AccountId { get; private set; }

    public Account Account { get; private set; } = null!;

    public string? Name { get; private set; }

    /// <summary>Null for the clients of evaluation mode only.</summary>
    public Guid? ProjectId { get; private set; }

    /// <summary>Names of permissions, separated by blanks.</summary>
    public string? PermissionNames { get; private set; }

    /// <summary>A JWK set (RFC 7517) of public keys, oldest first.</summary>
    public string? PublicKeys { get; private set; }

    /// <summary>Its tokens are good only with a proof of possession (RFC 9449).</summary>
    public bool? IsDpopBound { get; private set; }

    /// <summary>Last day on which it may act (Asia/Tokyo).</summary>
    public DateOnly? ExpiresOn { get; private set; }

    /// <summary>Revoked for good; null as long as it is not.</summary>
    public DateTime? RevokedAt { get; private set; }

    public Guid? RevokedBy { get; private set; }

    /// <summary>When it last called, within an hour.</summary>
    public DateTime? LastUsedAt { get; private set; }

    public DateTime CreatedAt { get; private set; }

    /// <summary>Changes with every change by a person, so that of two changes at once the second is told.</summary>
    public Guid? Version { get; private set; }

    public IReadOnlyList<string> Permissions => PermissionNames?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];

    public IReadOnlyList<PublicKey> Keys => PublicKeys is null ? [] : PublicKey.ReadSet(PublicKeys);

    /// <summary>Evaluation mode's client that stands for a demo account.</summary>
    public static Program For(string id, Account account, DateTime now) =>
        new() { Id = id, AccountId = account.Id, Account = account, CreatedAt = now };

    public static Program Create(Guid owner, string name, Guid project, IEnumerable<string> permissions, PublicKey key, bool isDpopBound, DateOnly expiresOn, DateTime now) => new()
    {
        Id = "p-" + RandomNumberGenerator.GetHexString(IdDigits, lowercase: true),
        AccountId = owner,
        Name = name,
        ProjectId = project,
        PermissionNames = string.Join(' ', permissions),
        PublicKeys = PublicKey.WriteSet([key]),
        IsDpopBound = isDpopBound,
        ExpiresOn = expiresOn,
        CreatedAt = now,
        Version = Guid.CreateVersion7(),
    };

    /// <summary>Neither revoked nor past its day. Whether its owner may still act is the owner's matter.</summary>
    public bool IsLive(DateOnly today) => RevokedAt is null && today <= ExpiresOn;

    /// <summary>What is null stays as it is.</summary>
    public Refusal? Change(string? name, IEnumerable<string>? permissions, DateOnly? expiresOn, bool? isDpopBound)
    {
        if (RevokedAt is not null)
        {
            return IsRevoked();
        }

        Name = name ?? Name;
        PermissionNames = permissions is null ? PermissionNames : string.Join(' ', permissions);
        ExpiresOn = expiresOn ?? ExpiresOn;
        IsDpopBound = isDpopBound ?? IsDpopBound;
        Version = Guid.CreateVersion7();
        return null;
    }

    public Refusal? AddKey(PublicKey key)
    {
        var keys = Keys;
        if (RevokedAt is not null)
        {
            return IsRevoked();
        }

        if (keys.Any(k => k.Id == key.Id))
        {
            return Refusal.Conflict("key_known", "The program has a key with this kid already.");
        }

        if (keys.Count >= MostKeys)
        {
            return Refusal.Conflict("keys_full", $"A program has {MostKeys} keys at most: remove the one that is out of use first.");
        }

        PublicKeys = PublicKey.WriteSet([.. keys, key]);
        Version = Guid.CreateVersion7();
        return null;
    }

    public Refusal? RemoveKey(string kid)
    {
        var keys = Keys;
        if (RevokedAt is not null)
        {
            return IsRevoked();
        }

        if (!keys.Any(k => k.Id == kid))
        {
            return Refusal.NotFound();
        }

        if (keys.Count == 1)
        {
            return Refusal.Conflict("key_last", "This is the program's only key: add the next one first, or revoke the program.");
        }

        PublicKeys = PublicKey.WriteSet(keys.Where(k => k.Id != kid));
        Version = Guid.CreateVersion7();
        return null;
    }

    /// <summary>Twice is once: the first revocation is the one on record.</summary>
    public void Revoke(Guid by, DateTime now)
    {
        if (RevokedAt is null)
        {
            (RevokedAt, RevokedBy, Version) = (now, by, Guid.CreateVersion7());
        }
    }

    /// <summary>
    /// The program as the bundled provider registers it (OpenID Connect Dynamic Client Registration's names); null when it may have no token: revoked,
    /// past its day, its owner disabled, or one of evaluation mode's. <see cref="Account"/> must be loaded.
    /// </summary>
    public JsonObject? ProviderMetadata(DateOnly today)
    {
        if (ProjectId is null || !IsLive(today) || Account.IsDisabled)
        {
            return null;
        }

        var keys = Keys;
        var metadata = new JsonObject
        {
            ["client_id"] = Id,
            ["client_name"] = Name,
            ["token_endpoint_auth_method"] = "private_key_jwt",
            ["jwks"] = JsonNode.Parse(PublicKeys!),
            ["grant_types"] = new JsonArray("client_credentials"),
            ["response_types"] = new JsonArray(),
            ["redirect_uris"] = new JsonArray(),
            ["dpop_bound_access_tokens"] = IsDpopBound == true,
        };
        // While a key of one kind gives way to a key of another, either may sign.
        if (keys.Select(k => k.Algorithm).Distinct(StringComparer.Ordinal).Count() == 1)
        {
            metadata["token_endpoint_auth_signing_alg"] = keys[0].Algorithm;
        }

        return metadata;
    }

    private static Refusal IsRevoked() => Refusal.Conflict("program_revoked", "A revoked program stays revoked: make a new one.");
}

internal sealed class ProgramMapping : IEntityTypeConfiguration<Program>
{
    public void Configure(EntityTypeBuilder<Program> program)
    {
        program.ToTable("identity_clients");
        program.Property(p => p.Id).HasMaxLength(200);
        program.Property(p => p.Name).HasMaxLength(100);
        program.Property(p => p.PermissionNames).HasColumnName("permissions").HasMaxLength(200);
        program.Property(p => p.IsDpopBound).HasColumnName("dpop_bound");
        program.Property(p => p.Version).IsConcurrencyToken();
        program.Ignore(p => p.Permissions);
        program.Ignore(p => p.Keys);
        program.HasOne(p => p.Account).WithMany().HasForeignKey(p => p.AccountId).OnDelete(DeleteBehavior.Cascade);
        program.HasIndex(p => p.AccountId);
    }
}
