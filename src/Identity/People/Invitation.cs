using DataPortal.Identity.Accounts;
using DataPortal.Identity.Credentials;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace DataPortal.Identity.People;

/// <summary>Somebody is asked to join, with what roles. There is no account until they come.</summary>
internal sealed class Invitation
{
    public static readonly TimeSpan Life = TimeSpan.FromDays(7);

    private Invitation()
    {
    }

    public Guid Id { get; private set; }

    public string Email { get; private set; } = "";

    public string Name { get; private set; } = "";

    /// <summary><c>en</c> or <c>ja</c>.</summary>
    public string Locale { get; private set; } = "en";

    /// <summary>Roles, joined by commas.</summary>
    public string RoleNames { get; private set; } = "";

    public string TokenHash { get; private set; } = "";

    /// <summary>Null when the operator invited.</summary>
    public Guid? InvitedBy { get; private set; }

    /// <summary>The account it led to; set from the start for the first administrator, whose account is there already.</summary>
    public Guid? AccountId { get; private set; }

    public DateTime CreatedAt { get; private set; }

    public DateTime ExpiresAt { get; private set; }

    public DateTime? AcceptedAt { get; private set; }

    public DateTime? WithdrawnAt { get; private set; }

    public IReadOnlyList<string> Roles => RoleNames.Split(',', StringSplitOptions.RemoveEmptyEntries);

    public static Invitation Make(string email, string name, string locale, IEnumerable<string> roles, string token, Guid? by, DateTime now, Guid? accountId = null) => new()
    {
        Id = Guid.CreateVersion7(),
        Email = Account.Normalise(email),
        Name = name.Trim(),
        Locale = locale,
        RoleNames = string.Join(',', roles.Order(StringComparer.Ordinal)),
        TokenHash = LinkToken.Hash(token),
        InvitedBy = by,
        AccountId = accountId,
        CreatedAt = now,
        ExpiresAt = now + Life,
    };

    /// <summary>A new link; the one before is void.</summary>
    public void Renew(string token, DateTime now)
    {
        TokenHash = LinkToken.Hash(token);
        ExpiresAt = now + Life;
    }

    public void Withdraw(DateTime now) => WithdrawnAt = now;

    public string State(DateTime now) =>
        AcceptedAt is not null ? "accepted" : WithdrawnAt is not null ? "withdrawn" : ExpiresAt <= now ? "expired" : "open";
}

internal sealed class InvitationMapping : IEntityTypeConfiguration<Invitation>
{
    public void Configure(EntityTypeBuilder<Invitation> invitation)
    {
        invitation.ToTable("identity_invitations");
        invitation.Property(i => i.Id).ValueGeneratedNever();
        invitation.Property(i => i.Email).HasMaxLength(320);
        invitation.Property(i => i.Name).HasMaxLength(200);
        invitation.Property(i => i.Locale).HasMaxLength(8);
        invitation.Property(i => i.RoleNames).HasMaxLength(200);
        invitation.Property(i => i.TokenHash).HasMaxLength(64).IsConcurrencyToken();
        invitation.HasIndex(i => i.TokenHash).IsUnique();
        invitation.HasIndex(i => i.Email);
        invitation.Ignore(i => i.Roles);
    }
}
