using System.Globalization;
using DataPortal.Releases.Dictionary;

namespace DataPortal.Releases;

/// <summary>
/// One row of the case record on its way into a release: a case with its children, or one of those. Values are set by field of the data dictionary;
/// what is not set is blank. Not thread-safe.
/// </summary>
public sealed class Row
{
    private const long Blank = long.MinValue;

    /// <summary>Day 0 of dates, as numbers.</summary>
    public static readonly DateOnly Epoch = new(1900, 1, 1);

    private readonly string?[] texts;
    private readonly long[] numbers;
    private readonly List<Row>?[] children;

    public Row(Entity entity)
    {
        Entity = entity;
        texts = new string?[entity.Fields.Count];
        numbers = new long[entity.Fields.Count];
        Array.Fill(numbers, Blank);
        children = new List<Row>?[entity.Children.Count];
    }

    public Entity Entity { get; }

    /// <summary>Sets a code, open code, text or identifier. Empty text is blank.</summary>
    public void Set(Field field, string? value)
    {
        Check(field, field.Type is FieldType.Code or FieldType.Open or FieldType.Text or FieldType.Identifier);
        texts[field.Index] = string.IsNullOrEmpty(value) ? null : value;
    }

    /// <summary>Sets a number in the field's unit, rounded half away from zero to the field's decimals. The range is not checked here: see <see cref="InRange"/>.</summary>
    public void Set(Field field, double value)
    {
        Check(field, field.Type is FieldType.Integer or FieldType.Decimal);
        numbers[field.Index] = (long)Math.Round(value * Pow10(field.Scale), MidpointRounding.AwayFromZero);
    }

    /// <summary>Sets a whole number in the field's unit.</summary>
    public void Set(Field field, int value)
    {
        Check(field, field.Type is FieldType.Integer or FieldType.Decimal);
        numbers[field.Index] = value * Pow10(field.Scale);
    }

    public void Set(Field field, DateOnly value)
    {
        Check(field, field.Type == FieldType.Date);
        numbers[field.Index] = value.DayNumber - Epoch.DayNumber;
    }

    public void Clear(Field field)
    {
        texts[field.Index] = null;
        numbers[field.Index] = Blank;
    }

    /// <summary>The code, text or identifier; null when blank.</summary>
    public string? Text(Field field) => texts[field.Index];

    /// <summary>The number in the field's unit times 10^<see cref="Field.Scale"/>, or the day since <see cref="Epoch"/>; null when blank.</summary>
    public long? Scaled(Field field) => numbers[field.Index] == Blank ? null : numbers[field.Index];

    public DateOnly? Date(Field field) => Scaled(field) is { } days ? Epoch.AddDays((int)days) : null;

    public bool Has(Field field) => texts[field.Index] is not null || numbers[field.Index] != Blank;

    /// <summary>Whether the number or date that is set lies within the field's bounds; true when blank.</summary>
    public bool InRange(Field field) => Scaled(field) is not { } scaled || Accepts(field, scaled);

    internal static bool Accepts(Field field, long scaled) => field.Type == FieldType.Date
        ? scaled is >= 0 and < 110_000
        : (decimal)scaled / Pow10(field.Scale) is var value && value >= field.Min && value <= field.Max;

    /// <summary>The rows of a child entity, to read or to add to.</summary>
    public List<Row> Children(Entity entity) =>
        ReferenceEquals(entity.Parent, Entity) ? children[entity.ChildIndex] ??= [] : throw new ArgumentException($"'{Entity}' has no rows of '{entity}'.", nameof(entity));

    /// <summary>Adds a blank child row and returns it.</summary>
    public Row Add(Entity entity)
    {
        var row = new Row(entity);
        Children(entity).Add(row);
        return row;
    }

    internal List<Row>? ChildrenOrNull(Entity entity) => children[entity.ChildIndex];

    internal static int Pow10(int scale) => scale switch { 0 => 1, 1 => 10, 2 => 100, 3 => 1_000, 4 => 10_000, 5 => 100_000, _ => throw new ArgumentOutOfRangeException(nameof(scale)) };

    /// <summary>The value as the data dictionary writes it (codes as codes, dates as <c>yyyy-MM-dd</c>, numbers invariant); null when blank.</summary>
    public string? Display(Field field) => field.Type switch
    {
        FieldType.Date => Date(field)?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        FieldType.Integer or FieldType.Decimal => Scaled(field) is { } scaled ? ((decimal)scaled / Pow10(field.Scale)).ToString(CultureInfo.InvariantCulture) : null,
        _ => Text(field),
    };

    private void Check(Field field, bool typeFits)
    {
        if (!ReferenceEquals(field.Entity, Entity) || !typeFits)
            throw new ArgumentException($"A value of this type cannot be set on '{field}' of a '{Entity}' row.", nameof(field));
    }
}
