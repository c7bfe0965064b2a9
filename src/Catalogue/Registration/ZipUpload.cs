using System.IO.Compression;
using DataPortal.Catalogue.Import;

namespace DataPortal.Catalogue.Registration;

/// <summary>
/// Unpacks an upload. A registration is a flat folder, with <c>case_lists/</c> the only folder within: every other path is refused rather than mended, and so is
/// everything that is not a plain file. Sizes are counted while unpacking; what the archive says about itself is not believed.
/// </summary>
internal static class ZipUpload
{
    private const string OnlyFolder = "case_lists";
    private const int UnixTypeMask = 0xF000;
    private const int UnixPlainFile = 0x8000;
    private const int UnixFolder = 0x4000;
    private const int LongestName = 200;

    /// <summary>Tells at once what is no archive at all: every one begins with an entry, or with the end mark when it has none.</summary>
    public static bool LooksLikeZip(string path)
    {
        Span<byte> start = stackalloc byte[4];
        using var file = File.OpenRead(path);
        return file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) == start.Length && (start.SequenceEqual("PK\u0003\u0004"u8) || start.SequenceEqual("PK\u0005\u0006"u8));
    }

    /// <exception cref="ImportException"><c>zip_invalid</c>, <c>zip_path</c>, <c>zip_link</c>, <c>zip_too_many_files</c> or <c>zip_too_large</c>.</exception>
    public static void Unpack(string zip, string folder, CatalogueOptions limits, CancellationToken ct)
    {
        Directory.CreateDirectory(folder);
        try
        {
            using var archive = ZipFile.OpenRead(zip);
            if (archive.Entries.Count > limits.MaxFiles)
                throw new ImportException("zip_too_many_files", FormattableString.Invariant($"The archive holds {archive.Entries.Count} entries; at most {limits.MaxFiles} are taken."));
            var left = limits.MaxExpandedBytes;
            foreach (var entry in archive.Entries)
            {
                ct.ThrowIfCancellationRequested();
                if (Target(entry, folder) is { } target)
                    left = Copy(entry, target, left, ct);
            }
        }
        catch (InvalidDataException e)
        {
            throw new ImportException("zip_invalid", "The body is not a ZIP archive that can be read.", inner: e);
        }
    }

    /// <summary>Where the entry goes; null for the folder itself.</summary>
    private static string? Target(ZipArchiveEntry entry, string folder)
    {
        var type = (entry.ExternalAttributes >> 16) & UnixTypeMask;
        if (type is not (0 or UnixPlainFile or UnixFolder))
            throw new ImportException("zip_link", "The archive holds a link or a device; only plain files are taken.");
        if (entry.FullName == OnlyFolder + "/")
            return null;
        var name = entry.FullName.StartsWith(OnlyFolder + "/", StringComparison.Ordinal) ? entry.FullName[(OnlyFolder.Length + 1)..] : entry.FullName;
        if (type == UnixFolder || name.Length is 0 or > LongestName || name[0] == '.' || name.AsSpan().IndexOfAny('/', '\\', ':') >= 0 || name.Any(char.IsControl))
            throw new ImportException("zip_path", "A path in the archive leads elsewhere: files lie at the top, or in case_lists/.");
        return Path.Combine(folder, entry.FullName);
    }

    private static long Copy(ZipArchiveEntry entry, string target, long left, CancellationToken ct)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        if (File.Exists(target))
            throw new ImportException("zip_path", "The archive holds two files of the same name.");
        using var from = entry.Open();
        using var to = new FileStream(target, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
        var buffer = new byte[128 * 1024];
        for (int read; (read = from.Read(buffer)) > 0;)
        {
            ct.ThrowIfCancellationRequested();
            left -= read;
            if (left < 0)
                throw new ImportException("zip_too_large", "The archive's files are larger, unpacked, than this portal takes.");
            to.Write(buffer.AsSpan(0, read));
        }

        return left;
    }
}
