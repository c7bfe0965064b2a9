using System.Text;
using System.Text.Json;
using DataPortal.CohortEngine.Query;
using FsCheck;
using FsCheck.Fluent;

namespace DataPortal.CohortEngine.Tests.Query;

/// <summary>Nothing that can be sent throws, hangs or is half understood.</summary>
public sealed class HostileTextTests
{
    private static readonly string[] Pieces = ["KRAS", "G12C", "BRCA", " ", "　", "(", ")", "\"", "「", ",", "、", "+", "-", "::", ">", "<=", ":", "=", "@", "ep", "and", "or", "not", "treatment(",
        "variant(", "specimen(", "after ", "within ", "90d", "drug:", "age", "60-69", "..", "missing", "*", "\0", "\uD800", "\uDC00", "😀", "ﾞ", "ｶﾞ", "が", "\u0301", "cn", "exon", "19", "del", "codon",
        "p.", "c.", "/", "%", "EML4", "ALK", "event:", "grade>=3", "msi:high", "@panel", "negatives:lenient", "1e999", "99999999999999999999999999999999", "'", "\n", "\t", "\u200B", "＞", "\uFFFE", "№", "㎎", "İ"];

    [Fact]
    public void Any_jumble_of_pieces_is_answered_within_few_steps() => Prop.ForAll(Gen.Elements(Pieces).ListOf().Resize(60).ToArbitrary(), pieces => Answered(string.Concat(pieces)))
        .Check(Config.QuickThrowOnFailure.WithMaxTest(600));

    [Fact]
    public void Any_run_of_UTF16_is_answered() => Prop.ForAll(Gen.Choose(0, 0xFFFF).ListOf().Resize(200).ToArbitrary(), units => Answered(string.Concat(units.Select(u => (char)u))))
        .Check(Config.QuickThrowOnFailure.WithMaxTest(400));

    [Fact]
    public void Documented_queries_cut_and_mended_at_random_are_answered() => Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), seed =>
    {
        var random = new Random(seed);
        var text = new StringBuilder(Languages.Shipped.Canonical(new RandomTrees(seed).Next()));
        for (var i = random.Next(1, 6); i > 0; i--)
        {
            var at = random.Next(text.Length + 1);
            if (random.Next(2) == 0 && at < text.Length)
                text.Remove(at, Math.Min(random.Next(1, 4), text.Length - at));
            else
                text.Insert(at, Pieces[random.Next(Pieces.Length)]);
        }

        Answered(text.ToString());
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(400));

    public static TheoryData<string, string> Monsters => new()
    {
        { "100 KB of parentheses", new string('(', 100_000) },
        { "50,000 terms", string.Join(' ', Enumerable.Repeat("KRAS", 50_000)) },
        { "10 MB of blanks", new string(' ', 10_000_000) },
        { "just over 4 KB in UTF-8", new string('肺', 1366) },
    };

    [Theory]
    [MemberData(nameof(Monsters))]
    public void What_is_too_long_is_refused_unread(string what, string text)
    {
        var result = Languages.Shipped.Parse(text, "en", out var steps);
        Assert.True(result.Errors is [{ Code: "too_long" }], what);
        Assert.Equal(0, steps);
        Assert.True(result.Errors[0].Message.Length < 200);
    }

    [Theory]
    [InlineData(64, null)]
    [InlineData(65, "too_deep")]
    [InlineData(2000, "too_deep")]
    public void Levels_are_bounded(int levels, string? code)
    {
        var open = string.Concat(Enumerable.Repeat("(", levels)) + "KRAS" + new string(')', levels);
        Assert.Equal(code, Code(open));
        var not = string.Concat(Enumerable.Repeat("not ", Math.Min(levels, 1000))) + "KRAS";
        Assert.Equal(code, Code(not));
        var alternating = string.Concat(Enumerable.Range(0, Math.Min(levels, 300)).Select(i => i % 2 == 0 ? "ALK and (" : "ALK or (")) + "KRAS" + new string(')', Math.Min(levels, 300));
        Assert.Equal(code, Code(alternating));
    }

    [Theory]
    [InlineData(256, null)]
    [InlineData(257, "too_many_terms")]
    public void Conditions_are_bounded(int count, string? code) =>
        Assert.Equal(code, Code(string.Join(' ', Enumerable.Repeat("ALK", count))));

    [Theory]
    [InlineData("too_many_terms", "HRR HRR HRR HRR HRR HRR HRR HRR HRR HRR HRR HRR HRR HRR HRR")]
    [InlineData("too_many_terms", "treatment(line:1,3,5 grade:1,3,5 line:1,3,5 grade:1,3,5 line:1,3,5 grade:1,3,5 line:1,3,5 grade:1,3,5 line:1,3,5 grade:1,3,5)")]
    [InlineData("too_many_terms", "variant(HRR G12A/C/D/E/F/H/I/K/L/M/N/P/Q/R/S/T/V/W/Y)")]
    [InlineData("too_many_terms", "HRR fusion HRR G12A/C/D/E/F/H/I/K/L/M/N/P/Q/R/S/T/V/W/Y")]
    public void A_short_text_cannot_stand_for_a_huge_tree(string code, string text) =>
        Assert.Equal(code, Assert.Single(Languages.Shipped.Parse(text, "en").Errors).Code);

    [Fact]
    public void A_text_whose_canonical_form_is_too_long_is_refused()
    {
        var text = string.Join(' ', Enumerable.Repeat("class:\"immune checkpoint inhibitor\"", 60)) + " " + string.Join(' ', Enumerable.Repeat("mTOR", 1)) + string.Concat(
            Enumerable.Repeat(" RAS exon20ins", 75));
        Assert.True(Encoding.UTF8.GetByteCount(text) <= QueryLimits.Bytes);
        Assert.Contains(Assert.Single(Languages.Shipped.Parse(text, "en").Errors).Code, new[] { "too_long", "too_many_terms" });
    }

    [Fact]
    public void Deep_and_wide_JSON_is_refused()
    {
        var deep = string.Concat(Enumerable.Repeat("{\"op\":\"not\",\"term\":", 400)) + "{\"op\":\"all\"}" + new string('}', 400);
        using var nested = JsonDocument.Parse(deep, new JsonDocumentOptions { MaxDepth = 1000 });
        Assert.Equal("too_deep", Assert.Single(Languages.Shipped.ParseTree(nested.RootElement, "en").Errors).Code);
        var wide = "{\"op\":\"or\",\"terms\":[" + string.Join(',', Enumerable.Repeat("{\"op\":\"all\"}", 50_000)) + "]}";
        using var flat = JsonDocument.Parse(wide);
        Assert.Equal("too_many_terms", Assert.Single(Languages.Shipped.ParseTree(flat.RootElement, "en").Errors).Code);
    }

    private static string? Code(string text) => Languages.Shipped.Parse(text, "en").Errors is [var error, ..] ? error.Code : null;

    /// <summary>Steps grow with the tokens of the text, and each token is looked at a bounded number of times.</summary>
    private static void Answered(string text)
    {
        foreach (var language in new[] { "ja", "en" })
        {
            var result = Languages.Shipped.Parse(text, language, out var steps);
            Assert.True(steps <= 60 * (text.Length + 2), $"{steps} steps for {text.Length} characters");
            if (result.Tree is null)
            {
                var error = Assert.Single(result.Errors);
                Assert.Null(result.Canonical);
                Assert.InRange(error.Position, 0, text.Length);
                Assert.InRange(error.Position + error.Length, 0, text.Length);
                Assert.NotEmpty(error.Message);
                Assert.DoesNotContain('\0', error.Message);
                Assert.All(error.Message, c => Assert.False(char.IsControl(c)));
            }
            else
            {
                Assert.Empty(result.Errors);
                Assert.Equal(result.Canonical, Languages.Shipped.Parse(result.Canonical!, language).Canonical);
            }
        }

        foreach (var caret in (int[])[text.Length / 2, text.Length])
        {
            foreach (var suggestion in Languages.Shipped.Suggest(text, caret, 8, "ja"))
                Assert.InRange(suggestion.ReplaceStart + suggestion.ReplaceLength, caret - 1, caret);
        }
    }
}
