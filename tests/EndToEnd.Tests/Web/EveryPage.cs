using System.Text.Json;
using Microsoft.Playwright;

namespace DataPortal.EndToEnd.Tests.Web;

/// <summary>Every page in both languages, light and dark: nothing in the console, nothing from elsewhere, nothing that axe objects to. What they look like lies in <c>screenshots/</c>.</summary>
public sealed class EveryPage(Portal portal, Chromium chromium) : IClassFixture<Chromium>
{
    private static readonly (string Name, string? Who, string Path)[] All =
    [
        ("home", null, "/"), ("home-signed-in", "researcher", "/"), ("patients", null, "/patients"), ("signed-out", null, "/search"),
        ("cohort", "researcher", "/search?q=KRAS%20G12C"), ("alterations", "researcher", "/search?tab=alterations&q=KRAS%20G12C"), ("treatment", "researcher", "/search?tab=treatment&q=KRAS%20G12C"),
        ("tests", "researcher", "/search?tab=tests&q=KRAS%20G12C"), ("completeness", "researcher", "/search?tab=completeness&q=KRAS%20G12C"), ("cohort-cases", "researcher", "/search?tab=cases&q=KRAS%20G12C"),
        ("publication", "researcher", "/search?view=publication&by=patients&q=KRAS%20G12C"), ("zero", "researcher", "/search?q=KRAS%20G12C%20not%20KRAS"), ("mistake", "researcher", "/search?q=KRASS%20G12C"),
        ("cases", "researcher", "/cases?q=KRAS%20G12C"), ("exports", "researcher", "/exports"), ("export", "researcher", "/exports?new=1&q=KRAS%20G12C"), ("grammar", null, "/grammar"),
        ("explorer", "explorer", "/search?q=KRAS%20G12C"), ("explorer-exports", "explorer", "/exports"), ("summary", "summary", "/search?q=KRAS%20G12C"), ("unpaid", "unpaid", "/search?q=KRAS%20G12C"),
    ];

    [Theory]
    [InlineData("ja", false)]
    [InlineData("ja", true)]
    [InlineData("en", false)]
    [InlineData("en", true)]
    public async Task Is_clean(string language, bool dark)
    {
        var axe = await File.ReadAllTextAsync(Path.Combine(Portal.Root, "src", "web", "node_modules", "axe-core", "axe.min.js"));
        var pictures = Directory.CreateDirectory(Path.Combine(Portal.Root, "screenshots")).FullName;
        var found = new List<string>();
        var visited = 0;
        foreach (var group in All.GroupBy(p => p.Who, StringComparer.Ordinal))
        {
            await using var visitor = await Visitor.ComeAsync(portal, chromium, group.Key, language, dark);
            foreach (var (name, _, path) in group)
            {
                await visitor.GoAsync(path);
                await visitor.Page.WaitForTimeoutAsync(200);
                await visitor.Page.ScreenshotAsync(new() { Path = Path.Combine(pictures, $"{name}-{language}-{(dark ? "dark" : "light")}.png"), FullPage = true });
                found.AddRange((await ViolationsAsync(visitor.Page, axe)).Select(v => $"{name}: {v}"));
                visited++;
            }

            found.AddRange(visitor.Complaints.Select(c => $"{group.Key}: {c}"));
        }

        Assert.Equal(All.Length, visited);
        Assert.Empty(found);
    }

    [Fact]
    public async Task Axe_finds_what_is_wrong()
    {
        var axe = await File.ReadAllTextAsync(Path.Combine(Portal.Root, "src", "web", "node_modules", "axe-core", "axe.min.js"));
        await using var visitor = await Visitor.ComeAsync(portal, chromium, name: null);
        await visitor.GoAsync("/patients");
        await visitor.Page.EvaluateAsync("() => document.querySelector('main').append(document.createElement('button'))");
        Assert.NotEmpty(await ViolationsAsync(visitor.Page, axe));
    }

    private static async Task<IReadOnlyList<string>> ViolationsAsync(IPage page, string axe)
    {
        await page.EvaluateAsync(axe);
        var result = await page.EvaluateAsync<JsonElement>("async () => (await axe.run(document, { resultTypes: ['violations'] })).violations.map(v => v.id + ': ' + v.nodes.map(n => n.html.slice(0, 200)).join(' | '))");
        return [.. result.EnumerateArray().Select(v => v.GetString()!)];
    }
}
