namespace DataPortal.Releases.Registration;

/// <summary>Lines of a stream as bytes, in one reused buffer that grows to the longest line and no further than the limit.</summary>
internal sealed class Utf8Lines(Stream stream, int longest)
{
    private byte[] buffer = new byte[64 * 1024];
    private int start;
    private int end;
    private bool atEnd;

    /// <summary>The line last read, without its line break; valid until the next call.</summary>
    public ReadOnlyMemory<byte> Line { get; private set; }

    /// <summary>1-based.</summary>
    public long Number { get; private set; }

    /// <summary>True when the line was longer than the limit; <see cref="Line"/> then holds its beginning only and nothing more is read.</summary>
    public bool TooLong { get; private set; }

    public bool Next()
    {
        var searched = start;
        while (true)
        {
            var found = buffer.AsSpan(searched, end - searched).IndexOf((byte)'\n');
            if (found >= 0)
                return Take(searched + found, searched + found + 1);
            searched = end;
            if (atEnd)
                return end > start && Take(end, end);
            if (end - start > longest)
            {
                TooLong = atEnd = true;
                return Take(end, end);
            }

            searched -= Fill();
        }
    }

    private bool Take(int lineEnd, int next)
    {
        var length = lineEnd - start;
        if (length > 0 && buffer[lineEnd - 1] == '\r')
            length--;
        Line = buffer.AsMemory(start, length);
        start = next;
        Number++;
        return true;
    }

    /// <summary>Returns by how much what is in the buffer has moved towards its beginning.</summary>
    private int Fill()
    {
        var moved = 0;
        if (end == buffer.Length)
        {
            if (start > 0)
            {
                buffer.AsSpan(start, end - start).CopyTo(buffer);
                moved = start;
                end -= start;
                start = 0;
            }
            else
            {
                Array.Resize(ref buffer, buffer.Length * 2);
            }
        }

        var read = stream.Read(buffer.AsSpan(end));
        atEnd = read == 0;
        end += read;
        return moved;
    }
}
