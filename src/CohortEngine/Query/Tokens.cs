using System.Text;

namespace DataPortal.CohortEngine.Query;

internal enum TokenKind
{
    /// <summary>A run without blanks, parentheses, quotes and commas: <c>KRAS</c>, <c>age&gt;=70</c>, <c>c.-124C&gt;T</c>.</summary>
    Word,

    /// <summary>Between quotes; a doubled quote stands for one.</summary>
    Quoted,
    Open,
    Close,
    Comma,

    /// <summary>A plus sign that stands alone.</summary>
    Plus,
    End,
}

/// <summary>A piece of the normalised text [<paramref name="Start"/>, <paramref name="End"/>).</summary>
/// <param name="Text">The word, or what is between the quotes.</param>
/// <param name="Joined">No blank before it: <c>"a"@ep</c>.</param>
internal sealed record Token(TokenKind Kind, string Text, int Start, int End, bool Joined)
{
    public bool Is(TokenKind kind) => Kind == kind;
}

/// <summary>Text → tokens, in one pass.</summary>
internal static class Tokenizer
{
    /// <summary>The last token is always <see cref="TokenKind.End"/>. An open quote runs to the end of the text and is told through <paramref name="openQuote"/>: its start, else −1.</summary>
    public static List<Token> Read(string text, out int openQuote)
    {
        var tokens = new List<Token>();
        openQuote = -1;
        var joined = false;
        for (var at = 0; at < text.Length;)
        {
            var start = at;
            switch (text[at])
            {
                case ' ':
                    at++;
                    joined = false;
                    continue;
                case '(':
                    tokens.Add(new Token(TokenKind.Open, "(", start, ++at, joined));
                    break;
                case ')':
                    tokens.Add(new Token(TokenKind.Close, ")", start, ++at, joined));
                    break;
                case ',':
                    tokens.Add(new Token(TokenKind.Comma, ",", start, ++at, joined));
                    break;
                case '"':
                    var quoted = Quoted(text, ref at, out var closed);
                    if (!closed)
                        openQuote = start;
                    tokens.Add(new Token(TokenKind.Quoted, quoted, start, at, joined));
                    break;
                default:
                    var word = Word(text, ref at);
                    tokens.Add(new Token(word == "+" ? TokenKind.Plus : TokenKind.Word, word, start, at, joined));
                    break;
            }

            joined = true;
        }

        tokens.Add(new Token(TokenKind.End, "", text.Length, text.Length, joined));
        return tokens;
    }

    private static string Quoted(string text, ref int at, out bool closed)
    {
        var inside = new StringBuilder();
        for (at++; at < text.Length; at++)
        {
            if (text[at] == '"')
            {
                if (at + 1 < text.Length && text[at + 1] == '"')
                {
                    at++;
                }
                else
                {
                    at++;
                    closed = true;
                    return inside.ToString();
                }
            }

            inside.Append(text[at]);
        }

        closed = false;
        return inside.ToString();
    }

    private static string Word(string text, ref int at)
    {
        var start = at;
        while (at < text.Length && !EndsWord(text[at]))
            at++;
        // HGVS writes a predicted change in parentheses: p.(Gly12Cys).
        if (at < text.Length && text[at] == '(' && at - start >= 2 && text[at - 1] == '.' && text[at - 2] is 'p' or 'P')
        {
            var close = at + 1;
            while (close < text.Length && !EndsWord(text[close]))
                close++;
            if (close < text.Length && text[close] == ')')
            {
                var word = string.Concat(text.AsSpan(start, at - start), text.AsSpan(at + 1, close - at - 1));
                at = close + 1;
                return word;
            }
        }

        return text[start..at];
    }

    private static bool EndsWord(char c) => c is ' ' or '(' or ')' or ',' or '"';
}
