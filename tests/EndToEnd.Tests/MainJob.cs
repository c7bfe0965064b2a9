using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace DataPortal.EndToEnd.Tests;

/// <summary>The product's one sentence, from the outside: ask "KRAS G12C", see who they are, pull an extract.</summary>
public class MainJob(Portal portal)
{
    [Fact]
    public async Task A_researcher_asks_KRAS_G12C_and_gets_the_four_numbers()
    {
        var a = (await portal.RunAsync("search", "KRAS G12C", "--as", "researcher", "--json")).Ok().Json;
        Assert.Equal("KRAS G12C", a["query"]!.GetValue<string>());
        Assert.Equal("synthetic", a["release"]!.GetValue<string>());
        int cases = Number(a, "cases"), patients = Number(a, "patients"), population = Number(a, "population"), assayed = Number(a, "assayed"), unknown = Number(a, "unknown");
        Assert.InRange(cases, Portal.Cases * 6 / 1000, Portal.Cases * 18 / 1000);
        Assert.InRange(patients, 1, cases);
        Assert.Equal(Portal.Cases, population);
        Assert.Equal(population, assayed + unknown);
        Assert.True(unknown > 0);
        Assert.Equal(unknown, a["reasons"]!.AsArray().Sum(r => Number(r!, "cases")));
        Assert.Equal(100.0 * cases / assayed, a["percent"]!.GetValue<double>(), 1);
    }

    [Fact]
    public async Task The_cohort_says_who_they_are_and_what_they_were_treated_with()
    {
        var a = (await portal.RunAsync("search", "KRAS G12C", "--characterise", "--as", "researcher", "--json")).Ok().Json;
        var panels = a["panels"]!.AsArray();
        Assert.True(panels.Count > 15);
        Assert.All(panels, p => Assert.NotEmpty(p!["name"]!.GetValue<string>()));
        var count = Number(a, "cases");
        Assert.Equal(count, Panel("sex").Sum(r => Number(r!, "cases")));
        Assert.Equal(count, Panel("stage").Sum(r => Number(r!, "cases")));
        Assert.Contains(panels, p => p!["name"]!.GetValue<string>().Contains("drug", StringComparison.Ordinal) && p["rows"]!.AsArray().Count > 0);

        JsonArray Panel(string name) => panels.First(p => p!["name"]!.GetValue<string>() == name)!["rows"]!.AsArray();
    }

    [Fact]
    public async Task An_extract_holds_as_many_cases_as_the_search_found_and_every_sum_is_right()
    {
        var found = Number((await portal.RunAsync("search", "KRAS G12C", "--as", "researcher", "--json")).Ok().Json, "cases");
        var folder = Path.Combine(portal.Data, "extract");
        var manifest = (await portal.RunAsync("export", "KRAS G12C", "--profile", "tables", "--as", "researcher", "--out", folder, "--json")).Ok().Json;
        Assert.Equal(found, Number(manifest, "cases"));
        Assert.Equal("KRAS G12C", manifest["query"]!.GetValue<string>());
        var ids = File.ReadLines(Path.Combine(folder, "cases.csv")).Skip(1).Select(l => l.Split(',')[0]).ToList();
        Assert.Equal(found, ids.Count);
        Assert.Equal(found, ids.Distinct().Count());
        Assert.All(manifest["files"]!.AsArray(), f =>
            Assert.Equal(f!["sha256"]!.GetValue<string>(), Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(folder, f["path"]!.GetValue<string>()))))));
        Assert.True(File.Exists(Path.Combine(folder, "datapackage.json")));

        var again = await portal.RunAsync("export", "KRAS G12C", "--as", "researcher", "--out", folder);
        Assert.Equal(2, again.ExitCode);
        Assert.StartsWith("error: out_exists: ", again.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("explorer", "")]
    [InlineData("summary", "permission_missing")]
    [InlineData("unpaid", "project_pending")]
    public async Task Who_may_not_download_is_refused_with_the_reason(string name, string code)
    {
        var said = await portal.RunAsync("export", "KRAS G12C", "--as", name, "--out", Path.Combine(portal.Data, "refused-" + name));
        Assert.Equal(3, said.ExitCode);
        Assert.StartsWith($"error: {code}", said.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(portal.Data, "refused-" + name)));
    }

    [Fact]
    public async Task A_pending_project_is_refused_and_told_that_the_fee_is_due()
    {
        var said = await portal.RunAsync("search", "KRAS G12C", "--as", "unpaid");
        Assert.Equal(3, said.ExitCode);
        Assert.Contains("project_pending", said.Error, StringComparison.Ordinal);
        Assert.Contains("fee", said.Error, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Explorers_and_summary_members_get_rounded_counts_and_no_small_ones()
    {
        foreach (var name in new[] { "explorer", "summary" })
        {
            var common = (await portal.RunAsync("search", "KRAS", "--as", name, "--json")).Ok().Json;
            Assert.Equal(0, Number(common, "cases") % 5);
            var rare = (await portal.RunAsync("search", "KRAS G12C cancer:LUAD", "--as", name, "--json")).Ok().Json;
            Assert.Null(rare["cases"]);
            Assert.Equal(10, Number(rare, "below"));
            Assert.Null(rare["elapsedMs"]);
        }

        // The control: a member with records gets the exact, small number.
        var exact = (await portal.RunAsync("search", "KRAS G12C cancer:LUAD", "--as", "researcher", "--json")).Ok().Json;
        Assert.InRange(Number(exact, "cases"), 1, 9);
    }

    [Fact]
    public async Task Two_projects_see_different_pseudonyms_and_each_opens_its_own_only()
    {
        var ours = (await portal.RunAsync("cases", "KRAS G12C", "--as", "researcher", "--limit", "5", "--json")).Ok().Json.AsArray();
        var theirs = (await portal.RunAsync("cases", "KRAS G12C", "--as", "pharma", "--limit", "5", "--json")).Ok().Json.AsArray();
        Assert.Equal(5, ours.Count);
        Assert.Empty(ours.Select(Id).Intersect(theirs.Select(Id)));
        var one = (await portal.RunAsync("case", Id(ours[0]), "--as", "researcher")).Ok().Json;
        Assert.Contains("KRAS", one.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal(4, (await portal.RunAsync("case", Id(ours[0]), "--as", "pharma")).ExitCode);

        static string Id(JsonNode? row) => row!["id"]!.GetValue<string>();
    }

    internal static int Number(JsonNode node, string name) => node[name]!.GetValue<int>();
}
