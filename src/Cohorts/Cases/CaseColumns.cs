using DataPortal.Access.Contracts;
using DataPortal.Cohorts.Contracts;
using DataPortal.Cohorts.Opening;
using DataPortal.Kernel;
using DataPortal.Releases;
using DataPortal.Releases.Dictionary;

namespace DataPortal.Cohorts.Cases;

/// <summary>A field of the case as a column of a list.</summary>
/// <param name="Name">The field's name in the data dictionary, without <c>case.</c>.</param>
/// <param name="Label">In the language asked for.</param>
/// <param name="Type"><c>code</c>, <c>open</c>, <c>integer</c>, <c>decimal</c>, <c>date</c> or <c>text</c>.</param>
/// <param name="Unit">Of numbers; null otherwise.</param>
internal sealed record CaseColumn(string Name, string Label, string Type, string? Unit);

/// <summary>Columns that a list of cases can have.</summary>
internal static class CaseColumns
{
    private static readonly string[] Usual = ["hospital", "registered", "sex", "age", "cancer", "stage", "panel", "specimen", "ep_option", "outcome"];

    /// <summary>The columns named, or the usual ones.</summary>
    public static (IReadOnlyList<Field> Fields, Refusal? Refusal) Choose(IReadOnlyList<string>? names, Release release, DataPermission permissions)
    {
        var stored = release.Manifest.Columns.Select(c => c.Field).ToHashSet(StringComparer.Ordinal);
        var fields = new List<Field>();
        foreach (var name in names ?? Usual)
        {
            var key = name.StartsWith("case.", StringComparison.Ordinal) ? name : "case." + name;
            if (DataDictionary.Current.Find(key) is not { } field || !stored.Contains(key) || field.Type == FieldType.Identifier || field.Tier > FieldTier.Germline)
            {
                if (names is null)
                {
                    continue;
                }

                return ([], new Refusal("column_unknown", "One of the columns is not a field of the case in this release.", Microsoft.AspNetCore.Http.StatusCodes.Status400BadRequest));
            }

            if (!permissions.Shows(field))
            {
                return ([], Refusal.Forbidden("permission_missing", $"You may not see '{field.En}' ({field.Key})."));
            }

            fields.Add(field);
        }

        return (fields, null);
    }

    public static CaseColumn Describe(Field field, bool japanese) => new(
        field.Name, ValueLabels.Name(field, japanese), field.Type.ToString().ToLowerInvariant(), field.Unit.Length == 0 ? null : field.Unit);
}
