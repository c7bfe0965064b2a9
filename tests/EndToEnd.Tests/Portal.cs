using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using DataPortal.Testing;

[assembly: Xunit.AssemblyFixture(typeof(DataPortal.EndToEnd.Tests.Portal))]

namespace DataPortal.EndToEnd.Tests;

/// <summary>What a call of the `portal` script printed, and how it ended.</summary>
public sealed record Said(int ExitCode, string Out, string Error)
{
    public JsonNode Json => JsonNode.Parse(Out)!;

    public Said Ok()
    {
        Assert.True(ExitCode == 0, $"exit code {ExitCode}\n{Error}\n{Out}");
        return this;
    }
}

/// <summary>A portal in evaluation mode for the whole run, started and asked as a person would: through the script at the repository's root.</summary>
public sealed class Portal : IAsyncLifetime
{
    public const int Cases = 4000;

    public static string Root => RepositoryRoot.Path;

    public string Data { get; } = Directory.CreateTempSubdirectory("portal-e2e-").FullName;

    public Uri Url { get; private set; } = new("http://localhost");

    /// <summary>The folder of real studies beside the repository; null where it is absent.</summary>
    public static string? Shared => RepositoryRoot.Shared() is { } folder && Directory.Exists(Path.Combine(folder, "data")) ? folder : null;

    public async ValueTask InitializeAsync()
    {
        var port = FreePorts();
        Url = new Uri($"http://localhost:{port}");
        var up = await RunAsync("up", "--port", $"{port}", "--cases", $"{Cases}", "--detach");
        Assert.True(up.ExitCode == 0, $"up: {up.Error}\n{(File.Exists(Path.Combine(Data, "portal.log")) ? File.ReadAllText(Path.Combine(Data, "portal.log")) : "")}");
        Assert.Equal($"Ready: http://localhost:{port}", up.Out.TrimEnd());
    }

    public async ValueTask DisposeAsync()
    {
        await RunAsync("down");
        Directory.Delete(Data, recursive: true);
    }

    public Task<Said> RunAsync(params string[] arguments) => RunIn(Data, arguments);

    public static Task<Said> RunIn(string data, params string[] arguments) => CallAsync(data, Path.Combine(data, "config"), arguments);

    /// <param name="data">The folder named by the environment; null to name none.</param>
    /// <param name="config">Where the list of known portals and the logins lie: those of whoever runs the tests are none of theirs.</param>
    /// <param name="arguments">The verb and what follows.</param>
    public static async Task<Said> CallAsync(string? data, string config, params string[] arguments)
    {
        using var process = Begin(data, config, arguments);
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return new Said(process.ExitCode, await output, await error);
    }

    /// <summary>The same, for a verb that waits for a person meanwhile.</summary>
    public static Process Begin(string? data, string config, params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(Root, "portal"))
        {
            RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, UseShellExecute = false, StandardOutputEncoding = Encoding.UTF8, StandardErrorEncoding = Encoding.UTF8,
            WorkingDirectory = Path.GetTempPath(),
        };
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        start.Environment["PORTAL_DATA"] = data;
        if (data is null)
            start.Environment.Remove("PORTAL_DATA");
        start.Environment["LANG"] = "C.UTF-8";
        start.Environment.Remove("LC_ALL");
        start.Environment["XDG_CONFIG_HOME"] = config;
        var process = Process.Start(start)!;
        process.StandardInput.Close();
        return process;
    }

    /// <summary>A port that is free together with the next one.</summary>
    public static int FreePorts()
    {
        for (var port = 21000 + Environment.ProcessId % 2000; port < 30000; port += 2)
        {
            if (IsFree(port) && IsFree(port + 1))
                return port;
        }

        throw new InvalidOperationException("No two neighbouring ports are free.");
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
