using DataPortal.Audit.Contracts;

namespace DataPortal.Access.Projects;

internal static class ProjectActions
{
    extension(AuditAction)
    {
        public static AuditAction ProjectRead => new("project.read");

        public static AuditAction ProjectApproved => new("project.approved");

        public static AuditAction ProjectOpened => new("project.opened");
    }
}
