using System.Globalization;

namespace DataPortal.Releases.Vocabularies;

/// <summary>A drug under its English general name.</summary>
/// <param name="Name">English general name without its salt, lower case.</param>
/// <param name="NameJa">Japanese general name without its salt.</param>
/// <param name="Brands">Brand names.</param>
/// <param name="BrandsJa">Japanese brand names.</param>
/// <param name="Codes">Development codes and abbreviations, e.g. AMG 510, CDDP.</param>
/// <param name="Class">Main class, e.g. <c>EGFR-TKI</c>.</param>
/// <param name="Classes">Every class it belongs to, <paramref name="Class"/> first.</param>
/// <param name="AvailableFromYear">Year in which it came on the Japanese market for cancer; null while it is not.</param>
/// <param name="TrialFromYear">First year in which Japanese trials gave it; null where it does not matter or is not known.</param>
public sealed record Drug(
    string Name, string NameJa, IReadOnlyList<string> Brands, IReadOnlyList<string> BrandsJa, IReadOnlyList<string> Codes,
    string Class, IReadOnlyList<string> Classes, int? AvailableFromYear, int? TrialFromYear);

/// <summary>Drugs and classes of drugs.</summary>
public sealed class Drugs
{
    internal const string File = "drugs.tsv";
    private static readonly string[] Columns = ["name", "name_ja", "brands", "brands_ja", "codes", "classes", "year", "trial_year"];

    /// <summary>Folded. Longest first, because トシル酸塩水和物 ends in 水和物.</summary>
    private static readonly string[] Salts = new[]
    {
        "hydrochloride", "dihydrochloride", "hydrobromide", "mesylate", "mesilate", "dimesylate", "tosylate", "tosilate", "ditosylate", "maleate", "dimaleate", "malate",
        "succinate", "fumarate", "hemifumarate", "tartrate", "ditartrate", "citrate", "acetate", "phosphate", "sulfate", "besylate", "camsylate", "adipate", "sodium",
        "disodium", "calcium", "hydrate", "monohydrate", "dihydrate", "trihydrate", "hemihydrate", "freebase", "(geneticalrecombination)", "geneticalrecombination",
        "dimethylsulfoxide", "propyleneglycolate",
        "塩酸塩", "二塩酸塩", "塩酸", "臭化水素酸塩", "メシル酸塩", "二メシル酸塩", "トシル酸塩", "マレイン酸塩", "リンゴ酸塩", "コハク酸塩", "フマル酸塩", "酒石酸塩", "クエン酸塩", "酢酸塩",
        "酢酸エステル", "リン酸塩", "リン酸エステル", "硫酸塩", "ベシル酸塩", "カンシル酸塩", "アジピン酸塩", "ナトリウム", "二ナトリウム", "カルシウム", "水和物", "一水和物", "無水物", "(遺伝子組換え)",
        "遺伝子組換え", "ジメチルスルホキシド付加物", "プロピレングリコール付加物",
    }.Select(Folding.Fold).Distinct(StringComparer.Ordinal).OrderByDescending(s => s.Length).ThenBy(s => s, StringComparer.Ordinal).ToArray();

    private readonly NameIndex<Drug> names = new();
    private readonly NameIndex<Drug> withoutSalts = new();
    private readonly Dictionary<string, List<Drug>> classes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> classNames = new(StringComparer.Ordinal);

    internal Drugs(TsvTable table)
    {
        var all = new List<Drug>(table.Lines.Count);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var line in table.Lines)
        {
            var itsClasses = line.List("classes");
            if (itsClasses.Length == 0)
            {
                throw line.Problem("'classes' is empty");
            }

            var drug = new Drug(line.Required("name"), line.Required("name_ja"), line.List("brands"), line.List("brands_ja"), line.List("codes"), itsClasses[0], itsClasses,
                line.Number32("year"), line.Number32("trial_year"));
            if (!seen.Add(drug.Name))
            {
                throw line.Problem($"drug '{drug.Name}' stands twice");
            }

            all.Add(drug);
            foreach (var name in Names(drug))
            {
                names.Add(name, drug);
                withoutSalts.AddKey(WithoutSalts(Folding.Fold(name)), drug);
            }

            foreach (var name in itsClasses)
            {
                var key = Folding.Fold(name);
                if (!classes.TryGetValue(key, out var members))
                {
                    classes[key] = members = [];
                    classNames[key] = name;
                }

                members.Add(drug);
            }
        }

        All = all;
        Classes = classNames.Values.Order(StringComparer.Ordinal).ToArray();
    }

    public IReadOnlyList<Drug> All { get; }

    /// <summary>Names of the classes, in order.</summary>
    public IReadOnlyList<string> Classes { get; }

    /// <summary>By general, brand or code name in either language; salts, hydrates and （遺伝子組換え） do not matter.</summary>
    public Drug? Find(string text)
    {
        var key = Folding.Fold(text);
        return names.FindKey(key) is [var exact, ..] ? exact
            : withoutSalts.FindKey(WithoutSalts(key)) is [var salt, ..] ? salt
            : null;
    }

    public IReadOnlyList<Drug> Nearest(string text, int count) => names.Nearest(text, count);

    /// <summary>The drugs of a class, by its name in any spelling; empty for an unknown class.</summary>
    public IReadOnlyList<Drug> InClass(string name) => classes.TryGetValue(Folding.Fold(name), out var members) ? members : [];

    /// <summary>The class as the vocabulary writes it; null for an unknown one.</summary>
    public string? FindClass(string text) => classNames.GetValueOrDefault(Folding.Fold(text));

    internal TsvTable ToTable()
    {
        var table = new TsvTable(File, Columns);
        foreach (var d in All)
        {
            table.Add(d.Name, d.NameJa, TsvTable.Join(d.Brands), TsvTable.Join(d.BrandsJa), TsvTable.Join(d.Codes), TsvTable.Join(d.Classes), Year(d.AvailableFromYear),
                Year(d.TrialFromYear));
        }

        return table;
    }

    private static string Year(int? year) => year?.ToString(CultureInfo.InvariantCulture) ?? "";

    private static IEnumerable<string> Names(Drug drug) => [drug.Name, drug.NameJa, .. drug.Brands, .. drug.BrandsJa, .. drug.Codes];

    private static string WithoutSalts(string key)
    {
        for (var shortened = true; shortened;)
        {
            shortened = false;
            foreach (var salt in Salts)
            {
                // At least four letters must remain: "sodium" alone is not a drug without a name.
                if (key.Length >= salt.Length + 4 && key.EndsWith(salt, StringComparison.Ordinal))
                {
                    key = key[..^salt.Length];
                    shortened = true;
                    break;
                }
            }
        }

        return key;
    }
}
