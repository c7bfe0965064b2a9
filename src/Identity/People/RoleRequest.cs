using DataPortal.Identity.Accounts;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace DataPortal.Identity.People;

internal enum RoleRequestState
{
    Pending,
    Approved,
    Rejected,
}

/// <summary>One administrator wants somebody to become one; another must agree.</summary>
internal sealed class RoleRequest
{
    private RoleRequest()
    {
    }

    public Guid Id { get; private set; }

    public Guid AccountId { get; private set; }

    public string Role { get; private set; } = "";

    public Guid RequestedBy { get; private set; }

    public DateTime RequestedAt { get; private set; }

    public RoleRequestState State { get; private set; }

    public Guid? DecidedBy { get; private set; }

    public DateTime? DecidedAt { get; private set; }

    public static RoleRequest For(Guid accountId, string role, Guid by, DateTime now) => new() { Id = Guid.CreateVersion7(), AccountId = accountId, Role = role, RequestedBy = by, RequestedAt = now };
}

/// <summary>Why something was done to an account. The audit trail says that it was; reasons may name people, and stay out of it.</summary>
internal sealed class AccountNote
{
    public required Guid Id { get; init; }

    public required Guid AccountId { get; init; }

    /// <summary>The name of the audit action.</summary>
    public required string Action { get; init; }

    public required string Reason { get; init; }

    public required Guid By { get; init; }

    public required DateTime At { get; init; }
}

internal sealed class RoleRequestMapping : IEntityTypeConfiguration<RoleRequest>, IEntityTypeConfiguration<AccountNote>
{
    public void Configure(EntityTypeBuilder<RoleRequest> request)
    {
        request.ToTable("identity_role_requests");
        request.Property(r => r.Id).ValueGeneratedNever();
        request.Property(r => r.Role).HasMaxLength(64);
        request.HasIndex(r => r.AccountId);
        request.HasOne<Account>().WithMany().HasForeignKey(r => r.AccountId).OnDelete(DeleteBehavior.Cascade);
    }

    public void Configure(EntityTypeBuilder<AccountNote> note)
    {
        note.ToTable("identity_account_notes");
        note.Property(n => n.Id).ValueGeneratedNever();
        note.Property(n => n.Action).HasMaxLength(64);
        note.Property(n => n.Reason).HasMaxLength(500);
        note.HasIndex(n => n.AccountId);
        note.HasOne<Account>().WithMany().HasForeignKey(n => n.AccountId).OnDelete(DeleteBehavior.Cascade);
    }
}
