using System.Collections.Concurrent;
using DataPortal.Releases.Dictionary;

namespace DataPortal.Releases.Reading;

/// <summary>The rows of one entity. Rows of one parent row are neighbours, in the order of the parents. Thread-safe.</summary>
public sealed class Table
{
    private readonly Release release;
    private readonly Lazy<Mapping>? offsets;
    private readonly ConcurrentDictionary<string, Column> columns = new();

    internal Table(Release release, Entity entity, int rows, Table? parent)
    {
        this.release = release;
        Entity = entity;
        Rows = rows;
        Parent = parent;
        offsets = parent is null ? null : new Lazy<Mapping>(() => release.Map($"tables/{entity.Name}.offsets"));
    }

    public Entity Entity { get; }

    public int Rows { get; }

    public Table? Parent { get; }

    /// <summary>Row p of the parent owns the rows from <c>Offsets[p]</c> up to but excluding <c>Offsets[p + 1]</c>. The case table has none.</summary>
    public ReadOnlySpan<int> Offsets => offsets is null ? throw new InvalidOperationException("Cases have no parent.") : offsets.Value.As<int>();

    /// <summary>The column of a field, by the field's name without its entity. Throws <see cref="KeyNotFoundException"/> when the release has no such field.</summary>
    public Column Column(string name) => columns.GetOrAdd(name, n => release.OpenColumn(this, n));

    /// <summary>The rows that belong to a case, as a half-open range; for the case table the case itself.</summary>
    public Range RowsOfCase(int number)
    {
        if (Parent is null)
            return number..(number + 1);
        var of = Parent.RowsOfCase(number);
        var ends = Offsets;
        return ends[of.Start.Value]..ends[of.End.Value];
    }
}
