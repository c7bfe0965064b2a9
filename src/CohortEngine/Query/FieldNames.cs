using DataPortal.Releases.Dictionary;
using DataPortal.Releases.Vocabularies;

namespace DataPortal.CohortEngine.Query;

/// <summary>A field as the query language knows it.</summary>
/// <param name="Name">Canonical: the first name that the data dictionary gives it, with <c>@</c> and where it was recorded, if that must be said.</param>
/// <param name="Fields">Fields that bear it; all of one entity and one domain.</param>
/// <param name="Ja">Japanese label.</param>
/// <param name="En">English label.</param>
internal sealed record FieldName(string Name, IReadOnlyList<Field> Fields, string Ja, string En)
{
    public Field First => Fields[0];

    public Entity Entity => First.Entity;

    /// <summary>The name without <c>@…</c>, as it is written before the colon.</summary>
    public string Base => Name.IndexOf('@', StringComparison.Ordinal) is > 0 and var at ? Name[..at] : Name;

    /// <summary><c>@panel</c>, <c>@ep</c> and the like, as it is written after the value; empty for most.</summary>
    public string Suffix => Name[Base.Length..];

    public bool IsDrugClass => Name == FieldNames.DrugClass;

    public bool IsCoded => First.Type is FieldType.Code or FieldType.Open;

    public override string ToString() => Name;
}

/// <summary>The field names of the query language: those of the data dictionary, in both languages, and the few that the language adds.</summary>
internal static class FieldNames
{
    /// <summary><c>class:EGFR-TKI</c>: asks of the drug, by the class it belongs to.</summary>
    public const string DrugClass = "class";

    private static readonly Dictionary<string, FieldName> ByKey = [];
    private static readonly Dictionary<string, List<FieldName>> Variants = [];

    static FieldNames()
    {
        var dictionary = DataDictionary.Current;
        foreach (var group in dictionary.Fields.Where(f => f.QueryNames.Count > 0).GroupBy(f => f.QueryNames[0]))
        {
            var fields = group.ToArray();
            // Evidence is annotated twice: for the expert panel and at the release.
            string[] suffixes = fields[0].Entity.Name == "evidence" ? ["@ep", "@release"] : [""];
            var names = suffixes.Select(s => new FieldName(group.Key + s, fields, fields[0].Ja, fields[0].En)).ToArray();
            foreach (var (suffix, name) in suffixes.Zip(names))
                Add(fields.SelectMany(f => f.QueryNames).Select(n => n + suffix), name);
            if (names.Length > 1)
            {
                Add(fields.SelectMany(f => f.QueryNames), names[0]);
            }
        }

        var drug = dictionary["drug.drug"];
        Add([DrugClass, "薬剤クラス", "クラス"], new FieldName(DrugClass, [drug], "薬剤クラス", "Class of drug"));
        All = [.. ByKey.Values.Distinct()];
        // A name that exists only with @ (msi@panel, msi@clinical) is a question when it stands without.
        foreach (var name in All.Where(n => n.Suffix.Length > 0 && !ByKey.ContainsKey(Folding.Fold(n.Base))))
        {
            if (!Variants.TryGetValue(Folding.Fold(name.Base), out var list))
                Variants[Folding.Fold(name.Base)] = list = [];
            list.Add(name);
        }
    }

    public static IReadOnlyList<FieldName> All { get; }

    /// <summary>Names in either language, for completion and near misses.</summary>
    public static IEnumerable<(string Key, FieldName Name)> Keys => ByKey.Select(k => (k.Key, k.Value));

    /// <summary>By any name, in any spelling; null when there is none.</summary>
    public static FieldName? Find(string text) => ByKey.GetValueOrDefault(Folding.Fold(text));

    /// <summary>The readings of a name that must say where it was recorded; empty for all others.</summary>
    public static IReadOnlyList<FieldName> NeedSuffix(string text) => Variants.TryGetValue(Folding.Fold(text), out var found) ? found : [];

    private static void Add(IEnumerable<string> names, FieldName field)
    {
        // がん種 and 癌種 are one key.
        foreach (var key in names.Select(Folding.Fold).Distinct())
            ByKey.Add(key, field);
    }
}
