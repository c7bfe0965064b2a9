using System.ComponentModel.DataAnnotations;

namespace DataPortal.Identity.Credentials;

/// <summary>Configuration section <c>SignIn</c>: the sign-in pages, and how much guessing is put up with.</summary>
internal sealed class SignInOptions
{
    public const string Section = "SignIn";

    /// <summary>Wrong passwords, or wrong codes, after which an address is locked.</summary>
    [Range(1, int.MaxValue)]
    public int FailuresBeforeLock { get; set; } = 10;

    /// <summary>The first lock; each further one within a week lasts twice as long, a day at most.</summary>
    [Range(1, 1440)]
    public int LockMinutes { get; set; } = 15;

    /// <summary>Requests a minute that one client address may make to the pages for people who are not signed in. A hospital may share one address.</summary>
    [Range(1, 1_000_000)]
    public int RequestsPerMinute { get; set; } = 120;
}
