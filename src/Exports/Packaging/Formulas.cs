namespace DataPortal.Exports.Packaging;

/// <summary>
/// A spreadsheet runs a cell that begins with <c>= + - @</c>, and some read the full-width forms of these, or a leading tab or line break, the same
/// way (OWASP, CSV injection). An apostrophe in front makes it text.
/// </summary>
internal static class Formulas
{
    /// <summary>What the manifest and the data package tell the reader.</summary>
    public const string Statement = "Text cells that begin (blanks aside) with = + - @ or their full-width forms, or with a tab or line break, have an apostrophe (') in front; numbers and dates are unchanged.";

    private const string Starters = "=+-@＝＋－＠−";

    public static bool IsLive(ReadOnlySpan<char> cell)
    {
        if (cell.IsEmpty)
        {
            return false;
        }

        var trimmed = cell.TrimStart();
        return cell[0] is '\t' or '\r' or '\n' || (!trimmed.IsEmpty && Starters.Contains(trimmed[0], StringComparison.Ordinal));
    }

    public static string Neutralise(string cell) => IsLive(cell) ? "'" + cell : cell;
}
