using DataPortal.Kernel;
using DataPortal.Releases;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace DataPortal.Catalogue.Releases;

/// <summary>Where a release stands.</summary>
internal enum ReleaseState
{
    /// <summary>Being built: the name is taken, the folder is not there yet.</summary>
    Draft,

    /// <summary>Its folder is complete and signed; only stewards see it.</summary>
    Sealed,

    /// <summary>Open to everybody whose project covers it.</summary>
    Published,

    /// <summary>No longer offered. Its folder stays, so that earlier results can be repeated.</summary>
    Withdrawn,
}

/// <summary>A release in the catalogue: draft → sealed → published → withdrawn. Refuses every other move itself.</summary>
internal sealed class ReleaseEntry
{
    private ReleaseEntry()
    {
    }

    public Guid Id { get; private set; }

    public string Name { get; private set; } = "";

    public string Source { get; private set; } = "";

    public ReleaseState State { get; private set; }

    public int Cases { get; private set; }

    public int Patients { get; private set; }

    public DateOnly? DataCutoff { get; private set; }

    /// <summary>Lower-case hexadecimal SHA-256 of <c>manifest.json</c>: it changes when anything of the release does.</summary>
    public string? ManifestSha256 { get; private set; }

    public DateTime CreatedAt { get; private set; }

    public DateTime? SealedAt { get; private set; }

    public DateTime? PublishedAt { get; private set; }

    public DateTime? WithdrawnAt { get; private set; }

    /// <summary>Changes with every event, so that of two people deciding at once the second is told.</summary>
    public Guid Version { get; private set; }

    public static ReleaseEntry Draft(string name, string source, DateTime now) =>
        new() { Id = Guid.CreateVersion7(), Name = name, Source = source, State = ReleaseState.Draft, CreatedAt = now, Version = Guid.CreateVersion7() };

    public Refusal? Seal(Manifest manifest, string manifestSha256, DateTime now)
    {
        if (State != ReleaseState.Draft)
            return Illegal("sealed");
        (Cases, Patients, DataCutoff, ManifestSha256, SealedAt) = (manifest.Cases, manifest.Patients, manifest.DataCutoff, manifestSha256, now);
        Become(ReleaseState.Sealed);
        return null;
    }

    public Refusal? Publish(DateTime now)
    {
        if (State != ReleaseState.Sealed)
            return Illegal("published");
        PublishedAt = now;
        Become(ReleaseState.Published);
        return null;
    }

    public Refusal? Withdraw(DateTime now)
    {
        if (State != ReleaseState.Published)
            return Illegal("withdrawn");
        WithdrawnAt = now;
        Become(ReleaseState.Withdrawn);
        return null;
    }

    private Refusal Illegal(string what) => Refusal.Conflict("release_state", $"A release that is {State.ToString().ToLowerInvariant()} cannot be {what}.");

    private void Become(ReleaseState state)
    {
        State = state;
        Version = Guid.CreateVersion7();
    }
}

/// <summary>The one choice of a release for those who name none.</summary>
internal sealed class DefaultRelease
{
    /// <summary>The only row's key.</summary>
    public const int TheOne = 1;

    public int Id { get; init; } = TheOne;

    public required string Release { get; set; }
}

internal sealed class ReleaseMapping : IEntityTypeConfiguration<ReleaseEntry>, IEntityTypeConfiguration<DefaultRelease>
{
    public void Configure(EntityTypeBuilder<ReleaseEntry> release)
    {
        release.ToTable("catalogue_releases");
        release.Property(r => r.Id).ValueGeneratedNever();
        release.Property(r => r.Name).HasMaxLength(64);
        release.Property(r => r.Source).HasMaxLength(32);
        release.Property(r => r.ManifestSha256).HasMaxLength(64);
        release.Property(r => r.Version).IsConcurrencyToken();
        release.HasIndex(r => r.Name).IsUnique();
    }

    public void Configure(EntityTypeBuilder<DefaultRelease> choice)
    {
        choice.ToTable("catalogue_default_release");
        choice.Property(d => d.Id).ValueGeneratedNever();
        choice.Property(d => d.Release).HasMaxLength(64);
    }
}
