using DataPortal.Audit.Contracts;

namespace DataPortal.Exports.Requests;

internal static class ExportActions
{
    extension(AuditAction)
    {
        public static AuditAction ExportRequested => new("export.requested");

        public static AuditAction ExportRead => new("export.read");

        public static AuditAction ExportCompleted => new("export.completed");

        public static AuditAction ExportFailed => new("export.failed");

        public static AuditAction ExportCancelled => new("export.cancelled");

        public static AuditAction ExportRetried => new("export.retried");

        public static AuditAction ExportExpired => new("export.expired");

        public static AuditAction ExportDownloaded => new("export.downloaded");

        /// <summary>Broken off, because the right to it was gone.</summary>
        public static AuditAction ExportDownloadStopped => new("export.download-stopped");
    }
}
