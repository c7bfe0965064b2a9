using System.Text;

namespace DataPortal.Cli.Printing;

/// <summary>How many columns of a terminal a text takes: East Asian wide characters take two.</summary>
internal static class Width
{
    public static int Of(string text) => text.EnumerateRunes().Sum(Of);

    private static int Of(Rune rune) => rune.Value switch
    {
        >= 0x1100 and <= 0x115F or >= 0x2E80 and <= 0xA4CF or >= 0xAC00 and <= 0xD7A3 or >= 0xF900 and <= 0xFAFF
            or >= 0xFE30 and <= 0xFE6F or >= 0xFF00 and <= 0xFF60 or >= 0xFFE0 and <= 0xFFE6 or >= 0x20000 and <= 0x3FFFD => 2,
        _ => 1,
    };
}
