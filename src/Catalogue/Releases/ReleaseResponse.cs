namespace DataPortal.Catalogue.Releases;

/// <summary>A release as the API shows it.</summary>
internal sealed record ReleaseResponse(
    string Name, ReleaseState State, string Source, int Cases, int Patients, DateOnly? DataCutoff, DateTime? SealedAt, DateTime? PublishedAt, DateTime? WithdrawnAt,
    bool IsDefault, string? ManifestSha256)
{
    public static ReleaseResponse Of(ReleaseEntry entry, string? defaultRelease) => new(
        entry.Name, entry.State, entry.Source, entry.Cases, entry.Patients, entry.DataCutoff, entry.SealedAt, entry.PublishedAt, entry.WithdrawnAt,
        entry.Name == defaultRelease, entry.ManifestSha256);
}
