using DataPortal.Releases.Dictionary;
using DataPortal.Releases.Reading;

namespace DataPortal.Exports.Packaging;

/// <summary>One column of an extract: what is written above it, and what the data package says of it.</summary>
/// <param name="Name">Header; lower case with underscores, unique within its file.</param>
/// <param name="Type">Frictionless type: string, integer, number or date.</param>
/// <param name="Ja">Japanese name.</param>
/// <param name="En">English name.</param>
/// <param name="Unit">Unit of a number; empty otherwise.</param>
/// <param name="Codes">Every value that may occur, for closed lists; otherwise null.</param>
internal sealed record SheetColumn(string Name, string Type, string Ja, string En, string Unit = "", IReadOnlyList<Code>? Codes = null)
{
    /// <summary>Bounds of a number, both included; null when there are none.</summary>
    public (decimal Min, decimal Max)? Bounds { get; init; }

    /// <summary>True for the columns that identify a row together.</summary>
    public bool IsKey { get; init; }

    public static SheetColumn Of(Field field) => new(
        field.Name, TypeOf(field), field.Ja, field.En, field.Unit, field.Type == FieldType.Code ? DataDictionary.Current.Codes(field.Domain) : null)
    {
        Bounds = field.Type is FieldType.Integer or FieldType.Decimal ? (field.Min, field.Max) : null,
    };

    private static string TypeOf(Field field) => field.Type switch
    {
        FieldType.Integer => "integer",
        FieldType.Decimal => "number",
        FieldType.Date => "date",
        _ => "string",
    };
}

/// <summary>A field of the release as cells of an extract.</summary>
internal sealed class FieldCells
{
    private readonly Column _column;
    private readonly bool _isText;

    // A coded column has few different values and millions of cells: each value is decoded and checked once.
    private readonly string?[]? _decoded;

    public FieldCells(Column column)
    {
        _column = column;
        _isText = column.Field.Type is FieldType.Code or FieldType.Open or FieldType.Text;
        _decoded = column.Field.Type is FieldType.Code or FieldType.Open ? new string?[column.CodeBound] : null;
    }

    /// <summary>Text of the cell, empty when blank. Only text is made safe for spreadsheets; a number keeps its sign.</summary>
    public string Cell(int row)
    {
        if (_decoded is null)
        {
            return _isText ? Formulas.Neutralise(_column.Display(row) ?? "") : _column.Display(row) ?? "";
        }

        var stored = _column.Stored(row);
        return stored == 0 ? "" : _decoded[stored] ??= Formulas.Neutralise(_column.Decode(stored) ?? "");
    }
}
