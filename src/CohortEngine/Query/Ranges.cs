using System.Globalization;
using DataPortal.Releases;
using DataPortal.Releases.Dictionary;

namespace DataPortal.CohortEngine.Query;

/// <summary>Why a text is no range.</summary>
internal enum RangeProblem
{
    None,
    NotANumber,

    /// <summary>From above to below.</summary>
    Reversed,

    /// <summary>Outside what the field can hold.</summary>
    OutOfBounds,
}

/// <summary>Numbers and dates: <c>60-69</c>, <c>&gt;=0.1</c>, <c>2023-04</c>, and back into text.</summary>
internal static class Ranges
{
    /// <summary>Reads what stands after <paramref name="op"/> (<c>:</c>, <c>&lt;</c>, <c>&lt;=</c>, <c>&gt;</c>, <c>&gt;=</c>).</summary>
    public static RangeProblem Read(Field field, string op, string text, out NumberRange range)
    {
        range = new NumberRange(null, null);
        text = text.Trim();
        // age:>=70 means age>=70.
        foreach (var comparison in (ReadOnlySpan<string>)[">=", "<=", ">", "<"])
        {
            if (op == ":" && text.StartsWith(comparison, StringComparison.Ordinal) && Point(field, text[comparison.Length..]) is not null)
            {
                op = comparison;
                text = text[comparison.Length..];
            }
        }

        if (op != ":")
        {
            if (Point(field, text) is not { } point)
                return RangeProblem.NotANumber;
            range = Bound(op, point);
            return Check(field, range);
        }

        if (Point(field, text) is { } single)
        {
            range = new NumberRange(single.First, single.Last);
            return Check(field, range);
        }

        foreach (var (from, to) in Splits(text))
        {
            var low = from.Length == 0 ? null : Side(field, from, '>');
            var high = to.Length == 0 ? null : Side(field, to, '<');
            if ((low is null && from.Length > 0) || (high is null && to.Length > 0) || (low is null && high is null) || from.Length == 0)
                continue;
            range = new NumberRange(low!.Value.Exclusive ? low.Value.Point.Last : low.Value.Point.First, high is { } h ? h.Exclusive ? h.Point.First : h.Point.Last : null,
                low.Value.Exclusive, high?.Exclusive ?? false);
            return Check(field, range);
        }

        return RangeProblem.NotANumber;
    }

    /// <summary>One end of a range: a number, or the first and last day of a day, month or year. Null when the text is neither.</summary>
    public static (decimal First, decimal Last)? Point(Field field, string text)
    {
        if (field.Type == FieldType.Date)
            return Day(text);
        var scale = 1m;
        if (text.EndsWith('%') && field.Unit is "%" or "fraction")
        {
            text = text.TrimEnd('%');
            scale = field.Unit == "%" ? 1m : 100m;
        }

        if (text.Length is 0 or > 24 || !char.IsAsciiDigit(text[0]) && text[0] != '.'
            || !decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
        {
            return null;
        }

        number /= scale;
        return field.Type == FieldType.Integer && number != decimal.Truncate(number) ? null : (number, number);
    }

    /// <summary>What stands after the field's name: <c>:60-69</c>, <c>&gt;=70</c>, <c>:&gt;0.1-0.5</c>.</summary>
    public static string Write(Field field, NumberRange range)
    {
        var low = range.Min is { } min ? Write(field, min) : null;
        var high = range.Max is { } max ? Write(field, max) : null;
        return (low, high) switch
        {
            ({ }, null) => (range.MinExclusive ? ">" : ">=") + low,
            (null, { }) => (range.MaxExclusive ? "<" : "<=") + high,
            _ when low == high && !range.MinExclusive && !range.MaxExclusive => ":" + low,
            _ => $":{(range.MinExclusive ? ">" : "")}{low}{(field.Type == FieldType.Date ? ".." : "-")}{(range.MaxExclusive ? "<" : "")}{high}",
        };
    }

    /// <summary>A bound in the language's own writing: <c>0.1</c>, <c>2023-04-01</c>.</summary>
    public static string Write(Field field, decimal value) => field.Type == FieldType.Date
        ? Row.Epoch.AddDays((int)value).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)
        : value.ToString("0.##############", CultureInfo.InvariantCulture);

    /// <summary>The bounds of a field's values.</summary>
    public static (decimal Min, decimal Max) Bounds(Field field) => field.Type == FieldType.Date
        ? (0, new DateOnly(2199, 12, 31).DayNumber - Row.Epoch.DayNumber)
        : (field.Min, field.Max);

    public static RangeProblem Check(Field field, NumberRange range)
    {
        var (least, most) = Bounds(field);
        if (range.Min < least || range.Min > most || range.Max < least || range.Max > most)
            return RangeProblem.OutOfBounds;
        return range.Min > range.Max || (range.Min == range.Max && range.Min is not null && (range.MinExclusive || range.MaxExclusive)) ? RangeProblem.Reversed : RangeProblem.None;
    }

    private static NumberRange Bound(string op, (decimal First, decimal Last) point) => op switch
    {
        ">" => new NumberRange(point.Last, null, MinExclusive: true),
        ">=" => new NumberRange(point.First, null),
        "<" => new NumberRange(null, point.First, MaxExclusive: true),
        _ => new NumberRange(null, point.Last),
    };

    private static ((decimal First, decimal Last) Point, bool Exclusive)? Side(Field field, string text, char exclusive)
    {
        var open = text.Length > 0 && text[0] == exclusive;
        return Point(field, open ? text[1..] : text) is { } point ? (point, open) : null;
    }

    /// <summary>The ways to cut a range in two; a hyphen also stands within dates, so every one of the few is tried.</summary>
    private static IEnumerable<(string From, string To)> Splits(string text)
    {
        if (text.Length > 64)
            yield break;
        if (text.EndsWith('+'))
            yield return (text[..^1], "");
        var dots = text.IndexOf("..", StringComparison.Ordinal);
        if (dots >= 0)
            yield return (text[..dots], text[(dots + 2)..]);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] is '-' or '~')
                yield return (text[..i], text[(i + 1)..]);
        }
    }

    private static (decimal First, decimal Last)? Day(string text)
    {
        var parts = text.TrimEnd('日', '月', '年').Split('-', '/', '年', '月');
        if (parts.Length > 3 || parts[0].Length != 4)
            return null;
        var numbers = new int[3];
        for (var i = 0; i < parts.Length; i++)
        {
            if (parts[i].Length is 0 or > 4 || (i > 0 && parts[i].Length > 2) || !int.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out numbers[i]))
                return null;
        }

        var (year, month, day) = (numbers[0], numbers[1], numbers[2]);
        if (year is < 1900 or > 2199)
            return null;
        if (parts.Length == 1)
            return (Number(new DateOnly(year, 1, 1)), Number(new DateOnly(year, 12, 31)));
        if (month is < 1 or > 12)
            return null;
        if (parts.Length == 2)
            return (Number(new DateOnly(year, month, 1)), Number(new DateOnly(year, month, DateTime.DaysInMonth(year, month))));
        return day >= 1 && day <= DateTime.DaysInMonth(year, month) ? (Number(new DateOnly(year, month, day)), Number(new DateOnly(year, month, day))) : null;
    }

    private static decimal Number(DateOnly day) => day.DayNumber - Row.Epoch.DayNumber;
}
