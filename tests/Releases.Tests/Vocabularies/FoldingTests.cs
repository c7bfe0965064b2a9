using System.Text;
using DataPortal.Releases.Vocabularies;

namespace DataPortal.Releases.Tests.Vocabularies;

public sealed class FoldingTests
{
    [Theory]
    [InlineData("ＫＲＡＳ", "kras")]
    [InlineData("AMG 510", "ＡＭＧ－５１０")]
    [InlineData("ﾙﾏｹﾗｽ", "ルマケラス")]
    [InlineData("るまけらす", "ルマケラス")]
    [InlineData("肺癌", "肺ガン")]
    [InlineData("肺がん", "肺ｶﾞﾝ")]
    [InlineData("大腸　癌", "大腸がん")]
    [InlineData("hospital’s", "Hospital's")]
    [InlineData("か゛ん", "癌")]
    public void Two_spellings_of_one_name_fold_alike(string one, string other) => Assert.Equal(Folding.Fold(one), Folding.Fold(other));

    [Theory]
    [InlineData("CDK4", "CDK6")]
    [InlineData("ハート", "ハト")]
    [InlineData("BRCA1/2", "BRCA12")]
    [InlineData("CDKN2A", "CDKN2B")]
    public void Different_names_stay_apart(string one, string other) => Assert.NotEqual(Folding.Fold(one), Folding.Fold(other));

    [Theory]
    [InlineData("KRAS\uFFFE")]
    [InlineData("\uFFFF")]
    [InlineData("\uD800KRAS")]
    [InlineData("KRAS\uDC00\uFFFE")]
    public void What_is_no_character_is_folded_too(string text) => Assert.Equal(Folding.Fold(text), Folding.Fold(Folding.Fold(text)));

    [Fact]
    public void Folding_twice_is_folding_once_for_any_text_and_never_throws()
    {
        foreach (var text in AnyTexts())
        {
            var folded = Folding.Fold(text);
            Assert.Equal(folded, Folding.Fold(folded));
        }
    }

    [Fact]
    public void Width_case_blanks_and_hyphens_never_matter()
    {
        foreach (var text in AnyTexts())
        {
            var key = Folding.Fold(text);
            Assert.Equal(key, Folding.Fold(" " + text + "\u3000"));
            Assert.Equal(key, Folding.Fold(text.Replace(" ", "-", StringComparison.Ordinal)));
            if (text.All(char.IsAscii))
            {
                Assert.Equal(key, Folding.Fold(text.ToUpperInvariant()));
                Assert.Equal(key, Folding.Fold(string.Concat(text.Select(c => c is > ' ' and < '\u007f' ? (char)(c + 0xFEE0) : c))));
            }
        }
    }

    /// <summary>Letters of the scripts in use, marks that combine, width variants, lone surrogates; the same texts in every run.</summary>
    private static IEnumerable<string> AnyTexts()
    {
        var random = new Random(20240621);
        (int From, int To)[] ranges =
            [(0x20, 0x7e), (0x20, 0x7e), (0xa0, 0x24f), (0x300, 0x36f), (0x370, 0x3ff), (0x2000, 0x206f), (0x3000, 0x30ff), (0x4e00, 0x9fff), (0xac00, 0xad00), (0xd800, 0xdfff), (0xff00, 0xffef), (1, 0xffff)];
        for (var i = 0; i < 20_000; i++)
        {
            var text = new StringBuilder();
            var (from, to) = ranges[random.Next(ranges.Length)];
            for (var n = random.Next(0, 12); n > 0; n--)
            {
                if (random.Next(3) == 0)
                {
                    (from, to) = ranges[random.Next(ranges.Length)];
                }

                text.Append((char)random.Next(from, to + 1));
            }

            yield return text.ToString();
        }
    }
}
