using DataPortal.Releases.Vocabularies;

namespace DataPortal.CohortEngine.Query;

/// <summary>The known names nearest to a mistyped one.</summary>
internal static class Nearness
{
    /// <summary>Beyond this a text is not a mistyped name; it also bounds the work a query can cause.</summary>
    private const int LongestCompared = 40;

    /// <summary>At most <paramref name="count"/> different results, nearest first: keys that begin with the text, or differ by a third of its letters or less.</summary>
    public static IReadOnlyList<T> Of<T>(string text, IEnumerable<(string Key, T Result)> names, int count)
    {
        var key = Folding.Fold(text);
        if (key.Length is 0 or > LongestCompared)
            return [];
        var bound = Math.Max(1, (key.Length + 1) / 3);
        var found = new List<(int Score, string Key, T Result)>();
        foreach (var (name, result) in names)
        {
            if (key.Length >= 3 && name.StartsWith(key, StringComparison.Ordinal))
                found.Add((1, name, result));
            else if (Math.Abs(name.Length - key.Length) <= bound && Distance(key, name) is var distance && distance <= bound && distance < key.Length)
                found.Add((distance, name, result));
        }

        return [.. found.OrderBy(f => f.Score).ThenBy(f => f.Key.Length).ThenBy(f => f.Key, StringComparer.Ordinal).Select(f => f.Result).Distinct().Take(count)];
    }

    /// <summary>Insertions, deletions, replacements and swaps of neighbours.</summary>
    private static int Distance(string a, string b)
    {
        var before = new int[b.Length + 1];
        var previous = new int[b.Length + 1];
        var current = new int[b.Length + 1];
        for (var j = 0; j <= b.Length; j++)
            previous[j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            current[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var distance = Math.Min(Math.Min(current[j - 1], previous[j]) + 1, previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    distance = Math.Min(distance, before[j - 2] + 1);
                current[j] = distance;
            }

            (before, previous, current) = (previous, current, before);
        }

        return previous[b.Length];
    }
}
