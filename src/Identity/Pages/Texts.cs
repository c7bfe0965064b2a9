using System.Globalization;
using System.Resources;

namespace DataPortal.Identity.Pages;

/// <summary>Every text of the pages and mails, in English (<c>Texts.resx</c>) and Japanese (<c>Texts.ja.resx</c>).</summary>
internal sealed class Texts
{
    public const string English = "en";
    public const string Japanese = "ja";

    private static readonly ResourceManager Resources = new(typeof(Texts));

    private Texts()
    {
    }

    /// <summary>For mails, which speak the reader's language and not that of the request.</summary>
    public static string In(string? locale, string name) =>
        Resources.GetString(name, CultureInfo.GetCultureInfo(locale == Japanese ? Japanese : English)) ?? throw new MissingManifestResourceException(name);
}
