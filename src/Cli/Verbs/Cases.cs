using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using DataPortal.Cli.Connection;
using DataPortal.Cli.Printing;

namespace DataPortal.Cli.Verbs;

/// <summary><c>portal cases QUERY</c>: the cases themselves, page by page.</summary>
internal static class Cases
{
    public static Command Command()
    {
        var query = Question.Query();
        var columns = new Option<string?>("--columns") { Description = "Fields of the data dictionary, separated by commas", HelpName = "A,B,…" };
        var limit = new Option<int>("--limit") { Description = "How many at the most", DefaultValueFactory = _ => 20 };
        var command = new Command("cases", "Lists the cases of a query") { query, columns, limit };
        command.Runs(async (arguments, ct) =>
        {
            using var portal = await PortalClient.OpenAsync(arguments, ct);
            var cases = await ReadAsync(portal, arguments, arguments.GetRequiredValue(query), arguments.GetValue(columns), arguments.GetValue(limit), ct);
            if (arguments.GetValue(GlobalOptions.Json))
                Output.Json(cases);
            else
                Print(cases);
        });
        return command;
    }

    // Pages are followed by their Link headers until the limit is reached.
    private static async Task<JsonArray> ReadAsync(PortalClient portal, ParseResult arguments, string query, string? columns, int limit, CancellationToken ct)
    {
        if (limit < 1)
            throw Failure.Bad("bad_limit", "--limit must be at least 1.");
        var body = Question.Body(arguments, query);
        if (columns is not null)
            body["columns"] = new JsonArray([.. columns.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(c => JsonValue.Create(c))]);
        var cases = new JsonArray();
        var path = Question.Path(arguments, "cases") + "?limit=" + Math.Min(limit, 500).ToString(CultureInfo.InvariantCulture);
        while (path is not null)
        {
            using var answer = await portal.PostAsync(path, body, ct, query);
            var page = await PortalClient.JsonAsync(answer, ct);
            var names = (page["columns"] as JsonArray ?? []).Select(c => Output.Member(c, "name")).ToList();
            foreach (var item in (page["items"] as JsonArray ?? []).Take(limit - cases.Count))
                cases.Add(Row(item!, names));
            path = cases.Count < limit && answer.Headers.TryGetValues("Link", out var links) ? Next(links) : null;
        }

        return cases;
    }

    // The page gives values by position; who reads JSON wants them by name.
    private static JsonObject Row(JsonNode item, List<string> names)
    {
        var row = new JsonObject { ["id"] = item["id"]?.DeepClone(), ["patientId"] = item["patientId"]?.DeepClone() };
        foreach (var (i, name) in names.Index())
            row[name] = item["values"]?[i]?.DeepClone();
        return row;
    }

    private static string? Next(IEnumerable<string> links) => links.SelectMany(l => l.Split(',')).Where(l => l.Contains("rel=\"next\"", StringComparison.Ordinal))
        .Select(l => l[(l.IndexOf('<', StringComparison.Ordinal) + 1)..l.IndexOf('>', StringComparison.Ordinal)]).FirstOrDefault();

    private static void Print(JsonArray cases)
    {
        if (cases.Count == 0)
        {
            Console.WriteLine(Text.Of("該当する症例はありません。", "No case."));
            return;
        }

        // The patient's pseudonym is as long as the case's, and 80 columns are few.
        var names = cases.OfType<JsonObject>().SelectMany(c => c.Select(m => m.Key)).Where(n => n != "patientId").Distinct().ToArray();
        var table = new Table(names);
        foreach (var row in cases)
            table.Add([.. names.Select(n => Output.Member(row, n))]);
        table.Print();
    }
}

/// <summary><c>portal case ID</c>: one case, whole.</summary>
internal static class Case
{
    public static Command Command()
    {
        var id = new Argument<string>("ID") { Description = "The case's pseudonym in your project, as `portal cases` shows it" };
        var command = new Command("case", "Shows one case, whole") { id };
        command.Runs(async (arguments, ct) =>
        {
            using var portal = await PortalClient.OpenAsync(arguments, ct);
            var project = arguments.GetValue(GlobalOptions.Project) is { } name ? "?project=" + Uri.EscapeDataString(name) : "";
            Output.Json(await portal.GetJsonAsync(Question.Path(arguments, "cases/" + Uri.EscapeDataString(arguments.GetRequiredValue(id))) + project, ct));
        });
        return command;
    }
}
