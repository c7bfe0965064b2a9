using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace DataPortal.Identity.Accounts;

/// <summary>
/// A program that gets tokens in its own name and acts for an account. Its secret is between it and the OpenID provider: the portal has no
/// use for one, and so keeps none.
/// </summary>
internal sealed class Client
{
    private Client()
    {
    }

    /// <summary>The OAuth <c>client_id</c>.</summary>
    public string Id { get; private set; } = "";

    public Guid AccountId { get; private set; }

    public Account Account { get; private set; } = null!;

    public DateTime CreatedAt { get; private set; }

    public static Client For(string id, Account account, DateTime now) =>
        new() { Id = id, AccountId = account.Id, Account = account, CreatedAt = now };
}

internal sealed class ClientMapping : IEntityTypeConfiguration<Client>
{
    public void Configure(EntityTypeBuilder<Client> client)
    {
        client.ToTable("identity_clients");
        client.Property(c => c.Id).HasMaxLength(200);
        client.HasOne(c => c.Account).WithMany().HasForeignKey(c => c.AccountId).OnDelete(DeleteBehavior.Cascade);
        client.HasIndex(c => c.AccountId);
    }
}
