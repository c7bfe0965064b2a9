using System.CommandLine;
using System.Text.Json.Nodes;
using DataPortal.Cli.Connection;
using DataPortal.Cli.Printing;

namespace DataPortal.Cli.Verbs;

/// <summary><c>portal explain QUERY</c>: how a query was understood, and the four numbers term by term.</summary>
internal static class Explain
{
    public static Command Command()
    {
        var query = Question.Query();
        var command = new Command("explain", "Shows how a query is understood, term by term") { query };
        command.Runs(async (arguments, ct) =>
        {
            using var portal = await PortalClient.OpenAsync(arguments, ct);
            var answer = await Question.AskAsync(portal, arguments, "explain", arguments.GetRequiredValue(query), ct);
            if (arguments.GetValue(GlobalOptions.Json))
            {
                Output.Json(answer);
                return;
            }

            Console.WriteLine($"{Output.Member(answer, "query")}  [{Output.Member(answer, "release")}]");
            var table = new Table("", Text.Of("症例", "cases"), Text.Of("判定可能", "assayed"), Text.Of("判定不能", "unknown"), Text.Of("探し方", "found by")).Right(1, 2, 3);
            Add(table, answer["plan"], 0);
            table.Print();
        });
        return command;
    }

    private static string Access(string code) => code switch
    {
        "postingList" => Text.Of("索引", "index"),
        "columnScan" => Text.Of("列の走査", "column scan"),
        "childScan" => Text.Of("子表の走査", "child scan"),
        _ => "",
    };

    private static void Add(Table table, JsonNode? node, int depth)
    {
        if (node is JsonArray many)
        {
            foreach (var one in many)
                Add(table, one, depth);
        }
        else if (node is JsonObject)
        {
            table.Add(new string(' ', depth * 2) + Output.Member(node, "term"), Output.Count(node, "cases"), Output.Count(node, "assayed"), Output.Count(node, "unknown"), Access(Output.Member(node, "access")));
            Add(table, node["terms"], depth + 1);
        }
    }
}
