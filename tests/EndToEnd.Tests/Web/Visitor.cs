using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Microsoft.Playwright;

namespace DataPortal.EndToEnd.Tests.Web;

/// <summary>
/// A person at the pages, in a browser of their own. What the browser complains of, and every address outside the portal that a page asks for, is kept: a page
/// that works may have neither.
/// </summary>
internal sealed class Visitor : IAsyncDisposable
{
    // Each code of an authenticator app counts once, so a sign-in is kept for whoever comes as the same person later.
    private static readonly ConcurrentDictionary<string, string> SignedIn = new(StringComparer.Ordinal);

    private readonly IBrowserContext _person;
    private readonly Portal _portal;
    private readonly ConcurrentQueue<string> _complaints = new();

    private Visitor(Portal portal, IBrowserContext person, IPage page)
    {
        (_portal, _person, Page) = (portal, person, page);
        page.Console += (_, said) =>
        {
            // A question with a mistake is answered with 400, which Chromium writes down by itself; so it is when a test takes the session or the network away.
            if (said.Type == "error" && !said.Text.StartsWith("Failed to load resource", StringComparison.Ordinal))
            {
                _complaints.Enqueue(said.Text);
            }
        };
        page.PageError += (_, error) => _complaints.Enqueue(error);
    }

    public IPage Page { get; }

    public IReadOnlyCollection<string> Complaints => _complaints;

    public static async Task<Visitor> ComeAsync(Portal portal, Chromium chromium, string? name, string language = "en", bool dark = false)
    {
        var key = $"{portal.Url}|{name}";
        var person = await chromium.PersonAsync(language, dark: dark, state: name is not null && SignedIn.TryGetValue(key, out var state) ? state : null);
        var visitor = new Visitor(portal, person, await person.NewPageAsync());
        if (name is not null && !SignedIn.ContainsKey(key))
        {
            await visitor.SignInAsync(name);
            SignedIn[key] = await person.StorageStateAsync();
        }

        visitor.Page.Request += (_, request) =>
        {
            if (!request.Url.StartsWith(portal.Url.AbsoluteUri, StringComparison.Ordinal) && !request.Url.StartsWith("blob:", StringComparison.Ordinal) && !request.Url.StartsWith("data:", StringComparison.Ordinal))
            {
                visitor._complaints.Enqueue("elsewhere: " + request.Url);
            }
        };
        return visitor;
    }

    public string At(string path) => new Uri(_portal.Url, path).AbsoluteUri;

    public async Task GoAsync(string path)
    {
        await Page.GotoAsync(At(path));
        await Page.WaitForLoadStateAsync(LoadState.NetworkIdle);
    }

    /// <summary>From wherever the browser is sent to sign in, back to where it came from.</summary>
    public async Task SignInAsync(string name, string path = "/patients")
    {
        var demo = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(_portal.Data, "demo.json")))!;
        var account = demo["accounts"]!.AsArray().Single(a => a!["name"]!.ToString() == name)!;
        await Page.GotoAsync(At("/session/start?return=" + Uri.EscapeDataString(path)));
        await Page.Locator("#email").FillAsync(account["email"]!.ToString());
        await Page.Locator("#password").FillAsync(account["password"]!.ToString());
        await Page.Locator("button[type=submit]").First.ClickAsync();
        if (account["totp_secret"]?.ToString() is { } secret)
        {
            await Page.Locator("input[name=code]").FillAsync(Authenticator.Code(secret));
            await Page.Locator("button[type=submit]").First.ClickAsync();
        }

        await Page.WaitForURLAsync(At(path));
    }

    public async ValueTask DisposeAsync() => await _person.DisposeAsync();
}
