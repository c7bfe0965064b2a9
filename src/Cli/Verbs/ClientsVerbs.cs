using System.CommandLine;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using DataPortal.Cli.Connection;
using DataPortal.Cli.Printing;

namespace DataPortal.Cli.Verbs;

/// <summary><c>portal clients …</c>: programs that act for you in one project.</summary>
internal static class ClientsVerbs
{
    private const string Path = "/api/v1/clients";

    private static readonly string[] PrivateMembers = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

    public static Command Command() => new("clients", "Programs that act for you in one project") { List(), Create(), Revoke() };

    private static Command List()
    {
        var list = new Command("list", "Lists your programs");
        list.Runs(async (arguments, ct) =>
        {
            using var portal = await PortalClient.OpenAsync(arguments, ct);
            var clients = await portal.GetJsonAsync(Path, ct);
            var items = clients["items"] as JsonArray ?? [];
            if (arguments.GetValue(GlobalOptions.Json))
            {
                Output.Json(items);
                return;
            }

            if (items.Count == 0)
            {
                Console.WriteLine(Text.Of("プログラムはありません。", "No program."));
                return;
            }

            var table = new Table("id", Text.Of("名前", "name"), Text.Of("課題", "project"), Text.Of("期限", "until"), Text.Of("状態", "state"));
            foreach (var client in items)
                table.Add(Output.Member(client, "id"), Short(Output.Member(client, "name"), 16), Short(Output.Member(client, "project"), 16), Output.Member(client, "expiresOn"), Output.Member(client, "state"));
            table.Print();
        });
        return list;
    }

    private static Command Create()
    {
        var name = new Option<string>("--name") { Description = "What you call it", Required = true };
        var permissions = new Option<string>("--permissions") { Description = "summary,records,download,germline: some of your own", Required = true, HelpName = "A,B" };
        var expires = new Option<string>("--expires") { Description = "Its last day", Required = true, HelpName = "YYYY-MM-DD" };
        var key = new Option<string?>("--key") { Description = "Its public key (JWK)", HelpName = "FILE" };
        var generate = new Option<bool>("--generate") { Description = "Makes its key here; the private half never leaves this machine" };
        var dpop = new Option<bool>("--dpop") { Description = "Its tokens are good only with a proof of possession" };
        var outFile = new Option<string?>("--out") { Description = "With --generate: where its credentials go, for --client FILE", HelpName = "FILE" };
        var create = new Command("create", "Makes a program") { name, permissions, expires, key, generate, dpop, outFile };
        create.Runs(async (arguments, ct) =>
        {
            var project = arguments.GetValue(GlobalOptions.Project) ?? throw Failure.Bad("project_missing", Text.Of("--project で課題を指定してください。", "Say for which project: --project ID|NAME."));
            var target = arguments.GetValue(outFile);
            if (arguments.GetValue(generate) == (arguments.GetValue(key) is not null) || arguments.GetValue(generate) != (target is not null))
                throw Failure.Bad("key_choice", Text.Of("--key FILE か、--generate --out FILE を指定してください。", "Either --key FILE, or --generate --out FILE."));
            using var portal = await PortalClient.OpenAsync(arguments, ct);
            var pair = arguments.GetValue(generate) ? SigningKey.Create() : null;
            var body = new JsonObject
            {
                ["name"] = arguments.GetRequiredValue(name), ["project"] = project, ["expiresOn"] = arguments.GetRequiredValue(expires), ["dpop"] = arguments.GetValue(dpop),
                ["permissions"] = new JsonArray([.. arguments.GetRequiredValue(permissions).Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(p => JsonValue.Create(p))]),
                ["publicKey"] = pair?.Public() ?? PublicKeyIn(arguments.GetValue(key)!),
            };
            var made = pair is null ? await portal.PostJsonAsync(Path, body, ct) : await WithFileAsync(portal, body, pair, System.IO.Path.GetFullPath(target!), ct);
            var program = made["program"]!;
            if (arguments.GetValue(GlobalOptions.Json))
                Output.Json(program);
            else
                Console.WriteLine(Text.Of($"作成しました: {program["id"]}", $"Made {program["id"]}") + (target is null ? "" : $" → {target}"));
        });
        return create;
    }

    // The file is there, and private, before the program is made: no program is left without its key for want of a place to write it.
    private static async Task<JsonNode> WithFileAsync(PortalClient portal, JsonObject body, SigningKey pair, string target, CancellationToken ct)
    {
        if (File.Exists(target))
            throw Failure.Bad("out_exists", Text.Of($"{target} は既にあります。", $"{target} is there already and is left as it is."));
        using var http = PortalClient.Http(portal.Url);
        var authority = await Authority.OfAsync(http, portal.Url, ct);
        await using var file = PrivateFile.Create(target);
        try
        {
            var made = await portal.PostJsonAsync(Path, body, ct);
            // The kid under which the portal knows the key goes into the assertions' header.
            var secret = pair.Private();
            secret["kid"] = made["program"]!["keys"]![0]!["kid"]!.ToString();
            var credentials = new ProgramFile(
                portal.Url, authority.Issuer, authority.TokenEndpoint, authority.Audience, authority.Scope, made["program"]!["id"]!.ToString(), JsonSerializer.SerializeToElement(secret));
            await file.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(credentials, ConnectionJson.Default.ProgramFile), ct);
            return made;
        }
        catch
        {
            file.Close();
            File.Delete(target);
            throw;
        }
    }

    // A private key is refused here already: the portal would refuse it too, but then it would have left this machine.
    private static JsonObject PublicKeyIn(string path)
    {
        var file = System.IO.Path.GetFullPath(path);
        if (!File.Exists(file))
            throw Failure.Bad("no_file", Text.Of($"ファイル {file} がありません。", $"There is no file {file}."));
        try
        {
            if (JsonNode.Parse(File.ReadAllText(file, Encoding.UTF8)) is JsonObject jwk)
            {
                return PrivateMembers.Any(jwk.ContainsKey)
                    ? throw Failure.Bad("key_private", Text.Of($"{file} は秘密鍵です。公開鍵（JWK）を指定してください。", $"{file} holds a private key: give its public half."))
                    : jwk;
            }
        }
        catch (JsonException)
        {
            // Said below, without a word of the file.
        }

        throw Failure.Bad("bad_key", Text.Of($"{file} は公開鍵（JWK）ではありません。", $"{file} is no public key (JWK)."));
    }

    private static Command Revoke()
    {
        var id = new Argument<string>("ID") { Description = "As `portal clients list` shows it" };
        var revoke = new Command("revoke", "Ends a program for good") { id };
        revoke.Runs(async (arguments, ct) =>
        {
            using var portal = await PortalClient.OpenAsync(arguments, ct);
            var program = arguments.GetRequiredValue(id);
            await portal.DeleteAsync($"{Path}/{Uri.EscapeDataString(program)}", ct);
            if (arguments.GetValue(GlobalOptions.Json))
                Output.Json(new JsonObject { ["id"] = program, ["state"] = "revoked" });
            else
                Console.WriteLine(Text.Of($"失効させました: {program}", $"Revoked {program}"));
        });
        return revoke;
    }

    private static string Short(string text, int most) => text.Length <= most ? text : text[..(most - 1)] + "…";
}
