using System.ComponentModel.DataAnnotations;

namespace DataPortal.Kernel;

/// <summary>Configuration section <c>Data</c>: the folder that holds everything which is not in the database.</summary>
public sealed class DataDirectory
{
    public const string Section = "Data";

    /// <summary>Absolute, or relative to the working directory; created when absent.</summary>
    [Required]
    public string Directory { get; set; } = "";

    public string Releases => Path.Combine(Path.GetFullPath(Directory), "releases");

    public string Keys => Path.Combine(Path.GetFullPath(Directory), "keys");

    public string Exports => Path.Combine(Path.GetFullPath(Directory), "exports");
}
