using DataPortal.Audit.Contracts;

namespace DataPortal.Catalogue.Releases;

internal static class ReleaseActions
{
    extension(AuditAction)
    {
        public static AuditAction ReleaseSealed => new("release.sealed");

        public static AuditAction ReleasePublished => new("release.published");

        public static AuditAction ReleaseMadeDefault => new("release.made-default");

        public static AuditAction ReleaseVerified => new("release.verified");
    }
}
