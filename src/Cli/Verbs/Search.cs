using System.CommandLine;
using System.Text.Json.Nodes;
using DataPortal.Cli.Connection;
using DataPortal.Cli.Printing;

namespace DataPortal.Cli.Verbs;

/// <summary><c>portal search QUERY [--characterise]</c>: the four numbers, and who the cases are.</summary>
internal static class Search
{
    public static Command Command()
    {
        var query = Question.Query();
        var characterise = new Option<bool>("--characterise") { Description = "Also say who the cases are and what they were treated with" };
        var command = new Command("search", "Counts the cases of a query") { query, characterise };
        command.Runs(async (arguments, ct) =>
        {
            using var portal = await PortalClient.OpenAsync(arguments, ct);
            var answer = await Question.AskAsync(portal, arguments, "count", arguments.GetRequiredValue(query), ct);
            if (arguments.GetValue(characterise))
                answer["panels"] = (await Question.AskAsync(portal, arguments, "characterise", arguments.GetRequiredValue(query), ct))["panels"]?.DeepClone();
            if (arguments.GetValue(GlobalOptions.Json))
            {
                Output.Json(answer);
                return;
            }

            PrintCount(answer);
            foreach (var panel in answer["panels"] as JsonArray ?? [])
                PrintPanel(panel!);
        });
        return command;
    }

    internal static void PrintCount(JsonNode a)
    {
        Console.WriteLine($"{Output.Member(a, "query")}  [{Output.Member(a, "release")}]");
        Console.WriteLine(Text.Of(
            $"{Output.Count(a, "cases")} 症例（患者 {Output.Count(a, "patients")}）　母集団 {Output.Count(a, "population")}　うち判定可能 {Output.Count(a, "assayed")} 中 {Output.Percent(a["percent"])}",
            $"{Output.Count(a, "cases")} cases ({Output.Count(a, "patients")} patients); population {Output.Count(a, "population")}, assayed {Output.Count(a, "assayed")}: {Output.Percent(a["percent"])}"));
        if (a["unknown"] is JsonValue unknown && unknown.ToString() != "0")
        {
            // Explorers are told no reasons: their counts would be exact.
            var reasons = (a["reasons"] as JsonArray ?? []).Select(r => $"{Reason(Output.Member(r, "code"))} {Output.Count(r, "cases")}");
            Console.WriteLine(Text.Of("判定不能 ", "unknown ") + Output.Count(a, "unknown") + string.Concat(reasons.Select((r, i) => (i == 0 ? " — " : " · ") + r)));
        }

        foreach (var notice in a["notices"] as JsonArray ?? [])
            Console.WriteLine(Text.Of("注: ", "note: ") + Output.Member(notice, "message"));
        foreach (var zero in a["whyZero"] as JsonArray ?? [])
        {
            var terms = string.Join(" + ", (zero?["terms"] as JsonArray ?? []).Select(t => t?.ToString()));
            Console.WriteLine(Text.Of($"  0 件の理由: {terms}（単独 {Output.Count(zero, "cases")}、除くと {Output.Count(zero, "casesWithout")}）", $"  why zero: {terms} (alone {Output.Count(zero, "cases")}, without it {Output.Count(zero, "casesWithout")})"));
        }

        if (Output.IsNumber(a["elapsedMs"]))
            Console.WriteLine($"{a["elapsedMs"]} ms");
    }

    private static string Reason(string code) => code switch
    {
        "analysis-failed" => Text.Of("解析不良", "analysis failed"),
        "not-covered" => Text.Of("パネル対象外", "not covered by the panel"),
        "no-ctdna" => Text.Of("ctDNA不検出", "no ctDNA detected"),
        "not-recorded" => Text.Of("未記入", "not recorded"),
        "not-annotated" => Text.Of("エビデンス付与なし", "not annotated"),
        "origin-unknown" => Text.Of("由来不明", "origin unknown"),
        _ => code,
    };

    private static void PrintPanel(JsonNode panel)
    {
        if (panel["rows"] is not JsonArray { Count: > 0 } rows)
            return;
        Console.WriteLine();
        Console.WriteLine($"{(Output.Member(panel, "label") is { Length: > 0 } label ? label : Output.Member(panel, "name"))} ({Output.Count(panel, "denominator")})");
        var table = new Table("", "", "", "").Right(1, 2, 3);
        foreach (var row in rows.Take(12))
            table.Add("  " + (Output.Member(row, "label") is { Length: > 0 } text ? text : Output.Member(row, "value")), Output.Count(row, "cases"), row?["of"] is null ? "" : "/ " + Output.Count(row, "of"), Output.Percent(row?["percent"]));
        table.Print();
        if (rows.Count > 12)
            Console.WriteLine(Text.Of($"  ほか {rows.Count - 12} 行（--json ですべて）", $"  {rows.Count - 12} more rows (all with --json)"));
    }
}
