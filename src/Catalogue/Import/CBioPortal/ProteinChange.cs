using System.Globalization;
using System.Text.RegularExpressions;

namespace DataPortal.Catalogue.Import.CBioPortal;

/// <summary>Protein changes as the release writes them: one-letter, without <c>p.</c>.</summary>
internal static partial class ProteinChange
{
    private static readonly Dictionary<string, char> Letters = new(StringComparer.Ordinal)
    {
        ["Ala"] = 'A', ["Arg"] = 'R', ["Asn"] = 'N', ["Asp"] = 'D', ["Cys"] = 'C', ["Gln"] = 'Q', ["Glu"] = 'E', ["Gly"] = 'G', ["His"] = 'H', ["Ile"] = 'I', ["Leu"] = 'L',
        ["Lys"] = 'K', ["Met"] = 'M', ["Phe"] = 'F', ["Pro"] = 'P', ["Ser"] = 'S', ["Thr"] = 'T', ["Trp"] = 'W', ["Tyr"] = 'Y', ["Val"] = 'V', ["Ter"] = '*', ["Sec"] = 'U',
    };

    /// <summary>Null when the text says that there is no change or none is known (<c>p.?</c>, <c>p.=</c>).</summary>
    public static string? Normalise(string text, out bool wasLong)
    {
        wasLong = false;
        var change = text.Trim();
        if (change.StartsWith("p.", StringComparison.OrdinalIgnoreCase))
            change = change[2..];
        if (change is ['(', .., ')'])
            change = change[1..^1];
        if (change.Length == 0 || change is "?" or "=" or "." or "*")
            return null;
        if (!ThreeLetters().IsMatch(change))
            return change;
        wasLong = true;
        return ThreeLetters().Replace(change, m => Letters[m.Value].ToString());
    }

    /// <summary>The first residue concerned: 12 of G12C, 746 of E746_A750del, 155 of A155Rfs*59; null where the text names none.</summary>
    public static int? Codon(string change) =>
        Residue().Match(change) is { Success: true } match && int.TryParse(match.Groups["n"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var codon) && codon is > 0 and <= 40_000
            ? codon
            : null;

    [GeneratedRegex("Ala|Arg|Asn|Asp|Cys|Gln|Glu|Gly|His|Ile|Leu|Lys|Met|Phe|Pro|Ser|Thr|Trp|Tyr|Val|Ter|Sec", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 100)]
    private static partial Regex ThreeLetters();

    [GeneratedRegex(@"\A[A-Z*]{0,2}(?<n>[0-9]{1,5})", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 100)]
    private static partial Regex Residue();
}
