namespace DataPortal.Releases.Vocabularies;

/// <summary>Folded name → things, and the nearest names to a mistyped one.</summary>
internal sealed class NameIndex<T>
    where T : class
{
    /// <summary>Beyond this a text is not a mistyped name; it also bounds the work a query can cause.</summary>
    private const int LongestCompared = 80;

    private readonly Dictionary<string, List<T>> things = new(StringComparer.Ordinal);

    public void Add(string name, T thing) => AddKey(Folding.Fold(name), thing);

    public void AddKey(string key, T thing)
    {
        if (key.Length == 0)
        {
            return;
        }

        if (!things.TryGetValue(key, out var list))
        {
            things[key] = list = new List<T>(1);
        }

        if (!list.Contains(thing))
        {
            list.Add(thing);
        }
    }

    public IReadOnlyList<T> Find(string name) => FindKey(Folding.Fold(name));

    public T? First(string name) => Find(name) is [var first, ..] ? first : null;

    public IReadOnlyList<T> FindKey(string key) => things.TryGetValue(key, out var list) ? list : [];

    /// <summary>At most <paramref name="count"/> different things whose names begin with the text or differ from it by about a third of its letters or less, nearest first.</summary>
    public IReadOnlyList<T> Nearest(string text, int count)
    {
        var key = Folding.Fold(text.Length > LongestCompared ? text[..LongestCompared] : text);
        if (key.Length == 0 || count <= 0)
        {
            return [];
        }

        var bound = Math.Max(1, (key.Length + 2) / 3);
        var found = new List<(int Score, string Name, T Thing)>();
        foreach (var (name, list) in things)
        {
            int score;
            if (key.Length >= 2 && name.StartsWith(key, StringComparison.Ordinal))
            {
                score = Math.Min(bound, 1 + ((name.Length - key.Length) / 4));
            }
            else if (Math.Abs(name.Length - key.Length) > bound || (score = Distance(key, name, bound)) > bound)
            {
                continue;
            }

            found.AddRange(list.Select(thing => (score, name, thing)));
        }

        return found.OrderBy(f => f.Score).ThenBy(f => f.Name.Length).ThenBy(f => f.Name, StringComparer.Ordinal)
            .Select(f => f.Thing).Distinct().Take(count).ToArray();
    }

    /// <summary>Insertions, deletions, replacements and swaps of neighbours; anything above the bound is reported as bound + 1.</summary>
    private static int Distance(string a, string b, int bound)
    {
        Span<int> before = stackalloc int[b.Length + 1];
        Span<int> previous = stackalloc int[b.Length + 1];
        Span<int> current = stackalloc int[b.Length + 1];
        for (var j = 0; j <= b.Length; j++)
        {
            previous[j] = j;
        }

        for (var i = 1; i <= a.Length; i++)
        {
            current[0] = i;
            var least = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var cost = a[i - 1] == b[j - 1] ? 0 : 1;
                var d = Math.Min(Math.Min(current[j - 1], previous[j]) + 1, previous[j - 1] + cost);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    d = Math.Min(d, before[j - 2] + 1);
                }

                current[j] = d;
                least = Math.Min(least, d);
            }

            if (least > bound)
            {
                return bound + 1;
            }

            var spare = before;
            before = previous;
            previous = current;
            current = spare;
        }

        return previous[b.Length];
    }
}
