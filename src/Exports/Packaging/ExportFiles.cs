using DataPortal.Kernel;

namespace DataPortal.Exports.Packaging;

/// <summary>Where an export's files lie: <c>DIR/exports/ID</c>, with <c>parts</c> while it is written and <c>files.EPOCH</c> once it is published.</summary>
internal static class ExportFiles
{
    public static string Home(DataDirectory data, Guid id) => Path.Combine(data.Exports, id.ToString("N"));

    public static void Delete(string home)
    {
        if (Directory.Exists(home))
        {
            Directory.Delete(home, recursive: true);
        }
    }

    /// <summary>Removes what runs left behind, the published folder apart.</summary>
    public static void KeepOnly(string home, string folder)
    {
        foreach (var other in Directory.EnumerateDirectories(home).Where(path => Path.GetFileName(path) != folder))
        {
            Directory.Delete(other, recursive: true);
        }
    }
}
