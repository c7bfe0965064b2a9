using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;
using System.Text;

namespace DataPortal.Releases.Building;

/// <summary>
/// A column on its way: values in the order in which they came, on disk, so that memory does not grow with the data. The file is opened when the
/// first value that is not blank comes; until then only the count is kept.
/// </summary>
internal sealed class Spool<T>(string path, T blank) : IDisposable
    where T : unmanaged
{
    private readonly T[] buffer = new T[8192];
    private readonly Lock reading = new();
    private int filled;
    private FileStream? file;
    private MemoryMappedFile? map;
    private MemoryMappedViewAccessor? view;

    public long Count { get; private set; }

    /// <summary>True while no row had a value.</summary>
    public bool AllBlank { get; private set; } = true;

    public void Add(T value)
    {
        if (AllBlank)
        {
            if (EqualityComparer<T>.Default.Equals(value, blank))
            {
                Count++;
                return;
            }

            AllBlank = false;
            var before = Count;
            Count = 0;
            for (long i = 0; i < before; i++)
                Append(blank);
        }

        Append(value);
    }

    private void Append(T value)
    {
        if (filled == buffer.Length)
            Flush();
        buffer[filled++] = value;
        Count++;
    }

    private void Flush()
    {
        file ??= new FileStream(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        file.Write(MemoryMarshal.AsBytes(buffer.AsSpan(0, filled)));
        filled = 0;
    }

    /// <summary>All values. The span lives until <see cref="Dispose"/>; must not be called while every value is blank. Several steps of sealing may read at once.</summary>
    public unsafe ReadOnlySpan<T> Read()
    {
        lock (reading)
        {
            if (filled > 0)
                Flush();
            if (view is null)
            {
                map = MemoryMappedFile.CreateFromFile(file!, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
                view = map.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
            }

            // Not AcquirePointer: each reference it takes would keep the view mapped after Dispose, and with it the room of the deleted file.
            return new ReadOnlySpan<T>((void*)view.SafeMemoryMappedViewHandle.DangerousGetHandle(), checked((int)Count));
        }
    }

    public void Dispose()
    {
        view?.Dispose();
        map?.Dispose();
        file?.Dispose();
        File.Delete(path);
    }
}

/// <summary>Running texts on their way: the bytes go to disk, the end offset of each to a spool.</summary>
internal sealed class TextSpool(string path) : IDisposable
{
    private readonly Spool<long> ends = new(path + ".ends", 0);
    private FileStream? file;
    private long length;
    private long rows;
    private byte[] buffer = new byte[256];

    public bool AllBlank => length == 0;

    public void Add(string? text)
    {
        rows++;
        if (text is not null)
        {
            file ??= new FileStream(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, bufferSize: 1 << 16);
            var most = Encoding.UTF8.GetMaxByteCount(text.Length);
            if (buffer.Length < most)
                buffer = new byte[most * 2];
            var size = Encoding.UTF8.GetBytes(text, buffer);
            file.Write(buffer, 0, size);
            length += size;
        }

        ends.Add(length);
    }

    /// <summary>Copies the texts in a new order to <paramref name="texts"/> and gives their offsets (rows + 1 of them) to <paramref name="offsets"/>.</summary>
    public void CopyTo(ReadOnlySpan<int> order, Stream texts, Action<long> offsets)
    {
        file!.Flush();
        var end = ends.Read();
        long written = 0;
        offsets(0);
        foreach (var row in order)
        {
            var start = row == 0 ? 0 : end[row - 1];
            var size = (int)(end[row] - start);
            if (size > 0)
            {
                if (buffer.Length < size)
                    buffer = new byte[size];
                RandomAccess.Read(file.SafeFileHandle, buffer.AsSpan(0, size), start);
                texts.Write(buffer, 0, size);
            }

            written += size;
            offsets(written);
        }
    }

    public void Dispose()
    {
        ends.Dispose();
        file?.Dispose();
        File.Delete(path);
    }
}
