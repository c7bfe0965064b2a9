using System.CommandLine;
using DataPortal.Cli.Connection;

namespace DataPortal.Cli.Verbs;

/// <summary><c>portal audit export --out FILE</c>.</summary>
internal static class AuditVerbs
{
    public static Command Command()
    {
        var file = new Option<string>("--out") { Description = "File for the entries, one JSON line each", Required = true, HelpName = "FILE" };
        var export = new Command("export", "Writes the audit trail to a file") { file };
        export.Runs(async (arguments, ct) =>
        {
            var path = Path.GetFullPath(arguments.GetRequiredValue(file));
            if (File.Exists(path))
                throw Failure.Bad("out_exists", $"{path} is there already and is left as it is.");
            using var portal = await PortalClient.OpenAsync(arguments, ct);
            using var answer = await portal.GetAsync("/api/v1/audit/export", ct);
            await using (var to = File.Create(path + ".part"))
                await answer.Content.CopyToAsync(to, ct);
            File.Move(path + ".part", path);
            Console.WriteLine(Text.Of($"{File.ReadLines(path).Count():#,0} 件 → {path}", $"{File.ReadLines(path).Count():#,0} entries → {path}"));
        });
        return new Command("audit", "The audit trail") { export };
    }
}
