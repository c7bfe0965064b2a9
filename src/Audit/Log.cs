using Microsoft.Extensions.Logging;

namespace DataPortal.Audit;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Error, "{Count} audit entries could not be written; the answers they stand for were refused")]
    public static partial void EntriesNotWritten(ILogger logger, int count, Exception exception);

    [LoggerMessage(2, LogLevel.Error, "Counts of anonymous denials for {Sources} sources could not be written")]
    public static partial void DenialsNotWritten(ILogger logger, int sources, Exception exception);
}
