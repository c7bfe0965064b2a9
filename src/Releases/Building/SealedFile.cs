using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace DataPortal.Releases.Building;

/// <summary>A file of the release being written: hashed as it is written, flushed to the disk before it counts.</summary>
internal sealed class SealedFile : Stream
{
    private readonly FileStream file;
    private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly string path;
    private readonly byte[] buffer = new byte[1 << 18];
    private int filled;
    private long length;

    public SealedFile(string folder, string path)
    {
        this.path = path;
        var full = Path.Combine(folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        file = new FileStream(full, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
    }

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => length;

    public override long Position { get => length; set => throw new NotSupportedException(); }

    public override void Write(ReadOnlySpan<byte> data)
    {
        length += data.Length;
        while (data.Length > 0)
        {
            var part = Math.Min(data.Length, buffer.Length - filled);
            data[..part].CopyTo(buffer.AsSpan(filled));
            filled += part;
            data = data[part..];
            if (filled == buffer.Length)
                Flush();
        }
    }

    public override void Write(byte[] data, int offset, int count) => Write(data.AsSpan(offset, count));

    public void Put<T>(T value)
        where T : unmanaged => Write(MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value)));

    public void PutAll<T>(ReadOnlySpan<T> values)
        where T : unmanaged => Write(MemoryMarshal.AsBytes(values));

    public override void Flush()
    {
        hash.AppendData(buffer, 0, filled);
        file.Write(buffer, 0, filled);
        filled = 0;
    }

    /// <summary>Closes the file and tells what was written.</summary>
    public ManifestFile Seal()
    {
        Flush();
        file.Flush(flushToDisk: true);
        return new ManifestFile(path, length, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            file.Dispose();
            hash.Dispose();
        }

        base.Dispose(disposing);
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
