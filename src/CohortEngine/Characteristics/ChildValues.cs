using DataPortal.Releases.Reading;

namespace DataPortal.CohortEngine.Characteristics;

/// <summary>Columns of a child entity for a run of cases.</summary>
internal sealed class ChildValues
{
    private readonly Table table;
    private readonly Column[] columns;
    private readonly int[][] values;
    private int[] starts = [];
    private int[] parentStarts = [];
    private int first;

    public ChildValues(Layout layout, string entity, params string[] fields)
    {
        table = layout.Release.Table(entity);
        columns = [.. fields.Select(table.Column)];
        values = [.. fields.Select(_ => Array.Empty<int>())];
    }

    /// <summary>For each case of a run its first row, and behind the last the end.</summary>
    public static int[] Starts(Table table, int start, int count, ref int[] buffer)
    {
        if (buffer.Length < count + 1)
            buffer = new int[PackedCases.Capacity + 1];
        var own = table.Offsets;
        if (table.Parent!.Parent is null)
        {
            own.Slice(start, count + 1).CopyTo(buffer);
        }
        else
        {
            var parents = table.Parent.Offsets.Slice(start, count + 1);
            for (var i = 0; i <= count; i++)
                buffer[i] = own[parents[i]];
        }

        return buffer;
    }

    /// <summary>The fields' values; rows are numbered from the first of the run. Good until the next call.</summary>
    public int[][] Read(int start, int count)
    {
        Starts(table, start, count, ref starts);
        first = starts[0];
        var rows = starts[count] - first;
        for (var c = 0; c < columns.Length; c++)
        {
            if (values[c].Length < rows)
                values[c] = new int[rows * 2];
            columns[c].Read(first, values[c].AsSpan(0, rows));
        }

        if (table.Parent!.Parent is null)
            return values;
        // Rows by row of the parent, which is a treatment line here.
        var parents = table.Parent.Offsets;
        var lines = parents[start + count] - parents[start];
        if (parentStarts.Length < lines + 1)
            parentStarts = new int[(lines + 1) * 2];
        table.Offsets.Slice(parents[start], lines + 1).CopyTo(parentStarts);
        return values;
    }

    /// <summary>Rows of the i-th case of the run.</summary>
    public (int From, int To) Rows(int i) => (starts[i] - first, starts[i + 1] - first);

    /// <summary>Rows of a row of the parent, as the parent numbers it.</summary>
    public (int From, int To) RowsOf(int row) => (parentStarts[row] - first, parentStarts[row + 1] - first);
}
