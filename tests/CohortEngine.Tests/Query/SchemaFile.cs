using System.Text.Json;

namespace DataPortal.CohortEngine.Tests.Query;

/// <summary>Checks JSON against <c>docs/query-language.schema.json</c>, with as much of JSON Schema as that file uses; any other keyword fails the test.</summary>
internal static class SchemaFile
{
    private static readonly JsonElement Root = JsonDocument.Parse(File.ReadAllText(Path.Combine(DataPortal.Testing.RepositoryRoot.Path, "docs", "query-language.schema.json"))).RootElement;

    public static IReadOnlyList<string> Problems(JsonElement value)
    {
        var problems = new List<string>();
        Check(Root, value, "$", problems);
        return problems;
    }

    private static bool Passes(JsonElement schema, JsonElement value)
    {
        var problems = new List<string>();
        Check(schema, value, "", problems);
        return problems.Count == 0;
    }

    private static void Check(JsonElement schema, JsonElement value, string path, List<string> problems)
    {
        foreach (var keyword in schema.EnumerateObject())
        {
            var rule = keyword.Value;
            switch (keyword.Name)
            {
                case "$schema" or "$id" or "$defs" or "title" or "description":
                    break;
                case "$ref":
                    Check(Root.GetProperty("$defs").GetProperty(rule.GetString()!["#/$defs/".Length..]), value, path, problems);
                    break;
                case "oneOf":
                    if (rule.EnumerateArray().Count(s => Passes(s, value)) != 1)
                        problems.Add($"{path}: not exactly one form fits");
                    break;
                case "type":
                    if (!(rule.ValueKind == JsonValueKind.Array ? rule.EnumerateArray().Any(t => Is(t.GetString()!, value)) : Is(rule.GetString()!, value)))
                        problems.Add($"{path}: is not {rule}");
                    break;
                case "const":
                    if (!JsonElement.DeepEquals(rule, value))
                        problems.Add($"{path}: is not {rule}");
                    break;
                case "enum":
                    if (!rule.EnumerateArray().Any(e => JsonElement.DeepEquals(e, value)))
                        problems.Add($"{path}: is none of {rule}");
                    break;
                case "properties" when value.ValueKind == JsonValueKind.Object:
                    foreach (var member in rule.EnumerateObject())
                    {
                        if (value.TryGetProperty(member.Name, out var inner))
                            Check(member.Value, inner, $"{path}.{member.Name}", problems);
                    }

                    break;
                case "additionalProperties" when value.ValueKind == JsonValueKind.Object:
                    Assert.False(rule.GetBoolean());
                    problems.AddRange(value.EnumerateObject().Where(m => !schema.GetProperty("properties").TryGetProperty(m.Name, out _)).Select(m => $"{path}.{m.Name}: unknown"));
                    break;
                case "required" when value.ValueKind == JsonValueKind.Object:
                    problems.AddRange(rule.EnumerateArray().Where(m => !value.TryGetProperty(m.GetString()!, out _)).Select(m => $"{path}.{m}: missing"));
                    break;
                case "minProperties" when value.ValueKind == JsonValueKind.Object:
                    if (value.EnumerateObject().Count() < rule.GetInt32())
                        problems.Add($"{path}: too few members");
                    break;
                case "items" when value.ValueKind == JsonValueKind.Array:
                    foreach (var (i, item) in value.EnumerateArray().Index())
                        Check(rule, item, $"{path}[{i}]", problems);
                    break;
                case "minItems" or "maxItems" when value.ValueKind == JsonValueKind.Array:
                    if (keyword.Name == "minItems" ? value.GetArrayLength() < rule.GetInt32() : value.GetArrayLength() > rule.GetInt32())
                        problems.Add($"{path}: {keyword.Name}");
                    break;
                case "minimum" or "maximum" when value.ValueKind == JsonValueKind.Number:
                    if (keyword.Name == "minimum" ? value.GetDecimal() < rule.GetDecimal() : value.GetDecimal() > rule.GetDecimal())
                        problems.Add($"{path}: {keyword.Name}");
                    break;
                case "properties" or "additionalProperties" or "required" or "minProperties" or "items" or "minItems" or "maxItems" or "minimum" or "maximum":
                    break;
                default:
                    Assert.Fail($"The schema uses '{keyword.Name}', which this check does not know.");
                    break;
            }
        }
    }

    private static bool Is(string type, JsonElement value) => type switch
    {
        "object" => value.ValueKind == JsonValueKind.Object,
        "array" => value.ValueKind == JsonValueKind.Array,
        "string" => value.ValueKind == JsonValueKind.String,
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "number" => value.ValueKind == JsonValueKind.Number,
        "integer" => value.ValueKind == JsonValueKind.Number && value.TryGetDecimal(out var n) && n == decimal.Truncate(n),
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "no type of JSON Schema"),
    };
}
