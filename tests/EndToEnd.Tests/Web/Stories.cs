using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace DataPortal.EndToEnd.Tests.Web;

/// <summary>What people come for, at the pages, once in each language.</summary>
public sealed partial class Stories(Portal portal, Chromium chromium) : IClassFixture<Chromium>
{
    [Theory]
    [InlineData("ja", "検索条件", "肺", "共存する遺伝子変化", "症例一覧")]
    [InlineData("en", "Query", "Lung", "Co-altered genes", "Cases")]
    public async Task A_researcher_asks_narrows_to_lung_reads_opens_a_case_and_shares_the_link(string language, string query, string lung, string genes, string cases)
    {
        await using var visitor = await Visitor.ComeAsync(portal, chromium, "researcher", language);
        var page = visitor.Page;
        await visitor.GoAsync("/search");
        var bar = page.GetByRole(AriaRole.Combobox, new() { Name = query, Exact = true });
        await bar.PressSequentiallyAsync("ＫＲＡＳ　Ｇ１２Ｃ");
        await page.Keyboard.PressAsync("Enter");
        await Expect(bar).ToHaveValueAsync("KRAS G12C");
        var all = await CasesAsync(page);
        Assert.InRange(all, Portal.Cases * 6 / 1000, Portal.Cases * 18 / 1000);

        // A facet writes into the query, and the query into the address.
        await page.Locator(".facet button.f", new() { HasText = lung }).First.ClickAsync();
        await Expect(bar).ToHaveValueAsync("KRAS G12C and cancer:LUNG");
        var inLung = await CasesAsync(page);
        Assert.InRange(inLung, 1, all - 1);
        await Expect(page.Locator("section.card", new() { HasText = genes }).First.Locator(".bars .r").First).ToBeVisibleAsync();

        // The link shows somebody else the same.
        var link = page.Url;
        await using var colleague = await Visitor.ComeAsync(portal, chromium, "researcher", language);
        await colleague.Page.GotoAsync(link);
        Assert.Equal(inLung, await CasesAsync(colleague.Page));
        await Expect(colleague.Page.GetByRole(AriaRole.Combobox, new() { Name = query, Exact = true })).ToHaveValueAsync("KRAS G12C and cancer:LUNG");

        // A case, and back to where one was.
        await page.GetByRole(AriaRole.Tab, new() { Name = cases, Exact = true }).ClickAsync();
        await page.Locator(".virtual tbody a").First.ClickAsync();
        await Expect(page.Locator("dl.fields").First).ToBeVisibleAsync();
        await page.GoBackAsync();
        await Expect(bar).ToHaveValueAsync("KRAS G12C and cancer:LUNG");
        Assert.Equal(inLung, await CasesAsync(page));
        Assert.Empty(visitor.Complaints);
        Assert.Empty(colleague.Complaints);
    }

    [Theory]
    [InlineData("ja", "作成を始める", "ダウンロード")]
    [InlineData("en", "Start", "Download")]
    public async Task A_data_scientist_exports_once_however_often_they_click_and_downloads(string language, string start, string download)
    {
        await using var visitor = await Visitor.ComeAsync(portal, chromium, "pharma", language);
        var page = visitor.Page;
        await visitor.GoAsync("/exports");
        var before = await page.Locator(".queue li").CountAsync();
        await visitor.GoAsync("/exports?new=1&q=" + Uri.EscapeDataString("KRAS G12C"));
        await Expect(page.Locator("form table.plain tbody tr")).ToHaveCountAsync(5);
        await page.GetByRole(AriaRole.Button, new() { NameRegex = new Regex($"^{start}", RegexOptions.None, TimeSpan.FromSeconds(1)) }).DblClickAsync();
        await Expect(page.Locator(".chip.good").Last).ToBeVisibleAsync(new() { Timeout = 30_000 });
        await Expect(page.Locator(".queue li")).ToHaveCountAsync(before + 1);

        var file = page.Locator("table.plain tr", new() { HasText = "cases.csv" }).GetByRole(AriaRole.Link, new() { NameRegex = new Regex(download, RegexOptions.None, TimeSpan.FromSeconds(1)) });
        var got = await page.RunAndWaitForDownloadAsync(() => file.ClickAsync());
        var path = await got.PathAsync();
        var written = File.ReadLines(path).Skip(1).Count();
        await visitor.GoAsync("/search?q=" + Uri.EscapeDataString("KRAS G12C"));
        Assert.Equal(await CasesAsync(page), written);
        Assert.Empty(visitor.Complaints);
    }

    [Theory]
    [InlineData("ja", "秘匿", "利用申請の方法")]
    [InlineData("en", "held", "How to apply")]
    public async Task An_explorer_sees_that_numbers_are_held_back_and_how_to_apply(string language, string held, string apply)
    {
        await using var visitor = await Visitor.ComeAsync(portal, chromium, "explorer", language);
        var page = visitor.Page;
        await visitor.GoAsync("/search?q=" + Uri.EscapeDataString("KRAS G12C"));
        await Expect(page.Locator(".held", new() { HasText = held }).First).ToBeVisibleAsync();
        await page.Locator(".notice").GetByRole(AriaRole.Link, new() { Name = apply }).ClickAsync();
        await Expect(page.Locator("#apply")).ToBeInViewportAsync();
        await visitor.GoAsync("/cases");
        await Expect(page.Locator(".state.refused").GetByRole(AriaRole.Link, new() { Name = apply })).ToBeVisibleAsync();
        Assert.Empty(visitor.Complaints);
    }

    [Theory]
    [InlineData("ja", "年間利用料が未納")]
    [InlineData("en", "yearly fee is due")]
    public async Task Who_has_not_paid_reads_why_the_door_is_shut(string language, string reason)
    {
        await using var visitor = await Visitor.ComeAsync(portal, chromium, "unpaid", language);
        foreach (var path in new[] { "/search?q=KRAS", "/cases" })
        {
            await visitor.GoAsync(path);
            await Expect(visitor.Page.Locator(".state.refused")).ToContainTextAsync(reason);
        }

        Assert.Empty(visitor.Complaints);
    }

    private static async Task<int> CasesAsync(IPage page)
    {
        var truth = page.GetByTestId("truth");
        await Expect(truth).ToHaveAttributeAsync("aria-busy", "false");
        // The debounce of what is typed has passed, and the answer to it is there.
        await page.WaitForLoadStateAsync(LoadState.NetworkIdle);
        await Expect(truth).ToHaveAttributeAsync("aria-busy", "false");
        return int.Parse(NotDigits().Replace(await truth.Locator(".n").InnerTextAsync(), ""), CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"\D", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex NotDigits();
}
