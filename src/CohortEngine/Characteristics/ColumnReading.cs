using DataPortal.Releases.Dictionary;
using DataPortal.Releases.Reading;

namespace DataPortal.CohortEngine.Characteristics;

internal static class ColumnReading
{
    /// <summary>Stored values of neighbouring rows, whatever the column's width; for running text 1 where there is some.</summary>
    public static void Read(this Column column, int start, Span<int> target)
    {
        switch (column.Field.Type == FieldType.Text && column.Width > 0 ? -1 : column.Width)
        {
            case -1:
                for (var i = 0; i < target.Length; i++)
                    target[i] = column.IsBlank(start + i) ? 0 : 1;
                break;
            case 1:
                var bytes = column.Bytes.Slice(start, target.Length);
                for (var i = 0; i < bytes.Length; i++)
                    target[i] = bytes[i];
                break;
            case 2:
                var shorts = column.UShorts.Slice(start, target.Length);
                for (var i = 0; i < shorts.Length; i++)
                    target[i] = shorts[i];
                break;
            case 4:
                column.Ints.Slice(start, target.Length).CopyTo(target);
                break;
            default:
                target.Clear();
                break;
        }
    }

    /// <summary>One more than the largest stored value of a number's column.</summary>
    public static int Bound(this Column column)
    {
        var max = 0;
        Span<int> values = stackalloc int[1024];
        for (var at = 0; at < column.Rows; at += values.Length)
        {
            var part = values[..Math.Min(values.Length, column.Rows - at)];
            column.Read(at, part);
            foreach (var value in part)
                max = Math.Max(max, value);
        }

        return max + 1;
    }
}
