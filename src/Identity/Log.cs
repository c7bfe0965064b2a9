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

    [LoggerMessage(10, LogLevel.Error, "The provider's request {Path} failed")]
    public static partial void InternalRequestFailed(this ILogger log, Exception exception, string path);

    [LoggerMessage(11, LogLevel.Warning, "A {Model} of the OpenID provider cannot be decrypted and counts as absent")]
    public static partial void StoredRecordUnreadable(this ILogger log, Exception exception, string model);

    [LoggerMessage(12, LogLevel.Warning, "Keys and storage of the OpenID provider could not be looked after; tried again in {Pause}")]
    public static partial void KeepingFailed(this ILogger log, Exception exception, TimeSpan pause);

    [LoggerMessage(1200, LogLevel.Warning, "The authority's keys could not be fetched again")]
    public static partial void KeysNotFetched(this ILogger log, Exception exception);

    [LoggerMessage(1201, LogLevel.Warning, "The authority refused our request to {Path} with {Status}")]
    public static partial void AuthorityRefused(this ILogger log, string path, int status);

    [LoggerMessage(1202, LogLevel.Information, "A sign-in failed")]
    public static partial void SignInFailed(this ILogger log, Exception? exception);

    [LoggerMessage(1203, LogLevel.Information, "A logout token was refused")]
    public static partial void LogoutTokenRefused(this ILogger log, Exception exception);

    [LoggerMessage(1204, LogLevel.Warning, "Sessions and ids that are over could not be deleted; tried again later")]
    public static partial void NotSwept(this ILogger log, Exception exception);

    [LoggerMessage(100, LogLevel.Warning, "Old counts of attempts, proofs and links could not be cleared; tried again in an hour")]
    public static partial void NotCleared(this ILogger log, Exception exception);
}
