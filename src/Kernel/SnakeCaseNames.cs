using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore.Metadata.Conventions;

namespace DataPortal.Kernel;

/// <summary>
/// Columns, keys and indexes in snake_case (<c>pk_audit_entries</c>, <c>ix_audit_entries_time</c>, <c>fk_…</c>), unless a mapping names them itself.
/// Refuses <see cref="DateTimeOffset"/>: SQLite can neither order nor compare it.
/// </summary>
internal sealed class SnakeCaseNames : IModelFinalizingConvention
{
    public void ProcessModelFinalizing(IConventionModelBuilder modelBuilder, IConventionContext<IConventionModelBuilder> context)
    {
        foreach (var entity in modelBuilder.Metadata.GetEntityTypes())
        {
            var table = StoreObjectIdentifier.Create(entity, StoreObjectType.Table);
            var isPartOfOwner = entity.FindOwnership() is { } ownership && ownership.PrincipalEntityType.GetTableName() == entity.GetTableName();
            foreach (var property in entity.GetDeclaredProperties())
            {
                if ((Nullable.GetUnderlyingType(property.ClrType) ?? property.ClrType) == typeof(DateTimeOffset))
                {
                    throw new InvalidOperationException($"{entity.DisplayName()}.{property.Name} is a DateTimeOffset; store a UTC DateTime.");
                }

                // An owned type in its owner's table shares the owner's key column, and must not name it anew.
                if (table is { } store && !(isPartOfOwner && property.IsPrimaryKey()) && property.GetColumnName(store) is { } column)
                {
                    property.Builder.HasColumnName(Snake(column));
                }
            }
        }

        // A second pass: the default names of keys and indexes are made from the column names.
        foreach (var entity in modelBuilder.Metadata.GetEntityTypes())
        {
            foreach (var key in entity.GetDeclaredKeys())
            {
                key.Builder.HasName(key.GetName()?.ToLowerInvariant());
            }

            foreach (var index in entity.GetDeclaredIndexes())
            {
                index.Builder.HasDatabaseName(index.GetDatabaseName()?.ToLowerInvariant());
            }

            foreach (var foreignKey in entity.GetDeclaredForeignKeys())
            {
                foreignKey.Builder.HasConstraintName(foreignKey.GetConstraintName()?.ToLowerInvariant());
            }
        }
    }

    internal static string Snake(string name)
    {
        var snake = new StringBuilder(name.Length + 8);
        for (var i = 0; i < name.Length; i++)
        {
            var startsWord = char.IsUpper(name[i]) && i > 0 && name[i - 1] != '_'
                && (!char.IsUpper(name[i - 1]) || (i + 1 < name.Length && char.IsLower(name[i + 1])));
            if (startsWord)
            {
                snake.Append('_');
            }

            snake.Append(char.ToLowerInvariant(name[i]));
        }

        return snake.ToString();
    }
}
