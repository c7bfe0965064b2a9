using System.Text.Json;
using System.Text.RegularExpressions;

namespace DataPortal.CohortEngine.Tests.Query;

/// <summary>Runs every row of <c>docs/query-language.md</c>.</summary>
[Trait("Category", "Docs")]
public sealed partial class DocumentedExamplesTests
{
    private static readonly string[] Lines = File.ReadAllLines(Path.Combine(DataPortal.Testing.RepositoryRoot.Path, "docs", "query-language.md"));

    public static TheoryData<string, string> Accepted => new(Rows("canonical text").Select(r => (Code(r[0]), Code(r[1]))));

    public static TheoryData<string, string, string, string> Refused => new(Rows("code").Select(r => (Code(r[0]), Code(r[1]), Code(r[2]), r[3])));

    [Theory]
    [MemberData(nameof(Accepted))]
    public void A_documented_query_has_the_documented_canonical_text(string query, string canonical)
    {
        foreach (var language in new[] { "ja", "en" })
        {
            var result = Languages.Shipped.Parse(query, language);
            Assert.Equal(canonical, result.Canonical ?? string.Join(" ", result.Errors.Select(e => $"{e.Code}: {e.Message} {string.Join(" · ", e.Suggestions)}")));
            Assert.Equal(canonical, Languages.Shipped.Parse(canonical, language).Canonical);
        }
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public void A_documented_error_has_its_code_its_place_and_what_it_offers(string query, string code, string part, string offered)
    {
        var result = Languages.Shipped.Parse(query, "en");
        var error = Assert.Single(result.Errors);
        Assert.Equal(code, error.Code);
        Assert.Equal(part, query.Substring(error.Position, error.Length));
        foreach (var suggestion in Codes().Matches(offered).Select(m => m.Groups[1].Value))
            Assert.Contains(suggestion, error.Suggestions);
        Assert.Null(result.Tree);
        Assert.Null(result.Canonical);
        var japanese = Assert.Single(Languages.Shipped.Parse(query, "ja").Errors);
        Assert.Equal((error.Code, error.Position, error.Length), (japanese.Code, japanese.Position, japanese.Length));
        Assert.NotEqual(error.Message, japanese.Message);
    }

    [Fact]
    public void The_page_has_its_examples()
    {
        Assert.True(Accepted.Count > 130, $"{Accepted.Count} accepted");
        Assert.True(Refused.Count > 30, $"{Refused.Count} refused");
    }

    [Fact]
    public void The_documented_JSON_has_the_documented_canonical_text()
    {
        var from = Array.IndexOf(Lines, "```json") + 1;
        var json = string.Join('\n', Lines[from..Array.IndexOf(Lines, "```", from)]);
        var text = Lines.Single(l => l.StartsWith("Its canonical text is", StringComparison.Ordinal));
        var result = Languages.Shipped.ParseTree(JsonDocument.Parse(json).RootElement, "en");
        Assert.Empty(result.Errors);
        Assert.Equal(Codes().Match(text).Groups[1].Value, result.Canonical);
    }

    /// <summary>Rows of the tables whose second column bears that heading.</summary>
    private static IEnumerable<string[]> Rows(string heading)
    {
        var inside = false;
        foreach (var line in Lines)
        {
            if (!line.StartsWith('|'))
            {
                inside = false;
                continue;
            }

            var cells = line.Trim('|').Split(" | ").Select(c => c.Trim()).ToArray();
            if (cells[0] == "query")
                inside = cells[1] == heading;
            else if (inside && !cells[0].StartsWith("---", StringComparison.Ordinal))
                yield return [.. cells, .. Enumerable.Repeat("", 4)];
        }
    }

    private static string Code(string cell) => Codes().Match(cell).Groups[1].Value;

    [GeneratedRegex("`([^`]*)`")]
    private static partial Regex Codes();
}
