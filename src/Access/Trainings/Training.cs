using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace DataPortal.Access.Trainings;

/// <summary>
/// That somebody completed a training in the handling of patients' data. It counts from the day of completion through the day before the same
/// date of the next year (Asia/Tokyo), for all of the person's projects.
/// </summary>
internal sealed class Training
{
    private Training()
    {
    }

    public Guid Id { get; private set; }

    public Guid AccountId { get; private set; }

    public string Course { get; private set; } = "";

    public DateOnly CompletedOn { get; private set; }

    /// <summary>Last day on which it counts.</summary>
    public DateOnly ValidThrough { get; private set; }

    /// <summary>Number or address of the certificate, as its issuer writes it.</summary>
    public string? Certificate { get; private set; }

    public Guid RecordedBy { get; private set; }

    public DateTime RecordedAt { get; private set; }

    /// <summary>When the record was taken back; null as long as it stands.</summary>
    public DateTime? WithdrawnAt { get; private set; }

    public Guid? WithdrawnBy { get; private set; }

    public static Training Record(Guid account, string course, DateOnly completedOn, string? certificate, Guid by, DateTime now) => new()
    {
        Id = Guid.CreateVersion7(),
        AccountId = account,
        Course = course,
        CompletedOn = completedOn,
        ValidThrough = LastDay(completedOn),
        Certificate = certificate,
        RecordedBy = by,
        RecordedAt = now,
    };

    public static DateOnly LastDay(DateOnly completedOn) => completedOn.AddYears(1).AddDays(-1);

    /// <summary>Twice is once: the first withdrawal is the one on record.</summary>
    public void Withdraw(Guid by, DateTime now)
    {
        if (WithdrawnAt is null)
        {
            (WithdrawnAt, WithdrawnBy) = (now, by);
        }
    }
}

internal sealed class TrainingMapping : IEntityTypeConfiguration<Training>
{
    public void Configure(EntityTypeBuilder<Training> training)
    {
        training.ToTable("access_trainings");
        training.Property(t => t.Id).ValueGeneratedNever();
        training.Property(t => t.Course).HasMaxLength(200);
        training.Property(t => t.Certificate).HasMaxLength(200);
        training.HasIndex(t => new { t.AccountId, t.Course, t.CompletedOn }).IsUnique().HasFilter("withdrawn_at IS NULL");
    }
}
