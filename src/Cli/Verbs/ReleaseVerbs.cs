using System.CommandLine;
using System.Text.Json.Nodes;
using DataPortal.Cli.Connection;
using DataPortal.Cli.Printing;
using DataPortal.Releases.Sealing;

namespace DataPortal.Cli.Verbs;

/// <summary><c>portal release list|verify|publish|default</c>.</summary>
internal static class ReleaseVerbs
{
    public static Command Command() => new("release", "Releases: list, verify, publish, choose the default") { List(), Verify(), Publish(), Default() };

    private static Command List()
    {
        var command = new Command("list", "Lists the releases you may see");
        command.Runs(async (arguments, ct) =>
        {
            using var portal = await PortalClient.OpenAsync(arguments, ct);
            var answer = await portal.GetJsonAsync("/api/v1/releases", ct);
            if (arguments.GetValue(GlobalOptions.Json))
            {
                Output.Json(answer);
                return;
            }

            var table = new Table(Text.Of("リリース", "release"), Text.Of("状態", "state"), Text.Of("症例", "cases"), Text.Of("患者", "patients"), Text.Of("データカットオフ", "data cut-off"), "").Right(2, 3);
            foreach (var r in answer as JsonArray ?? answer["items"] as JsonArray ?? [])
                table.Add(Output.Member(r, "name"), Output.Member(r, "state"), Output.Count(r, "cases"), Output.Count(r, "patients"), Output.Member(r, "dataCutoff"), Output.Member(r, "isDefault") == "true" ? Text.Of("既定", "default") : "");
            table.Print();
        });
        return command;
    }

    private static Command Verify()
    {
        var release = new Argument<string>("NAME|DIR") { Description = "A release of this portal's folder, or any release folder" };
        var key = new Option<FileInfo?>("--key") { Description = "Public key (PEM) to trust. Default: those in DIR/keys", HelpName = "FILE" };
        var command = new Command("verify", "Checks every byte of a release against its signed manifest; needs no portal") { release, key };
        command.Runs(async (arguments, ct) =>
        {
            var (folder, keys) = Find(arguments.GetRequiredValue(release), GlobalOptions.RunningFolder(arguments), arguments.GetValue(key));
            var found = await Verb.WithProgressAsync(Text.Of("検証", "Verifying"), progress => Task.Run(() => ReleaseVerifier.Verify(folder, keys, progress, ct), ct));
            if (arguments.GetValue(GlobalOptions.Json))
                Output.Json(new JsonObject { ["release"] = found.Release, ["holds"] = found.Holds, ["files"] = found.Files, ["bytes"] = found.Bytes, ["key"] = found.KeyId, ["problems"] = new JsonArray([.. found.Problems.Select(p => JsonValue.Create(p))]) });
            else if (found.Holds)
                Console.WriteLine(Text.Of($"{found.Release}: {found.Files} ファイル、{found.Bytes:#,0} バイト、署名鍵 {found.KeyId}。封印時のまま変わっていません。", $"{found.Release}: {found.Files} files, {found.Bytes:#,0} bytes, signed by {found.KeyId}. Nothing has changed since it was sealed."));
            if (!found.Holds)
                throw new Failure(Failure.Conflict, "verification_failed", Text.Of("リリースは封印時のものではありません。", "The release is not as it was sealed."), found.Problems);
        });
        return command;
    }

    private static (string Folder, IReadOnlyList<string> Keys) Find(string name, string data, FileInfo? key)
    {
        var folder = Path.Combine(data, "releases", name);
        if (!Directory.Exists(folder))
            folder = Path.GetFullPath(name);
        if (!Directory.Exists(folder))
            throw new Failure(Failure.NotFound, "release_missing", Text.Of($"リリース '{name}' は {data}/releases にもフォルダーとしてもありません。", $"There is no release '{name}' in {data}/releases, nor a folder of that name."));
        if (key is not null)
            return key.Exists ? (folder, [File.ReadAllText(key.FullName)]) : throw new Failure(Failure.NotFound, "key_missing", $"There is no file {key.FullName}.");
        // The keys of the portal that the folder lies in, unless told otherwise.
        var keys = new[] { Path.Combine(data, "keys"), Path.GetFullPath(Path.Combine(folder, "..", "..", "keys")) }.Where(Directory.Exists).SelectMany(k => Directory.EnumerateFiles(k, "*.pub")).Distinct();
        return (folder, [.. keys.Select(File.ReadAllText)]);
    }

    private static Command Publish() => Change("publish", "Publishes a sealed release; the default release stays what it is",
        (portal, name, ct) => PostAsync(portal, $"/api/v1/releases/{Uri.EscapeDataString(name)}/publish", ct));

    private static Command Default() => Change("default", "Makes a published release the one that is asked when none is named",
        (portal, name, ct) => portal.PutAsync("/api/v1/releases/default", new JsonObject { ["release"] = name }, ct));

    private static async Task PostAsync(PortalClient portal, string path, CancellationToken ct)
    {
        using var answer = await portal.PostAsync(path, new JsonObject(), ct);
    }

    private static Command Change(string name, string description, Func<PortalClient, string, CancellationToken, Task> action)
    {
        var release = new Argument<string>("NAME") { Description = "The release" };
        var command = new Command(name, description) { release };
        command.Runs(async (arguments, ct) =>
        {
            using var portal = await PortalClient.OpenAsync(arguments, ct);
            await action(portal, arguments.GetRequiredValue(release), ct);
        });
        return command;
    }
}
