using Microsoft.Extensions.Logging;

namespace DataPortal.Exports;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "Export {Export} runs as epoch {Epoch}: {Cases} cases, {Done} done before")]
    public static partial void Running(ILogger logger, Guid export, int epoch, int cases, int done);

    [LoggerMessage(2, LogLevel.Information, "Export {Export} completed: {Cases} cases")]
    public static partial void Completed(ILogger logger, Guid export, int cases);

    [LoggerMessage(3, LogLevel.Information, "Export {Export}: epoch {Epoch} is overtaken and stops")]
    public static partial void Superseded(ILogger logger, Guid export, int epoch);

    [LoggerMessage(4, LogLevel.Warning, "Export {Export} failed with {Code}")]
    public static partial void Failed(ILogger logger, Guid export, string code);

    [LoggerMessage(5, LogLevel.Error, "Export {Export} failed by a fault of the portal")]
    public static partial void Broken(ILogger logger, Guid export, Exception exception);

    [LoggerMessage(6, LogLevel.Warning, "Export {Export} had lost its job and is queued again")]
    public static partial void Requeued(ILogger logger, Guid export);

    [LoggerMessage(7, LogLevel.Warning, "Files of export {Export} could not be deleted; the next sweep tries again")]
    public static partial void NotDeleted(ILogger logger, Guid export, Exception exception);

    [LoggerMessage(1210, LogLevel.Warning, "A download of export {Export} is broken off: it cannot be told whether it still may go on")]
    public static partial void NotChecked(ILogger logger, Guid export, Exception exception);

    [LoggerMessage(1211, LogLevel.Error, "A download of export {Export} was broken off with {Code}, and the trail could not be told")]
    public static partial void StopNotEntered(ILogger logger, Guid export, string code, Exception exception);
}
