using Microsoft.Extensions.Logging;

namespace DataPortal.Notices;

/// <summary>Every line this module can log. None holds an address, a subject or a text.</summary>
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Warning, "Mail {Mail} was not taken at attempt {Attempt} ({Error}); tried again in {Pause}")]
    public static partial void MailNotSent(this ILogger log, Guid mail, int attempt, string error, TimeSpan pause);

    [LoggerMessage(2, LogLevel.Error, "Mail {Mail} is given up after {Attempts} attempts ({Error})")]
    public static partial void MailGivenUp(this ILogger log, Guid mail, int attempts, string error);

    [LoggerMessage(3, LogLevel.Warning, "{Count} mails wait: section Mail names no host and no pickup folder")]
    public static partial void MailNotConfigured(this ILogger log, int count);

    [LoggerMessage(4, LogLevel.Warning, "The outbox cannot be read; tried again soon")]
    public static partial void OutboxUnreadable(this ILogger log, Exception exception);
}
