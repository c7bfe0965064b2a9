using System.Text.Json;

namespace DataPortal.CohortEngine.Query;

/// <summary>One JSON object of the tree form, with the path that errors name.</summary>
internal sealed class JsonObjectReader
{
    /// <summary>No object of the form has more members; more are refused unread.</summary>
    private const int MostMembers = 16;

    private readonly JsonTreeReader owner;
    private readonly Dictionary<string, JsonElement> members = [];

    public JsonObjectReader(JsonTreeReader owner, JsonElement element, string path)
    {
        this.owner = owner;
        Path = path;
        if (element.ValueKind != JsonValueKind.Object)
            throw owner.Refuse("bad_tree", "bad_tree.object", path, []);
        foreach (var member in element.EnumerateObject())
        {
            var name = NameOf(member);
            if (members.Count == MostMembers)
                throw owner.Refuse("bad_tree", "bad_tree.member", path, [], name);
            if (!members.TryAdd(name, member.Value))
                throw owner.Refuse("bad_tree", "bad_tree.twice", path, [], name);
        }
    }

    public string Path { get; }

    /// <summary>The string of an element; half surrogates and U+FFFE, which cannot be normalised, as U+FFFD.</summary>
    public static string TextOf(JsonElement element)
    {
        try
        {
            return element.GetString()!.Replace('\uFFFE', '\uFFFD');
        }
        catch (InvalidOperationException)
        {
            return "\uFFFD";
        }
    }

    public bool Has(string member) => members.ContainsKey(member);

    public JsonElement Required(string member) =>
        members.TryGetValue(member, out var value) ? value : throw owner.Refuse("bad_tree", "bad_tree.missing", Path, [], member);

    public JsonObjectReader Object(string member) => new(owner, Required(member), $"{Path}.{member}");

    public string? Text(string member)
    {
        var value = Required(member);
        return value.ValueKind == JsonValueKind.String ? TextOf(value) : throw owner.Refuse("bad_tree", "bad_tree.text", $"{Path}.{member}", []);
    }

    /// <summary>One of the choices; with <paramref name="optional"/> null for anything else.</summary>
    public string? Text(string member, IReadOnlyList<string> choices, bool optional = false)
    {
        if (optional && (!members.TryGetValue(member, out var value) || value.ValueKind != JsonValueKind.String))
            return null;
        var text = Text(member)!;
        return choices.Contains(text) ? text
            : optional ? null
            : throw owner.Refuse("bad_tree", "bad_tree.choice", $"{Path}.{member}", choices, text, string.Join(", ", choices));
    }

    public bool Flag(string member) => members.TryGetValue(member, out var value)
        && (value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : throw owner.Refuse("bad_tree", "bad_tree.flag", $"{Path}.{member}", []));

    public decimal Number(string member)
    {
        var value = Required(member);
        return value.ValueKind == JsonValueKind.Number && value.TryGetDecimal(out var number)
            ? number
            : throw owner.Refuse("bad_tree", "bad_tree.number", $"{Path}.{member}", []);
    }

    public int Whole(string member, int min, int max)
    {
        var number = Number(member);
        return number == decimal.Truncate(number) && number >= min && number <= max ? (int)number : throw owner.Refuse("bad_tree", "bad_tree.number", $"{Path}.{member}", []);
    }

    public IEnumerable<(JsonElement Element, string Path)> List(string member, int atLeast)
    {
        var value = Required(member);
        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() < atLeast)
            throw owner.Refuse("bad_tree", "bad_tree.array", $"{Path}.{member}", [], atLeast);
        if (value.GetArrayLength() > QueryLimits.Terms)
            throw owner.Refuse("too_many_terms", "too_many_terms", $"{Path}.{member}", [], QueryLimits.Terms);
        return value.EnumerateArray().Select((element, i) => (element, $"{Path}.{member}[{i}]"));
    }

    public void NothingElse(string member, params IEnumerable<string> others)
    {
        var known = others.Append(member).ToHashSet();
        foreach (var name in members.Keys)
        {
            if (!known.Contains(name))
                throw owner.Refuse("bad_tree", "bad_tree.member", $"{Path}.{name}", [.. known], name);
        }
    }

    private static string NameOf(JsonProperty member)
    {
        try
        {
            return member.Name;
        }
        catch (InvalidOperationException)
        {
            return "\uFFFD";
        }
    }
}
