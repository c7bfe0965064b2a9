using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace DataPortal.EndToEnd.Tests.Web;

/// <summary>What the pages do when something does not go as it should.</summary>
public sealed class Hardships(Portal portal, Chromium chromium) : IClassFixture<Chromium>
{
    private const string Count = "**/api/v1/releases/*/count*";

    [Fact]
    public async Task A_session_that_ends_loses_nothing_that_was_typed()
    {
        await using var visitor = await Visitor.ComeAsync(portal, chromium, "summary");
        var page = visitor.Page;
        await visitor.GoAsync("/search?q=KRAS");
        await page.Context.ClearCookiesAsync();
        await page.GetByRole(AriaRole.Combobox, new() { Name = "Query", Exact = true }).FillAsync("EGFR L858R not TP53");
        var signIn = page.Locator("main").GetByRole(AriaRole.Link, new() { Name = "Sign in" });
        await Expect(signIn).ToBeVisibleAsync();
        await Expect(signIn).ToHaveAttributeAsync("href", new Regex("EGFR.*L858R.*TP53", RegexOptions.None, TimeSpan.FromSeconds(1)));
        await signIn.ClickAsync();
        await page.WaitForURLAsync("**/sign-in?*");
    }

    [Theory]
    [InlineData(403, "permission_missing", "You may not do this")]
    [InlineData(409, "conflict", "Its state has changed")]
    [InlineData(429, "too_many_requests", "Too many questions at once")]
    [InlineData(500, "unexpected", "Something went wrong in the portal")]
    [InlineData(0, "", "The portal cannot be reached")]
    public async Task A_refusal_or_failure_says_what_to_do_next_and_keeps_the_question(int status, string code, string title)
    {
        await using var visitor = await Visitor.ComeAsync(portal, chromium, "researcher");
        var page = visitor.Page;
        await page.RouteAsync(Count, route => status == 0
            ? route.AbortAsync()
            : route.FulfillAsync(new() { Status = status, ContentType = "application/problem+json", Headers = status == 429 ? [new("Retry-After", "30")] : [], Body = $$"""{"status":{{status}},"code":"{{code}}"}""" }));
        await visitor.GoAsync("/search?q=KRAS");

        await Expect(page.Locator(".state").GetByRole(AriaRole.Heading, new() { Name = title })).ToBeVisibleAsync(new() { Timeout = 15_000 });
        await Expect(page.GetByRole(AriaRole.Combobox, new() { Name = "Query", Exact = true })).ToHaveValueAsync("KRAS");
        await page.UnrouteAsync(Count);
        if (status is 500 or 0)
        {
            await page.GetByRole(AriaRole.Button, new() { Name = "Try again" }).ClickAsync();
            await Expect(page.GetByTestId("truth")).ToBeVisibleAsync();
        }
    }

    [Theory]
    [InlineData("🧬🧬 שלום")]
    [InlineData("cancer:\"no such cancer\"")]
    [InlineData("((((")]
    public async Task What_is_not_understood_is_said_beside_the_question_and_nothing_breaks(string text)
    {
        await using var visitor = await Visitor.ComeAsync(portal, chromium, "researcher");
        await visitor.GoAsync("/search?q=" + Uri.EscapeDataString(text));
        await Expect(visitor.Page.Locator(".mistake")).ToBeVisibleAsync();
        await Expect(visitor.Page.Locator(".bar.bad")).ToBeVisibleAsync();
        Assert.Empty(visitor.Complaints);
    }

    [Fact]
    public async Task An_empty_cohort_says_which_condition_empties_it_and_takes_it_away()
    {
        await using var visitor = await Visitor.ComeAsync(portal, chromium, "researcher");
        var page = visitor.Page;
        await visitor.GoAsync("/search?q=" + Uri.EscapeDataString("KRAS G12C not KRAS"));
        await page.Locator(".zero tr", new() { HasText = "not KRAS" }).First.GetByRole(AriaRole.Button, new() { Name = "Leave it out" }).First.ClickAsync();
        await Expect(page.GetByRole(AriaRole.Combobox, new() { Name = "Query", Exact = true })).ToHaveValueAsync("KRAS G12C");
    }

    [Fact]
    public async Task The_table_of_all_cases_keeps_few_rows_in_the_page_and_fetches_by_key()
    {
        await using var visitor = await Visitor.ComeAsync(portal, chromium, "researcher");
        var page = visitor.Page;
        await visitor.GoAsync("/cases");
        await Expect(page.Locator(".virtual tbody tr").First).ToBeVisibleAsync();
        var fetched = 0;
        page.Request += (_, r) => fetched += r.Url.Contains("/cases?", StringComparison.Ordinal) && r.Url.Contains("After=", StringComparison.Ordinal) ? 1 : 0;
        for (var i = 0; i < 20; i++)
        {
            await page.Locator(".virtual").EvaluateAsync("e => e.scrollTop = e.scrollHeight");
            await page.WaitForTimeoutAsync(150);
            Assert.InRange(await page.Locator(".virtual tbody tr").CountAsync(), 1, 299);
        }

        Assert.True(fetched >= 3, $"{fetched} pages fetched");
        Assert.Empty(visitor.Complaints);
    }

    [Fact]
    public async Task The_policy_runs_nothing_that_stands_in_the_page()
    {
        await using var visitor = await Visitor.ComeAsync(portal, chromium, name: null);
        var page = visitor.Page;
        await visitor.GoAsync("/patients");
        await page.EvaluateAsync("() => { const s = document.createElement('script'); s.textContent = 'window.ran = true'; document.body.append(s); document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"window.ran = true\">'); }");
        await page.WaitForTimeoutAsync(300);
        Assert.False(await page.EvaluateAsync<bool>("() => window.ran === true"));
        Assert.NotEmpty(visitor.Complaints);
    }
}
