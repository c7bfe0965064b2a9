using System.Globalization;
using System.Text;
using DataPortal.Releases.Dictionary;

namespace DataPortal.Releases.Reading;

/// <summary>
/// A field of a table as memory-mapped values, one per row. What is stored is a small number per row (<see cref="Stored"/>): 0 is blank; for coded fields
/// it is the code's position + 1; for numbers and dates the value − <see cref="Base"/> + 1. Thread-safe. Spans stay valid as long as the column is referenced.
/// </summary>
public sealed class Column
{
    private readonly Mapping? data;
    private readonly Mapping? offsets;

    internal Column(Field field, ManifestColumn description, int rows, Mapping? data, Mapping? offsets, OpenCodes? vocabulary)
    {
        Field = field;
        Rows = rows;
        Width = description.Width;
        Base = description.Base;
        Closed = description.Codes ?? [];
        Vocabulary = vocabulary;
        this.data = data;
        this.offsets = offsets;
    }

    public Field Field { get; }

    public int Rows { get; }

    /// <summary>Bytes per stored value: 1, 2, 4 or 8; 0 when every row is blank and there are no spans to read.</summary>
    public int Width { get; }

    /// <summary>For numbers and dates: the value that is stored as 1.</summary>
    public int Base { get; }

    /// <summary>For closed lists: the codes as sealed; position + 1 is stored.</summary>
    public IReadOnlyList<string> Closed { get; }

    /// <summary>For open vocabularies: the vocabulary whose codes are stored.</summary>
    public OpenCodes? Vocabulary { get; }

    /// <summary>Stored values when <see cref="Width"/> is 1.</summary>
    public ReadOnlySpan<byte> Bytes => data!.As<byte>();

    /// <summary>Stored values when <see cref="Width"/> is 2.</summary>
    public ReadOnlySpan<ushort> UShorts => data!.As<ushort>();

    /// <summary>Stored values when <see cref="Width"/> is 4.</summary>
    public ReadOnlySpan<int> Ints => data!.As<int>();

    /// <summary>Keyed hashes, for identifiers.</summary>
    public ReadOnlySpan<ulong> Ids => data!.As<ulong>();

    /// <summary>One more than the largest stored value that can occur in a coded column; for numbers the true bound is found by looking.</summary>
    public int CodeBound => Vocabulary is not null ? Vocabulary.Count + 1 : Closed.Count + 1;

    /// <summary>The stored value of a row; 0 is blank.</summary>
    public int Stored(int row) => Width switch { 1 => Bytes[row], 2 => UShorts[row], 4 => Ints[row], _ => 0 };

    public bool IsBlank(int row) => Field.Type switch
    {
        FieldType.Text => Width == 0 || offsets!.As<long>() is var ends && ends[row] == ends[row + 1],
        FieldType.Identifier => false,
        _ => Stored(row) == 0,
    };

    /// <summary>The number in the field's unit times 10^scale, or days since 1900-01-01; null when blank or not a number.</summary>
    public int? Scaled(int row) => Stored(row) is > 0 and var stored ? stored - 1 + Base : null;

    public decimal? Number(int row) => Scaled(row) is { } scaled ? (decimal)scaled / Row.Pow10(Field.Scale) : null;

    public DateOnly? Date(int row) => Scaled(row) is { } days ? Row.Epoch.AddDays(days) : null;

    /// <summary>The code, or the running text; null when blank.</summary>
    public string? Text(int row) => Field.Type switch
    {
        FieldType.Code or FieldType.Open => Decode(Stored(row)),
        FieldType.Text when Width > 0 => RunningText(row),
        _ => null,
    };

    /// <summary>What a stored value of a coded column stands for; null for 0.</summary>
    public string? Decode(int stored) => stored == 0 ? null : Vocabulary is not null ? Vocabulary[stored] : Closed[stored - 1];

    /// <summary>The stored value of a code; 0 when the column cannot hold it.</summary>
    public int Encode(string code)
    {
        if (Vocabulary is not null)
            return Vocabulary.Find(code);
        for (var i = 0; i < Closed.Count; i++)
        {
            if (Closed[i] == code)
                return i + 1;
        }

        return 0;
    }

    /// <summary>The value in the data dictionary's own writing; null when blank. Identifiers have none: they leave as project pseudonyms only.</summary>
    public string? Display(int row) => Field.Type switch
    {
        FieldType.Date => Date(row)?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        FieldType.Integer or FieldType.Decimal => Number(row)?.ToString(CultureInfo.InvariantCulture),
        FieldType.Identifier => null,
        _ => Text(row),
    };

    private string? RunningText(int row)
    {
        var ends = offsets!.As<long>();
        var start = (int)ends[row];
        var size = (int)ends[row + 1] - start;
        return size == 0 ? null : Encoding.UTF8.GetString(data!.As<byte>().Slice(start, size));
    }
}
