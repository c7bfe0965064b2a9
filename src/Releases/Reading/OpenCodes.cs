using System.Text;

namespace DataPortal.Releases.Reading;

/// <summary>An open vocabulary of a release: codes 1 … <see cref="Count"/> in ordinal order of their texts. Thread-safe.</summary>
public sealed class OpenCodes
{
    private readonly Mapping text;
    private readonly Mapping offsets;

    internal OpenCodes(string name, int count, Mapping text, Mapping offsets)
    {
        Name = name;
        Count = count;
        this.text = text;
        this.offsets = offsets;
    }

    public string Name { get; }

    public int Count { get; }

    /// <summary>The text of a code, 1 … <see cref="Count"/>.</summary>
    public string this[int code] => Encoding.UTF8.GetString(Utf8(code));

    public ReadOnlySpan<byte> Utf8(int code)
    {
        var ends = offsets.As<int>();
        return text.As<byte>()[ends[code - 1]..ends[code]];
    }

    /// <summary>The code of a text; 0 when the release never saw it.</summary>
    public int Find(string value)
    {
        int low = 1, high = Count;
        while (low <= high)
        {
            var middle = (low + high) / 2;
            // Sorted by UTF-16 code units when built, so compared the same way.
            var order = string.CompareOrdinal(this[middle], value);
            if (order == 0)
                return middle;
            if (order < 0)
                low = middle + 1;
            else
                high = middle - 1;
        }

        return 0;
    }
}
