using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;

namespace DataPortal.Cli.Tests;

/// <summary>What a call of the command printed, and how it ended.</summary>
internal sealed record Said(int ExitCode, string Out, string Error)
{
    public JsonNode Json => JsonNode.Parse(Out)!;

    public Said Ok()
    {
        Assert.True(ExitCode == 0, $"exit code {ExitCode}\n{Error}\n{Out}");
        return this;
    }

    public void Refused(int exitCode, string code)
    {
        Assert.True(exitCode == ExitCode && Error.Contains($"error: {code}: ", StringComparison.Ordinal), $"exit code {ExitCode}\n{Error}\n{Out}");
        Assert.Empty(Out);
    }
}

/// <summary>One user of the command, with a configuration folder of their own. Each call is a process of its own, as it is for people.</summary>
internal sealed class User(Authority authority) : IDisposable
{
    public string Home { get; } = Directory.CreateTempSubdirectory("portal-cli-").FullName;

    public string Sessions => Path.Combine(Home, "config", "dataportal", "sessions.json");

    public async Task<Said> RunAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, UseShellExecute = false, StandardOutputEncoding = Encoding.UTF8, StandardErrorEncoding = Encoding.UTF8, WorkingDirectory = Home,
        };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "DataPortal.Cli.dll"));
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        if (!arguments.Contains("--url"))
        {
            start.ArgumentList.Add("--url");
            start.ArgumentList.Add(authority.Url);
        }

        start.Environment["XDG_CONFIG_HOME"] = Path.Combine(Home, "config");
        start.Environment["LANG"] = "C.UTF-8";
        start.Environment.Remove("LC_ALL");
        start.Environment.Remove("PORTAL_DATA");
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return new Said(process.ExitCode, await output, await error);
    }

    public JsonObject Login() => JsonNode.Parse(File.ReadAllText(Sessions))!.AsObject()[authority.Url]!.AsObject();

    /// <summary>Changes what lies in the file, as time or another process would.</summary>
    public void Change(Action<JsonObject> change)
    {
        var all = JsonNode.Parse(File.ReadAllText(Sessions))!.AsObject();
        change(all[authority.Url]!.AsObject());
        File.WriteAllText(Sessions, all.ToJsonString());
    }

    public void Dispose() => Directory.Delete(Home, recursive: true);
}
