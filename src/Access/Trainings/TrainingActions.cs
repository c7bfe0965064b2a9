using DataPortal.Audit.Contracts;

namespace DataPortal.Access.Trainings;

internal static class TrainingActions
{
    extension(AuditAction)
    {
        public static AuditAction TrainingsRead => new("trainings.read");

        public static AuditAction TrainingRecorded => new("training.recorded");

        public static AuditAction TrainingWithdrawn => new("training.withdrawn");
    }
}
