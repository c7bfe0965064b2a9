using Microsoft.Playwright;

namespace DataPortal.EndToEnd.Tests;

/// <summary>The system's Chromium, without a window. A browser of its own is never downloaded.</summary>
public sealed class Chromium : IAsyncLifetime
{
    private static readonly string[] Programs = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public async ValueTask InitializeAsync()
    {
        if (Array.Find(Programs, File.Exists) is not { } program)
            return;
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = program,
            // The last ones keep it from asking for addresses outside this machine.
            Args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
        });
    }

    /// <summary>A person with a browser of their own: no cookies, this language.</summary>
    public async Task<IBrowserContext> PersonAsync(string language = "en", bool scripts = true)
    {
        Assert.SkipWhen(_browser is null, "Chromium is not installed.");
        return await _browser!.NewContextAsync(new BrowserNewContextOptions { Locale = language, JavaScriptEnabled = scripts, ViewportSize = new ViewportSize { Width = 1280, Height = 900 } });
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        _playwright?.Dispose();
    }
}
