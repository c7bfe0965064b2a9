using System.CommandLine;
using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using DataPortal.Cli.Connection;
using DataPortal.Cli.Printing;

namespace DataPortal.Cli.Verbs;

/// <summary><c>portal export QUERY --profile P --out DIR</c>: starts the job, waits for it, downloads, checks every sum.</summary>
internal static class Export
{
    private static readonly Option<string> Out = new("--out") { Description = "Folder for the files (with --zip: the ZIP file)", Required = true, HelpName = "DIR" };
    private static readonly Option<bool> Zip = new("--zip") { Description = "One ZIP file instead of a folder" };

    public static Command Command()
    {
        var query = Question.Query();
        var profile = new Option<string>("--profile") { Description = "What to export (docs/exports.md)", DefaultValueFactory = _ => "tables", HelpName = "P" };
        var command = new Command("export", "Exports the cases of a query") { query, profile, Out, Zip };
        command.Runs(async (arguments, ct) =>
        {
            var target = Target(arguments);
            using var portal = await PortalClient.OpenAsync(arguments, ct);
            var text = arguments.GetRequiredValue(query);
            var body = Question.Body(arguments, text);
            body["release"] = arguments.GetValue(GlobalOptions.Release) ?? "default";
            body["profile"] = arguments.GetRequiredValue(profile);
            using var accepted = await portal.PostAsync("/api/v1/exports", body, ct, text);
            await FetchAsync(portal, arguments, PortalClient.LocationOf(accepted), target, ct);
        });
        return command;
    }

    /// <summary>Options and target of a verb that downloads.</summary>
    public static void AddTo(Command command)
    {
        command.Options.Add(Out);
        command.Options.Add(Zip);
    }

    public static string Target(ParseResult arguments)
    {
        var target = Path.GetFullPath(arguments.GetRequiredValue(Out));
        var taken = arguments.GetValue(Zip) ? File.Exists(target) : Directory.Exists(target) && Directory.EnumerateFileSystemEntries(target).Any();
        return taken ? throw Failure.Bad("out_exists", $"{target} is there already and is left as it is.") : target;
    }

    /// <summary>Waits for the export at <paramref name="location"/> and downloads it.</summary>
    public static async Task FetchAsync(PortalClient portal, ParseResult arguments, string location, string target, CancellationToken ct)
    {
        var manifest = await Verb.WithProgressAsync(Text.Of("作成", "Making"), progress => WaitAsync(portal, location, progress, ct));
        var zip = arguments.GetValue(Zip);
        var folder = zip ? Directory.CreateTempSubdirectory("portal-export-").FullName : target;
        Directory.CreateDirectory(folder);
        await Verb.WithProgressAsync(Text.Of("ダウンロード", "Downloading"), async progress =>
        {
            await DownloadAsync(portal, location, manifest, folder, progress, ct);
            return true;
        });
        if (zip)
        {
            await ZipFile.CreateFromDirectoryAsync(folder, target, ct);
            Directory.Delete(folder, recursive: true);
        }

        if (arguments.GetValue(GlobalOptions.Json))
            Output.Json(manifest);
        else
            Console.WriteLine(Text.Of($"{Output.Count(manifest, "cases")} 症例（患者 {Output.Count(manifest, "patients")}）→ {target}", $"{Output.Count(manifest, "cases")} cases ({Output.Count(manifest, "patients")} patients) → {target}"));
    }

    private static async Task<JsonNode> WaitAsync(PortalClient portal, string location, IProgress<double> progress, CancellationToken ct)
    {
        while (true)
        {
            using var answer = await portal.GetAsync(location, ct);
            if (answer.StatusCode == HttpStatusCode.OK)
                return await PortalClient.JsonAsync(answer, ct);
            if (answer.Headers.TryGetValues("X-Progress", out var values) && double.TryParse(string.Concat(values).TrimEnd('%', ' '), NumberStyles.Float, CultureInfo.InvariantCulture, out var percent))
                progress.Report(percent / 100);
            var pause = answer.Headers.RetryAfter?.Delta ?? TimeSpan.FromSeconds(1);
            await Task.Delay(pause > TimeSpan.FromSeconds(1) ? TimeSpan.FromSeconds(1) : pause, ct);
        }
    }

    private static async Task DownloadAsync(PortalClient portal, string location, JsonNode manifest, string folder, IProgress<double> progress, CancellationToken ct)
    {
        var files = (manifest["files"] as JsonArray ?? []).Select(f => (Path: f!["path"]!.GetValue<string>(), Sha256: f["sha256"]!.GetValue<string>())).ToList();
        foreach (var (number, file) in files.Append(("manifest.json", "")).Index())
        {
            var path = Path.GetFullPath(Path.Combine(folder, file.Item1));
            if (!path.StartsWith(folder + Path.DirectorySeparatorChar, StringComparison.Ordinal))
                throw new Failure(Failure.Conflict, "bad_manifest", "The manifest names a file outside the folder.");
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            using var answer = await portal.GetAsync($"{location}/files/{file.Item1}", ct);
            await using (var to = File.Create(path + ".part"))
                await answer.Content.CopyToAsync(to, ct);
            if (file.Item2.Length > 0 && await Sha256Async(path + ".part", ct) != file.Item2)
                throw new Failure(Failure.Conflict, "sum_differs", $"{file.Item1} did not arrive as it was sent: its SHA-256 is not that of the manifest.");
            File.Move(path + ".part", path);
            progress.Report((number + 1.0) / (files.Count + 1));
        }
    }

    private static async Task<string> Sha256Async(string path, CancellationToken ct)
    {
        await using var file = File.OpenRead(path);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(file, ct));
    }
}

/// <summary><c>portal exports list|resume|cancel|download</c>.</summary>
internal static class ExportsVerbs
{
    public static Command Command()
    {
        var list = new Command("list", "Lists your exports");
        list.Runs(async (arguments, ct) =>
        {
            using var portal = await PortalClient.OpenAsync(arguments, ct);
            var answer = await portal.GetJsonAsync("/api/v1/exports", ct);
            if (arguments.GetValue(GlobalOptions.Json))
            {
                Output.Json(answer);
                return;
            }

            var table = new Table("ID", Text.Of("状態", "state"), Text.Of("リリース", "release"), Text.Of("条件", "query"), Text.Of("症例", "cases")).Right(4);
            foreach (var export in answer["items"] as JsonArray ?? [])
                table.Add(Output.Member(export, "id"), Output.Member(export, "state"), Output.Member(export, "release"), Output.Member(export, "query"), Output.Count(export, "cases"));
            table.Print();
        });

        var resume = WithId("resume", "Starts a failed export again, from where it stopped", async (portal, path, _, ct) =>
        {
            using var answer = await portal.PostAsync(path + "/retry", new JsonObject(), ct);
        });
        var cancel = WithId("cancel", "Cancels a running export, or deletes a finished one", (portal, path, _, ct) => portal.DeleteAsync(path, ct));
        var download = WithId("download", "Waits for an export and downloads it", (portal, path, arguments, ct) => Export.FetchAsync(portal, arguments, path, Export.Target(arguments), ct));
        Export.AddTo(download);
        return new Command("exports", "Your exports") { list, resume, cancel, download };
    }

    private static Command WithId(string name, string description, Func<PortalClient, string, ParseResult, CancellationToken, Task> action)
    {
        var id = new Argument<string>("ID") { Description = "The export, as `portal exports list` shows it" };
        var command = new Command(name, description) { id };
        command.Runs(async (arguments, ct) =>
        {
            using var portal = await PortalClient.OpenAsync(arguments, ct);
            await action(portal, "/api/v1/exports/" + Uri.EscapeDataString(arguments.GetRequiredValue(id)), arguments, ct);
        });
        return command;
    }
}
