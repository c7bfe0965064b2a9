using System.ComponentModel.DataAnnotations;

namespace DataPortal.Catalogue;

/// <summary>Configuration section <c>Catalogue</c>: what one registration may take.</summary>
internal sealed class CatalogueOptions
{
    public const string Section = "Catalogue";

    /// <summary>Largest ZIP file, in bytes.</summary>
    [Range(1024, BodyLimit)]
    public long MaxUploadBytes { get; set; } = 4L * 1024 * 1024 * 1024;

    /// <summary>Largest total of the files in it, in bytes.</summary>
    [Range(1024, 1L << 42)]
    public long MaxExpandedBytes { get; set; } = 32L * 1024 * 1024 * 1024;

    /// <summary>Most files in it.</summary>
    [Range(1, 100_000)]
    public int MaxFiles { get; set; } = 2_000;

    /// <summary>Registrations that may wait for their turn; they are worked on one at a time.</summary>
    [Range(1, 1_000)]
    public int QueueLength { get; set; } = 16;

    /// <summary>The route itself takes no more, whatever <see cref="MaxUploadBytes"/> says.</summary>
    public const long BodyLimit = 16L * 1024 * 1024 * 1024;
}
