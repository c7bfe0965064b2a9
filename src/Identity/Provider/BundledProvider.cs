using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using DataPortal.Identity.Tokens;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace DataPortal.Identity.Provider;

/// <summary>Where the bundled provider lies. No configuration file sets this.</summary>
internal sealed class BundledProviderOptions
{
    /// <summary>The folder with its <c>package.json</c>; null to look for it upwards from the portal's own.</summary>
    public string? Folder { get; set; }

    /// <summary>The Node program, by name or path.</summary>
    public string Node { get; set; } = "node";
}

/// <summary>
/// Keeps the bundled OpenID provider running as a child process: restarted with growing pauses when it ends, and ended with the portal.
/// The child watches its stdin, which only this process holds open, so it ends even when the portal is killed.
/// </summary>
internal sealed class BundledProvider(IOptions<BundledProviderOptions> options, IHttpClientFactory http, ILogger<BundledProvider> log) : IAsyncDisposable
{
    private const int MinimumNode = 20;
    private static readonly TimeSpan ReadyWithin = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan AnswersWithin = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan EndsWithin = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    /// <summary>Having run for so long, the provider counts as well, and the next pause is a short one again.</summary>
    private static readonly TimeSpan WellAfter = TimeSpan.FromMinutes(1);

    private readonly CancellationTokenSource _stop = new();
    private Task _supervision = Task.CompletedTask;

    /// <summary>Null when it was never started; otherwise whether the process runs now.</summary>
    public bool? IsRunning { get; private set; }

    /// <summary>For tests that kill it.</summary>
    internal int ProcessId { get; private set; }

    /// <summary>
    /// Starts the provider on the configuration file handed over to it, and returns once it publishes the key
    /// <paramref name="keyId"/>: another program that sits on the same port does not count.
    /// </summary>
    /// <exception cref="InvalidOperationException">It cannot run here; the message says what is missing and how to get it.</exception>
    public async Task StartAsync(string configuration, Uri url, string keyId, CancellationToken ct)
    {
        var folder = FindFolder();
        await CheckNodeAsync(ct);
        var first = Launch(folder, configuration);
        try
        {
            await UntilReadyAsync(first, url, keyId, ct);
        }
        catch
        {
            await EndAsync(first);
            throw;
        }

        _supervision = SuperviseAsync(first, folder, configuration);
    }

    /// <summary>Ends it; no harm when it never ran, or has ended.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _supervision;
    }

    private async Task SuperviseAsync(Child child, string folder, string configuration)
    {
        var pause = FirstPause;
        try
        {
            while (true)
            {
                await child.Process.WaitForExitAsync(_stop.Token);
                IsRunning = false;
                var ranFor = Stopwatch.GetElapsedTime(child.StartedAt);
                pause = ranFor > WellAfter ? FirstPause : pause;
                log.ProviderEnded(child.Process.ExitCode, ranFor, pause);
                child.Process.Dispose();
                child = await LaunchAgainAsync(folder, configuration, pause);
                pause = Longer(pause);
            }
        }
        catch (OperationCanceledException)
        {
            if (IsRunning == true)
            {
                await EndAsync(child);
            }
        }
    }

    private async Task<Child> LaunchAgainAsync(string folder, string configuration, TimeSpan pause)
    {
        while (true)
        {
            await Task.Delay(pause, _stop.Token);
            try
            {
                return Launch(folder, configuration);
            }
            catch (Win32Exception e)
            {
                // Node is being replaced, or processes have run out; both pass.
                pause = Longer(pause);
                log.ProviderNotStarted(e, pause);
            }
        }
    }

    private static TimeSpan Longer(TimeSpan pause) => pause * 2 < LongestPause ? pause * 2 : LongestPause;

    private Child Launch(string folder, string configuration)
    {
        var start = new ProcessStartInfo(options.Value.Node)
        {
            UseShellExecute = false,
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList = { Path.Combine(folder, "src", "main.js"), configuration },
        };
        // Settings meant for somebody else's program, a debugger among them, must not reach one that holds keys.
        start.Environment.Remove("NODE_OPTIONS");
        var child = new Child(new Process { StartInfo = start });
        child.Process.OutputDataReceived += (_, line) => Say(line.Data);
        child.Process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is { Length: > 0 } text)
            {
                child.LastError = text;
                log.ProviderComplained(text);
            }
        };
        child.Process.Start();
        child.Process.BeginOutputReadLine();
        child.Process.BeginErrorReadLine();
        ProcessId = child.Process.Id;
        IsRunning = true;
        return child;

        void Say(string? text)
        {
            if (text is { Length: > 0 })
            {
                log.ProviderSaid(text);
            }
        }
    }

    private async Task UntilReadyAsync(Child child, Uri url, string keyId, CancellationToken ct)
    {
        using var client = http.CreateClient(AccessTokens.HttpClient);
        var keys = new Uri(url, "/jwks");
        while (Stopwatch.GetElapsedTime(child.StartedAt) < ReadyWithin)
        {
            if (child.Process.HasExited)
            {
                await child.Process.WaitForExitAsync(ct); // the rest of its output
                throw new InvalidOperationException($"The OpenID provider ended at once (exit code {child.Process.ExitCode}). {child.LastError}");
            }

            using var answer = CancellationTokenSource.CreateLinkedTokenSource(ct);
            answer.CancelAfter(AnswersWithin);
            try
            {
                var set = await client.GetFromJsonAsync<JsonObject>(keys, answer.Token);
                if (set?["keys"] is JsonArray published && published.Any(key => key?["kid"]?.GetValue<string>() == keyId))
                {
                    return;
                }
            }
            catch (Exception e) when (e is HttpRequestException or JsonException or InvalidOperationException || (e is OperationCanceledException && !ct.IsCancellationRequested))
            {
                // Not listening yet, or somebody else is who answers nothing or something else; the time limit decides.
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), ct);
        }

        throw new InvalidOperationException($"The OpenID provider did not answer at {url} within {ReadyWithin.TotalSeconds:0} s. {child.LastError}");
    }

    private async Task EndAsync(Child child)
    {
        IsRunning = false;
        using var process = child.Process;
        if (process.HasExited)
        {
            return;
        }

        process.StandardInput.Close();
        using var patience = new CancellationTokenSource(EndsWithin);
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
        }
    }

    private string FindFolder()
    {
        var folder = options.Value.Folder is { } configured
            ? Path.GetFullPath(configured)
            : Upwards(AppContext.BaseDirectory).SelectMany(f => new[] { Path.Combine(f, "openid-provider"), Path.Combine(f, "src", "openid-provider") })
                .FirstOrDefault(f => File.Exists(Path.Combine(f, "package.json")));
        if (folder is null || !File.Exists(Path.Combine(folder, "src", "main.js")))
        {
            throw new InvalidOperationException($"The OpenID provider was not found: there is no folder openid-provider in or above {AppContext.BaseDirectory}.");
        }

        return File.Exists(Path.Combine(folder, "node_modules", "oidc-provider", "package.json"))
            ? folder
            : throw new InvalidOperationException($"The OpenID provider's packages are not installed: run `npm ci` in {folder}.");
    }

    private async Task CheckNodeAsync(CancellationToken ct)
    {
        var start = new ProcessStartInfo(options.Value.Node, "--version") { UseShellExecute = false, RedirectStandardOutput = true };
        string version;
        try
        {
            using var node = Process.Start(start)!;
            version = (await node.StandardOutput.ReadToEndAsync(ct)).Trim();
            await node.WaitForExitAsync(ct);
        }
        catch (Win32Exception e)
        {
            throw new InvalidOperationException(
                $"Node {MinimumNode} or later is needed for the OpenID provider, and `{options.Value.Node}` was not found. Install it from https://nodejs.org or your system's packages.", e);
        }

        if (!version.StartsWith('v')
            || !int.TryParse(version[1..].Split('.')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var major)
            || major < MinimumNode)
        {
            throw new InvalidOperationException($"Node {MinimumNode} or later is needed for the OpenID provider; `{options.Value.Node}` says {version}.");
        }
    }

    private static IEnumerable<string> Upwards(string from)
    {
        for (var folder = new DirectoryInfo(from); folder is not null; folder = folder.Parent)
        {
            yield return folder.FullName;
        }
    }

    private sealed class Child(Process process)
    {
        public Process Process { get; } = process;

        public long StartedAt { get; } = Stopwatch.GetTimestamp();

        public string? LastError { get; set; }
    }
}
