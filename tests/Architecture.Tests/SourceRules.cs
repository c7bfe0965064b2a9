using System.Text.RegularExpressions;

namespace DataPortal.Architecture.Tests;

/// <summary>Rules about the files themselves.</summary>
public sealed partial class SourceRules
{
    private const int MostLines = 400;

    private static readonly string[] ForbiddenFolders = ["Services", "Helpers", "Utils", "Utilities", "Managers", "Dtos", "Common", "Misc"];

    [Fact]
    public void No_folder_is_a_drawer_for_odds_and_ends()
    {
        Assert.NotEmpty(Repository.Sources);
        Assert.Empty(Drawers(Repository.Sources.Select(Relative)));
    }

    [Fact]
    public void A_drawer_is_caught() => Assert.Equal(["src/Audit/Helpers/Text.cs"], Drawers(["src/Audit/Helpers/Text.cs", "src/Audit/Reading/ListEntries.cs"]));

    [Fact]
    public void Files_stay_short_enough_to_be_read() => Assert.Empty(Long(Repository.Sources.Select(f => (Relative(f), File.ReadLines(f).Count()))));

    [Fact]
    public void A_long_file_is_caught() => Assert.Equal(["b.cs"], Long([("a.cs", MostLines), ("b.cs", MostLines + 1)]));

    [Fact]
    public void Nothing_is_left_for_later() => Assert.Empty(Unfinished(Repository.Sources.Where(f => !f.EndsWith("SourceRules.cs", StringComparison.Ordinal)).Select(f => (Relative(f), File.ReadAllText(f)))));

    [Fact]
    public void Something_left_for_later_is_caught() => Assert.Equal(
        ["a.cs", "b.cs"], Unfinished([("a.cs", "// TODO: the rest"), ("b.cs", "throw new NotImplementedException();"), ("c.cs", "all done")]));

    [Fact]
    public void Every_project_below_src_says_what_it_is_in_a_readme() => Assert.Empty(Repository.Projects.Where(p => !File.Exists(Path.Combine(Repository.Root, "src", p.Name, "README.md"))).Select(p => p.Name));

    private static IEnumerable<string> Drawers(IEnumerable<string> files) =>
        files.Where(f => f.Split('/').SkipLast(1).Any(folder => ForbiddenFolders.Contains(folder, StringComparer.OrdinalIgnoreCase)));

    private static IEnumerable<string> Long(IEnumerable<(string File, int Lines)> files) => files.Where(f => f.Lines > MostLines).Select(f => f.File);

    private static IEnumerable<string> Unfinished(IEnumerable<(string File, string Text)> files) => files.Where(f => LeftForLater().IsMatch(f.Text)).Select(f => f.File);

    private static string Relative(string path) => Path.GetRelativePath(Repository.Root, path).Replace('\\', '/');

    [GeneratedRegex(@"\b(TODO|FIXME|HACK|XXX)\b|NotImplementedException", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex LeftForLater();
}
