using System.Globalization;
using System.Text.RegularExpressions;
using DataPortal.Releases;
using DataPortal.Releases.Dictionary;

namespace DataPortal.Catalogue.Import.CBioPortal;

/// <summary>Turns the many spellings of clinical attributes into values of the data dictionary. What cannot be read is blanked and reported.</summary>
internal static partial class AttributeValues
{
    private const int OldestAge = 130;

    private static readonly Dictionary<string, string> Sex = Spellings(("male", "male m man"), ("female", "female f woman"), ("unknown", "unknown other"));

    private static readonly Dictionary<string, string> YesNo = Spellings(
        ("yes", "yes y true ever smoker current former previous past prev/curr currentsmoker formersmoker prev/currsmoker eversmoker pastsmoker previoussmoker currentreformedsmoker heavysmoker lightsmoker"),
        ("no", "no n false never nonsmoker neversmoker lifelongnonsmoker"),
        ("unknown", "unknown"));

    private static readonly Dictionary<string, string> Outcome = Spellings(("alive", "alive living 0 0:living 0:alive"), ("dead", "dead deceased 1 1:deceased 1:dead"), ("unknown", "unknown"));

    private static readonly Dictionary<string, string> SpecimenSite = Spellings(
        ("primary", "primary primarytumor primarytumour"), ("metastasis", "metastasis metastatic met metastatictumor metastatictumour"), ("unknown", "unknown"));

    private static readonly Dictionary<string, string> Msi = Spellings(
        ("high", "instable unstable msi msih msihigh high"), ("stable", "stable mss msil msilow"), ("unknown", "indeterminate unknown donotreport"));

    /// <summary>Sets the field from a cell that is not blank; reports what it had to change.</summary>
    public static void Set(Row row, Field field, string cell, FileLog file)
    {
        switch (field.Type)
        {
            case FieldType.Identifier or FieldType.Open or FieldType.Text:
                row.Set(field, cell.Length <= 512 ? cell : null);
                if (cell.Length > 512)
                    file.Mend("too_long", field.Key);
                break;
            case FieldType.Code:
                SetCode(row, field, cell, file);
                break;
            case FieldType.Integer or FieldType.Decimal:
                SetNumber(row, field, cell, file);
                break;
            default:
                if (DateOnly.TryParseExact(cell, ["yyyy-MM-dd", "yyyy/M/d"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) && date.Year is >= 1900 and < 2200)
                    row.Set(field, date);
                else
                    file.Mend("bad_date", field.Key);
                break;
        }
    }

    private static void SetCode(Row row, Field field, string cell, FileLog file)
    {
        var code = field.Domain switch
        {
            "sex" => Look(Sex, cell),
            "yesno" => Look(YesNo, cell),
            "outcome" => Look(Outcome, cell),
            "specimen_site" => Look(SpecimenSite, cell),
            "msi" => Look(Msi, cell),
            "stage" => Stage(cell),
            "ps" => PerformanceStatus().Match(cell) is { Success: true } match ? match.Groups["ps"].Value : null,
            _ => cell,
        };
        if (code is not null && DataDictionary.Current.Position(field.Domain, code) >= 0)
            row.Set(field, code);
        else
            file.Mend("unknown_code", field.Key);
    }

    private static void SetNumber(Row row, Field field, string cell, FileLog file)
    {
        var bounded = cell[0] is '>' or '<' or '≥' or '≤';
        if (!double.TryParse(cell.TrimStart('>', '<', '=', '≥', '≤').TrimEnd('%'), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) || !double.IsFinite(number))
        {
            file.Mend("bad_number", field.Key);
            return;
        }

        if (field.Unit == "%" && number is > 0 and <= 1 && cell.Contains('.', StringComparison.Ordinal))
        {
            number *= 100;
            file.Mend("fraction_as_percent", field.Key);
        }

        var max = field.Rule.StartsWith("cap:", StringComparison.Ordinal) ? OldestAge : (double)field.Max;
        if (number < (double)field.Min || number > max)
        {
            file.Mend("out_of_range", field.Key);
            return;
        }

        row.Set(field, number);
        if (bounded)
            file.Mend("bounded_number", field.Key);
    }

    /// <summary>The stage without its subdivision: <c>Stage IIIA</c> is III. <c>I or II NOS</c> and <c>X</c> say nothing that the field can hold.</summary>
    private static string? Stage(string cell)
    {
        if (string.Equals(cell, "unknown", StringComparison.OrdinalIgnoreCase))
            return "unknown";
        var match = StagePattern().Match(cell);
        return !match.Success ? null : match.Groups["stage"].Value.ToUpperInvariant() switch
        {
            "0" or "IS" => "0",
            "I" or "1" => "I",
            "II" or "2" => "II",
            "III" or "3" => "III",
            _ => "IV",
        };
    }

    private static string? Look(Dictionary<string, string> spellings, string cell) => spellings.GetValueOrDefault(Plain(cell));

    private static string Plain(string text) => string.Concat(text.Where(c => c is not (' ' or '-' or '_'))).ToLowerInvariant();

    private static Dictionary<string, string> Spellings(params (string Code, string Words)[] list) =>
        list.SelectMany(l => l.Words.Split(' ').Select(word => (word, l.Code))).ToDictionary(x => x.word, x => x.Code, StringComparer.Ordinal);

    [GeneratedRegex(@"\A(stage)?\s*(?<stage>0|IS|IV|I{1,3}|[1-4])\s*[A-D]?[0-9]?\z", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 100)]
    private static partial Regex StagePattern();

    [GeneratedRegex(@"\A((ECOG|PS)\s*)*(?<ps>[0-4])(\.0)?\z", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 100)]
    private static partial Regex PerformanceStatus();
}
