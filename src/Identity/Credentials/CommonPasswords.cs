using System.Collections.Frozen;
using System.Text;

namespace DataPortal.Identity.Credentials;

/// <summary>
/// Passwords that are guessed first, told by how they are made and not by a list of all: a word that everybody takes, or two of them, or a walk over the keyboard, a run or
/// a repetition, with figures and marks around it and with letters written as figures. Words are in <c>common-words.txt</c>.
/// </summary>
internal static class CommonPasswords
{
    /// <summary>What may be left over beside the words: <c>password</c> with <c>x7</c> is no better than without.</summary>
    private const int LeftOver = 3;

    private const int MostPieces = 2;

    private const int ShortestRun = 4;

    private static readonly FrozenSet<string> Words = Read();
    private static readonly int LongestWord = Words.Max(w => w.Length);

    private static readonly string[] Walks =
    [
        "qwertyuiop", "asdfghjkl", "zxcvbnm", "1234567890", "qazwsxedcrfvtgbyhnujmikolp", "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p", "qweasdzxc", "abcdefghijklmnopqrstuvwxyz",
    ];

    public static bool Holds(string password)
    {
        var plain = new string([.. password.Normalize(NormalizationForm.FormKC).ToLowerInvariant().Where(char.IsLetterOrDigit)]);
        return IsCommon(plain) || IsCommon(Unleet(plain)) || IsCommon(Fold(password));
    }

    /// <summary>Lower-case letters only, figures and marks read as the letters they stand for.</summary>
    public static string Fold(string text)
    {
        var normal = text.Normalize(NormalizationForm.FormKC).ToLowerInvariant();
        return new string([.. normal.Select(Letter).Where(char.IsLetter)]);
    }

    private static string Unleet(string text) => new([.. text.Select(Letter)]);

    private static char Letter(char c) => c switch
    {
        '0' => 'o',
        '1' or '!' or '|' => 'i',
        '3' => 'e',
        '4' or '@' => 'a',
        '5' or '$' => 's',
        '7' => 't',
        '8' => 'b',
        _ => c,
    };

    /// <summary>Cuts the text into the fewest pieces that leave the least over: few pieces and little left means common.</summary>
    private static bool IsCommon(string text)
    {
        if (text.Length == 0)
        {
            return true;
        }

        if (IsRepetition(text))
        {
            return true;
        }

        // At each place: the least left over with so many pieces.
        var best = new int[text.Length + 1, MostPieces + 1];
        for (var pieces = 0; pieces <= MostPieces; pieces++)
        {
            for (var end = 0; end <= text.Length; end++)
            {
                best[end, pieces] = end == 0 ? 0 : best[end - 1, pieces] + (char.IsAsciiDigit(text[end - 1]) ? 0 : 1);
                for (var length = ShortestRun; pieces > 0 && length <= end; length++)
                {
                    if (IsPiece(text.AsSpan(end - length, length)))
                    {
                        best[end, pieces] = Math.Min(best[end, pieces], best[end - length, pieces - 1]);
                    }
                }
            }

            if (pieces > 0 && best[text.Length, pieces] <= LeftOver)
            {
                return true;
            }
        }

        // Figures alone: dates and telephone numbers are tried early, at any length that is remembered.
        return text.All(char.IsAsciiDigit) && text.Length <= 16;
    }

    private static bool IsPiece(ReadOnlySpan<char> piece) =>
        (piece.Length <= LongestWord && Words.GetAlternateLookup<ReadOnlySpan<char>>().Contains(piece)) || IsWalk(piece) || IsOneCharacter(piece);

    private static bool IsWalk(ReadOnlySpan<char> piece)
    {
        Span<char> back = stackalloc char[piece.Length];
        piece.CopyTo(back);
        back.Reverse();
        foreach (var walk in Walks)
        {
            if (walk.AsSpan().Contains(piece, StringComparison.Ordinal) || walk.AsSpan().Contains(back, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsOneCharacter(ReadOnlySpan<char> piece) => !piece.ContainsAnyExcept(piece[0]);

    /// <summary>The same few characters over and over: <c>abcabcabcabc</c>, or a common half twice.</summary>
    private static bool IsRepetition(string text)
    {
        for (var period = 1; period <= Math.Min(6, text.Length / 2); period++)
        {
            if (Enumerable.Range(period, text.Length - period).All(i => text[i] == text[i - period]))
            {
                return true;
            }
        }

        return false;
    }

    private static FrozenSet<string> Read()
    {
        using var stream = typeof(CommonPasswords).Assembly.GetManifestResourceStream("common-words.txt")!;
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd().Split('\n').Where(line => !line.StartsWith('#'))
            .SelectMany(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)).Where(word => word.Length >= 3)
            .ToFrozenSet(StringComparer.Ordinal);
    }
}
