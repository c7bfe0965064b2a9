using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace DataPortal.Exports.Packaging;

/// <summary>Describes the files for programs: a Frictionless tabular data package (specs.frictionlessdata.io, version 1).</summary>
internal static class DataPackage
{
    public const string FileName = "datapackage.json";

    private static readonly JsonSerializerOptions Options = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static byte[] Describe(string name, string title, IReadOnlyList<Sheet> sheets, IReadOnlyList<PackagedFile> files) => JsonSerializer.SerializeToUtf8Bytes(
        new JsonObject
        {
            ["profile"] = "tabular-data-package",
            ["name"] = name,
            ["title"] = title,
            ["description"] = Formulas.Statement,
            ["resources"] = new JsonArray([.. sheets.Select(sheet => Resource(sheet, files.Single(f => f.Path == sheet.Path), sheets))]),
        },
        Options);

    private static JsonObject Resource(Sheet sheet, PackagedFile file, IReadOnlyList<Sheet> sheets)
    {
        var schema = new JsonObject
        {
            ["fields"] = new JsonArray([.. sheet.Columns.Select(FieldOf)]),
            ["missingValues"] = new JsonArray(""),
            ["primaryKey"] = Names(sheet.Columns.Where(c => c.IsKey).Select(c => c.Name)),
        };
        var references = References(sheet, sheets).ToList();
        if (references.Count > 0)
        {
            schema["foreignKeys"] = new JsonArray([.. references]);
        }

        return new JsonObject
        {
            ["profile"] = "tabular-data-resource",
            ["name"] = sheet.Name,
            ["path"] = sheet.Path,
            ["format"] = "csv",
            ["mediatype"] = "text/csv",
            ["encoding"] = "utf-8",
            ["bytes"] = file.Bytes,
            ["hash"] = "sha256:" + file.Sha256,
            ["dialect"] = new JsonObject { ["delimiter"] = ",", ["lineTerminator"] = "\r\n", ["quoteChar"] = "\"", ["doubleQuote"] = true, ["header"] = true },
            ["schema"] = schema,
        };
    }

    // A file that has all the key columns of another refers to it by them.
    private static IEnumerable<JsonNode?> References(Sheet sheet, IReadOnlyList<Sheet> sheets)
    {
        var columns = sheet.Columns.Select(c => c.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var other in sheets.Where(other => other != sheet))
        {
            var keys = other.Columns.Where(c => c.IsKey).Select(c => c.Name).ToList();
            if (keys.TrueForAll(columns.Contains))
            {
                yield return new JsonObject
                {
                    ["fields"] = Names(keys),
                    ["reference"] = new JsonObject { ["resource"] = other.Name, ["fields"] = Names(keys) },
                };
            }
        }
    }

    private static JsonObject FieldOf(SheetColumn column)
    {
        var field = new JsonObject { ["name"] = column.Name, ["type"] = column.Type, ["title"] = column.En, ["title_ja"] = column.Ja };
        if (column.Type == "date")
        {
            field["format"] = "default";
        }

        if (column.Unit.Length > 0)
        {
            field["unit"] = column.Unit;
        }

        var constraints = new JsonObject();
        if (column.IsKey)
        {
            constraints["required"] = true;
        }

        if (column.Bounds is { } bounds)
        {
            constraints["minimum"] = bounds.Min;
            constraints["maximum"] = bounds.Max;
        }

        if (column.Codes is { } codes)
        {
            constraints["enum"] = new JsonArray([.. codes.Select(c => JsonValue.Create(Formulas.Neutralise(c.Value)))]);
            field["categories"] = new JsonArray([.. codes.Select(c => new JsonObject { ["value"] = Formulas.Neutralise(c.Value), ["label"] = c.En, ["label_ja"] = c.Ja })]);
        }

        if (constraints.Count > 0)
        {
            field["constraints"] = constraints;
        }

        return field;
    }

    private static JsonNode Names(IEnumerable<string> names)
    {
        JsonNode?[] all = [.. names.Select(n => JsonValue.Create(n))];
        return all.Length == 1 ? all[0]! : new JsonArray(all);
    }
}
