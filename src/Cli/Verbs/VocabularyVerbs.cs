using System.CommandLine;
using System.IO.Compression;
using System.Text.Json.Nodes;
using DataPortal.Cli.Connection;
using DataPortal.Cli.Printing;

namespace DataPortal.Cli.Verbs;

/// <summary><c>portal vocabulary import FILE…</c>: full vocabularies (OncoTree, gene lists, symbol changes, gene panels) for releases built later.</summary>
internal static class VocabularyVerbs
{
    public static Command Command()
    {
        var files = new Argument<string[]>("FILE") { Description = "OncoTree TSV, genes TSV, symbol changes (Markdown), cBioPortal gene panels; told apart by their content", Arity = ArgumentArity.OneOrMore };
        var import = new Command("import", "Adds full vocabularies for releases built later; sealed releases keep theirs") { files };
        import.Runs(async (arguments, ct) =>
        {
            var given = arguments.GetRequiredValue(files).Select(Path.GetFullPath).ToList();
            if (given.FirstOrDefault(f => !File.Exists(f)) is { } missing)
                throw Failure.Bad("no_file", Text.Of($"ファイル {missing} がありません。", $"There is no file {missing}."));
            using var portal = await PortalClient.OpenAsync(arguments, ct);
            var answer = await SendAsync(portal, given, ct);
            if (arguments.GetValue(GlobalOptions.Json))
                Output.Json(answer);
            else
                Print(answer);
        });
        return new Command("vocabulary", "Vocabularies: names of cancers, genes, panels, drugs") { import };
    }

    private static async Task<JsonNode> SendAsync(PortalClient portal, List<string> files, CancellationToken ct)
    {
        var zip = Path.GetTempFileName();
        try
        {
            await using (var archive = await ZipFile.OpenAsync(zip, ZipArchiveMode.Update, ct))
            {
                foreach (var file in files)
                    await archive.CreateEntryFromFileAsync(file, Path.GetFileName(file), ct);
            }

            using var answer = await Verb.WithProgressAsync(Text.Of("送信", "Sending"), progress => portal.UploadAsync("/api/v1/vocabularies", zip, "application/zip", progress, ct));
            return await PortalClient.JsonAsync(answer, ct);
        }
        finally
        {
            File.Delete(zip);
        }
    }

    private static void Print(JsonNode answer)
    {
        var table = new Table(Text.Of("ファイル", "file"), Text.Of("種類", "kind"), Text.Of("読込", "read"), Text.Of("追加", "added"), Text.Of("変更", "changed"), Text.Of("同じ", "same"), Text.Of("除外", "skipped")).Right(2, 3, 4, 5, 6);
        foreach (var file in answer["files"] as JsonArray ?? [])
            table.Add(Output.Member(file, "file"), Output.Member(file, "kind"), Output.Count(file, "read"), Output.Count(file, "added"), Output.Count(file, "changed"), Output.Count(file, "same"), Output.Count(file, "skipped"));
        table.Print();
        foreach (var note in (answer["notes"] as JsonArray ?? []).Take(20))
            Console.WriteLine($"  {Output.Member(note, "file")}:{Output.Member(note, "line")}  {Output.Member(note, "message")}");
        if (Output.IsNumber(answer["notesTotal"]) && answer["notesTotal"]!.GetValue<int>() > 20)
            Console.WriteLine(Text.Of($"  ほか {answer["notesTotal"]!.GetValue<int>() - 20} 件（--json）", $"  {answer["notesTotal"]!.GetValue<int>() - 20} more (--json)"));
    }
}
