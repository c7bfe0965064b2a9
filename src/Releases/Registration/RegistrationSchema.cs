using System.Collections.Frozen;
using DataPortal.Releases.Dictionary;
using DataPortal.Releases.Vocabularies;

namespace DataPortal.Releases.Registration;

/// <summary>
/// How the data dictionary is spelt in registration files: a row is a JSON object, a field is a member of the field's name, and the rows of a child entity
/// are an array under the entity's plural.
/// </summary>
internal sealed class RegistrationSchema
{
    private static readonly FrozenDictionary<string, string> Plurals = new Dictionary<string, string>
    {
        ["metastasis"] = "metastases", ["other_cancer"] = "other_cancers", ["family"] = "family", ["treatment"] = "treatments", ["drug"] = "drugs",
        ["event"] = "events", ["alteration"] = "alterations", ["evidence"] = "evidence",
    }.ToFrozenDictionary();

    private static readonly FrozenDictionary<Entity, RegistrationSchema> ByEntity =
        DataDictionary.Current.Entities.ToFrozenDictionary(e => e, e => new RegistrationSchema(e));

    private static readonly FrozenDictionary<string, NameIndex<string>> Codes = DataDictionary.Current.Fields.Where(f => f.Type == FieldType.Code)
        .Select(f => f.Domain).Distinct().ToFrozenDictionary(list => list, list => Index(DataDictionary.Current.Codes(list).Select(c => c.Value)));

    private readonly FrozenDictionary<string, Member>.AlternateLookup<ReadOnlySpan<char>> lookup;
    private readonly NameIndex<string> names;

    private RegistrationSchema(Entity entity)
    {
        var members = entity.Fields.Select(f => new Member(f.Name, f, null)).Concat(entity.Children.Select(c => new Member(Plurals[c.Name], null, c))).ToList();
        for (var i = 0; i < members.Count; i++)
            members[i] = members[i] with { Number = i };
        Members = members;
        lookup = members.ToFrozenDictionary(m => m.Name).GetAlternateLookup<ReadOnlySpan<char>>();
        names = Index(members.Where(m => m.Field is not { IsDerived: true }).Select(m => m.Name));
    }

    /// <summary>Fields in the dictionary's order, then children.</summary>
    public IReadOnlyList<Member> Members { get; }

    public static RegistrationSchema Of(Entity entity) => ByEntity[entity];

    public Member? Find(ReadOnlySpan<char> name) => lookup.TryGetValue(name, out var member) ? member : null;

    public IReadOnlyList<string> Nearest(string name) => names.Nearest(name, 3);

    public static IReadOnlyList<string> NearestCodes(Field field, string code) => Codes[field.Domain].Nearest(code, 3) is { Count: > 0 } near
        ? near
        : [.. DataDictionary.Current.Codes(field.Domain).Take(8).Select(c => c.Value)];

    private static NameIndex<string> Index(IEnumerable<string> names)
    {
        var index = new NameIndex<string>();
        foreach (var name in names)
            index.Add(name, name);
        return index;
    }

    internal sealed record Member(string Name, Field? Field, Entity? Child)
    {
        public int Number { get; init; }
    }
}
