using System.IO.MemoryMappedFiles;

namespace DataPortal.Releases.Reading;

/// <summary>
/// A file of the release as memory. There is no Dispose on purpose: pages go when nothing refers to the release any more, so that no reader can be
/// left with a span over memory that was unmapped behind its back.
/// </summary>
internal sealed unsafe class Mapping
{
    private readonly MemoryMappedViewAccessor? view;
    private readonly byte* start;
    private readonly long length;

    public Mapping(string path, long expectedLength)
    {
        var info = new FileInfo(path);
        if (!info.Exists || info.Length != expectedLength)
            throw new ReleaseException("release_damaged", $"{Path.GetFileName(path)} is {(info.Exists ? "not of the sealed size" : "missing")}.");
        length = expectedLength;
        if (length == 0)
            return;
        using var file = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, 0, MemoryMappedFileAccess.Read);
        view = file.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        // Not AcquirePointer: its reference would keep the handle's own finalizer from ever unmapping.
        start = (byte*)view.SafeMemoryMappedViewHandle.DangerousGetHandle();
    }

    public ReadOnlySpan<T> As<T>()
        where T : unmanaged => new(start, checked((int)(length / sizeof(T))));
}
