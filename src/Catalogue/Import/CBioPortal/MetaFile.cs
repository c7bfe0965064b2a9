namespace DataPortal.Catalogue.Import.CBioPortal;

/// <summary>A file of <c>key: value</c> lines: meta files, case lists and gene panels all have this form.</summary>
internal sealed class MetaFile
{
    private readonly Dictionary<string, string> values = new(StringComparer.Ordinal);

    public MetaFile(string folder, string name)
    {
        Name = name;
        using var lines = new TextLines(folder, name);
        while (lines.Next() is { } line)
        {
            if (string.IsNullOrWhiteSpace(line) || line[0] == '#')
                continue;
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0)
                throw new ImportException("meta_malformed", "A line of the form 'key: value' is wanted here.", name, lines.Number);
            // Repeated keys occur in published studies; the first is meant.
            values.TryAdd(line[..colon].Trim(), line[(colon + 1)..].Trim(' '));
            Terminated = lines.Terminated;
        }
    }

    public string Name { get; }

    /// <summary>Whether the last line ended with a line break.</summary>
    public bool Terminated { get; } = true;

    public string? Find(string key) => values.TryGetValue(key, out var value) && value.Length > 0 ? value : null;

    public string Required(string key) => Find(key) ?? throw new ImportException("meta_incomplete", $"There is no line '{key}: …'.", Name);

    /// <summary>The parts of a value that is separated by tabs.</summary>
    public string[] List(string key) => (Find(key) ?? "").Split(['\t', ' '], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
