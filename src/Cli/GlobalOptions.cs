using System.CommandLine;
using DataPortal.Cli.Connection;
using DataPortal.Cli.Verbs;

namespace DataPortal.Cli;

/// <summary>Options that every verb understands; <c>docs/cli.md</c> describes them.</summary>
internal static class GlobalOptions
{
    public static readonly Option<string?> Data = Make<string?>("--data", "DIR", "The portal's folder. Default: $PORTAL_DATA, then .portal");
    public static readonly Option<string?> Url = Make<string?>("--url", "URL", "The portal's address. Default: that of the folder's demo.json");
    public static readonly Option<string?> As = Make<string?>("--as", "NAME", "Evaluation only: act as that demo client");
    public static readonly Option<string?> Client = Make<string?>("--client", "FILE", "Act as the program whose credentials are in FILE (portal clients create)");
    public static readonly Option<string?> Project = Make<string?>("--project", "ID|NAME", "The project in whose name you ask. Default: your only active one");
    public static readonly Option<string?> Release = Make<string?>("--release", "NAME", "The release. Default: the portal's default release");
    public static readonly Option<string?> Language = Make<string?>("--lang", "ja|en", "Language of what is printed");
    public static readonly Option<bool> Json = Make<bool>("--json", null, "Print the result alone, as JSON");

    public static IEnumerable<Option> All => [Data, Url, As, Client, Project, Release, Language, Json];

    /// <summary>The portal's folder of this call, whether it exists or not.</summary>
    public static string DataFolder(ParseResult arguments) =>
        Path.GetFullPath(arguments.GetValue(Data) ?? Environment.GetEnvironmentVariable("PORTAL_DATA") ?? ".portal");

    /// <summary>
    /// The folder of the portal that is meant: as <see cref="DataFolder"/>, but when no folder is named and none runs over the default one, that of the only portal
    /// which this user has running.
    /// </summary>
    public static string RunningFolder(ParseResult arguments)
    {
        var folder = DataFolder(arguments);
        var named = arguments.GetValue(Data) ?? Environment.GetEnvironmentVariable("PORTAL_DATA");
        if (named is not null || RunningPortal.Read(folder) is not null)
            return folder;
        return RunningFolders() is [var only] ? only : folder;
    }

    /// <summary>The folders of all portals that this user has running.</summary>
    public static IReadOnlyList<string> RunningFolders() => [.. KnownPortals.Folders().Where(f => RunningPortal.Read(f) is not null).Distinct()];

    private static Option<T> Make<T>(string name, string? value, string description)
    {
        var option = new Option<T>(name) { Description = description, Recursive = true, HelpName = value };
        if (name == "--lang")
            option.AcceptOnlyFromAmong("ja", "en");
        return option;
    }
}
