using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace DataPortal.Kernel;

/// <summary>Tables that the running database role may add to and read, and nothing else.</summary>
public static class AppendOnly
{
    private const string Annotation = "Portal:AppendOnly";

    /// <summary>Marks the table; <c>portal migrate</c> then grants the running role SELECT and INSERT there, but no UPDATE, DELETE or TRUNCATE.</summary>
    public static EntityTypeBuilder<T> IsAppendOnly<T>(this EntityTypeBuilder<T> entity)
        where T : class => (EntityTypeBuilder<T>)entity.HasAnnotation(Annotation, true);

    public static bool IsAppendOnly(this IReadOnlyEntityType entity) => entity.FindAnnotation(Annotation)?.Value is true;
}
