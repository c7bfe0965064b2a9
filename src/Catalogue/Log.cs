using Microsoft.Extensions.Logging;

namespace DataPortal.Catalogue;

/// <summary>Every line this module can log. Exceptions are not handed over whole: messages of libraries may quote the data.</summary>
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "Registration {Id} is done: {Cases} cases")]
    public static partial void RegistrationCompleted(this ILogger log, Guid id, int cases);

    [LoggerMessage(2, LogLevel.Warning, "Registration {Id} ended: {Code}")]
    public static partial void RegistrationRefused(this ILogger log, Guid id, string code);

    [LoggerMessage(3, LogLevel.Error, "{Exception} in registration {Id}: {StackTrace}")]
    public static partial void RegistrationFailed(this ILogger log, string exception, Guid id, string? stackTrace);

    [LoggerMessage(4, LogLevel.Information, "Release {Release}: {Stage} {Percent} %, {Cases} cases")]
    public static partial void SeedProgress(this ILogger log, string release, string stage, int percent, int cases);

    [LoggerMessage(5, LogLevel.Information, "Vocabulary {Number} is in use from now on")]
    public static partial void VocabularyImported(this ILogger log, int number);
}
