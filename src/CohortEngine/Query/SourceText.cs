using System.Globalization;
using System.Text;

namespace DataPortal.CohortEngine.Query;

/// <summary>
/// A query after normalisation (NFKC; quotes, dashes and comparison signs of any script as their ASCII forms), which still knows where each character came from.
/// </summary>
internal sealed class SourceText
{
    private readonly List<int> starts;
    private readonly List<int> ends;

    private SourceText(string original, string text, List<int> starts, List<int> ends)
    {
        Original = original;
        Text = text;
        this.starts = starts;
        this.ends = ends;
    }

    public string Original { get; }

    /// <summary>Normalised text.</summary>
    public string Text { get; }

    /// <summary>Normalises piece by piece: a base character and what combines with it, so that half-width ｶﾞ becomes one ガ.</summary>
    public static SourceText Of(string original)
    {
        var text = new StringBuilder(original.Length);
        var from = new List<int>(original.Length);
        var to = new List<int>(original.Length);
        for (var at = 0; at < original.Length;)
        {
            var end = PieceEnd(original, at);
            foreach (var c in Normalise(original, at, end))
            {
                var plain = Plain(c);
                text.Append(plain);
                for (var i = 0; i < plain.Length; i++)
                {
                    from.Add(at);
                    to.Add(end);
                }
            }

            at = end;
        }

        return new SourceText(original, text.ToString(), from, to);
    }

    /// <summary>Where normalised [start, end) stood in the original; an empty range stands between two characters.</summary>
    public (int Position, int Length) Span(int start, int end)
    {
        var position = start < starts.Count ? starts[start] : Original.Length;
        return end > start ? (position, ends[end - 1] - position) : (position, 0);
    }

    private static int PieceEnd(string text, int at)
    {
        var end = at + (char.IsHighSurrogate(text[at]) && at + 1 < text.Length && char.IsLowSurrogate(text[at + 1]) ? 2 : 1);
        while (end < text.Length && (text[end] is 'ﾞ' or 'ﾟ'
            || CharUnicodeInfo.GetUnicodeCategory(text, end) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark))
        {
            end += char.IsHighSurrogate(text[end]) && end + 1 < text.Length && char.IsLowSurrogate(text[end + 1]) ? 2 : 1;
        }

        return end;
    }

    private static string Normalise(string text, int start, int end)
    {
        if (end == start + 1 && char.IsAscii(text[start]))
            return char.ToString(text[start]);
        var piece = text[start..end];
        // Normalisation throws at lone surrogates.
        if (piece.Any(char.IsSurrogate))
            piece = Encoding.Unicode.GetString(Encoding.Unicode.GetBytes(piece));
        // Nor does it take the one code point that is no character at all.
        return piece.Replace('\uFFFE', '\uFFFD').Normalize(NormalizationForm.FormKC);
    }

    private static string Plain(char c) => c switch
    {
        '“' or '”' or '„' or '‟' or '«' or '»' or '「' or '」' or '『' or '』' => "\"",
        >= '\u2010' and <= '\u2015' or '\u2212' => "-",
        '〜' or '∼' => "~",
        '、' => ",",
        '≥' or '≧' => ">=",
        '≤' or '≦' => "<=",
        _ when char.IsWhiteSpace(c) => " ",
        _ when CharUnicodeInfo.GetUnicodeCategory(c) == UnicodeCategory.Format => "",
        _ => char.ToString(c),
    };
}
