namespace DataPortal.Host.Serving;

/// <summary>A verb cannot go on. Printed as <c>error: code: message</c>; the exit codes are those of the <c>portal</c> command.</summary>
internal sealed class Failure(string code, string message, int exitCode) : Exception(message)
{
    /// <summary>Exit code 2: configuration or arguments are at fault.</summary>
    public static Failure BadInput(string code, string message) => new(code, message, 2);

    /// <summary>Exit code 5: the state of the installation does not allow it.</summary>
    public static Failure Conflict(string code, string message) => new(code, message, 5);

    public static async Task<int> ReportAsync(Func<Task> verb)
    {
        try
        {
            await verb();
            return 0;
        }
        catch (Failure failure)
        {
            await Console.Error.WriteLineAsync($"error: {failure.Code}: {failure.Message}");
            return failure.ExitCode;
        }
    }

    public string Code { get; } = code;

    public int ExitCode { get; } = exitCode;
}
