using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace DataPortal.EndToEnd.Tests;

/// <summary>How the command behaves: exit codes, messages, languages, width.</summary>
public partial class Manners(Portal portal)
{
    [Fact]
    public async Task A_word_that_is_not_understood_is_pointed_at_in_the_user_s_language()
    {
        var english = await portal.RunAsync("search", "KRAS G12C cancr:LUAD", "--as", "researcher");
        Assert.Equal(2, english.ExitCode);
        Assert.StartsWith("error: query_invalid: ", english.Error, StringComparison.Ordinal);
        Assert.Contains("cancer", english.Error, StringComparison.Ordinal);
        var lines = english.Error.Split('\n');
        var at = Array.FindIndex(lines, l => l.Contains("  KRAS G12C cancr:LUAD", StringComparison.Ordinal));
        Assert.True(at >= 0, english.Error);
        Assert.Equal(lines[at].IndexOf("cancr", StringComparison.Ordinal), lines[at + 1].IndexOf('^', StringComparison.Ordinal));

        var japanese = await portal.RunAsync("search", "KRAS G12C cancr:LUAD", "--as", "researcher", "--lang", "ja");
        Assert.Matches("[ぁ-ん]", japanese.Error);
    }

    [Fact]
    public async Task Japanese_and_English_questions_mean_the_same()
    {
        var english = (await portal.RunAsync("search", "KRAS G12C sex:female cancer:LUAD", "--as", "researcher", "--json")).Ok().Json;
        var japanese = (await portal.RunAsync("search", "ＫＲＡＳ　Ｇ１２Ｃ　性別：女　cancer:肺腺癌", "--as", "researcher", "--json")).Ok().Json;
        Assert.Equal(english["query"]!.ToString(), japanese["query"]!.ToString());
        Assert.Equal(english["cases"]!.ToString(), japanese["cases"]!.ToString());
    }

    [Theory]
    [InlineData(2, "search", "KRAS AND (")]
    [InlineData(4, "search", "KRAS", "--release", "no-such-release")]
    [InlineData(4, "search", "KRAS", "--project", "no-such-project")]
    [InlineData(4, "case", "c00000000000000000000000000")]
    [InlineData(3, "audit", "export", "--out", "never-written")]
    [InlineData(3, "release", "publish", "synthetic")]
    [InlineData(2, "export", "KRAS", "--profile", "no-such-profile", "--out", "never-written")]
    public async Task Each_kind_of_no_has_its_exit_code(int exitCode, params string[] arguments)
    {
        var said = await portal.RunAsync([.. arguments, "--as", "researcher"]);
        Assert.True(exitCode == said.ExitCode, $"{said.ExitCode}: {said.Error}");
        Assert.Matches("^error: [a-z_0-9]+: ", said.Error);
        Assert.Empty(said.Out);
    }

    [Fact]
    public async Task Without_a_name_or_with_an_unknown_one_nobody_gets_in()
    {
        Assert.Equal(3, (await portal.RunAsync("search", "KRAS")).ExitCode);
        Assert.Equal(3, (await portal.RunAsync("search", "KRAS", "--as", "nobody")).ExitCode);
        Assert.Equal(2, (await Portal.RunIn(Path.Combine(portal.Data, "nothing-here"), "search", "KRAS", "--as", "researcher")).ExitCode);
        Assert.Equal(2, (await portal.RunAsync("serch", "KRAS")).ExitCode);
        Assert.Equal(2, (await portal.RunAsync("search")).ExitCode);
    }

    [Fact]
    public async Task The_address_alone_finds_the_portal_from_anywhere() =>
        (await Portal.RunIn(portal.Data, "search", "KRAS", "--as", "researcher", "--url", portal.Url.ToString())).Ok();

    [Fact]
    public async Task The_only_portal_that_runs_is_found_without_being_named()
    {
        (await Portal.CallAsync(null, Path.Combine(portal.Data, "config"), "search", "KRAS", "--as", "researcher")).Ok();
        // The control: who has started none is told so.
        Assert.Equal(2, (await Portal.CallAsync(null, Path.Combine(portal.Data, "another-config"), "search", "KRAS", "--as", "researcher")).ExitCode);
    }

    [Fact]
    public async Task Huge_and_nonsensical_queries_are_refused_and_the_portal_stays_up()
    {
        foreach (var query in new[] { new string('(', 100_000), string.Join(' ', Enumerable.Repeat("TP53", 20_000)), "KRAS \u0001 G12C", "age:999999999999999999999", "''''", "not" })
        {
            var said = await portal.RunAsync("search", query, "--as", "researcher");
            Assert.True(said.ExitCode == 2, $"{query[..Math.Min(20, query.Length)]}: {said.ExitCode} {said.Error[..Math.Min(300, said.Error.Length)]}");
        }

        (await portal.RunAsync("search", "KRAS", "--as", "researcher")).Ok();
    }

    [Theory]
    [InlineData("en")]
    [InlineData("ja")]
    public async Task What_people_read_fits_80_columns(string language)
    {
        foreach (var arguments in new string[][]
        {
            ["search", "KRAS G12C not STK11", "--characterise", "--as", "researcher"], ["explain", "KRAS G12C (cancer:LUAD or cancer:COAD)", "--as", "researcher"],
            ["attrition", "cancer:LUAD", "KRAS G12C", "not STK11", "--as", "researcher"], ["cases", "KRAS G12C", "--columns", "age,sex,cancer,stage", "--as", "researcher"],
            ["release", "list", "--as", "steward"],
        })
        {
            var said = (await portal.RunAsync([.. arguments, "--lang", language])).Ok();
            Assert.NotEmpty(said.Out);
            Assert.All(said.Out.Split('\n'), l => Assert.True(ColumnsOf(l) <= 80, $"{ColumnsOf(l)} columns: {l}"));
        }
    }

    [Fact]
    public async Task The_auditor_exports_the_trail_and_finds_the_question_but_no_patient()
    {
        (await portal.RunAsync("search", "KRAS G12C cancer:PAAD", "--as", "pharma")).Ok();
        await portal.RunAsync("export", "KRAS G12C", "--as", "explorer", "--out", Path.Combine(portal.Data, "x"));
        var file = Path.Combine(portal.Data, "audit.ndjson");
        (await portal.RunAsync("audit", "export", "--out", file, "--as", "auditor")).Ok();
        var entries = (await File.ReadAllLinesAsync(file)).Select(l => JsonNode.Parse(l)!.ToJsonString()).ToList();
        Assert.Contains(entries, e => e.Contains("KRAS G12C", StringComparison.Ordinal) && e.Contains("PAAD", StringComparison.Ordinal));
        Assert.Contains(entries, e => e.Contains("denied", StringComparison.Ordinal));

        // An export's own entry belongs to the next export, so that what a file holds never depends on how fast it was written.
        var next = Path.Combine(portal.Data, "audit-next.ndjson");
        (await portal.RunAsync("audit", "export", "--out", next, "--as", "auditor")).Ok();
        Assert.Contains(await File.ReadAllLinesAsync(next), e => e.Contains("audit.exported", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_second_portal_over_the_same_folder_is_refused_and_so_is_a_foreign_database()
    {
        var again = await portal.RunAsync("up", "--port", $"{Portal.FreePorts()}", "--detach");
        Assert.Equal(5, again.ExitCode);
        var foreign = Directory.CreateTempSubdirectory("portal-foreign-").FullName;
        try
        {
            await File.WriteAllTextAsync(Path.Combine(foreign, "portal.db"), "this is somebody else's file");
            var said = await Portal.RunIn(foreign, "up", "--port", $"{Portal.FreePorts()}", "--detach");
            Assert.Equal(5, said.ExitCode);
            Assert.Equal("this is somebody else's file", await File.ReadAllTextAsync(Path.Combine(foreign, "portal.db")));
            Assert.Equal(4, (await Portal.RunIn(foreign, "down")).ExitCode);
            Assert.Equal(4, (await Portal.RunIn(Path.Combine(foreign, "nowhere"), "down")).ExitCode);
        }
        finally
        {
            Directory.Delete(foreign, recursive: true);
        }
    }

    [Fact]
    public async Task Every_verb_of_the_command_page_exists()
    {
        var page = await File.ReadAllLinesAsync(Path.Combine(Portal.Root, "docs", "cli.md"));
        var verbs = page.SkipWhile(l => l != "## Verbs").SelectMany(l => Verb().Matches(l.Split(" | ")[0]).Select(m => m.Groups["verb"].Value))
            .Where(v => v is not ("test" or "bench" or "serve" or "migrate")).Distinct().ToList();
        Assert.True(verbs.Count > 12);
        foreach (var verb in verbs)
            Assert.True((await portal.RunAsync(verb, "--help")).ExitCode == 0, verb);
    }

    [GeneratedRegex("`(?<verb>[a-z]+)[ `]", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Verb();

    private static int ColumnsOf(string line) => line.EnumerateRunes().Sum(r => r.Value is >= 0x1100 and <= 0x115F or >= 0x2E80 and <= 0xA4CF or >= 0xAC00 and <= 0xD7A3 or >= 0xF900 and <= 0xFAFF or >= 0xFF00 and <= 0xFF60 ? 2 : 1);
}
