using System.Security.Cryptography;
using CsvHelper;

namespace DataPortal.Exports.Packaging;

/// <summary>A finished file of an extract.</summary>
/// <param name="Path">Relative to the extract's folder.</param>
/// <param name="Rows">Rows without the header; null for files that are no tables.</param>
/// <param name="Sha256">Lower-case hexadecimal.</param>
/// <param name="Columns">Headers in order; null for files that are no tables.</param>
/// <param name="Bytes">Size.</param>
internal sealed record PackagedFile(string Path, long? Rows, string Sha256, IReadOnlyList<string>? Columns, long Bytes);

/// <summary>Puts the parts of the chunks together. Nothing is visible under <see cref="Folder"/> before <see cref="Publish"/>.</summary>
internal sealed class Package : IDisposable
{
    private readonly string _building;
    private readonly List<PackagedFile> _files = [];

    /// <param name="home">The export's own folder.</param>
    /// <param name="epoch">Part of the folder's name, so that two runs can never publish into the same one.</param>
    public Package(string home, int epoch)
    {
        FolderName = FormattableString.Invariant($"files.{epoch}");
        Folder = Path.Combine(home, FolderName);
        _building = Path.Combine(home, FormattableString.Invariant($"building.{epoch}"));
        Remove(_building);
        Remove(Folder);
        Directory.CreateDirectory(_building);
    }

    public string FolderName { get; }

    public string Folder { get; }

    public IReadOnlyList<PackagedFile> Files => _files;

    /// <summary>Header, then the parts in order of their chunks; hashed on the way.</summary>
    public async Task AddAsync(Sheet sheet, IEnumerable<string> parts, long rows, CancellationToken ct)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await using var file = new FileStream(Path.Combine(_building, sheet.Path), FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
        var buffer = new byte[1 << 17];
        await WriteAsync(Header(sheet));
        foreach (var part in parts)
        {
            await using var source = new FileStream(part, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.SequentialScan);
            int read;
            while ((read = await source.ReadAsync(buffer, ct)) > 0)
            {
                await WriteAsync(buffer.AsMemory(0, read));
            }
        }

        file.Flush(flushToDisk: true);
        _files.Add(new PackagedFile(sheet.Path, rows, Convert.ToHexStringLower(hash.GetHashAndReset()), [.. sheet.Columns.Select(c => c.Name)], file.Length));

        ValueTask WriteAsync(ReadOnlyMemory<byte> bytes)
        {
            hash.AppendData(bytes.Span);
            return file.WriteAsync(bytes, ct);
        }
    }

    public void Add(string path, byte[] bytes)
    {
        DurableFolder.WriteFile(Path.Combine(_building, path), bytes);
        _files.Add(new PackagedFile(path, null, Convert.ToHexStringLower(SHA256.HashData(bytes)), null, bytes.Length));
    }

    /// <summary>Adds the manifest, which does not list itself, and gives the folder its name.</summary>
    public void Publish(byte[] manifest)
    {
        DurableFolder.WriteFile(Path.Combine(_building, ExportManifest.FileName), manifest);
        DurableFolder.Flush(_building);
        Directory.Move(_building, Folder);
        DurableFolder.Flush(Path.GetDirectoryName(Folder)!);
    }

    public void Dispose() => Remove(_building);

    // The mark at the front tells spreadsheets that it is UTF-8; without it they read Japanese as something else.
    private static byte[] Header(Sheet sheet)
    {
        using var bytes = new MemoryStream();
        using (var csv = CsvWriter.Create(bytes, CsvWriterOptions.Default with { WriteByteOrderMark = true }, leaveOpen: true))
        {
            csv.WriteHeader([.. sheet.Columns.Select(c => c.Name)]);
        }

        return bytes.ToArray();
    }

    private static void Remove(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
