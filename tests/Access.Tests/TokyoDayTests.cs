using DataPortal.Kernel;

namespace DataPortal.Access.Tests;

public sealed class TokyoDayTests
{
    [Theory]
    [InlineData("2026-03-31T14:59:59Z", "2026-03-31")]
    [InlineData("2026-03-31T15:00:00Z", "2026-04-01")]
    [InlineData("2026-12-31T15:00:00Z", "2027-01-01")]
    public void A_day_begins_at_midnight_in_Tokyo(string instant, string day)
    {
        var clock = new Clock(DateTimeOffset.Parse(instant, System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal(DateOnly.Parse(day, System.Globalization.CultureInfo.InvariantCulture), TokyoDay.Today(clock));
    }

    private sealed class Clock(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
