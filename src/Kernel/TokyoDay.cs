namespace DataPortal.Kernel;

/// <summary>Agreements, payments, trainings and programs run by days in Japan, wherever the portal runs.</summary>
public static class TokyoDay
{
    private static readonly TimeZoneInfo Tokyo = TimeZoneInfo.FindSystemTimeZoneById("Asia/Tokyo");

    public static DateOnly Today(TimeProvider clock) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(clock.GetUtcNow(), Tokyo).DateTime);
}
