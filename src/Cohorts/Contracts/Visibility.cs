using DataPortal.Access.Contracts;
using DataPortal.Releases;
using DataPortal.Releases.Dictionary;
using DataPortal.Releases.Reading;

namespace DataPortal.Cohorts.Contracts;

/// <summary>What of a case a set of permissions shows: the one rule that case pages, lists and extracts all follow.</summary>
public static class Visibility
{
    private static readonly Field Origin = DataDictionary.Current["alteration.origin"];

    /// <summary>
    /// Whether values of the field may be shown. Identifiers never: they leave as project pseudonyms. Fields of curation and of the machinery
    /// never; fields of the germline with <see cref="DataPermission.Germline"/>; all others with <see cref="DataPermission.Records"/>.
    /// </summary>
    public static bool Shows(this DataPermission permissions, Field field) => field.Type != FieldType.Identifier && field.Tier switch
    {
        FieldTier.Summary or FieldTier.Records => permissions.HasFlag(DataPermission.Records),
        FieldTier.Germline => permissions.HasFlag(DataPermission.Records | DataPermission.Germline),
        _ => false,
    };

    /// <summary>
    /// Whether a query may ask of the field. Whoever may see single cases may select by what they may see there; others by what enters summaries. A
    /// hidden field must not be asked either: the cohort itself would tell its value.
    /// </summary>
    public static bool MayAsk(this DataPermission permissions, Field field) => field.Tier switch
    {
        FieldTier.Summary => true,
        FieldTier.Records => permissions.HasFlag(DataPermission.Records),
        FieldTier.Germline => permissions.HasFlag(DataPermission.Germline),
        _ => false,
    };

    /// <summary>Whether a row of a table is hidden as a whole: an alteration stated to be of germline origin, without the permission for it.</summary>
    public static RowFilter RowsOf(this DataPermission permissions, Release release, Entity entity)
    {
        if (permissions.HasFlag(DataPermission.Germline) || !ReferenceEquals(entity, Origin.Entity))
        {
            return RowFilter.Everything;
        }

        var origin = release.Column(Origin);
        return new RowFilter(origin, origin.Encode("germline"));
    }
}

/// <summary>Which rows of a table are shown.</summary>
public readonly struct RowFilter
{
    private readonly Column? _column;
    private readonly int _hidden;

    internal RowFilter(Column column, int hidden) => (_column, _hidden) = (column, hidden);

    internal static RowFilter Everything => default;

    public bool Shows(int row) => _column is null || _hidden == 0 || _column.Stored(row) != _hidden;
}
