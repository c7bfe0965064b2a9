using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace DataPortal.Identity.Accounts;

/// <summary>A person, or a program's owner, as the portal knows them. What they may do stands here, and never in a token.</summary>
internal sealed class Account
{
    private readonly List<AccountRole> _roles = [];

    private Account()
    {
    }

    public Guid Id { get; private set; }

    /// <summary>The OpenID provider's <c>sub</c>; for accounts of our own it is the id.</summary>
    public string Subject { get; private set; } = "";

    public string Name { get; private set; } = "";

    /// <summary>Lower-case; unique.</summary>
    public string Email { get; private set; } = "";

    public bool IsDisabled { get; private set; }

    /// <summary>Made by evaluation mode, and refused in any other.</summary>
    public bool IsDemo { get; private set; }

    public DateTime CreatedAt { get; private set; }

    /// <summary>When the account was last signed out everywhere: tokens and sessions of before are refused. Null: never.</summary>
    public DateTime? SignedOutAt { get; private set; }
    /// <summary>The language of mails to this person, <c>en</c> or <c>ja</c>; null when they never said.</summary>
    public string? Locale { get; private set; }

    public IReadOnlyList<AccountRole> Roles => _roles;

    /// <summary>No <paramref name="subject"/> (null) means an account of the portal's own.</summary>
    public static Account Create(string name, string email, string? subject, IEnumerable<string> roles, DateTime now)
    {
        var id = Guid.CreateVersion7();
        var account = new Account
        {
            Id = id,
            Subject = subject ?? id.ToString("D"),
            Name = name,
            Email = Normalise(email),
            CreatedAt = now,
        };
        account._roles.AddRange(roles.Select(role => new AccountRole(id, role)));
        return account;
    }

    public static Account Demo(string name, string email, IEnumerable<string> roles, DateTime now)
    {
        var account = Create(name, email, subject: null, roles, now);
        account.IsDemo = true;
        return account;
    }

    /// <summary>Addresses are compared as stored: one person must not get two accounts by writing theirs differently.</summary>
    public static string Normalise(string email) => email.Trim().ToLowerInvariant();

    public void Disable() => IsDisabled = true;

    public void SignOutEverywhere(DateTime now) => SignedOutAt = now;
    public void Enable() => IsDisabled = false;

    public void Speak(string locale) => Locale = locale;

    public void Rename(string name) => Name = name.Trim();

    /// <summary>Only to an address that its owner has proven.</summary>
    public void MoveTo(string email) => Email = Normalise(email);

    public bool IsIn(string role) => _roles.Exists(r => r.Role == role);

    public void Grant(string role)
    {
        if (!IsIn(role))
        {
            _roles.Add(new AccountRole(Id, role));
        }
    }

    public void Withdraw(string role) => _roles.RemoveAll(r => r.Role == role);
}

/// <summary>One of <see cref="Kernel.Roles"/>, held by an account.</summary>
internal sealed record AccountRole(Guid AccountId, string Role);

internal sealed class AccountMapping : IEntityTypeConfiguration<Account>, IEntityTypeConfiguration<AccountRole>
{
    public void Configure(EntityTypeBuilder<Account> account)
    {
        account.ToTable("identity_accounts");
        account.Property(a => a.Id).ValueGeneratedNever();
        account.Property(a => a.Subject).HasMaxLength(255);
        account.Property(a => a.Name).HasMaxLength(200);
        account.Property(a => a.Email).HasMaxLength(320);
        account.Property(a => a.Locale).HasMaxLength(8);
        account.HasIndex(a => a.Subject).IsUnique();
        account.HasIndex(a => a.Email).IsUnique();
        account.HasMany(a => a.Roles).WithOne().HasForeignKey(r => r.AccountId).OnDelete(DeleteBehavior.Cascade);
        account.Navigation(a => a.Roles).UsePropertyAccessMode(PropertyAccessMode.Field);
    }

    public void Configure(EntityTypeBuilder<AccountRole> role)
    {
        role.ToTable("identity_account_roles");
        role.HasKey(r => new { r.AccountId, r.Role });
        role.Property(r => r.Role).HasMaxLength(64);
    }
}
