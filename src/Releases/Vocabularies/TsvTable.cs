using System.Globalization;
using System.Text;

namespace DataPortal.Releases.Vocabularies;

/// <summary>
/// The one layout of all vocabulary files: UTF-8, LF, tab-separated, a header line, <c>#</c> lines are remarks, lists within a cell are separated by <c>|</c>.
/// Columns are found by name, so that a file may carry more columns than are read.
/// </summary>
internal sealed class TsvTable
{
    private readonly Dictionary<string, int> columns = new(StringComparer.Ordinal);

    public TsvTable(string file, IReadOnlyList<string> header)
    {
        File = file;
        Header = header;
        for (var i = 0; i < header.Count; i++)
        {
            if (!columns.TryAdd(header[i], i))
            {
                throw new VocabularyException(file, 1, $"column '{header[i]}' stands twice in the header");
            }
        }
    }

    public string File { get; }

    public IReadOnlyList<string> Header { get; }

    public List<Line> Lines { get; } = [];

    public static TsvTable Read(string file, TextReader reader)
    {
        TsvTable? table = null;
        var number = 0;
        while (reader.ReadLine() is { } text)
        {
            number++;
            if (text.Length == 0 || text[0] == '#')
            {
                continue;
            }

            var cells = text.Split('\t');
            if (table is null)
            {
                table = new TsvTable(file, cells);
                continue;
            }

            if (cells.Length > table.Header.Count)
            {
                throw new VocabularyException(file, number, $"{cells.Length} cells where the header has {table.Header.Count}");
            }

            table.Lines.Add(new Line(table, number, cells));
        }

        return table ?? throw new VocabularyException(file, 0, "no header line");
    }

    /// <summary>Invalid UTF-8 is refused, not replaced: a name with U+FFFD in it would never be found again.</summary>
    public static TsvTable ReadFile(string path)
    {
        try
        {
            using var reader = new StreamReader(path, new UTF8Encoding(false, throwOnInvalidBytes: true));
            return Read(Path.GetFileName(path), reader);
        }
        catch (DecoderFallbackException)
        {
            throw new VocabularyException(Path.GetFileName(path), 0, "not valid UTF-8");
        }
    }

    public void Add(params string[] cells) => Lines.Add(new Line(this, Lines.Count + 2, cells));

    /// <summary>Lines of <paramref name="more"/> replace those with the same key and are added otherwise.</summary>
    public TsvTable ExtendedBy(TsvTable more, params string[] key)
    {
        var result = new TsvTable(File, Header);
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var line in Lines.Concat(more.Lines))
        {
            var name = string.Join('\t', key.Select(line.Required));
            if (places.TryGetValue(name, out var place) && line.Table == more)
            {
                result.Lines[place] = line;
            }
            else
            {
                places[name] = result.Lines.Count;
                result.Lines.Add(line);
            }
        }

        return result;
    }

    public void Write(string path)
    {
        using var writer = new StreamWriter(path, append: false, new UTF8Encoding(false)) { NewLine = "\n" };
        writer.WriteLine(string.Join('\t', Header));
        foreach (var line in Lines)
        {
            writer.WriteLine(string.Join('\t', Header.Select(line.Optional)));
        }
    }

    public int Column(string name) => columns.TryGetValue(name, out var i) ? i : -1;

    public static string Join(IEnumerable<string> values) => string.Join('|', values);

    /// <summary>One line, with the number it had in its file for messages.</summary>
    public sealed class Line(TsvTable table, int number, string[] cells)
    {
        public TsvTable Table { get; } = table;

        public int Number { get; } = number;

        public string Optional(string column)
        {
            var i = Table.Column(column);
            return i < 0 || i >= cells.Length ? "" : cells[i].Trim();
        }

        public string Required(string column)
        {
            if (Table.Column(column) < 0)
            {
                throw new VocabularyException(Table.File, 1, $"no column '{column}'");
            }

            var value = Optional(column);
            return value.Length > 0 ? value : throw Problem($"'{column}' is empty");
        }

        public string[] List(string column) => Optional(column).Split('|', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

        public int? Number32(string column)
        {
            var value = Optional(column);
            return value.Length == 0 ? null
                : int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var n) ? n
                : throw Problem($"'{column}' is not a whole number");
        }

        public bool Flag(string column) => Optional(column) switch
        {
            "yes" => true,
            "no" or "" => false,
            _ => throw Problem($"'{column}' is neither yes nor no"),
        };

        public VocabularyException Problem(string problem) => new(Table.File, Number, problem);
    }
}
