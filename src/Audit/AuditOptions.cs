using System.ComponentModel.DataAnnotations;

namespace DataPortal.Audit;

/// <summary>Configuration section <c>Audit</c>.</summary>
internal sealed class AuditOptions
{
    public const string Section = "Audit";

    /// <summary>Name of this node in every entry; the machine's name when not set.</summary>
    [Required, StringLength(64, MinimumLength = 1)]
    public string Node { get; set; } = Environment.MachineName;

    /// <summary>How long an answer waits for its entry to become durable before it is refused with <c>audit_unavailable</c>.</summary>
    [Range(1, 120)]
    public int WriteTimeoutSeconds { get; set; } = 10;
}
