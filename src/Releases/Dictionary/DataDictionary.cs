using System.Collections.Frozen;
using System.Globalization;
using System.Reflection;

namespace DataPortal.Releases.Dictionary;

/// <summary>How a field's values are written down and stored.</summary>
public enum FieldType
{
    /// <summary>One of a closed list of codes, in the list's order.</summary>
    Code,

    /// <summary>A code of an open vocabulary, which grows with the data (genes, hospitals, drugs).</summary>
    Open,

    /// <summary>A whole number in the field's unit.</summary>
    Integer,

    /// <summary>A number with a fixed count of decimals (<see cref="Field.Scale"/>), stored as a scaled whole number.</summary>
    Decimal,

    /// <summary>A calendar day, 1900-01-01 to 2199-12-31.</summary>
    Date,

    /// <summary>Running text; kept only after review.</summary>
    Text,

    /// <summary>An identifier of the registry. Never stored: the release holds its keyed 64-bit hash.</summary>
    Identifier,
}

/// <summary>What a reader must be allowed to see before a field is shown to them, from the least to the most.</summary>
public enum FieldTier
{
    /// <summary>Enters suppressed summaries.</summary>
    Summary,

    /// <summary>Shown with the permission <c>records</c>.</summary>
    Records,

    /// <summary>Shown with the permission <c>germline</c> only.</summary>
    Germline,

    /// <summary>Never leaves the curation of the data.</summary>
    Steward,

    /// <summary>Exists for the machinery of the release and is never shown.</summary>
    Internal,
}

/// <summary>One code of a closed list with its labels; <paramref name="CCat"/> is the code C-CAT's files use for it, empty where they have none.</summary>
public sealed record Code(string Value, string Ja, string En, string CCat);

/// <summary>One field of the case record.</summary>
/// <param name="Entity">The entity whose rows carry it.</param>
/// <param name="Index">Its place among the entity's fields, from 0.</param>
/// <param name="Name">Stable name within the entity, lower case with underscores.</param>
/// <param name="Type">How values are stored.</param>
/// <param name="Domain">Name of the code list or open vocabulary; empty for numbers, dates and text.</param>
/// <param name="Unit">Unit of a number; empty otherwise.</param>
/// <param name="Scale">Decimals kept; 0 unless <see cref="FieldType.Decimal"/>.</param>
/// <param name="Min">Smallest admissible value of a number, inclusive.</param>
/// <param name="Max">Largest admissible value of a number, inclusive.</param>
/// <param name="Since">Version of the dictionary that brought it.</param>
/// <param name="Tier">Who may see it.</param>
/// <param name="Rule">De-identification rule: keep, keyed-hash, cap:N, date (shifted or cut at the output edge), review (running text, see ReleaseSettings), derived.</param>
/// <param name="QueryNames">Names under which the query language knows it; several fields may share one (<c>er</c>, <c>gbrca2</c>).</param>
/// <param name="Ja">Japanese name.</param>
/// <param name="En">English name.</param>
/// <param name="CCat">Header in C-CAT's CSV files; empty where they have none.</param>
/// <param name="CBioPortal">Clinical attributes of cBioPortal studies that fill it, most trusted first.</param>
public sealed record Field(
    Entity Entity, int Index, string Name, FieldType Type, string Domain, string Unit, int Scale, decimal Min, decimal Max, int Since, FieldTier Tier,
    string Rule, IReadOnlyList<string> QueryNames, string Ja, string En, string CCat, IReadOnlyList<string> CBioPortal)
{
    /// <summary><c>entity.name</c>, unique in the dictionary.</summary>
    public string Key => $"{Entity.Name}.{Name}";

    /// <summary>True when the builder computes the field itself; a value that comes with a row is ignored.</summary>
    public bool IsDerived => Rule == "derived";

    public bool Equals(Field? other) => ReferenceEquals(this, other);

    public override int GetHashCode() => HashCode.Combine(Index, Name);

    public override string ToString() => Key;
}

/// <summary>A kind of row: the case, or something that a case has several of.</summary>
public sealed class Entity
{
    internal Entity(string name, Entity? parent, int index)
    {
        Name = name;
        Index = index;
        Parent = parent;
        Depth = parent is null ? 0 : parent.Depth + 1;
        parent?.childList.Add(this);
        ChildIndex = parent is null ? 0 : parent.childList.Count - 1;
    }

    private readonly List<Entity> childList = [];
    private readonly List<Field> fieldList = [];

    /// <summary>Singular name, for example <c>treatment</c>.</summary>
    public string Name { get; }

    /// <summary>Place among the dictionary's entities, from 0.</summary>
    public int Index { get; }

    /// <summary>The entity whose rows own rows of this one; null for <c>case</c>.</summary>
    public Entity? Parent { get; }

    /// <summary>0 for the case, 1 for its children, 2 for theirs.</summary>
    public int Depth { get; }

    /// <summary>Place among the parent's children, from 0.</summary>
    public int ChildIndex { get; }

    public IReadOnlyList<Entity> Children => childList;

    public IReadOnlyList<Field> Fields => fieldList;

    internal void Add(Field field) => fieldList.Add(field);

    public override string ToString() => Name;
}

/// <summary>
/// The one description of the case record. The release's schema, the import's mapping, the exports' columns, the field names of the query
/// language and <c>docs/data-dictionary.md</c> all follow from it.
/// </summary>
public sealed class DataDictionary
{
    /// <summary>Version of the dictionary; raised by one whenever a field or a code is added.</summary>
    public const int Version = 1;

    private static readonly (string Name, string? Parent)[] EntityTree =
    [
        ("case", null), ("metastasis", "case"), ("other_cancer", "case"), ("family", "case"), ("treatment", "case"), ("drug", "treatment"),
        ("event", "treatment"), ("alteration", "case"), ("evidence", "alteration"),
    ];

    private readonly FrozenDictionary<string, Entity> entities;
    private readonly FrozenDictionary<string, Field> fields;
    private readonly FrozenDictionary<string, IReadOnlyList<Code>> lists;
    private readonly FrozenDictionary<string, FrozenDictionary<string, int>> positions;

    private DataDictionary()
    {
        var byName = new Dictionary<string, Entity>();
        foreach (var (index, (name, parent)) in EntityTree.Index())
            byName.Add(name, new Entity(name, parent is null ? null : byName[parent], index));
        Entities = [.. EntityTree.Select(e => byName[e.Name])];
        entities = byName.ToFrozenDictionary();

        lists = ReadLines("codes.tsv").Select(cells => (List: cells[0], Code: new Code(cells[1], cells[2], cells[3], cells[4])))
            .GroupBy(x => x.List).ToFrozenDictionary(g => g.Key, g => (IReadOnlyList<Code>)[.. g.Select(x => x.Code)]);
        positions = lists.ToFrozenDictionary(l => l.Key, l => l.Value.Index().ToFrozenDictionary(c => c.Item.Value, c => c.Index));

        var all = new List<Field>();
        foreach (var cells in ReadLines("fields.tsv"))
        {
            var entity = byName[cells[0]];
            var field = Parse(entity, cells);
            entity.Add(field);
            all.Add(field);
        }

        Fields = all;
        fields = all.ToFrozenDictionary(f => f.Key);
    }

    /// <summary>The dictionary that this build writes and reads.</summary>
    public static DataDictionary Current { get; } = new();

    /// <summary>All entities, parents before their children.</summary>
    public IReadOnlyList<Entity> Entities { get; }

    /// <summary>All fields in the order of the dictionary.</summary>
    public IReadOnlyList<Field> Fields { get; }

    public Entity Case => Entities[0];

    /// <summary>The field of that key (<c>case.sex</c>). Throws <see cref="KeyNotFoundException"/> for an unknown one.</summary>
    public Field this[string key] => fields.TryGetValue(key, out var field) ? field : throw new KeyNotFoundException($"The data dictionary has no field '{key}'.");

    public Field? Find(string key) => fields.GetValueOrDefault(key);

    public Entity Entity(string name) => entities.TryGetValue(name, out var entity) ? entity : throw new KeyNotFoundException($"The data dictionary has no entity '{name}'.");

    public Entity? FindEntity(string name) => entities.GetValueOrDefault(name);

    /// <summary>The codes of a closed list, in order.</summary>
    public IReadOnlyList<Code> Codes(string list) => lists[list];

    /// <summary>Position of a code in its closed list, from 0; -1 when the list does not have it.</summary>
    public int Position(string list, string code) => positions[list].GetValueOrDefault(code, -1);

    /// <summary>Fields that the query language knows by that name, in dictionary order; empty when it knows none.</summary>
    public IReadOnlyList<Field> ByQueryName(string name) => [.. Fields.Where(f => f.QueryNames.Contains(name))];

    private static Field Parse(Entity entity, string[] c)
    {
        var (type, scale) = c[2] switch
        {
            "code" => (FieldType.Code, 0),
            "open" => (FieldType.Open, 0),
            "int" => (FieldType.Integer, 0),
            "date" => (FieldType.Date, 0),
            "text" => (FieldType.Text, 0),
            "id" => (FieldType.Identifier, 0),
            _ when c[2].StartsWith("dec:", StringComparison.Ordinal) => (FieldType.Decimal, int.Parse(c[2].AsSpan(4), CultureInfo.InvariantCulture)),
            _ => throw new InvalidDataException($"Field {c[0]}.{c[1]} has the unknown type '{c[2]}'."),
        };
        var coded = type is FieldType.Code or FieldType.Open;
        return new Field(
            entity, entity.Fields.Count, c[1], type, coded ? c[3] : "", coded ? "" : c[3], scale, Number(c[4], 0), Number(c[5], int.MaxValue - 1),
            int.Parse(c[6], CultureInfo.InvariantCulture), Enum.Parse<FieldTier>(c[7], ignoreCase: true), c[8], Names(c[9]), c[10], c[11], c[12], Names(c[13]));
    }

    private static decimal Number(string text, decimal whenEmpty) => text.Length == 0 ? whenEmpty : decimal.Parse(text, CultureInfo.InvariantCulture);

    private static string[] Names(string text) => text.Split(',', StringSplitOptions.RemoveEmptyEntries);

    private static IEnumerable<string[]> ReadLines(string file)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("Dictionary." + file)
            ?? throw new InvalidOperationException($"The embedded data dictionary lacks {file}.");
        using var reader = new StreamReader(stream);
        reader.ReadLine();
        while (reader.ReadLine() is { } line)
            yield return line.Split('\t');
    }
}
