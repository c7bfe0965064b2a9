using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace DataPortal.Cli.Printing;

/// <summary>Numbers and JSON as they are printed.</summary>
internal static class Output
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void Json(JsonNode node) => Console.WriteLine(node.ToJsonString(Indented));

    /// <summary>A count with thousands separated; a suppressed one as <c>&lt;10</c>, never as 0 or blank.</summary>
    public static string Count(JsonNode? node, string name)
    {
        var value = node?[name];
        if (value is JsonValue number && number.TryGetValue<long>(out var count))
            return count.ToString("#,0", CultureInfo.InvariantCulture);
        return node?["below"] is { } below ? $"<{below}" : "–";
    }

    public static string Percent(JsonNode? value) => value is JsonValue number && number.TryGetValue<double>(out var percent) ? percent.ToString("0.0", CultureInfo.InvariantCulture) + " %" : "–";

    public static string Member(JsonNode? node, string name) => node?[name]?.ToString() ?? "";

    public static bool IsNumber(JsonNode? node) => node?.GetValueKind() == JsonValueKind.Number;
}
