namespace DataPortal.Catalogue.Import.CBioPortal;

/// <summary>A tab-separated data file with one header line, after lines that begin with <c>#</c>. Keeps the account of its rows in the report.</summary>
internal sealed class TsvFile : IDisposable
{
    private static readonly HashSet<string> Blanks = new(StringComparer.OrdinalIgnoreCase)
    {
        "NA", "N/A", "#N/A", "NaN", "null", "none", "[Not Available]", "[Not Applicable]", "[Not Evaluated]", "[Unknown]", "[Pending]", "[Discrepancy]", "[Completed]",
        "[Null]", "Not Available", "Not Applicable", "Not Collected", "Not Reported", "Not Provided",
    };

    private readonly TextLines lines;
    private readonly Dictionary<string, int> columns = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> repeated = new(StringComparer.OrdinalIgnoreCase);
    private string[] cells = [];
    private long headerLine;

    public TsvFile(string folder, string name, string holds, ImportLog log)
    {
        lines = new TextLines(folder, name);
        try
        {
            Header = ReadHeader();
        }
        catch
        {
            lines.Dispose();
            throw;
        }

        Log = log.Open(name, holds);
    }

    public FileLog Log { get; }

    public IReadOnlyList<string> Header { get; }

    public string Name => lines.Name;

    public long Line => lines.Number;

    /// <summary>The column of the first of these names that the file has; -1 when it has none.</summary>
    public int Column(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (!columns.TryGetValue(name, out var column))
                continue;
            // Columns that nobody reads may repeat as they like.
            return repeated.Contains(name)
                ? throw new ImportException("duplicate_column", $"There is more than one column {name}.", Name, headerLine)
                : column;
        }

        return -1;
    }

    /// <summary>Like <see cref="Column"/>, for what the format demands.</summary>
    public int Required(params ReadOnlySpan<string> names) => Column(names) is >= 0 and var column
        ? column
        : throw new ImportException("missing_column", $"There is no column {string.Join(" or ", names.ToArray())}.", Name, headerLine);

    /// <summary>Goes to the next row that can be used; the row before it is accounted for.</summary>
    public bool Next()
    {
        while (lines.Next() is { } text)
        {
            if (string.IsNullOrWhiteSpace(text))
                continue;
            Log.Begin(lines.Number);
            cells = text.Split('\t');
            if (Fits())
                return true;
        }

        Log.End();
        return false;
    }

    /// <summary>The trimmed cell; empty for a column that the file does not have.</summary>
    public string Raw(int column) => column < 0 ? "" : cells[column].Trim();

    /// <summary>The trimmed cell; null when it is empty or says that there is no value.</summary>
    public string? Value(int column) => Raw(column) is { Length: > 0 } cell && !Blanks.Contains(cell) ? cell : null;

    public void Dispose() => lines.Dispose();

    private string[] ReadHeader()
    {
        while (lines.Next() is { } text)
        {
            if (text.Length == 0 || text[0] == '#')
                continue;
            var header = text.Split('\t');
            for (var i = 0; i < header.Length; i++)
            {
                header[i] = header[i].Trim();
                if (header[i].Length > 0 && !columns.TryAdd(header[i], i))
                    repeated.Add(header[i]);
            }

            headerLine = lines.Number;
            return lines.Terminated ? header : throw new ImportException("file_truncated", "The file ends within its header or has no rows.", Name, lines.Number);
        }

        throw new ImportException("file_truncated", "The file has no header.", Name, lines.Number);
    }

    private bool Fits()
    {
        if (cells.Length < Header.Count)
        {
            if (!lines.Terminated)
                throw new ImportException("file_truncated", $"The last line breaks off after {cells.Length} of {Header.Count} cells.", Name, Line);
            Log.Mend("short_line");
            var given = cells.Length;
            Array.Resize(ref cells, Header.Count);
            cells.AsSpan(given).Fill("");
        }
        else if (cells.Length > Header.Count && cells.Skip(Header.Count).Any(c => !string.IsNullOrWhiteSpace(c)))
        {
            // Which cell slipped in cannot be told, so none of them can be trusted.
            Log.Drop("long_line");
            return false;
        }

        return true;
    }
}
