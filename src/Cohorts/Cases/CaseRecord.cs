using DataPortal.Access.Contracts;
using DataPortal.Cohorts.Contracts;
using DataPortal.Cohorts.Opening;
using DataPortal.Releases;
using DataPortal.Releases.Dictionary;
using DataPortal.Releases.Reading;

namespace DataPortal.Cohorts.Cases;

/// <summary>Reads one case with everything below it, as far as the permissions show it, and collects the labels of what occurs.</summary>
internal sealed class CaseRecord(Release release, DataPermission permissions, ValueLabels names, bool japanese)
{
    private readonly HashSet<string> _stored = [.. release.Manifest.Columns.Select(c => c.Field)];

    /// <summary>Fields that occur, by key, with their names and the labels of the codes that occur.</summary>
    public SortedDictionary<string, FieldLabels> Labels { get; } = new(StringComparer.Ordinal);

    /// <summary>Value of a field as JSON holds it: numbers as numbers, dates as <c>yyyy-MM-dd</c>, codes and texts as they are; null when blank.</summary>
    public static object? Value(Column column, int row) => column.Field.Type switch
    {
        FieldType.Integer or FieldType.Decimal => column.Number(row),
        FieldType.Date => column.Date(row),
        FieldType.Identifier => null,
        _ => column.Text(row),
    };

    /// <summary>Blank fields are left out, and so are entities without rows.</summary>
    public IReadOnlyDictionary<string, object?> Read(int number) => Row(DataDictionary.Current.Case, number);

    private Dictionary<string, object?> Row(Entity entity, int row)
    {
        var members = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var field in entity.Fields.Where(f => permissions.Shows(f) && _stored.Contains(f.Key)))
        {
            if (Value(release.Column(field), row) is { } value)
            {
                members.Add(field.Name, value);
                Note(field, value as string);
            }
        }

        foreach (var child in entity.Children)
        {
            var table = release.Table(child.Name);
            var shown = permissions.RowsOf(release, child);
            var rows = new List<object>();
            for (var r = table.Offsets[row]; r < table.Offsets[row + 1]; r++)
            {
                if (shown.Shows(r) && Row(child, r) is { Count: > 0 } read)
                {
                    rows.Add(read);
                }
            }

            if (rows.Count > 0)
            {
                members.Add(ListName(child), rows);
            }
        }

        return members;
    }

    private void Note(Field field, string? code)
    {
        if (!Labels.TryGetValue(field.Key, out var labels))
        {
            labels = new FieldLabels(ValueLabels.Name(field, japanese), field.Unit.Length == 0 ? null : field.Unit, new(StringComparer.Ordinal));
            Labels.Add(field.Key, labels);
        }

        if (code is not null && names.Label(field, code, japanese) is { } label)
        {
            labels.Values[code] = label;
        }
    }

    private static string ListName(Entity entity) => entity.Name switch
    {
        "metastasis" => "metastases",
        "other_cancer" => "other_cancers",
        "family" or "evidence" => entity.Name,
        _ => entity.Name + "s",
    };
}

/// <summary>How to show a field.</summary>
/// <param name="Name">In the language asked for.</param>
/// <param name="Unit">Of numbers; null otherwise.</param>
/// <param name="Values">Labels of the codes that occur.</param>
internal sealed record FieldLabels(string Name, string? Unit, SortedDictionary<string, string> Values);
