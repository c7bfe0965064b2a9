using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using DataPortal.Cli.Connection;

namespace DataPortal.Cli.Verbs;

/// <summary><c>portal up</c>: evaluation mode, everything in one go; waits until every health check passes.</summary>
internal static class Up
{
    /// <summary>The server's program; the `portal` script sets it.</summary>
    private const string HostVariable = "PORTAL_HOST";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(30);

    public static Command Command()
    {
        var port = new Option<int>("--port") { Description = "Port on loopback; the OpenID provider takes the next one", DefaultValueFactory = _ => 5080 };
        var cases = new Option<int>("--cases") { Description = "Cases of the synthetic release made in an empty folder", DefaultValueFactory = _ => 100_000 };
        var seed = new Option<int>("--seed") { Description = "Seed of the synthetic release", DefaultValueFactory = _ => 42 };
        var detach = new Option<bool>("--detach") { Description = "Return once it is ready; `portal down` stops it" };
        var command = new Command("up", "Starts a portal for evaluation, on this machine only") { port, cases, seed, detach };
        command.Runs((arguments, ct) => RunAsync(arguments, arguments.GetValue(port), arguments.GetValue(cases), arguments.GetValue(seed), arguments.GetValue(detach), ct));
        return command;
    }

    private static async Task RunAsync(ParseResult arguments, int port, int cases, int seed, bool detach, CancellationToken ct)
    {
        if (cases < 1)
            throw Failure.Bad("bad_cases", "--cases must be at least 1.");
        var folder = GlobalOptions.DataFolder(arguments);
        var url = new Uri($"http://localhost:{port.ToString(CultureInfo.InvariantCulture)}");
        if (RunningPortal.Read(folder) is { } running)
            throw new Failure(Failure.Conflict, "already_up", Text.Of($"{folder} のポータルは {running.Url} で動いています。", $"The portal of {folder} is running at {running.Url}."));
        var started = Stopwatch.StartNew();
        Directory.CreateDirectory(folder);
        var log = Path.Combine(folder, "portal.log");
        using var host = Start(folder, port, cases, seed, log);
        RunningPortal.Write(folder, new RunningPortal(host.Id, host.StartTime.ToUniversalTime().Ticks, url));
        try
        {
            await Verb.WithProgressAsync(Text.Of("起動", "Starting"), async progress =>
            {
                await UntilReadyAsync(host, url, log, progress, ct);
                return true;
            });
        }
        catch
        {
            await Down.StopAsync(folder, CancellationToken.None);
            throw;
        }

        KnownPortals.Remember(url, folder);
        if (arguments.GetValue(GlobalOptions.Json))
            Printing.Output.Json(new JsonObject { ["url"] = url.ToString(), ["data"] = folder, ["seconds"] = Math.Round(started.Elapsed.TotalSeconds, 1) });
        else
            Console.WriteLine($"Ready: {url.ToString().TrimEnd('/')}");
        if (detach)
            return;
        try
        {
            await host.WaitForExitAsync(ct);
        }
        finally
        {
            await Down.StopAsync(folder, CancellationToken.None);
        }
    }

    private static Process Start(string folder, int port, int cases, int seed, string log)
    {
        var program = Environment.GetEnvironmentVariable(HostVariable) ?? throw new Failure(Failure.Ours, "host_missing", $"{HostVariable} is not set: start the portal through the `portal` script.");
        // A session and a log of its own, so that it outlives this command and its terminal.
        var start = new ProcessStartInfo("setsid") { UseShellExecute = false, RedirectStandardInput = false };
        foreach (var argument in new[] { "sh", "-c", "exec \"$0\" \"$@\" >>\"$PORTAL_LOG\" 2>&1 </dev/null", "dotnet", program, "evaluate", "--data", folder, "--port", port.ToString(CultureInfo.InvariantCulture), "--cases", cases.ToString(CultureInfo.InvariantCulture), "--seed", seed.ToString(CultureInfo.InvariantCulture) })
            start.ArgumentList.Add(argument);
        start.Environment["PORTAL_LOG"] = log;
        File.WriteAllText(log, "");
        return Process.Start(start) ?? throw new Failure(Failure.Ours, "host_failed", "The server could not be started.");
    }

    private static async Task UntilReadyAsync(Process host, Uri url, string log, IProgress<double> progress, CancellationToken ct)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
        var waited = Stopwatch.StartNew();
        while (waited.Elapsed < Patience)
        {
            if (host.HasExited)
                throw Ended(host, log);
            if (ProgressOf(log) is { } share)
                progress.Report(share);
            try
            {
                using var answer = await http.GetAsync(new Uri(url, "/readyz"), ct);
                if (answer.IsSuccessStatusCode)
                    return;
            }
            catch (Exception e) when (e is HttpRequestException or TaskCanceledException && !ct.IsCancellationRequested)
            {
                // Not listening yet.
            }

            await Task.Delay(200, ct);
        }

        throw new Failure(Failure.Ours, "not_ready", $"The portal was not ready within {Patience.TotalMinutes:0} minutes; see {log}.");
    }

    // While the first release is made, the server logs how far it is: "Release synthetic: reading 35 %, 50000 cases".
    private static double? ProgressOf(string log)
    {
        if (Array.FindLast(Tail(log), l => l.Contains(" %, ", StringComparison.Ordinal)) is not { } line)
            return null;
        var words = line[..line.IndexOf(" %, ", StringComparison.Ordinal)].Split(' ');
        return int.TryParse(words[^1], NumberStyles.None, CultureInfo.InvariantCulture, out var percent) ? percent / 100.0 : null;
    }

    private static Failure Ended(Process host, string log)
    {
        var said = Tail(log).LastOrDefault(l => l.StartsWith("error: ", StringComparison.Ordinal));
        var parts = said?.Split(": ", 3);
        return parts is { Length: 3 } ? new Failure(host.ExitCode, parts[1], parts[2]) : new Failure(Failure.Ours, "host_ended", $"The server ended at once (exit code {host.ExitCode}); see {log}.");
    }

    private static string[] Tail(string log)
    {
        using var file = new FileStream(log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        file.Seek(-Math.Min(file.Length, 8192), SeekOrigin.End);
        using var reader = new StreamReader(file);
        return reader.ReadToEnd().Split('\n');
    }
}
