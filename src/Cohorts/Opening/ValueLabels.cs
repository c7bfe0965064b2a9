using DataPortal.Releases.Dictionary;
using DataPortal.Releases.Vocabularies;

namespace DataPortal.Cohorts.Opening;

/// <summary>Names of fields and codes for people, in both languages.</summary>
internal sealed class ValueLabels(Vocabulary vocabulary)
{
    private readonly Dictionary<string, Dictionary<string, (string En, string Ja)>> _open = new(StringComparer.Ordinal)
    {
        ["cancer"] = vocabulary.Cancers.All.ToDictionary(c => c.Code, c => (c.NameEn, c.NameJa), StringComparer.Ordinal),
        ["drug"] = vocabulary.Drugs.All.ToDictionary(d => d.Name, d => (d.Name, d.NameJa), StringComparer.Ordinal),
        ["panel"] = vocabulary.Panels.All.GroupBy(p => p.Code, StringComparer.Ordinal).ToDictionary(p => p.Key, p => (p.Last().NameEn, p.Last().NameJa), StringComparer.Ordinal),
        ["event"] = Of(vocabulary, Terms.Events),
        ["site"] = Of(vocabulary, Terms.Sites),
        ["regimen"] = Of(vocabulary, Terms.Regimens),
        ["hereditary_disease"] = Of(vocabulary, Terms.HereditaryDiseases),
    };

    public static string Name(Field field, bool japanese) => japanese ? field.Ja : field.En;

    /// <summary>The label of a code; null when the code is its own label.</summary>
    public string? Label(Field field, string code, bool japanese)
    {
        if (field.Type == FieldType.Code)
        {
            var codes = DataDictionary.Current.Codes(field.Domain);
            var position = DataDictionary.Current.Position(field.Domain, code);
            return position < 0 ? null : japanese ? codes[position].Ja : codes[position].En;
        }

        return field.Type == FieldType.Open && _open.TryGetValue(field.Domain, out var names) && names.TryGetValue(code, out var name) ? japanese ? name.Ja : name.En : null;
    }

    private static Dictionary<string, (string En, string Ja)> Of(Vocabulary vocabulary, string list) =>
        vocabulary.Terms.All(list).ToDictionary(t => t.Code, t => (t.NameEn, t.NameJa), StringComparer.Ordinal);
}
