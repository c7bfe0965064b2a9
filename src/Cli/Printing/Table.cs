namespace DataPortal.Cli.Printing;

/// <summary>Rows in columns that line up, also with Japanese text; fits 80 columns by cutting the widest text column.</summary>
internal sealed class Table(params string[] heads)
{
    private const int Most = 80;
    private readonly List<string[]> rows = [];
    private readonly HashSet<int> right = [];

    /// <summary>Numbers stand at the right of their column.</summary>
    public Table Right(params int[] columns)
    {
        right.UnionWith(columns);
        return this;
    }

    public void Add(params string[] cells) => rows.Add(cells);

    public void Print(TextWriter? to = null)
    {
        to ??= Console.Out;
        var all = heads.Any(h => h.Length > 0) ? rows.Prepend(heads).ToList() : rows;
        if (all.Count == 0)
            return;
        var widths = Enumerable.Range(0, heads.Length).Select(i => all.Max(r => Width.Of(r[i]))).ToArray();
        var excess = widths.Sum() + 2 * (widths.Length - 1) - Most;
        if (excess > 0)
        {
            var widest = Enumerable.Range(0, widths.Length).Where(i => !right.Contains(i)).DefaultIfEmpty(0).MaxBy(i => widths[i]);
            widths[widest] = Math.Max(8, widths[widest] - excess);
        }

        foreach (var row in all)
            to.WriteLine(string.Join("  ", row.Select((cell, i) => Pad(Cut(cell, widths[i]), widths[i], right.Contains(i)))).TrimEnd());
    }

    private static string Pad(string cell, int width, bool toTheRight)
    {
        var blanks = new string(' ', Math.Max(0, width - Width.Of(cell)));
        return toTheRight ? blanks + cell : cell + blanks;
    }

    private static string Cut(string cell, int width)
    {
        if (Width.Of(cell) <= width)
            return cell;
        var kept = cell;
        while (kept.Length > 0 && Width.Of(kept) > width - 1)
            kept = kept[..^(kept.Length > 1 && char.IsLowSurrogate(kept[^1]) ? 2 : 1)];
        return kept + "…";
    }
}
