using Microsoft.Data.Sqlite;
using Npgsql;

namespace DataPortal.Catalogue;

/// <summary>Tells a full disk from other failures of input and output.</summary>
internal static class DiskFull
{
    public const string Code = "disk_full";
    public const string Message = "There is no room left on the portal's disk. Nothing has been registered; try again when there is.";

    private const int NoSpace = 28;
    private const int QuotaExceeded = 122;
    private const int SqliteFull = 13;
    private const int WindowsDiskFull = unchecked((int)0x80070070);
    private const int WindowsHandleDiskFull = unchecked((int)0x80070027);

    /// <summary>On Unix .NET puts the system's error number into <see cref="Exception.HResult"/>.</summary>
    public static bool Is(Exception? exception) => exception switch
    {
        null => false,
        IOException when exception.HResult is NoSpace or QuotaExceeded or WindowsDiskFull or WindowsHandleDiskFull => true,
        SqliteException { SqliteErrorCode: SqliteFull } => true,
        PostgresException { SqlState: PostgresErrorCodes.DiskFull } => true,
        _ => Is(exception.InnerException),
    };
}
