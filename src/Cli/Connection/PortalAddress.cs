using System.CommandLine;

namespace DataPortal.Cli.Connection;

/// <summary>Which portal is meant.</summary>
internal static class PortalAddress
{
    /// <summary>The one that <c>--url</c> names; null without it.</summary>
    public static Uri? Given(ParseResult arguments) => arguments.GetValue(GlobalOptions.Url) is not { } text ? null
        : Uri.TryCreate(text, UriKind.Absolute, out var given) && given.Scheme is "http" or "https" ? given
        : throw Failure.Bad("bad_url", $"'{text}' is not an http address.");

    /// <summary>The named one, else that of the folder in evaluation, else the only one this user is signed in to.</summary>
    public static (Uri Url, DemoFile? Demo) Of(ParseResult arguments)
    {
        var folder = GlobalOptions.RunningFolder(arguments);
        var url = Given(arguments);
        if (url is not null && arguments.GetValue(GlobalOptions.Data) is null)
            folder = KnownPortals.FolderOf(url) ?? folder;
        var demo = DemoFile.Read(folder);
        url ??= demo?.Url ?? (Logins.Portals() is [var only] ? only : throw new Failure(Failure.BadInput, "no_portal", Text.Of(
            $"{folder} にポータルがありません。起動: ./portal up、別のポータル: --url URL または --data DIR", $"There is no portal in {folder}. Start one with ./portal up, or name one with --url URL or --data DIR."),
            [.. GlobalOptions.RunningFolders().Select(f => "--data " + f), .. Logins.Portals().Select(p => "--url " + p.GetLeftPart(UriPartial.Authority))]));
        return (url, demo);
    }
}
