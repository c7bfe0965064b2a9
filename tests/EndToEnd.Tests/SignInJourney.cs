using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace DataPortal.EndToEnd.Tests;

/// <summary>A newcomer's first day, in a browser: from the invitation's mail to signing out everywhere.</summary>
public sealed partial class SignInJourney(Portal portal, Chromium chromium) : IClassFixture<Chromium>
{
    private const string Password = "seven quiet herons at dusk";

    [Fact]
    public async Task From_an_invitation_to_signing_out_everywhere()
    {
        var email = $"newcomer-{Guid.CreateVersion7():N}@example.org";
        await using var person = await chromium.PersonAsync();
        var page = await person.NewPageAsync();
        await AddAuthenticatorAsync(person, page);

        // The invitation, and a password.
        await page.GotoAsync(await InviteAsync(email));
        await page.GetByLabel("New password", new() { Exact = true }).FillAsync(Password);
        await page.GetByLabel("New password, once more").FillAsync(Password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Set password" }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Continue" }).ClickAsync();
        await GivePasswordAsync(page, email);
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Your account" })).ToBeVisibleAsync();
        await Expect(page.GetByText(email)).ToBeVisibleAsync();

        // The second step: an app, and a passkey.
        await page.GetByRole(AriaRole.Link, new() { Name = "Set up" }).ClickAsync();
        var secret = (await page.Locator("code.key").InnerTextAsync()).Replace(" ", "", StringComparison.Ordinal);
        var used = await FreshCodeAsync(secret, null);
        await page.GetByLabel("Six-digit code").FillAsync(used);
        await page.GetByRole(AriaRole.Button, new() { Name = "Turn on" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Your recovery codes" })).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "I have kept them" }).ClickAsync();
        await AddPasskeyAsync(page);
        // Now that there is an app, whoever adds a key to the door shows it first.
        await GivePasswordAsync(page, email);
        used = await GiveCodeAsync(page, secret, used);
        await AddPasskeyAsync(page);
        await Expect(page.GetByText("The passkey is added.")).ToBeVisibleAsync();

        // Signed in by the passkey alone.
        await person.ClearCookiesAsync();
        await page.GotoAsync(new Uri(portal.Url, "/session/start?return=/account").AbsoluteUri);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in with a passkey" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Your account" })).ToBeVisibleAsync();

        // In another browser by password and app: without script, and the code that was used before is refused.
        await using var elsewhere = await chromium.PersonAsync(scripts: false);
        var other = await elsewhere.NewPageAsync();
        await other.GotoAsync(new Uri(portal.Url, "/session/start?return=/account").AbsoluteUri);
        await GivePasswordAsync(other, email);
        await other.GetByLabel("Six-digit code").FillAsync(used);
        await other.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).First.ClickAsync();
        await Expect(other.GetByText("This code is not right, or was used already.").First).ToBeVisibleAsync();
        await GiveCodeAsync(other, secret, used);
        await Expect(other.GetByRole(AriaRole.Heading, new() { Name = "Your account" })).ToBeVisibleAsync();

        // The command line, approved in the browser.
        var config = Path.Combine(portal.Data, "newcomer");
        await ApproveLoginAsync(page, config);
        var me = (await AskAsync(config, "whoami", "--json")).Ok().Json;
        Assert.Equal(email, me["email"]!.ToString());
        Assert.Equal("portal-cli", me["clientId"]!.ToString());

        // And out, everywhere.
        await page.GotoAsync(new Uri(portal.Url, "/account").AbsoluteUri);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign out everywhere" }).ClickAsync();
        Assert.Equal(3, (await AskAsync(config, "whoami")).ExitCode);
        Assert.NotEqual(200, (await other.APIRequest.GetAsync(new Uri(portal.Url, "/api/v1/me").AbsoluteUri)).Status);
        await other.GotoAsync(new Uri(portal.Url, "/session/start?return=/account").AbsoluteUri);
        await Expect(other.GetByLabel("Password")).ToBeVisibleAsync();
    }

    private static async Task GivePasswordAsync(IPage page, string email)
    {
        await page.WaitForURLAsync("**/sign-in?*");
        await page.GetByLabel("E-mail address").FillAsync(email);
        await page.GetByLabel("Password").FillAsync(Password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in", Exact = true }).ClickAsync();
    }

    private static async Task<string> GiveCodeAsync(IPage page, string secret, string? last)
    {
        var code = await FreshCodeAsync(secret, last);
        await page.GetByLabel("Six-digit code").FillAsync(code);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).First.ClickAsync();
        return code;
    }

    private static async Task AddPasskeyAsync(IPage page)
    {
        await page.GetByLabel("Name of the passkey").FillAsync("Key ring");
        await page.GetByRole(AriaRole.Button, new() { Name = "Add a passkey" }).ClickAsync();
    }

    /// <summary>A passkey in the browser itself, which asks nobody for a finger.</summary>
    private static async Task AddAuthenticatorAsync(IBrowserContext person, IPage page)
    {
        var devtools = await person.NewCDPSessionAsync(page);
        await devtools.SendAsync("WebAuthn.enable");
        await devtools.SendAsync("WebAuthn.addVirtualAuthenticator", new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["options"] = new Dictionary<string, object>(StringComparer.Ordinal)
            {
                ["protocol"] = "ctap2", ["transport"] = "internal", ["hasResidentKey"] = true, ["hasUserVerification"] = true, ["isUserVerified"] = true, ["automaticPresenceSimulation"] = true,
            },
        });
    }

    /// <summary>An administrator invites; the answer is the link in the mail.</summary>
    private async Task<string> InviteAsync(string email)
    {
        using var admin = await SignedInProgram.OpenAsync(portal, "admin");
        using var answer = await admin.PostAsJsonAsync("/api/v1/people/invitations", new { email, name = "New Comer", roles = Array.Empty<string>(), locale = "en" });
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        var until = TimeProvider.System.GetUtcNow().AddSeconds(20);
        while (TimeProvider.System.GetUtcNow() < until)
        {
            foreach (var mail in Directory.Exists(Path.Combine(portal.Data, "mail")) ? Directory.GetFiles(Path.Combine(portal.Data, "mail"), "*.eml") : [])
            {
                var text = await File.ReadAllTextAsync(mail);
                if (text.Contains(email, StringComparison.Ordinal) && Link().Match(text) is { Success: true } link)
                    return link.Value;
            }

            await Task.Delay(100);
        }

        throw new TimeoutException("No mail came.");
    }

    private async Task ApproveLoginAsync(IPage page, string config)
    {
        using var login = Portal.Begin(portal.Data, config, "login");
        var lines = new List<string>();
        while (lines.Count < 4 && await login.StandardError.ReadLineAsync() is { } line)
            lines.Add(line.Trim());
        Assert.True(lines.Count == 4, string.Join('\n', lines));
        await page.GotoAsync(lines[1]);
        await page.GetByRole(AriaRole.Textbox).FillAsync(lines[3]);
        await page.GetByRole(AriaRole.Button).First.ClickAsync();
        await Expect(page.GetByText(lines[3])).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button).First.ClickAsync();
        var said = login.StandardOutput.ReadToEndAsync();
        var error = login.StandardError.ReadToEndAsync();
        await login.WaitForExitAsync();
        Assert.True(login.ExitCode == 0, $"{await error}{await said}");
    }

    private Task<Said> AskAsync(string config, params string[] arguments) => Portal.CallAsync(portal.Data, config, arguments);

    /// <summary>The app's code (RFC 6238), once it is another one than the last: each counts once.</summary>
    private static async Task<string> FreshCodeAsync(string secret, string? last)
    {
        while (true)
        {
            var code = Authenticator.Code(secret);
            if (code != last)
                return code;
            await Task.Delay(500);
        }
    }

    [GeneratedRegex(@"http://\S+/invitation\?token=\S+")]
    private static partial Regex Link();

    /// <summary>A demo account's client, for what has no verb on the command line.</summary>
    private static class SignedInProgram
    {
        public static async Task<HttpClient> OpenAsync(Portal portal, string name)
        {
            var demo = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(portal.Data, "demo.json")))!;
            var client = demo["clients"]!.AsArray().Single(c => c!["name"]!.ToString() == name)!;
            var http = new HttpClient { BaseAddress = portal.Url };
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(demo["issuer"] + "/token"));
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.ASCII.GetBytes($"{client["client_id"]}:{client["client_secret"]}")));
            request.Content = new FormUrlEncodedContent(new Dictionary<string, string> { ["grant_type"] = "client_credentials", ["scope"] = "portal" });
            using var answer = await http.SendAsync(request);
            var token = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["access_token"]!.ToString();
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
            return http;
        }
    }
}
