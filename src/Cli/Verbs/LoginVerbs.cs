using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using DataPortal.Cli.Connection;
using DataPortal.Cli.Printing;

namespace DataPortal.Cli.Verbs;

/// <summary><c>portal login</c>: signs a person in by the device flow (RFC 8628). The browser may run on another machine.</summary>
internal static class LoginVerb
{
    private const string DeviceGrant = "urn:ietf:params:oauth:grant-type:device_code";

    public static Command Command()
    {
        var command = new Command("login", "Signs you in: you approve it in a browser, on this machine or another");
        command.Runs(async (arguments, ct) =>
        {
            var (url, _) = PortalAddress.Of(arguments);
            using var http = PortalClient.Http(url);
            var authority = await Authority.OfAsync(http, url, ct);
            var key = SigningKey.Create();
            var device = await BeginAsync(http, authority, ct);
            Tell(device);
            var answer = await WaitAsync(http, authority, device, key, ct);
            var now = TimeProvider.System.GetUtcNow();
            var login = new Login(
                authority.Issuer, authority.TokenEndpoint, authority.Metadata["revocation_endpoint"] is null ? null : authority.Endpoint("revocation_endpoint"), authority.ClientId,
                JsonSerializer.SerializeToElement(key.Private()), answer.RefreshToken ?? "", answer.AccessToken, answer.IsBound, now + answer.Life, now);
            // Of an earlier login nothing is left behind that could still be refreshed.
            if (await Logins.ForgetAsync(url, ct) is { } earlier)
                await LogoutVerb.RevokeAsync(http, earlier, ct);
            await Logins.RememberAsync(url, login, ct);
            await WhoAmI.PrintAsync(arguments, ct);
        });
        return command;
    }

    private static async Task<JsonNode> BeginAsync(HttpClient http, Authority authority, CancellationToken ct)
    {
        using var content = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["client_id"] = authority.ClientId, ["scope"] = "openid " + authority.Scope, ["resource"] = authority.Audience,
            // What weighs most needs a sign-in of just now (step_up_required): a browser that is signed in already would vouch for one of this morning.
            ["max_age"] = "60",
        });
        using var answer = await http.PostAsync(authority.Endpoint("device_authorization_endpoint"), content, ct);
        var body = await TokenEndpoint.ReadAsync(answer, ct);
        return answer.IsSuccessStatusCode && body?["device_code"] is not null ? body : throw new TokenAnswer(body, body?["error"]?.ToString()).ToFailure();
    }

    // On stderr: stdout is the result's alone.
    private static void Tell(JsonNode device)
    {
        Console.Error.WriteLine(Text.Of("ブラウザーで開いてください:", "Open in a browser:"));
        Console.Error.WriteLine($"  {device["verification_uri"]}");
        Console.Error.WriteLine(Text.Of("コードを入力してください:", "and enter the code:"));
        Console.Error.WriteLine($"  {device["user_code"]}");
    }

    // RFC 8628, 3.5: never faster than told, five seconds slower each time we are told so, and slower too when the network fails us.
    private static async Task<TokenAnswer> WaitAsync(HttpClient http, Authority authority, JsonNode device, SigningKey key, CancellationToken ct)
    {
        var pause = TimeSpan.FromSeconds(Seconds(device["interval"], 5));
        var until = TimeProvider.System.GetUtcNow().AddSeconds(Seconds(device["expires_in"], 600));
        var form = new Dictionary<string, string> { ["grant_type"] = DeviceGrant, ["device_code"] = device["device_code"]!.ToString(), ["client_id"] = authority.ClientId };
        while (TimeProvider.System.GetUtcNow() < until)
        {
            await Task.Delay(pause, ct);
            TokenAnswer answer;
            try
            {
                answer = await TokenEndpoint.AskAsync(http, authority.TokenEndpoint, () => form, key, ct);
            }
            catch (HttpRequestException)
            {
                pause *= 2;
                continue;
            }

            switch (answer.Error)
            {
                case null:
                    return answer;
                case "authorization_pending":
                    break;
                case "slow_down":
                    pause += TimeSpan.FromSeconds(5);
                    break;
                case "access_denied":
                    throw new Failure(Failure.Refused, "access_denied", Text.Of("サインインが拒否されました。", "The sign-in was refused in the browser."));
                case "expired_token":
                    throw TooLate();
                default:
                    throw answer.ToFailure();
            }
        }

        throw TooLate();
    }

    private static Failure TooLate() => new(Failure.Refused, "code_expired", Text.Of("コードの期限が切れました。もう一度: portal login", "The code was not entered in time. Again: portal login"));

    private static int Seconds(JsonNode? node, int otherwise) => node is JsonValue value && value.TryGetValue<int>(out var seconds) && seconds > 0 ? seconds : otherwise;
}

/// <summary><c>portal logout</c>: forgets the login here and revokes it at the authority.</summary>
internal static class LogoutVerb
{
    public static Command Command()
    {
        var command = new Command("logout", "Signs you out here and at the authority");
        command.Runs(async (arguments, ct) =>
        {
            var (url, _) = PortalAddress.Of(arguments);
            var login = await Logins.ForgetAsync(url, ct);
            using var http = PortalClient.Http(url);
            // What lies here is gone in any case; that the authority does not know it yet is said aloud.
            if (login is not null && !await RevokeAsync(http, login, ct))
                throw new Failure(Failure.Ours, "not_revoked", Text.Of("この端末からはサインアウトしましたが、認証局に伝わりませんでした。", "You are signed out here, but the authority could not be told; the login ends there by itself within 8 hours."));
            if (arguments.GetValue(GlobalOptions.Json))
                Output.Json(new JsonObject { ["portal"] = url.GetLeftPart(UriPartial.Authority), ["signedOut"] = login is not null });
            else
                Console.WriteLine(login is null ? Text.Of("サインインしていません。", "You were not signed in.") : Text.Of("サインアウトしました。", "Signed out."));
        });
        return command;
    }

    /// <summary>RFC 7009; true when the authority took it.</summary>
    public static async Task<bool> RevokeAsync(HttpClient http, Login login, CancellationToken ct)
    {
        if (login.RevocationEndpoint is null || login.RefreshToken.Length == 0)
            return false;
        try
        {
            using var form = new FormUrlEncodedContent(new Dictionary<string, string> { ["token"] = login.RefreshToken, ["token_type_hint"] = "refresh_token", ["client_id"] = login.ClientId });
            using var answer = await http.PostAsync(login.RevocationEndpoint, form, ct);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}

/// <summary><c>portal whoami</c>.</summary>
internal static class WhoAmI
{
    public static Command Command()
    {
        var command = new Command("whoami", "Who you are to the portal");
        command.Runs(PrintAsync);
        return command;
    }

    public static async Task PrintAsync(ParseResult arguments, CancellationToken ct)
    {
        using var portal = await PortalClient.OpenAsync(arguments, ct);
        var me = await portal.GetJsonAsync("/api/v1/me", ct);
        if (arguments.GetValue(GlobalOptions.Json))
        {
            Output.Json(me);
            return;
        }

        var table = new Table("", "");
        table.Add(Text.Of("ポータル", "portal"), portal.Url.GetLeftPart(UriPartial.Authority));
        table.Add(Text.Of("名前", "name"), Output.Member(me, "name"));
        table.Add(Text.Of("メール", "e-mail"), Output.Member(me, "email"));
        table.Add(Text.Of("プログラム", "program"), Output.Member(me, "clientId"));
        table.Add(Text.Of("役割", "roles"), string.Join(", ", (me["roles"] as JsonArray ?? []).Select(r => r?.ToString())));
        table.Print();
    }
}
