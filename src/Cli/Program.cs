using System.CommandLine;
using System.Text;
using DataPortal.Cli;
using DataPortal.Cli.Verbs;

Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
var root = new RootCommand("DataPortal: cohorts, releases, exports. `portal VERB --help` explains a verb; exit codes and options: docs/cli.md.")
{
    Up.Command(), Down.Command(), Generate.Command(), Import.Command(), ReleaseVerbs.Command(), VocabularyVerbs.Command(),
    Search.Command(), Explain.Command(), Attrition.Command(), Cases.Command(), Case.Command(), Export.Command(), ExportsVerbs.Command(), AuditVerbs.Command(),
    LoginVerb.Command(), LogoutVerb.Command(), WhoAmI.Command(), ClientsVerbs.Command(),
};
foreach (var option in GlobalOptions.All)
    root.Options.Add(option);

var parsed = root.Parse(args);
if (parsed.Errors.Count > 0)
{
    foreach (var error in parsed.Errors)
        await Console.Error.WriteLineAsync($"error: usage: {error.Message}");
    await Console.Error.WriteLineAsync($"  portal {string.Join(' ', VerbPath(parsed.CommandResult))} --help");
    return Failure.BadInput;
}

return await parsed.InvokeAsync();

static IEnumerable<string> VerbPath(System.CommandLine.Parsing.CommandResult result) =>
    result.Parent is System.CommandLine.Parsing.CommandResult parent ? [.. VerbPath(parent), result.Command.Name] : [];
