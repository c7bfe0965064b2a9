using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace DataPortal.Identity.Sessions;

/// <summary>A browser that is signed in. The browser holds a random key, the row its hash; tokens never leave the server.</summary>
internal sealed class Session
{
    private Session()
    {
    }

    public Guid Id { get; private set; }

    /// <summary>Hexadecimal SHA-256 of the key: whoever reads the table cannot act for anybody.</summary>
    public string KeyHash { get; private set; } = "";

    public Guid AccountId { get; private set; }

    /// <summary>The account's <c>sub</c> at the authority, by which the authority names it when it ends sessions.</summary>
    public string Subject { get; private set; } = "";

    /// <summary>The authority's own session (<c>sid</c>); null where it does not name one.</summary>
    public string? ProviderSession { get; private set; }

    public string ClientId { get; private set; } = "";

    public string? Acr { get; private set; }

    /// <summary>Separated by blanks.</summary>
    public string Amr { get; private set; } = "";

    /// <summary><c>auth_time</c>: when the person last proved who they are; null where the authority does not say.</summary>
    public DateTime? AuthenticatedAt { get; private set; }

    public DateTime SignedInAt { get; private set; }

    /// <summary>Written once a minute at most.</summary>
    public DateTime LastSeenAt { get; private set; }

    /// <summary>It ends then, however busy it is.</summary>
    public DateTime EndsAt { get; private set; }

    /// <summary>Under data protection; the authority wants it back when the session ends.</summary>
    public string IdToken { get; private set; } = "";

    /// <summary>A personal field; goes with the row.</summary>
    public string? UserAgent { get; private set; }

    /// <summary>A personal field; goes with the row.</summary>
    public string? Address { get; private set; }

    public static Session Start(string keyHash, Guid accountId, SignIn signIn, string idToken, (string? UserAgent, string? Address) caller, DateTime now, TimeSpan longest) => new()
    {
        Id = Guid.CreateVersion7(),
        KeyHash = keyHash,
        AccountId = accountId,
        Subject = signIn.Subject,
        ProviderSession = signIn.ProviderSession,
        ClientId = signIn.ClientId,
        Acr = signIn.Acr,
        Amr = string.Join(' ', signIn.Amr),
        AuthenticatedAt = signIn.AuthenticatedAt,
        SignedInAt = now,
        LastSeenAt = now,
        EndsAt = now + longest,
        IdToken = idToken,
        UserAgent = caller.UserAgent,
        Address = caller.Address,
    };

    public bool IsOver(DateTime now, TimeSpan idle) => now >= EndsAt || now - LastSeenAt >= idle;
}

/// <summary>What a validated id_token says of a sign-in.</summary>
internal sealed record SignIn(string Subject, string? ProviderSession, string ClientId, string? Acr, IReadOnlyList<string> Amr, DateTime? AuthenticatedAt);

internal sealed class SessionMapping : IEntityTypeConfiguration<Session>
{
    public void Configure(EntityTypeBuilder<Session> session)
    {
        session.ToTable("identity_sessions");
        session.Property(s => s.Id).ValueGeneratedNever();
        session.Property(s => s.KeyHash).HasMaxLength(64);
        session.Property(s => s.Subject).HasMaxLength(255);
        session.Property(s => s.ProviderSession).HasMaxLength(255);
        session.Property(s => s.ClientId).HasMaxLength(200);
        session.Property(s => s.Acr).HasMaxLength(255);
        session.Property(s => s.Amr).HasMaxLength(255);
        session.Property(s => s.UserAgent).HasMaxLength(400);
        session.Property(s => s.Address).HasMaxLength(64);
        session.HasOne<Accounts.Account>().WithMany().HasForeignKey(s => s.AccountId).OnDelete(DeleteBehavior.Cascade);
        session.HasIndex(s => s.KeyHash).IsUnique();
        session.HasIndex(s => s.ProviderSession);
        session.HasIndex(s => s.Subject);
        session.HasIndex(s => s.EndsAt);
    }
}
