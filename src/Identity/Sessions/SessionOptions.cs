using System.ComponentModel.DataAnnotations;

namespace DataPortal.Identity.Sessions;

/// <summary>Configuration section <c>Sessions</c>.</summary>
internal sealed class SessionOptions
{
    public const string Section = "Sessions";

    /// <summary>A session that nobody used for so long is over.</summary>
    [Range(1, 1440)]
    public int IdleMinutes { get; set; } = 60;

    /// <summary>A session is over after so long, used or not.</summary>
    [Range(1, 168)]
    public int LongestHours { get; set; } = 12;

    internal TimeSpan Idle => TimeSpan.FromMinutes(IdleMinutes);

    internal TimeSpan Longest => TimeSpan.FromHours(LongestHours);
}
