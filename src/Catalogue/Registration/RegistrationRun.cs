using DataPortal.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace DataPortal.Catalogue.Registration;

internal enum RegistrationState
{
    Waiting,
    Running,
    Done,
    Failed,
}

/// <summary>One hand-over of cases and what became of it: waiting → running → done | failed. Refuses every other move itself.</summary>
internal sealed class RegistrationRun
{
    private RegistrationRun()
    {
    }

    public Guid Id { get; private set; }

    /// <summary><c>cbioportal</c> or <c>portal</c>.</summary>
    public string Format { get; private set; } = "";

    /// <summary>Name of the release to be built.</summary>
    public string Release { get; private set; } = "";

    public bool Publish { get; private set; }

    public RegistrationState State { get; private set; }

    /// <summary><c>unpacking</c>, <c>reading</c> or <c>sealing</c> while it is running.</summary>
    public string? Stage { get; private set; }

    /// <summary>Share done, 0 to 1.</summary>
    public double Done { get; private set; }

    public int Cases { get; private set; }

    /// <summary>Stable code of the failure.</summary>
    public string? Code { get; private set; }

    /// <summary>The failure for people; never a patient's value.</summary>
    public string? Message { get; private set; }

    /// <summary>The account that handed the cases over.</summary>
    public Guid RequestedBy { get; private set; }

    public DateTime RequestedAt { get; private set; }

    public DateTime? StartedAt { get; private set; }

    public DateTime? FinishedAt { get; private set; }

    /// <summary>The import report as JSON.</summary>
    public string? Report { get; private set; }

    public bool IsFinished => State is RegistrationState.Done or RegistrationState.Failed;

    public static RegistrationRun Accept(Guid id, string format, string release, bool publish, Guid requestedBy, DateTime now) => new()
    {
        Id = id, Format = format, Release = release, Publish = publish, State = RegistrationState.Waiting, RequestedBy = requestedBy, RequestedAt = now,
    };

    public Refusal? Start(DateTime now)
    {
        if (State != RegistrationState.Waiting)
            return Illegal("started");
        (State, Stage, StartedAt) = (RegistrationState.Running, "unpacking", now);
        return null;
    }

    /// <summary>Only while it is running; a late report of progress must not touch a finished run.</summary>
    public Refusal? Advance(string stage, double done, int cases)
    {
        if (State != RegistrationState.Running)
            return Illegal("advanced");
        (Stage, Done, Cases) = (stage, Math.Clamp(done, 0, 1), cases);
        return null;
    }

    public Refusal? Finish(int cases, string report, DateTime now)
    {
        if (State != RegistrationState.Running)
            return Illegal("finished");
        (State, Stage, Done, Cases, Report, FinishedAt) = (RegistrationState.Done, null, 1, cases, report, now);
        return null;
    }

    public Refusal? Fail(string code, string message, string? report, DateTime now)
    {
        if (IsFinished)
            return Illegal("failed");
        (State, Stage, Cases, Code, Message, Report, FinishedAt) = (RegistrationState.Failed, null, 0, code, message, report, now);
        return null;
    }

    private Refusal Illegal(string what) => Refusal.Conflict("registration_state", $"A registration that is {State.ToString().ToLowerInvariant()} cannot be {what}.");
}

internal sealed class RegistrationRunMapping : IEntityTypeConfiguration<RegistrationRun>
{
    public void Configure(EntityTypeBuilder<RegistrationRun> run)
    {
        run.ToTable("catalogue_registrations");
        run.Property(r => r.Id).ValueGeneratedNever();
        run.Property(r => r.Format).HasMaxLength(32);
        run.Property(r => r.Release).HasMaxLength(64);
        run.Property(r => r.Stage).HasMaxLength(32);
        run.Property(r => r.Code).HasMaxLength(64);
        run.Property(r => r.Message).HasMaxLength(1000);
        run.HasIndex(r => r.State);
        run.HasIndex(r => new { r.RequestedBy, r.RequestedAt });
    }
}
