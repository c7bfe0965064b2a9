using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace DataPortal.Exports.Packaging;

/// <summary>
/// The JSON Canonicalization Scheme (RFC 8785) for documents of objects, lists, texts, whole numbers, booleans and null: members sorted by UTF-16 code
/// units, no blanks, the shortest escapes. So a signature survives another indentation.
/// </summary>
internal static class CanonicalJson
{
    public static byte[] Of(JsonNode? node)
    {
        var text = new StringBuilder();
        Write(node, text);
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static void Write(JsonNode? node, StringBuilder to)
    {
        switch (node)
        {
            case JsonObject members:
                Join('{', members.OrderBy(m => m.Key, StringComparer.Ordinal), '}', to, member =>
                {
                    WriteText(member.Key, to);
                    to.Append(':');
                    Write(member.Value, to);
                });
                break;
            case JsonArray items:
                Join('[', items, ']', to, item => Write(item, to));
                break;
            case null:
                to.Append("null");
                break;
            default:
                WriteValue(node, to);
                break;
        }
    }

    private static void Join<T>(char open, IEnumerable<T> items, char close, StringBuilder to, Action<T> write)
    {
        to.Append(open);
        var first = true;
        foreach (var item in items)
        {
            if (!first)
            {
                to.Append(',');
            }

            first = false;
            write(item);
        }

        to.Append(close);
    }

    private static void WriteValue(JsonNode node, StringBuilder to)
    {
        switch (node.GetValueKind())
        {
            case JsonValueKind.True:
                to.Append("true");
                break;
            case JsonValueKind.False:
                to.Append("false");
                break;
            case JsonValueKind.Number:
                // ECMAScript's way of writing fractions is not needed, and not done.
                to.Append(long.Parse(node.ToJsonString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture));
                break;
            default:
                WriteText(node.Deserialize<string>()!, to);
                break;
        }
    }

    private static void WriteText(string text, StringBuilder to)
    {
        to.Append('"');
        foreach (var c in text)
        {
            _ = c switch
            {
                '"' => to.Append("\\\""),
                '\\' => to.Append("\\\\"),
                '\b' => to.Append("\\b"),
                '\t' => to.Append("\\t"),
                '\n' => to.Append("\\n"),
                '\f' => to.Append("\\f"),
                '\r' => to.Append("\\r"),
                < ' ' => to.Append("\\u").Append(((int)c).ToString("x4", CultureInfo.InvariantCulture)),
                _ => to.Append(c),
            };
        }

        to.Append('"');
    }
}
