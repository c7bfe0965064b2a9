using System.Diagnostics.CodeAnalysis;

namespace DataPortal.Kernel;

/// <summary>A place within the portal to go back to after signing in, as a caller named it. Anything that a browser might take elsewhere is refused.</summary>
public static class LocalPath
{
    /// <summary>Longest path with query that is taken.</summary>
    public const int MaxLength = 1024;

    /// <summary>Characters that paths, queries and fragments consist of (RFC 3986), and no others: neither blanks, controls, backslashes nor anything beyond ASCII.</summary>
    private const string Allowed = "-._~!$&'()*+,;=:@/?#%";

    /// <summary>
    /// True for <c>/</c> and for <c>/a/b?c=d#e</c>: one slash at the beginning, followed by no second one. Browsers drop tabs and line breaks from
    /// addresses and read a backslash as a slash, and proxies decode <c>%2F</c>; so what could turn into <c>//</c> that way is refused too.
    /// </summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out string? path)
    {
        path = null;
        if (text is not { Length: > 0 and <= MaxLength } || text[0] != '/')
        {
            return false;
        }

        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsAsciiLetterOrDigit(text[i]) && !Allowed.Contains(text[i], StringComparison.Ordinal))
            {
                return false;
            }

            if (text[i] == '%' && (i + 2 >= text.Length || !char.IsAsciiHexDigit(text[i + 1]) || !char.IsAsciiHexDigit(text[i + 2])))
            {
                return false;
            }
        }

        var pathOnly = text.AsSpan(0, text.AsSpan().IndexOfAny('?', '#') is >= 0 and var end ? end : text.Length);
        if (pathOnly.Contains("//", StringComparison.Ordinal) || !IsPlain(pathOnly))
        {
            return false;
        }

        path = text;
        return true;
    }

    /// <summary>No dot segments, and no escapes of slash, backslash, dot, percent, controls or blanks.</summary>
    private static bool IsPlain(ReadOnlySpan<char> path)
    {
        foreach (var segment in path.Split('/'))
        {
            if (path[segment] is "." or "..")
            {
                return false;
            }
        }

        for (var i = path.IndexOf('%'); i >= 0 && i + 2 < path.Length; i++)
        {
            if (path[i] == '%' && Convert.FromHexString(path.Slice(i + 1, 2))[0] is <= 0x20 or 0x7f or (byte)'/' or (byte)'\\' or (byte)'.' or (byte)'%')
            {
                return false;
            }
        }

        return true;
    }
}
