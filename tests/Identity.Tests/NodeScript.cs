using System.Diagnostics;
using System.Text;
using DataPortal.Testing;

namespace DataPortal.Identity.Tests;

/// <summary>A script of <c>tests/openid-client</c>, run with Node. It ends with the test, however that ends: the scripts that stay watch their stdin.</summary>
internal sealed class NodeScript : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly TaskCompletionSource _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private NodeScript(string script, string argument)
    {
        var folder = Path.Combine(RepositoryRoot.Path, "tests", "openid-client");
        Assert.SkipUnless(Directory.Exists(Path.Combine(folder, "node_modules", "openid-client")), "The client library is not installed: run npm ci in tests/openid-client.");
        _process = new Process
        {
            StartInfo = new ProcessStartInfo("node")
            {
                WorkingDirectory = folder, ArgumentList = { script, argument }, UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
            },
        };
        _process.OutputDataReceived += (_, line) => Hear(line.Data);
        _process.ErrorDataReceived += (_, line) => Hear(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    /// <summary>To its end: what it printed, and its exit code.</summary>
    public static async Task<(int ExitCode, string Output)> RunAsync(string script, string argument, TimeSpan patience)
    {
        await using var running = new NodeScript(script, argument);
        using var limit = new CancellationTokenSource(patience);
        try
        {
            await running._process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"{script} did not end within {patience}:\n{running.Output}");
        }

        return (running._process.ExitCode, running.Output);
    }

    /// <summary>One that serves; returns when it says so.</summary>
    public static async Task<NodeScript> ServeAsync(string script, string argument)
    {
        var running = new NodeScript(script, argument);
        var ended = running._process.WaitForExitAsync();
        if (await Task.WhenAny(running._listening.Task, ended).WaitAsync(TimeSpan.FromSeconds(30)) == ended)
        {
            Assert.Fail($"{script} ended:\n{running.Output}");
        }

        return running;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private void Hear(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_output)
        {
            _output.AppendLine(line);
        }

        if (line.StartsWith("listening ", StringComparison.Ordinal))
        {
            _listening.TrySetResult();
        }
    }
}
