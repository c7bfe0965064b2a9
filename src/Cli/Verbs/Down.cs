using System.CommandLine;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace DataPortal.Cli.Verbs;

/// <summary>The server that runs over a folder, noted in <c>DIR/portal.pid</c>. The start time tells it from another process that got its number since.</summary>
internal sealed record RunningPortal(int Process, long Started, Uri Url)
{
    /// <summary>The running server; null when there is none.</summary>
    public static RunningPortal? Read(string folder)
    {
        var path = FilePath(folder);
        return File.Exists(path) && JsonSerializer.Deserialize(File.ReadAllText(path), RunningPortalJson.Default.RunningPortal) is { } noted && noted.Find() is not null ? noted : null;
    }

    public static void Write(string folder, RunningPortal portal) => File.WriteAllText(FilePath(folder), JsonSerializer.Serialize(portal, RunningPortalJson.Default.RunningPortal));

    public static void Forget(string folder)
    {
        if (File.Exists(FilePath(folder)))
            File.Delete(FilePath(folder));
    }

    public Process? Find()
    {
        try
        {
            var process = System.Diagnostics.Process.GetProcessById(Process);
            // The kernel counts in hundredths of a second.
            return Math.Abs(process.StartTime.ToUniversalTime().Ticks - Started) < TimeSpan.TicksPerSecond ? process : null;
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            return null;
        }
    }

    private static string FilePath(string folder) => Path.Combine(folder, "portal.pid");
}

[JsonSerializable(typeof(RunningPortal))]
internal sealed partial class RunningPortalJson : JsonSerializerContext;

/// <summary><c>portal down</c>: stops what <c>portal up --detach</c> started.</summary>
internal static class Down
{
    private const int Terminate = 15;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static Command Command()
    {
        var command = new Command("down", "Stops the portal that `portal up --detach` started");
        command.Runs(async (arguments, ct) =>
        {
            var folder = GlobalOptions.RunningFolder(arguments);
            if (!await StopAsync(folder, ct))
                throw new Failure(Failure.NotFound, "not_up", Text.Of($"{folder} のポータルは動いていません。", $"No portal is running over {folder}."));
        });
        return command;
    }

    /// <summary>False when none was running.</summary>
    public static async Task<bool> StopAsync(string folder, CancellationToken ct)
    {
        using var process = RunningPortal.Read(folder)?.Find();
        if (process is null)
        {
            RunningPortal.Forget(folder);
            return false;
        }

        _ = NativeMethods.kill(process.Id, Terminate);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(Patience);
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            process.Kill();
        }

        RunningPortal.Forget(folder);
        return true;
    }

    private static class NativeMethods
    {
        [DllImport("libc")]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int kill(int process, int signal);
    }
}
