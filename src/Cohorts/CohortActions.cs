using DataPortal.Audit.Contracts;

namespace DataPortal.Cohorts;

internal static class CohortActions
{
    extension(AuditAction)
    {
        public static AuditAction CohortCounted => new("cohort.counted");

        public static AuditAction CohortCharacterised => new("cohort.characterised");

        public static AuditAction CohortExplained => new("cohort.explained");

        public static AuditAction CohortAttrition => new("cohort.attrition");

        public static AuditAction CohortListed => new("cohort.listed");

        public static AuditAction CaseRead => new("case.read");

        public static AuditAction QuerySuggested => new("query.suggested");
    }
}
