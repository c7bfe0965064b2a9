using CsvHelper;

namespace DataPortal.Exports.Packaging;

/// <summary>
/// The rows of some cases, one part per file that has any. Parts are written under temporary names; <see cref="Seal"/> brings them to the disk and gives
/// them their names, so that a part with its name is whole.
/// </summary>
internal sealed class Chunk(string folder, int number, int epoch) : ISheetWriter, IDisposable
{
    private readonly Dictionary<string, Part> _parts = new(StringComparer.Ordinal);
    private Part? _current;

    /// <summary>Rows written so far, by name of file.</summary>
    public IReadOnlyDictionary<string, long> Rows => _parts.ToDictionary(p => p.Key, p => p.Value.Csv.RecordCount, StringComparer.Ordinal);

    // The epoch is part of the name: a run that was declared dead and is not can never write over its successor's parts.
    public static string PathOf(string folder, int number, int epoch, string sheet) =>
        Path.Combine(folder, FormattableString.Invariant($"{number:D6}.{epoch}.{sheet}.csv"));

    public void Begin(Sheet sheet)
    {
        if (!_parts.TryGetValue(sheet.Name, out _current))
        {
            _current = new Part(PathOf(folder, number, epoch, sheet.Name));
            _parts.Add(sheet.Name, _current);
        }
    }

    public void Cell(string text) => _current!.Csv.WriteField(text);

    public void End() => _current!.Csv.EndRecord();

    /// <exception cref="IOException">The disk is full or fails: no part has its name, and the chunk is as if it had never been.</exception>
    public void Seal()
    {
        foreach (var part in _parts.Values)
        {
            part.Finish();
        }

        foreach (var part in _parts.Values)
        {
            File.Move(part.Temporary, part.Path, overwrite: true);
        }

        DurableFolder.Flush(folder);
    }

    public void Dispose()
    {
        foreach (var part in _parts.Values)
        {
            part.Dispose();
        }
    }

    private sealed class Part : IDisposable
    {
        private readonly FileStream _file;

        public Part(string path)
        {
            Path = path;
            _file = new FileStream(Temporary, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
            Csv = CsvWriter.Create(_file, CsvWriterOptions.Default, leaveOpen: true);
        }

        public string Path { get; }

        public string Temporary => Path + ".tmp";

        public CsvWriter Csv { get; }

        public void Finish()
        {
            Csv.Flush();
            _file.Flush(flushToDisk: true);
            _file.Dispose();
        }

        public void Dispose()
        {
            // On a full disk both want to write what they still hold, and fail: it is being thrown away.
            Discard(Csv);
            Discard(_file);
            File.Delete(Temporary);
        }

        private static void Discard(IDisposable writer)
        {
            try
            {
                writer.Dispose();
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException)
            {
            }
        }
    }
}
