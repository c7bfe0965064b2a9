using System.Text.Json;
using DataPortal.CohortEngine.Query;
using FsCheck;
using FsCheck.Fluent;

namespace DataPortal.CohortEngine.Tests.Query;

/// <summary>text → tree → text and JSON → tree → JSON stand still, for every tree there is.</summary>
public sealed class StabilityTests
{
    private static readonly Config Runs = Config.QuickThrowOnFailure.WithMaxTest(400);

    private static readonly Arbitrary<int> Seeds = Gen.Choose(0, int.MaxValue - 1).ToArbitrary();

    [Fact]
    public void The_canonical_text_of_any_tree_parses_back_to_it() => Prop.ForAll(Seeds, seed =>
    {
        var tree = new RandomTrees(seed).Next();
        var text = Languages.Shipped.Canonical(tree);
        var again = Languages.Shipped.Parse(text, "en");
        if (Refused(again))
            return;
        Assert.True(again.Tree is not null, $"{text}\n{string.Join(" ", again.Errors)}");
        Assert.Equal(text, again.Canonical);
        Assert.Equal(Json(tree), Json(again.Tree));
    }).Check(Runs);

    [Fact]
    public void The_JSON_of_any_tree_reads_back_to_it() => Prop.ForAll(Seeds, seed =>
    {
        var tree = new RandomTrees(seed).Next();
        var json = Json(tree);
        using var document = JsonDocument.Parse(json);
        var again = Languages.Shipped.ParseTree(document.RootElement, "ja");
        if (Refused(again))
            return;
        Assert.True(again.Tree is not null, $"{json}\n{string.Join(" ", again.Errors)}");
        Assert.Equal(json, Json(again.Tree));
        Assert.Equal(Languages.Shipped.Canonical(tree), again.Canonical);
        Assert.Empty(SchemaFile.Problems(document.RootElement));
    }).Check(Runs);

    [Fact]
    public void Most_random_trees_are_within_the_limits()
    {
        var kept = Enumerable.Range(0, 300).Count(seed => !Refused(Languages.Shipped.Parse(Languages.Shipped.Canonical(new RandomTrees(seed).Next()), "en")));
        Assert.InRange(kept, 250, 300);
    }

    private static bool Refused(QueryResult result) => result.Errors is [{ Code: "too_long" or "too_many_terms" }];

    private static string Json(QueryNode tree) => Languages.Shipped.ToJson(tree).ToJsonString();
}
