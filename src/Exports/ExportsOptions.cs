using System.ComponentModel.DataAnnotations;

namespace DataPortal.Exports;

/// <summary>Configuration section <c>Exports</c>.</summary>
internal sealed class ExportsOptions
{
    public const string Section = "Exports";

    /// <summary>Days that a finished extract can be downloaded; afterwards its files are deleted.</summary>
    [Range(1, 365)]
    public int RetentionDays { get; set; } = 14;

    /// <summary>Cases written between two records of progress, and two checks that the recipient still may have them.</summary>
    [Range(1, 100_000)]
    public int ChunkCases { get; set; } = 2_000;

    /// <summary>Extracts written at the same time by this node.</summary>
    [Range(1, 32)]
    public int Workers { get; set; } = 2;

    /// <summary>While a file is being sent, it is asked so often whether its recipient still may have it.</summary>
    [Range(1, 3600)]
    public int DownloadCheckSeconds { get; set; } = 2;
}
