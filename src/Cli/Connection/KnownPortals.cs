using System.Text.Json;

namespace DataPortal.Cli.Connection;

/// <summary>Which folder belongs to which address, so that <c>--url … --as …</c> works from anywhere. A file readable by the user alone.</summary>
internal static class KnownPortals
{
    private static string FilePath => Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.ApplicationData, Environment.SpecialFolderOption.DoNotVerify), "dataportal", "portals.json");

    public static string? FolderOf(Uri url) => Read().GetValueOrDefault(Key(url));

    public static IReadOnlyCollection<string> Folders() => Read().Values;

    public static void Remember(Uri url, string folder)
    {
        var known = Read();
        if (known.GetValueOrDefault(Key(url)) == folder)
            return;
        known[Key(url)] = folder;
        Directory.CreateDirectory(Path.GetDirectoryName(FilePath)!);
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var file = new FileStream(FilePath, options);
        JsonSerializer.Serialize(file, known, ConnectionJson.Default.DictionaryStringString);
    }

    private static string Key(Uri url) => url.GetLeftPart(UriPartial.Authority);

    private static Dictionary<string, string> Read()
    {
        try
        {
            return File.Exists(FilePath) ? JsonSerializer.Deserialize(File.ReadAllText(FilePath), ConnectionJson.Default.DictionaryStringString) ?? [] : [];
        }
        catch (JsonException)
        {
            return [];
        }
    }
}
