using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace DataPortal.Notices.Mails;

/// <summary>One mail of the outbox. Address, subject and body are encrypted, and gone once it is sent or given up.</summary>
internal sealed class OutgoingMail
{
    private OutgoingMail()
    {
    }

    public Guid Id { get; private set; }

    public string? Content { get; private set; }

    public int Attempts { get; private set; }

    public DateTime CreatedAt { get; private set; }

    public DateTime NextAttemptAt { get; private set; }

    /// <summary>Whoever claimed the row last; a claim is over at <see cref="NextAttemptAt"/>.</summary>
    public Guid? ClaimedBy { get; private set; }

    public DateTime? SentAt { get; private set; }

    public DateTime? GivenUpAt { get; private set; }

    /// <summary>A status or the name of an exception: never the relay's text, which repeats addresses.</summary>
    public string? LastError { get; private set; }

    public static OutgoingMail Make(Guid id, string content, DateTime now) => new() { Id = id, Content = content, CreatedAt = now, NextAttemptAt = now };
}

internal sealed class OutgoingMailMapping : IEntityTypeConfiguration<OutgoingMail>
{
    public void Configure(EntityTypeBuilder<OutgoingMail> mail)
    {
        mail.ToTable("notices_mails");
        mail.Property(m => m.Id).ValueGeneratedNever();
        mail.Property(m => m.LastError).HasMaxLength(100);
        mail.HasIndex(m => new { m.SentAt, m.GivenUpAt, m.NextAttemptAt });
    }
}
