namespace DataPortal.CohortEngine.Tests.Query;

/// <summary>Help while writing.</summary>
public sealed class SuggestTests
{
    [Theory]
    [InlineData("KRA|", "KRAS", "gene")]
    [InlineData("her2|", "ERBB2", "gene")]
    [InlineData("KRAS |", "G12D", "change")]
    [InlineData("KRAS |", "onc", "class")]
    [InlineData("KRAS G12|", "G12C", "change")]
    [InlineData("KRAS:G1|", "G13D", "change")]
    [InlineData("ＫＲＡＳ　Ｇ１２|", "G12C", "change")]
    [InlineData("KRAS 肺腺|", "cancer:LUAD", "cancer")]
    [InlineData("lung aden|", "", "")]
    [InlineData("ルマケ|", "drug:sotorasib", "drug")]
    [InlineData("年|", "age:", "field")]
    [InlineData("treat|", "treatment(", "form")]
    [InlineData("cancer:肺腺|", "LUAD", "value")]
    [InlineData("cancer:adenocarcinomaofthe|", "LUAD", "value")]
    [InlineData("drug:ｿﾄﾗ|", "sotorasib", "value")]
    [InlineData("性別:|", "female", "value")]
    [InlineData("response:CR,P|", "PR", "value")]
    [InlineData("hospital:\"example hospital|", "\"Example Hospital 2\"", "value")]
    [InlineData("msi:hi|", "high@clinical", "value")]
    [InlineData("KRAS G12C and age>=70 stage:|I or TP53", "IV", "value")]
    public void What_may_follow_is_offered(string text, string expected, string kind)
    {
        var caret = text.IndexOf('|', StringComparison.Ordinal);
        var given = text.Remove(caret, 1);
        var offered = Languages.Shipped.Suggest(given, caret, 40, "ja");
        if (expected.Length == 0)
        {
            Assert.All(offered, s => Assert.Equal(caret, s.ReplaceStart + s.ReplaceLength));
            return;
        }

        var suggestion = offered.FirstOrDefault(s => s.Text == expected);
        Assert.True(suggestion is not null, string.Join(" · ", offered.Select(o => o.Text)));
        Assert.Equal(kind, suggestion.Kind);
        Assert.NotEmpty(suggestion.Label);
    }

    [Fact]
    public void Changes_come_by_frequency_with_their_counts()
    {
        var offered = Languages.Shipped.Suggest("KRAS G1", 7, 6, "en").Take(3);
        Assert.Equal([("G12D", 40), ("G12C", 11), ("G13D", 3)], offered.Select(o => (o.Text, o.Cases ?? -1)));
    }

    [Theory]
    [InlineData("KRAS G12C cancer:肺腺")]
    [InlineData("（ＫＲＡＳ　or　ルマケ")]
    [InlineData("response:CR,P")]
    [InlineData("hospital:\"example")]
    [InlineData("性別:女")]
    public void What_is_offered_fits_where_it_is_put(string text)
    {
        foreach (var suggestion in Languages.Shipped.Suggest(text, text.Length, 10, "en"))
        {
            var whole = string.Concat(text.AsSpan(0, suggestion.ReplaceStart), suggestion.Text, text.AsSpan(suggestion.ReplaceStart + suggestion.ReplaceLength));
            if (whole.StartsWith('（'))
                whole += ")";
            var result = Languages.Shipped.Parse(whole, "en");
            Assert.True(result.Tree is not null, $"{whole}: {string.Join(" ", result.Errors)}");
        }
    }

    [Fact]
    public void Labels_are_in_the_users_language()
    {
        Assert.Contains(Languages.Shipped.Suggest("cancer:LUAD", 11, 5, "ja"), s => s.Label == "肺腺癌");
        Assert.Contains(Languages.Shipped.Suggest("cancer:LUAD", 11, 5, "en"), s => s.Label == "Lung Adenocarcinoma");
    }

    [Fact]
    public void Bounds_are_kept()
    {
        Assert.Empty(Languages.Shipped.Suggest("KRAS", 4, 0, "en"));
        Assert.Empty(Languages.Shipped.Suggest("", 0, 10, "en"));
        Assert.Empty(Languages.Shipped.Suggest(new string('K', 5000), 5000, 10, "en"));
        Assert.True(Languages.Shipped.Suggest("cancer:", 7, int.MaxValue, "en").Count <= 100);
        Assert.NotEmpty(Languages.Shipped.Suggest("KRA", 99, 10, "en"));
        Assert.Empty(Languages.Shipped.Suggest("KRA", -5, 10, "en"));
    }
}
