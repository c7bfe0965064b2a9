using System.Globalization;
using System.Text;
using DataPortal.Releases.Dictionary;

namespace DataPortal.Releases.Tests;

/// <summary><c>docs/data-dictionary.md</c> follows from the dictionary: run with UPDATE_DOCS=1 to write it anew.</summary>
[Trait("Category", "Docs")]
public class DataDictionaryPage
{
    private static readonly DataDictionary Dictionary = DataDictionary.Current;

    [Fact]
    public void The_page_says_what_the_dictionary_says()
    {
        var path = Path.Combine(DataPortal.Testing.RepositoryRoot.Path, "docs", "data-dictionary.md");
        if (Environment.GetEnvironmentVariable("UPDATE_DOCS") == "1")
            File.WriteAllText(path, Page());
        Assert.Equal(Page(), File.ReadAllText(path));
    }

    [Fact]
    public void Every_field_has_both_names_a_known_rule_and_a_key_of_its_own()
    {
        Assert.True(Dictionary.Fields.Count > 200);
        Assert.Equal(Dictionary.Fields.Count, Dictionary.Fields.Select(f => f.Key).Distinct().Count());
        Assert.All(Dictionary.Fields, f =>
        {
            Assert.NotEmpty(f.Ja);
            Assert.NotEmpty(f.En);
            Assert.Matches("^(keep|keyed-hash|cap:[0-9]+|date|review|derived)$", f.Rule);
            Assert.True(f.Min <= f.Max);
        });
        Assert.All(Dictionary.Fields.Where(f => f.Type == FieldType.Code), f => Assert.NotEmpty(Dictionary.Codes(f.Domain)));
        Assert.All(Dictionary.Fields.Where(f => f.Type == FieldType.Text), f => Assert.Equal("review", f.Rule));
        Assert.All(Dictionary.Fields.Where(f => f.Type == FieldType.Identifier), f => Assert.Equal("keyed-hash", f.Rule));
    }

    [Fact]
    public void Fields_that_share_a_name_in_queries_belong_to_one_entity_and_one_kind_of_value()
    {
        foreach (var name in Dictionary.Fields.SelectMany(f => f.QueryNames).Distinct())
        {
            var fields = Dictionary.ByQueryName(name);
            Assert.Single(fields.Select(f => (f.Entity.Name, f.Type, f.Domain)).Distinct());
        }
    }

    private static string Page()
    {
        var page = new StringBuilder();
        page.Append(CultureInfo.InvariantCulture, $"""
            # Data dictionary

            Version {DataDictionary.Version}. Written from `src/Releases/Dictionary/fields.tsv` and `codes.tsv`: change those and run the tests of `Releases` with
            `UPDATE_DOCS=1`. *Tier* is what a reader must be allowed to see; *rule* is what de-identification does when a release is built; *query* is the field's
            name in the query language; *C-CAT* is the header in C-CAT's CSV files.

            """);
        foreach (var entity in Dictionary.Entities)
        {
            page.Append(CultureInfo.InvariantCulture, $"\n## {entity.Name}{(entity.Parent is null ? "" : $" (of {entity.Parent.Name})")}\n\n| field | 日本語 | English | type | unit or list | tier | rule | query | C-CAT |\n|---|---|---|---|---|---|---|---|---|\n");
            foreach (var f in entity.Fields)
            {
                var type = f.Type == FieldType.Decimal ? string.Create(CultureInfo.InvariantCulture, $"decimal, {f.Scale} places") : f.Type.ToString().ToLowerInvariant();
                var range = f.Type is FieldType.Integer or FieldType.Decimal ? string.Create(CultureInfo.InvariantCulture, $" {f.Min} to {f.Max}") : "";
                page.Append(CultureInfo.InvariantCulture, $"| `{f.Name}` | {f.Ja} | {f.En} | {type} | {(f.Domain.Length > 0 ? $"`{f.Domain}`" : f.Unit + range)} | {f.Tier.ToString().ToLowerInvariant()} | {f.Rule} | {string.Join(", ", f.QueryNames.Select(n => $"`{n}`"))} | {f.CCat} |\n");
            }
        }

        page.Append("\n## Code lists\n\n| list | code | 日本語 | English | C-CAT |\n|---|---|---|---|---|\n");
        foreach (var list in Dictionary.Fields.Where(f => f.Type == FieldType.Code).Select(f => f.Domain).Distinct().Order(StringComparer.Ordinal))
        {
            foreach (var code in Dictionary.Codes(list))
                page.Append(CultureInfo.InvariantCulture, $"| `{list}` | `{code.Value}` | {code.Ja} | {code.En} | {code.CCat} |\n");
        }

        return page.ToString();
    }
}
