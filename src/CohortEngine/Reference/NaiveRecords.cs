using DataPortal.CohortEngine.Query;
using DataPortal.Releases;
using DataPortal.Releases.Dictionary;

namespace DataPortal.CohortEngine.Reference;

/// <summary>Values of single rows, as text, number and day.</summary>
internal sealed class NaiveRecords(Release release)
{
    public string? Text(string key, int row) => release.Column(key).Text(row);

    public decimal? Number(string key, int row) => release.Column(key).Number(row);

    public DateOnly? Day(string key, int row) => release.Column(key).Date(row);

    public IEnumerable<int> Rows(string entity, int number)
    {
        var range = release.Table(entity).RowsOfCase(number);
        return Enumerable.Range(range.Start.Value, range.End.Value - range.Start.Value);
    }

    public IEnumerable<int> ChildRows(string entity, int parent)
    {
        var offsets = release.Table(entity).Offsets;
        return Enumerable.Range(offsets[parent], offsets[parent + 1] - offsets[parent]);
    }

    /// <summary>The test of one recorded item on one row: some of its fields passes; unknown when none is known.</summary>
    public Answer Passes(FieldTest test, int row)
    {
        if (test.Value is IsMissing)
            return Answer.Of(test.Fields.All(f => release.Column(f).Display(row) is null));
        if (test.Fields.Any(f => Passes(f, test.Value, row)))
            return Answer.True;
        return test.Fields.All(f => !IsKnown(f, row)) ? Answer.Unknown(Why.NotRecorded) : Answer.False;
    }

    private bool IsKnown(Field field, int row) => release.Column(field).Display(row) is { } value && !(field.Type == FieldType.Code && value == "unknown");

    private bool Passes(Field field, ValueTest value, int row) => value switch
    {
        OneOf one => release.Column(field).Text(row) is { } text && one.Stored.Contains(text),
        InRange { Range: var range } => (field.Type == FieldType.Date ? release.Column(field).Scaled(row) : release.Column(field).Number(row)) is { } number && Within(number, range),
        _ => throw new ArgumentException(value.GetType().Name, nameof(value)),
    };

    private static bool Within(decimal number, NumberRange range) =>
        (range.Min is not { } min || (range.MinExclusive ? number > min : number >= min)) && (range.Max is not { } max || (range.MaxExclusive ? number < max : number <= max));
}
