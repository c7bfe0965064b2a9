namespace DataPortal.Access.Projects;

/// <summary>Agreements and payments run by days in Japan, wherever the portal runs.</summary>
internal static class TokyoDay
{
    private static readonly TimeZoneInfo Tokyo = TimeZoneInfo.FindSystemTimeZoneById("Asia/Tokyo");

    public static DateOnly Today(TimeProvider clock) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(clock.GetUtcNow(), Tokyo).DateTime);
}
