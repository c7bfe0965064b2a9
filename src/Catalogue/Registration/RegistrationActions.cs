using DataPortal.Audit.Contracts;

namespace DataPortal.Catalogue.Registration;

internal static class RegistrationActions
{
    extension(AuditAction)
    {
        public static AuditAction RegistrationSubmitted => new("registration.submitted");

        public static AuditAction RegistrationCompleted => new("registration.completed");

        public static AuditAction RegistrationRead => new("registration.read");
    }
}
