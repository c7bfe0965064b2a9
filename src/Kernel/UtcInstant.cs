using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace DataPortal.Kernel;

/// <summary>
/// Instants are UTC <see cref="DateTime"/> on both databases, whole microseconds (PostgreSQL keeps no more, and a value must not
/// change by being stored). SQLite forgets the kind, so it is put back on reading; anything but UTC is refused on writing.
/// </summary>
internal sealed class UtcInstant() : ValueConverter<DateTime, DateTime>(value => ToStore(value), value => DateTime.SpecifyKind(value, DateTimeKind.Utc))
{
    private static DateTime ToStore(DateTime value) => value.Kind == DateTimeKind.Utc
        ? new DateTime(value.Ticks - (value.Ticks % TimeSpan.TicksPerMicrosecond), DateTimeKind.Utc)
        : throw new InvalidOperationException($"Only UTC instants are stored; this one is {value.Kind}.");
}
