using System.CommandLine;
using Spectre.Console;

namespace DataPortal.Cli;

/// <summary>Runs a verb: sets the language, turns failures into <c>error: code: message</c> on stderr and the exit code of the contract.</summary>
internal static class Verb
{
    public static void Runs(this Command command, Func<ParseResult, CancellationToken, Task> action) => command.SetAction(async (arguments, ct) =>
    {
        Text.Use(arguments.GetValue(GlobalOptions.Language));
        try
        {
            await action(arguments, ct);
            return 0;
        }
        catch (Failure failure)
        {
            return Report(failure);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            return Report(new Failure(Failure.Ours, "interrupted", Text.Of("中断されました。", "Interrupted.")));
        }
        catch (HttpRequestException e)
        {
            return Report(new Failure(Failure.Ours, "portal_unreachable", Text.Of($"ポータルに接続できません（{e.Message}）。起動するには: ./portal up", $"The portal cannot be reached ({e.Message}). To start one: ./portal up")));
        }
        catch (UnauthorizedAccessException e)
        {
            return Report(Failure.Bad("file_denied", e.Message));
        }
        catch (IOException e)
        {
            return Report(new Failure(Failure.Ours, "file_failed", e.Message));
        }
    });

    private static int Report(Failure failure)
    {
        Console.Error.WriteLine($"error: {failure.Code}: {failure.Message}");
        foreach (var line in failure.More)
            Console.Error.WriteLine("  " + line);
        return failure.ExitCode;
    }

    /// <summary>Runs long work under a progress bar on stderr, so that stdout stays the result's alone. Silent where stderr is no terminal.</summary>
    public static async Task<T> WithProgressAsync<T>(string what, Func<IProgress<double>, Task<T>> work)
    {
        if (Console.IsErrorRedirected)
            return await work(new Progress<double>());
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        T result = default!;
        await console.Progress().Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn()).StartAsync(async context =>
        {
            var task = context.AddTask(what.EscapeMarkup(), maxValue: 1);
            result = await work(new Direct(value => task.Value = value));
            task.Value = 1;
        });
        return result;
    }

    // Progress<T> posts to the thread pool, where reports overtake one another.
    private sealed class Direct(Action<double> report) : IProgress<double>
    {
        public void Report(double value) => report(value);
    }
}
