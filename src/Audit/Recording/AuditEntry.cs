using DataPortal.Audit.Contracts;
using DataPortal.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace DataPortal.Audit.Recording;

/// <summary>
/// One entry of the trail. Every column is part of the canonical bytes (<see cref="CanonicalEntry"/>) and nothing else is: so no column can be
/// edited unnoticed, and the bytes need not be stored beside them.
/// </summary>
internal sealed class AuditEntry
{
    public required Guid Id { get; init; }

    /// <summary>UTC, whole milliseconds.</summary>
    public required DateTime Time { get; init; }

    public required string Action { get; init; }

    public required AuditOutcome Outcome { get; init; }

    public string? Code { get; init; }

    public Guid? Actor { get; init; }

    public string? Client { get; init; }

    public Guid? Project { get; init; }

    public string? Release { get; init; }

    public string? Resource { get; init; }

    public string? Query { get; init; }

    public string? QueryHash { get; init; }

    public long? Rows { get; init; }

    public string? RequestId { get; init; }

    public required string Node { get; init; }

    /// <summary>Lower-case hexadecimal SHA-256 over salt and canonical personal fields; null when there were none.</summary>
    public string? PersonalHash { get; init; }
}

/// <summary>The personal fields of an entry, erasable on request: the entry then still proves itself, since it holds only their salted hash.</summary>
internal sealed class AuditPersonal
{
    public required Guid EntryId { get; init; }

    public required byte[] Salt { get; init; }

    public string? Name { get; init; }

    public string? Email { get; init; }

    public string? Address { get; init; }

    public string? UserAgent { get; init; }
}

/// <summary>An entry on its way to the database.</summary>
internal sealed record NewEntry(AuditEntry Entry, AuditPersonal? Personal)
{
    public void AddTo(PortalDb db)
    {
        db.Add(Entry);
        if (Personal is not null)
        {
            db.Add(Personal);
        }
    }
}

internal sealed class AuditEntryMapping : IEntityTypeConfiguration<AuditEntry>
{
    public void Configure(EntityTypeBuilder<AuditEntry> entry)
    {
        entry.ToTable("audit_entries");
        entry.IsAppendOnly();
        entry.HasKey(e => e.Id);
        entry.Property(e => e.Id).ValueGeneratedNever();
        entry.Property(e => e.Action).HasMaxLength(64);
        entry.HasIndex(e => e.Time);
        entry.HasIndex(e => new { e.Actor, e.Time });
        entry.HasIndex(e => new { e.Project, e.Time });
    }
}

internal sealed class AuditPersonalMapping : IEntityTypeConfiguration<AuditPersonal>
{
    public void Configure(EntityTypeBuilder<AuditPersonal> personal)
    {
        personal.ToTable("audit_personal");
        personal.HasKey(p => p.EntryId);
        personal.Property(p => p.EntryId).ValueGeneratedNever();
    }
}
