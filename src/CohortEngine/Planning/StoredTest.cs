using DataPortal.CohortEngine.Evaluation;
using DataPortal.CohortEngine.Query;
using DataPortal.Releases;
using DataPortal.Releases.Dictionary;
using DataPortal.Releases.Reading;

namespace DataPortal.CohortEngine.Planning;

/// <summary>Stored values from <paramref name="Low"/> to <paramref name="High"/>, both inclusive.</summary>
internal readonly record struct StoredRange(int Low, int High);

/// <summary>
/// A test of one column in terms of what is stored: which stored values pass, and which say nothing. A column that the release does not have, or that is
/// blank throughout, stores 0 in every row.
/// </summary>
internal sealed class StoredTest
{
    private static readonly StoredRange Blank = new(0, 0);

    private byte[]? table;

    private StoredTest(Column? column, StoredRange[] pass, StoredRange[] silent)
    {
        Column = column is { Width: > 0 } ? column : null;
        Pass = pass;
        Silent = silent;
    }

    /// <summary>Null when every row is blank.</summary>
    public Column? Column { get; }

    /// <summary>Values that pass; ascending, apart.</summary>
    public StoredRange[] Pass { get; }

    /// <summary>Values that mean "not known": blank, and the code <c>unknown</c> unless it was asked for.</summary>
    public StoredRange[] Silent { get; }

    public static StoredTest Of(Release release, Field field, ValueTest value)
    {
        var column = Find(release, field);
        switch (value)
        {
            case IsMissing:
                return new StoredTest(column, [Blank], []);
            case OneOf { Stored: var codes }:
                Expect(field, FieldType.Code, FieldType.Open);
                return OfCodes(column, codes);
            case InRange { Range: var range }:
                Expect(field, FieldType.Integer, FieldType.Decimal, FieldType.Date);
                return new StoredTest(column, column is null ? [] : OfNumbers(column, range), [Blank]);
            default:
                throw new ArgumentException($"'{value.GetType().Name}' cannot be asked of {field}.", nameof(value));
        }
    }

    public static Column? Find(Release release, Field field)
    {
        try
        {
            return release.Column(field);
        }
        catch (KeyNotFoundException)
        {
            // A release sealed under an older dictionary lacks the field, which is then not recorded for anybody.
            return null;
        }
    }

    /// <summary>True, false, or <see cref="Verdict.NotRecorded"/> for a row.</summary>
    public Verdict At(int row)
    {
        if (Column is not { } column)
            return Of(0);
        if (column.Width > 2)
            return Of(column.Ints[row]);
        // Made on the first question; when two threads make it at once, they make the same.
        var verdicts = table ??= MakeTable(column.Width);
        return (Verdict)verdicts[column.Width == 1 ? column.Bytes[row] : column.UShorts[row]];
    }

    private Verdict Of(int stored) => In(Pass, stored) ? Verdict.True : In(Silent, stored) ? Verdict.NotRecorded : Verdict.False;

    private static bool In(StoredRange[] ranges, int stored)
    {
        int low = 0, high = ranges.Length - 1;
        while (low <= high)
        {
            var middle = (low + high) / 2;
            if (stored < ranges[middle].Low)
                high = middle - 1;
            else if (stored > ranges[middle].High)
                low = middle + 1;
            else
                return true;
        }

        return false;
    }

    private byte[] MakeTable(int width)
    {
        var verdicts = new byte[width == 1 ? 256 : 65536];
        foreach (var (ranges, verdict) in new[] { (Silent, Verdict.NotRecorded), (Pass, Verdict.True) })
        {
            foreach (var range in ranges)
            {
                for (var stored = range.Low; stored <= Math.Min(range.High, verdicts.Length - 1); stored++)
                    verdicts[stored] = (byte)verdict;
            }
        }

        return verdicts;
    }

    private static StoredTest OfCodes(Column? column, IReadOnlyList<string> codes)
    {
        if (column is null)
            return new StoredTest(null, [], [Blank]);
        var stored = codes.Select(column.Encode).Where(c => c != 0).Distinct().Order().ToArray();
        var pass = new List<StoredRange>();
        foreach (var code in stored)
        {
            if (pass.Count > 0 && pass[^1].High == code - 1)
                pass[^1] = pass[^1] with { High = code };
            else
                pass.Add(new StoredRange(code, code));
        }

        var unknown = column.Field.Type == FieldType.Code ? column.Encode("unknown") : 0;
        return new StoredTest(column, [.. pass], unknown == 0 || stored.Contains(unknown) ? [Blank] : [Blank, new StoredRange(unknown, unknown)]);
    }

    private static StoredRange[] OfNumbers(Column column, NumberRange range)
    {
        // Bounds in the stored scale, held well inside int so that "+ 1 - Base" cannot overflow.
        const decimal Far = 1_500_000_000;
        decimal scale = 1;
        for (var i = 0; i < column.Field.Scale; i++)
            scale *= 10;
        var low = -Far;
        var high = Far;
        if (range.Min is { } min)
        {
            var bound = Math.Clamp(min, -Far / scale, Far / scale) * scale;
            low = range.MinExclusive ? Math.Floor(bound) + 1 : Math.Ceiling(bound);
        }

        if (range.Max is { } max)
        {
            var bound = Math.Clamp(max, -Far / scale, Far / scale) * scale;
            high = range.MaxExclusive ? Math.Ceiling(bound) - 1 : Math.Floor(bound);
        }

        var first = Math.Max(1, low - column.Base + 1);
        var last = Math.Min(int.MaxValue, high - column.Base + 1);
        return first > last ? [] : [new StoredRange((int)first, (int)last)];
    }

    private static void Expect(Field field, params ReadOnlySpan<FieldType> types)
    {
        if (!types.Contains(field.Type))
            throw new ArgumentException($"This test cannot be asked of {field}.", nameof(field));
    }
}

/// <summary>A test of one recorded item, which may be recorded in several fields of one entity: some field passes; unknown when all of them are silent.</summary>
internal sealed class ItemTest
{
    private readonly bool missing;

    public ItemTest(Release release, FieldTest test)
    {
        if (test.Fields.Count == 0)
            throw new ArgumentException($"'{test.Name}' names no field.", nameof(test));
        Entity = test.Fields[0].Entity;
        if (test.Fields.Any(f => !ReferenceEquals(f.Entity, Entity)))
            throw new ArgumentException($"'{test.Name}' names fields of several entities.", nameof(test));
        missing = test.Value is IsMissing;
        Parts = [.. test.Fields.Select(f => StoredTest.Of(release, f, test.Value))];
    }

    public Entity Entity { get; }

    public StoredTest[] Parts { get; }

    /// <summary>True for "is missing", which asks that all fields are empty, and is never unknown.</summary>
    public bool AsksForBlank => missing;

    public Verdict At(int row)
    {
        if (Parts.Length == 1)
            return Parts[0].At(row);
        var silent = 0;
        var passed = 0;
        foreach (var part in Parts)
        {
            var verdict = part.At(row);
            if (verdict == Verdict.True)
                passed++;
            else if (verdict == Verdict.NotRecorded)
                silent++;
        }

        if (missing)
            return passed == Parts.Length ? Verdict.True : Verdict.False;
        return passed > 0 ? Verdict.True : silent == Parts.Length ? Verdict.NotRecorded : Verdict.False;
    }
}
