using System.Text;

namespace DataPortal.CohortEngine.Query;

/// <summary>Changes of the coding sequence in HGVS: <c>c.-124C&gt;T</c>, <c>c.3028+1G&gt;T</c>, <c>c.2236_2250del</c>.</summary>
internal static class CodingNotation
{
    private static readonly string[] Edits = ["delins", "del", "ins", "dup", "inv"];

    /// <summary>The change with <c>c.</c>, bases in capitals; null when the text is not one.</summary>
    public static string? Parse(string word)
    {
        var rest = word.AsSpan(2);
        var result = new StringBuilder("c.");
        if (!Position(ref rest, result))
            return null;
        if (!rest.IsEmpty && rest[0] == '_')
        {
            result.Append('_');
            rest = rest[1..];
            if (!Position(ref rest, result))
                return null;
        }

        if (rest.Length == 3 && rest[1] == '>' && IsBase(rest[0]) && IsBase(rest[2]))
            return result.Append(char.ToUpperInvariant(rest[0])).Append('>').Append(char.ToUpperInvariant(rest[2])).ToString();
        foreach (var edit in Edits)
        {
            if (!rest.StartsWith(edit, StringComparison.OrdinalIgnoreCase))
                continue;
            var bases = rest[edit.Length..];
            if (edit is "ins" or "delins" && bases.IsEmpty)
                return null;
            result.Append(edit);
            foreach (var c in bases)
            {
                if (!IsBase(c))
                    return null;
                result.Append(char.ToUpperInvariant(c));
            }

            return result.ToString();
        }

        return null;
    }

    private static bool Position(ref ReadOnlySpan<char> rest, StringBuilder result)
    {
        if (!rest.IsEmpty && rest[0] is '-' or '*')
        {
            result.Append(rest[0]);
            rest = rest[1..];
        }

        if (!Digits(ref rest, result))
            return false;
        if (!rest.IsEmpty && rest[0] is '+' or '-')
        {
            result.Append(rest[0]);
            rest = rest[1..];
            return Digits(ref rest, result);
        }

        return true;
    }

    private static bool Digits(ref ReadOnlySpan<char> rest, StringBuilder result)
    {
        var end = 0;
        while (end < rest.Length && char.IsAsciiDigit(rest[end]))
            end++;
        result.Append(rest[..end]);
        rest = rest[end..];
        return end is > 0 and <= 7;
    }

    private static bool IsBase(char c) => char.ToUpperInvariant(c) is 'A' or 'C' or 'G' or 'T' or 'N';
}
