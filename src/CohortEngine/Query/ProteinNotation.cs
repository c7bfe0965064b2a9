using System.Globalization;
using System.Text;

namespace DataPortal.CohortEngine.Query;

/// <summary>
/// Protein changes as they are written: HGVS with one or three letters, with or without <c>p.</c>, and older habits (<c>R213X</c>, <c>L747_P753&gt;S</c>), into the form
/// that a release stores: one letter, <c>*</c> for a stop, no <c>p.</c>, no deleted or duplicated sequence.
/// </summary>
internal static class ProteinNotation
{
    private const string Letters = "ACDEFGHIKLMNPQRSTVWYU";

    private static readonly Dictionary<string, char> ThreeLetters = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Ala"] = 'A', ["Cys"] = 'C', ["Asp"] = 'D', ["Glu"] = 'E', ["Phe"] = 'F', ["Gly"] = 'G', ["His"] = 'H', ["Ile"] = 'I', ["Lys"] = 'K', ["Leu"] = 'L',
        ["Met"] = 'M', ["Asn"] = 'N', ["Pro"] = 'P', ["Gln"] = 'Q', ["Arg"] = 'R', ["Ser"] = 'S', ["Thr"] = 'T', ["Val"] = 'V', ["Trp"] = 'W', ["Tyr"] = 'Y',
        ["Sec"] = 'U', ["Ter"] = '*',
    };

    /// <summary>A <see cref="ProteinChange"/>, a <see cref="Codon"/>, or null when the word is neither.</summary>
    public static AlterationTest? Parse(string word)
    {
        var rest = word.AsSpan();
        if (rest.StartsWith("p.", StringComparison.OrdinalIgnoreCase))
            rest = rest[2..];
        if (Splice(rest) is { } splice)
            return splice;
        if (!Residue(ref rest, out var first) || !Number(ref rest, out var number))
            return null;
        if (rest.IsEmpty)
            return new Codon(first, number);
        var at = string.Create(CultureInfo.InvariantCulture, $"{first}{number}");
        if (rest[0] == '_')
        {
            rest = rest[1..];
            if (!Residue(ref rest, out var last) || !Number(ref rest, out var end) || end <= number)
                return null;
            return Edit(rest, insertion: true) is { } ranged ? new ProteinChange(string.Create(CultureInfo.InvariantCulture, $"{at}_{last}{end}{ranged}")) : null;
        }

        var edit = rest is "=" or "?" ? rest.ToString() : Frameshift(rest) ?? Edit(rest, insertion: false) ?? Extension(rest) ?? Substitution(rest);
        return edit is null ? null : new ProteinChange(at + edit);
    }

    /// <summary><c>G12C/D</c>: the second form takes residue and position from the first.</summary>
    public static ProteinChange? Alternative(string substitute, AlterationTest before) =>
        before is ProteinChange { Change: [>= 'A' and <= 'Z', ..] full } && Parse(full) is not null && full.IndexOf('_', StringComparison.Ordinal) < 0
        && LeadingPosition(full) is { } position && Substitution(substitute) is { } edit
            ? new ProteinChange(position + edit)
            : null;

    private static string? LeadingPosition(string change)
    {
        var end = 1;
        while (end < change.Length && char.IsAsciiDigit(change[end]))
            end++;
        return end > 1 ? change[..end] : null;
    }

    private static ProteinChange? Splice(ReadOnlySpan<char> rest)
    {
        if (!rest.EndsWith("_splice", StringComparison.OrdinalIgnoreCase) || rest[0] is not ('X' or 'x'))
            return null;
        rest = rest[1..^"_splice".Length];
        return Number(ref rest, out var number) && rest.IsEmpty ? new ProteinChange(string.Create(CultureInfo.InvariantCulture, $"X{number}_splice")) : null;
    }

    private static string? Substitution(ReadOnlySpan<char> rest)
    {
        if (rest is "X" or "x" || rest.Equals("stop", StringComparison.OrdinalIgnoreCase))
            return "*";
        return Residue(ref rest, out var letter) && rest.IsEmpty ? char.ToString(letter) : null;
    }

    private static string? Frameshift(ReadOnlySpan<char> rest)
    {
        var first = "";
        if (!rest.StartsWith("fs", StringComparison.OrdinalIgnoreCase))
        {
            if (!Residue(ref rest, out var letter) || !rest.StartsWith("fs", StringComparison.OrdinalIgnoreCase))
                return null;
            first = char.ToString(letter);
        }

        rest = rest[2..];
        if (rest.IsEmpty)
            return first + "fs";
        if (rest.StartsWith("Ter", StringComparison.OrdinalIgnoreCase))
            rest = rest[3..];
        else if (rest[0] is '*' or 'X' or 'x')
            rest = rest[1..];
        else
            return null;
        return rest is "?" ? first + "fs*?"
            : rest.IsEmpty ? first + "fs*"
            : Number(ref rest, out var stop) && rest.IsEmpty ? string.Create(CultureInfo.InvariantCulture, $"{first}fs*{stop}") : null;
    }

    private static string? Extension(ReadOnlySpan<char> rest)
    {
        var first = "";
        if (!rest.StartsWith("ext", StringComparison.OrdinalIgnoreCase))
        {
            if (!Residue(ref rest, out var letter) || !rest.StartsWith("ext", StringComparison.OrdinalIgnoreCase))
                return null;
            first = char.ToString(letter);
        }

        rest = rest[3..];
        if (rest.StartsWith("Ter", StringComparison.OrdinalIgnoreCase))
            rest = rest[3..];
        else if (!rest.IsEmpty && rest[0] is '*' or 'X' or 'x')
            rest = rest[1..];
        return rest.IsEmpty ? first + "ext*" : Number(ref rest, out var stop) && rest.IsEmpty ? string.Create(CultureInfo.InvariantCulture, $"{first}ext*{stop}") : null;
    }

    private static string? Edit(ReadOnlySpan<char> rest, bool insertion)
    {
        if (After(rest, "delins", out var sequence) || (insertion && After(rest, ">", out sequence)))
            return Sequence(sequence) is { Length: > 0 } inserted ? "delins" + inserted : null;
        if (After(rest, "del", out sequence))
            return Sequence(sequence) is null && !IsCount(sequence) ? null : "del";
        if (After(rest, "dup", out sequence))
            return Sequence(sequence) is null && !IsCount(sequence) ? null : "dup";
        return insertion && After(rest, "ins", out sequence) && Sequence(sequence) is { Length: > 0 } added ? "ins" + added : null;
    }

    private static bool After(ReadOnlySpan<char> text, string word, out ReadOnlySpan<char> rest)
    {
        rest = text.StartsWith(word, StringComparison.OrdinalIgnoreCase) ? text[word.Length..] : default;
        return text.StartsWith(word, StringComparison.OrdinalIgnoreCase);
    }

    private static bool IsCount(ReadOnlySpan<char> rest) => Number(ref rest, out _) && rest.IsEmpty;

    /// <summary>A run of residues; three letters only when written Title Case, since <c>insALA</c> means three alanine-leucine residues of one letter each.</summary>
    private static string? Sequence(ReadOnlySpan<char> rest)
    {
        var result = new StringBuilder(rest.Length);
        if (rest.Length >= 3 && char.IsAsciiLetterUpper(rest[0]) && char.IsAsciiLetterLower(rest[1]))
        {
            while (rest.Length >= 3 && ThreeLetters.TryGetValue(rest[..3].ToString(), out var letter))
            {
                result.Append(letter);
                rest = rest[3..];
            }

            return rest.IsEmpty ? result.ToString() : null;
        }

        foreach (var c in rest)
        {
            var letter = char.ToUpperInvariant(c);
            if (letter is not ('*' or 'X') && !Letters.Contains(letter, StringComparison.Ordinal))
                return null;
            result.Append(letter);
        }

        return result.ToString();
    }

    private static bool Residue(ref ReadOnlySpan<char> rest, out char letter)
    {
        letter = '\0';
        if (rest.Length >= 3 && ThreeLetters.TryGetValue(rest[..3].ToString(), out letter))
        {
            rest = rest[3..];
            return true;
        }

        if (rest.IsEmpty)
            return false;
        letter = char.ToUpperInvariant(rest[0]);
        if (letter != '*' && !Letters.Contains(letter, StringComparison.Ordinal))
            return false;
        rest = rest[1..];
        return true;
    }

    private static bool Number(ref ReadOnlySpan<char> rest, out int number)
    {
        var end = 0;
        while (end < rest.Length && char.IsAsciiDigit(rest[end]))
            end++;
        number = 0;
        if (end is 0 or > 5 || rest[0] == '0')
            return false;
        number = int.Parse(rest[..end], NumberStyles.None, CultureInfo.InvariantCulture);
        rest = rest[end..];
        return true;
    }
}
