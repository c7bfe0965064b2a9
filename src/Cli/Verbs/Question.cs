using System.CommandLine;
using System.Text.Json.Nodes;
using DataPortal.Cli.Connection;

namespace DataPortal.Cli.Verbs;

/// <summary>What the researcher's verbs have in common: a query, asked of a release in the name of a project.</summary>
internal static class Question
{
    public static Argument<string> Query() => new("QUERY") { Description = "For example: KRAS G12C not STK11 cancer:LUAD (docs/query-language.md)" };

    public static JsonObject Body(ParseResult arguments, string query)
    {
        var body = new JsonObject { ["query"] = query };
        if (arguments.GetValue(GlobalOptions.Project) is { } project)
            body["project"] = project;
        return body;
    }

    public static string Path(ParseResult arguments, string what) => $"/api/v1/releases/{Uri.EscapeDataString(arguments.GetValue(GlobalOptions.Release) ?? "default")}/{what}";

    public static async Task<JsonNode> AskAsync(PortalClient portal, ParseResult arguments, string what, string query, CancellationToken ct) =>
        await portal.PostJsonAsync(Path(arguments, what), Body(arguments, query), ct, query);
}
