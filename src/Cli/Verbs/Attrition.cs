using System.CommandLine;
using System.Text.Json.Nodes;
using DataPortal.Cli.Connection;
using DataPortal.Cli.Printing;

namespace DataPortal.Cli.Verbs;

/// <summary><c>portal attrition STEP…</c>: ordered inclusion and exclusion, the table that a dossier needs.</summary>
internal static class Attrition
{
    public static Command Command()
    {
        var steps = new Argument<string[]>("STEP") { Description = "Queries, each narrowing what the one before left; `not …` excludes", Arity = ArgumentArity.OneOrMore };
        var command = new Command("attrition", "Counts cases and patients after each inclusion and exclusion") { steps };
        command.Runs(async (arguments, ct) =>
        {
            using var portal = await PortalClient.OpenAsync(arguments, ct);
            var given = arguments.GetRequiredValue(steps);
            var body = Question.Body(arguments, "");
            body.Remove("query");
            body["steps"] = new JsonArray([.. given.Select(s => JsonValue.Create(s))]);
            var answer = await portal.PostJsonAsync(Question.Path(arguments, "attrition"), body, ct, given.Length == 1 ? given[0] : null);
            if (arguments.GetValue(GlobalOptions.Json))
            {
                Output.Json(answer);
                return;
            }

            var table = new Table(Text.Of("段階", "step"), Text.Of("症例", "cases"), Text.Of("患者", "patients"), Text.Of("除外", "lost"), Text.Of("うち判定不能", "of them unknown")).Right(1, 2, 3, 4);
            foreach (var step in answer["steps"] as JsonArray ?? [])
                table.Add(Output.Member(step, "query") is { Length: > 0 } query ? query : Text.Of("（全症例）", "(all cases)"), Output.Count(step, "cases"), Output.Count(step, "patients"), Output.Count(step, "lost"), Output.Count(step, "lostUnknown"));
            table.Print();
        });
        return command;
    }
}
