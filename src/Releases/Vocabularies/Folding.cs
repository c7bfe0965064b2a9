using System.Text;

namespace DataPortal.Releases.Vocabularies;

/// <summary>The key under which names are found: two spellings that a reader takes for the same name fold to the same text.</summary>
public static class Folding
{
    /// <summary>
    /// NFKC (full-width letters, half-width kana), lower case, katakana as hiragana, 癌 = ガン = がん; blanks, hyphens, middle dots,
    /// apostrophes and commas are left out, so that <c>AMG 510</c>, <c>AMG-510</c> and <c>ＡＭＧ５１０</c> are one key. The long-vowel mark ー is a letter and stays.
    /// Never throws: lone surrogates become U+FFFD. <c>Fold(Fold(x)) == Fold(x)</c>.
    /// </summary>
    public static string Fold(string text)
    {
        if (IsPlain(text))
        {
            return text;
        }

        var folded = Pass(text);
        // Dropping a hyphen can bring a letter and a combining mark together, which NFKC then composes: repeat until nothing moves.
        for (var next = Pass(folded); next != folded; next = Pass(folded))
        {
            folded = next;
        }

        return folded;
    }

    private static bool IsPlain(string text)
    {
        foreach (var c in text)
        {
            if (!(char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c)))
            {
                return false;
            }
        }

        return true;
    }

    private static string Pass(string text)
    {
        var result = new StringBuilder(text.Length);
        foreach (var c in WellFormed(text).Normalize(NormalizationForm.FormKC).ToLowerInvariant())
        {
            switch (c)
            {
                case '癌':
                    result.Append("がん");
                    break;
                case >= 'ァ' and <= 'ヶ':
                    result.Append((char)(c - 0x60));
                    break;
                default:
                    if (!IsLeftOut(c))
                    {
                        result.Append(c);
                    }

                    break;
            }
        }

        return result.ToString().Normalize(NormalizationForm.FormKC);
    }

    private static bool IsLeftOut(char c) =>
        char.IsWhiteSpace(c) || char.IsControl(c) || char.GetUnicodeCategory(c) is System.Globalization.UnicodeCategory.DashPunctuation
            or System.Globalization.UnicodeCategory.Format
        || c is '\u2212' or '・' or '·' or '\'' or '’' or '‘' or '"' or '“' or '”' or ',' or '、';

    /// <summary>Normalisation throws at lone surrogates and at U+FFFE, which is no character; and texts come from users.</summary>
    private static string WellFormed(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                i++;
            }
            else if (char.IsSurrogate(text[i]) || text[i] == '\uFFFE')
            {
                return Encoding.Unicode.GetString(Encoding.Unicode.GetBytes(text)).Replace('\uFFFE', '\uFFFD');
            }
        }

        return text;
    }
}
