using DataPortal.Audit.Contracts;

namespace DataPortal.Catalogue.Vocabularies;

internal static class VocabularyActions
{
    extension(AuditAction)
    {
        public static AuditAction VocabularyImported => new("vocabulary.imported");
    }
}
