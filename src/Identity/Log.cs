using Microsoft.Extensions.Logging;

namespace DataPortal.Identity;

/// <summary>Every line this module can log.</summary>
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Warning, "The OpenID provider ended with exit code {ExitCode} after {RanFor}; it is started again in {Pause}")]
    public static partial void ProviderEnded(this ILogger log, int exitCode, TimeSpan ranFor, TimeSpan pause);

    [LoggerMessage(2, LogLevel.Information, "OpenID provider: {Text}")]
    public static partial void ProviderSaid(this ILogger log, string text);

    [LoggerMessage(3, LogLevel.Warning, "OpenID provider: {Text}")]
    public static partial void ProviderComplained(this ILogger log, string text);

    [LoggerMessage(4, LogLevel.Error, "The OpenID provider could not be started; tried again in {Pause}")]
    public static partial void ProviderNotStarted(this ILogger log, Exception exception, TimeSpan pause);

    [LoggerMessage(100, LogLevel.Warning, "Old counts of attempts, proofs and links could not be cleared; tried again in an hour")]
    public static partial void NotCleared(this ILogger log, Exception exception);
}
