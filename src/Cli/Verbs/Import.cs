using System.CommandLine;
using System.IO.Compression;
using System.Text.Json.Nodes;
using DataPortal.Cli.Connection;
using DataPortal.Cli.Printing;

namespace DataPortal.Cli.Verbs;

/// <summary><c>portal import DIR --format F --release NAME [--publish]</c>: sends a folder, waits until it is a release, prints what became of each line.</summary>
internal static class Import
{
    public static Command Command()
    {
        var folder = new Argument<string>("DIR") { Description = "Study folder, or folder of registrations" };
        var format = new Option<string>("--format") { Description = "Layout of the folder", Required = true, HelpName = "cbioportal|portal" };
        format.AcceptOnlyFromAmong("cbioportal", "portal");
        var publish = new Option<bool>("--publish") { Description = "Publish the release; the default release stays what it is" };
        var command = new Command("import", "Turns a folder of data into a release") { folder, format, publish };
        command.Runs(async (arguments, ct) =>
        {
            var source = Path.GetFullPath(arguments.GetRequiredValue(folder));
            if (!Directory.Exists(source))
                throw Failure.Bad("no_folder", Text.Of($"フォルダー {source} がありません。", $"There is no folder {source}."));
            var release = arguments.GetValue(GlobalOptions.Release) ?? throw Failure.Bad("release_required", Text.Of("新しいリリースの名前を --release で指定してください。", "Name the new release with --release."));
            using var portal = await PortalClient.OpenAsync(arguments, ct);
            var report = await RunAsync(portal, source, arguments.GetRequiredValue(format), release, arguments.GetValue(publish), ct);
            if (arguments.GetValue(GlobalOptions.Json))
                Output.Json(report);
            else
                Print(report);
            if (Output.Member(report, "state") == "failed")
            {
                var code = Output.Member(report, "code");
                throw new Failure(code is "release_exists" ? Failure.Conflict : code is "disk_full" or "interrupted" or "internal_error" ? Failure.Ours : Failure.BadInput, code, Output.Member(report, "message"));
            }
        });
        return command;
    }

    private static async Task<JsonNode> RunAsync(PortalClient portal, string source, string format, string release, bool publish, CancellationToken ct)
    {
        var zip = Path.GetTempFileName();
        try
        {
            await Verb.WithProgressAsync(Text.Of("圧縮", "Packing"), async _ =>
            {
                await using var to = File.Create(zip);
                await ZipFile.CreateFromDirectoryAsync(source, to, CompressionLevel.Fastest, includeBaseDirectory: false, ct);
                return true;
            });
            var path = $"/api/v1/registrations?format={format}&release={Uri.EscapeDataString(release)}&publish={(publish ? "true" : "false")}";
            using var accepted = await Verb.WithProgressAsync(Text.Of("送信", "Sending"), progress => portal.UploadAsync(path, zip, "application/zip", progress, ct));
            return await Verb.WithProgressAsync(Text.Of("取り込み", "Importing"), progress => WaitAsync(portal, PortalClient.LocationOf(accepted), progress, ct));
        }
        finally
        {
            File.Delete(zip);
        }
    }

    private static async Task<JsonNode> WaitAsync(PortalClient portal, string location, IProgress<double> progress, CancellationToken ct)
    {
        while (true)
        {
            using var answer = await portal.GetAsync(location, ct);
            var batch = await PortalClient.JsonAsync(answer, ct);
            if (Output.Member(batch, "state") is not ("waiting" or "running"))
                return batch;
            if (Output.IsNumber(batch["progress"]))
                progress.Report(batch["progress"]!.GetValue<double>());
            await Task.Delay(TimeSpan.FromMilliseconds(300), ct);
        }
    }

    private static void Print(JsonNode batch)
    {
        if (batch["report"] is not { } report)
            return;
        var files = new Table(Text.Of("ファイル", "file"), Text.Of("行", "rows"), Text.Of("読込", "read"), Text.Of("除外", "dropped")).Right(1, 2, 3);
        foreach (var file in report["files"] as JsonArray ?? [])
            files.Add(Output.Member(file, "path"), Output.Count(file, "rows"), Output.Count(file, "read"), Output.Count(file, "dropped"));
        files.Print();
        Console.WriteLine();
        var totals = new Table(Text.Of("件数", "times"), Text.Of("扱い", "what"), Text.Of("コード", "code"), Text.Of("項目", "field"), Text.Of("ファイル", "file")).Right(0);
        foreach (var total in report["totals"] as JsonArray ?? [])
            totals.Add(Output.Count(total, "count"), Output.Member(total, "kind"), Output.Member(total, "code"), Output.Member(total, "field"), Output.Member(total, "file"));
        totals.Print();
        Console.WriteLine();
        foreach (var finding in (report["findings"] as JsonArray ?? []).Take(20))
            Console.WriteLine($"  {Output.Member(finding, "file")}:{Output.Member(finding, "line")}  {Output.Member(finding, "code")}  {Output.Member(finding, "field")} {Output.Member(finding, "hint")}".TrimEnd());
        if (Output.IsNumber(report["findingsTotal"]) && report["findingsTotal"]!.GetValue<long>() > 20)
            Console.WriteLine(Text.Of($"  ほか {report["findingsTotal"]!.GetValue<long>() - 20} 件（--json）", $"  {report["findingsTotal"]!.GetValue<long>() - 20} more (--json)"));
        foreach (var skipped in report["skipped"] as JsonArray ?? [])
            Console.WriteLine(Text.Of("  読まず: ", "  not read: ") + $"{Output.Member(skipped, "path")}: {Output.Member(skipped, "reason")}");
        Console.WriteLine($"{Output.Member(batch, "release")}: {Output.Count(batch, "cases")} {Text.Of("症例", "cases")}");
    }
}
