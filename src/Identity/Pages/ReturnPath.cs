namespace DataPortal.Identity.Pages;

/// <summary>Where to go afterwards: a path of the portal's own, or nowhere. Browsers read <c>\</c> as <c>/</c>, drop tabs and line breaks, and take <c>//</c> for another host.</summary>
internal static class ReturnPath
{
    private const int Longest = 2000;

    public static bool IsOwn(string? path)
    {
        if (path is null || path.Length is 0 or > Longest || path[0] != '/' || (path.Length > 1 && path[1] is '/' or '\\'))
        {
            return false;
        }

        if (path.Any(c => c is '\\' or '\u007f' || c <= ' ' || c > '~'))
        {
            return false;
        }

        // What an intermediary may decode once more must not become one of the above.
        var decoded = path;
        for (var i = 0; i < 3; i++)
        {
            decoded = Uri.UnescapeDataString(decoded);
        }

        var beforeQuery = decoded.Split('?', '#')[0];
        return !beforeQuery.StartsWith("//", StringComparison.Ordinal)
            && !beforeQuery.Contains('\\', StringComparison.Ordinal)
            && !decoded.Any(char.IsControl)
            && !beforeQuery.Contains("//", StringComparison.Ordinal)
            && !beforeQuery.Split('/').Contains("..", StringComparer.Ordinal);
    }

    public static string OrHome(string? path) => IsOwn(path) ? path! : "/";
}
