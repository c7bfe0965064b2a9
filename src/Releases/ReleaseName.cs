namespace DataPortal.Releases;

/// <summary>Names of releases. They become folder names and parts of addresses, so the alphabet is narrow.</summary>
public static class ReleaseName
{
    public const string Rule = "A release's name has 1 to 64 lower-case letters, digits, dots, hyphens or underscores, and begins with a letter or digit.";

    public static bool IsValid(string name) =>
        name.Length is >= 1 and <= 64 && char.IsAsciiLetterOrDigit(name[0]) && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '.' or '-' or '_');
}
