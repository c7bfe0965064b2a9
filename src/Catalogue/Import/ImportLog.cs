using System.Text.Json;
using System.Text.Json.Serialization;

namespace DataPortal.Catalogue.Import;

/// <summary>Collects what an import finds: totals and the first few of each in memory, all of them as NDJSON in a stream.</summary>
internal sealed class ImportLog(Stream? findings) : IDisposable
{
    /// <summary>Findings written out; a hostile file must not fill the disk with remarks about itself.</summary>
    public const int MaxWritten = 1_000_000;

    private const int ShownPerCode = 5;
    private const int ShownInAll = 200;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    private readonly BufferedStream? output = findings is null ? null : new BufferedStream(findings, 64 * 1024);
    private readonly List<FileLog> files = [];
    private readonly List<SkippedFile> skipped = [];
    private readonly Dictionary<(string File, FindingKind Kind, string Code, string? Field), long> totals = [];
    private readonly List<Finding> shown = [];

    public long Total { get; private set; }

    public FileLog Open(string path, string holds)
    {
        var file = new FileLog(this, path, holds);
        files.Add(file);
        return file;
    }

    public void Skip(string path, string reason) => skipped.Add(new SkippedFile(path, reason));

    public void Add(Finding finding)
    {
        var key = (finding.File, finding.Kind, finding.Code, finding.Field);
        var before = totals.GetValueOrDefault(key);
        totals[key] = before + 1;
        if (before < ShownPerCode && shown.Count < ShownInAll)
            shown.Add(finding);
        if (output is not null && Total < MaxWritten)
        {
            JsonSerializer.Serialize(output, finding, Json);
            output.WriteByte((byte)'\n');
        }

        Total++;
    }

    public ImportReport Report(string format, int cases) => new(
        format, cases, [.. files.Select(f => f.Summary())], skipped,
        [.. totals.Select(t => new FindingTotal(t.Key.File, t.Key.Kind, t.Key.Code, t.Key.Field, t.Value))],
        [.. shown.OrderBy(f => f.File, StringComparer.Ordinal).ThenBy(f => f.Line)], Total);

    public void Dispose() => output?.Dispose();
}

/// <summary>The account of one data file. Every row is begun, and ends either read or dropped, so that the figures add up.</summary>
internal sealed class FileLog(ImportLog log, string path, string holds)
{
    private readonly SortedDictionary<string, long> counts = new(StringComparer.Ordinal);
    private long rows;
    private long read;
    private long mended;
    private long dropped;
    private bool open;
    private bool rowMended;
    private bool rowDropped;

    public string Path => path;

    /// <summary>Line of the present row.</summary>
    public long Line { get; private set; }

    public void Begin(long line)
    {
        End();
        (Line, open, rowMended, rowDropped) = (line, true, false, false);
    }

    public void Mend(string code, string? field = null, string? hint = null)
    {
        rowMended = true;
        Find(FindingKind.Mended, code, field, hint);
    }

    /// <summary>The row is not taken. A row is dropped once, for the first reason found.</summary>
    public void Drop(string code, string? field = null, string? hint = null)
    {
        if (rowDropped)
            return;
        rowDropped = true;
        Find(FindingKind.Dropped, code, field, hint);
    }

    public void Note(string code, string? field = null, string? hint = null) => Find(FindingKind.Noted, code, field, hint);

    /// <summary>A remark about an earlier row, or (line 0) about the file.</summary>
    public void NoteAt(long line, string code, string? field = null, string? hint = null) =>
        log.Add(new Finding(path, line, FindingKind.Noted, code, field, hint));

    public void Count(string name, long add = 1) => counts[name] = counts.GetValueOrDefault(name) + add;

    public void End()
    {
        if (!open)
            return;
        open = false;
        rows++;
        if (rowDropped)
        {
            dropped++;
            return;
        }

        read++;
        if (rowMended)
            mended++;
    }

    public ImportedFile Summary()
    {
        End();
        return new ImportedFile(path, holds, rows, read, mended, dropped, counts);
    }

    private void Find(FindingKind kind, string code, string? field, string? hint) => log.Add(new Finding(path, Line, kind, code, field, hint));
}
