using System.Security.Cryptography;
using System.Text;

namespace DataPortal.Access.Pledges;

/// <summary>
/// What a member promises, in both languages, with the version that counts today. Whoever changes a text changes <see cref="Version"/>: the
/// signature is given to the words, so that new words are signed anew; a test holds the two together.
/// </summary>
internal static class PledgeText
{
    public const string Version = "2026-11";

    public static IReadOnlyList<string> Languages { get; } = ["ja", "en"];

    public static string Japanese { get; } = Read("ja");

    public static string English { get; } = Read("en");

    /// <summary>Lower-case hexadecimal SHA-256 of the text in that language (UTF-8).</summary>
    public static string HashOf(string language) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(language == "ja" ? Japanese : English)));

    private static string Read(string language)
    {
        using var text = typeof(PledgeText).Assembly.GetManifestResourceStream($"pledge.{language}.md")
            ?? throw new InvalidOperationException($"The pledge in the language '{language}' is not part of this build.");
        using var reader = new StreamReader(text, Encoding.UTF8);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }
}
