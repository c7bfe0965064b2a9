using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace DataPortal.Cohorts.Contracts;

/// <summary>The language of labels and messages: <c>lang=ja|en</c> in the address, or what <c>Accept-Language</c> prefers; English otherwise.</summary>
public static class Language
{
    public static bool IsJapanese(HttpContext http)
    {
        if (http.Request.Query["lang"].ToString() is { Length: > 0 } lang)
        {
            return string.Equals(lang, "ja", StringComparison.OrdinalIgnoreCase);
        }

        var wanted = http.Request.GetTypedHeaders().AcceptLanguage;
        return wanted.Where(w => w.Quality is not 0).OrderByDescending(w => w.Quality ?? 1).Select(Known).FirstOrDefault(known => known is not null) ?? false;
    }

    private static bool? Known(StringWithQualityHeaderValue wanted)
    {
        var tag = wanted.Value.Value ?? "";
        return Is(tag, "ja") ? true : Is(tag, "en") ? false : null;
    }

    private static bool Is(string tag, string language) =>
        tag.StartsWith(language, StringComparison.OrdinalIgnoreCase) && (tag.Length == language.Length || tag[language.Length] == '-');
}
