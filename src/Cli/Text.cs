namespace DataPortal.Cli;

/// <summary>The language of what is printed: <c>--lang</c>, else the environment's.</summary>
internal static class Text
{
    public static string Language { get; private set; } =
        (Environment.GetEnvironmentVariable("LC_ALL") ?? Environment.GetEnvironmentVariable("LANG") ?? "").StartsWith("ja", StringComparison.Ordinal) ? "ja" : "en";

    public static void Use(string? language) => Language = language ?? Language;

    public static string Of(string ja, string en) => Language == "ja" ? ja : en;
}
