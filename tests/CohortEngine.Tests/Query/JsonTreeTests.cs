using System.Text.Json;

namespace DataPortal.CohortEngine.Tests.Query;

/// <summary>The JSON form is read strictly, and the schema says what the reader does.</summary>
public sealed class JsonTreeTests
{
    [Theory]
    [InlineData("""{"op":"all"}""", "*")]
    [InlineData("""{"op":"alteration","gene":"HER2","test":{"is":"amplification"}}""", "ERBB2 amp")]
    [InlineData("""{"op":"alteration","gene":"kras"}""", "KRAS")]
    [InlineData("""{"op":"alteration","gene":"KRAS","test":{"is":"change","change":"p.Gly12Cys"}}""", "KRAS G12C")]
    [InlineData("""{"op":"alteration","gene":"KRAS","test":{"is":"codon","residue":"Gly","number":12}}""", "KRAS G12")]
    [InlineData("""{"op":"alteration","where":[{"field":"vaf","range":{"min":0.1}}]}""", "variant(vaf>=0.1)")]
    [InlineData("""{"op":"alteration","gene":"MET","where":[{"field":"cn","range":{"min":6}}]}""", "variant(MET any cn>=6)")]
    [InlineData("""{"op":"field","field":"性別","oneOf":["女"]}""", "sex:female")]
    [InlineData("""{"op":"field","field":"date.registered","range":{"min":"2023-04","max":"2024-03"}}""", "date.registered:2023-04-01..2024-03-31")]
    [InlineData("""{"op":"field","field":"msi@panel","oneOf":["high"]}""", "msi:high@panel")]
    [InlineData("""{"op":"field","field":"drug","allOf":["CDDP","ゲムシタビン"]}""", "drug:cisplatin+gemcitabine")]
    [InlineData("""{"op":"field","field":"stage","missing":true}""", "stage:missing")]
    [InlineData("""{"op":"lenient","term":{"op":"not","term":{"op":"alteration","gene":"KRAS"}}}""", "not KRAS and negatives:lenient")]
    [InlineData("""{"op":"specimen","order":{"before":[{"field":"class","oneOf":["egfr-tki"]}],"withinDays":30}}""", "specimen(before class:EGFR-TKI within 30d)")]
    [InlineData("""{"op":"not","term":{"op":"not","term":{"op":"all"}}}""", "*")]
    public void A_tree_has_its_canonical_text(string json, string canonical)
    {
        using var document = JsonDocument.Parse(json);
        var result = Languages.Shipped.ParseTree(document.RootElement, "en");
        Assert.Equal(canonical, result.Canonical ?? result.Errors[0].ToString());
        Assert.Empty(SchemaFile.Problems(document.RootElement));
    }

    [Theory]
    [InlineData("""[]""", "bad_tree", "$")]
    [InlineData("""7""", "bad_tree", "$")]
    [InlineData("""{}""", "bad_tree", "$")]
    [InlineData("""{"op":7}""", "bad_tree", "$.op")]
    [InlineData("""{"op":"xor"}""", "bad_tree", "$.op")]
    [InlineData("""{"op":"all","more":1}""", "bad_tree", "$.more")]
    [InlineData("""{"op":"and","terms":[{"op":"all"}]}""", "bad_tree", "$.terms")]
    [InlineData("""{"op":"and","terms":[{"op":"all"},{"op":"nothing"}]}""", "bad_tree", "$.terms[1].op")]
    [InlineData("""{"op":"and","terms":[{"op":"all"},{"op":"lenient","term":{"op":"all"}}]}""", "bad_tree", "$.terms[1].op")]
    [InlineData("""{"op":"not"}""", "bad_tree", "$")]
    [InlineData("""{"op":"alteration"}""", "bad_tree", "$")]
    [InlineData("""{"op":"alteration","gene":"KRAS","test":{"is":"class","class":"exonDeletion"}}""", "bad_tree", "$.test")]
    [InlineData("""{"op":"alteration","gene":"KRAS","test":{"is":"class","class":"splice","exon":3}}""", "bad_tree", "$.test.exon")]
    [InlineData("""{"op":"alteration","gene":"KRAS","test":{"is":"codon","number":1.5}}""", "bad_tree", "$.test.number")]
    [InlineData("""{"op":"alteration","gene":"KRAS","where":[]}""", "bad_tree", "$.where")]
    [InlineData("""{"op":"field","field":"age"}""", "bad_tree", "$")]
    [InlineData("""{"op":"field","field":"age","range":{"min":1},"missing":true}""", "bad_tree", "$")]
    [InlineData("""{"op":"field","field":"age","range":{"min":true}}""", "bad_tree", "$.range.min")]
    [InlineData("""{"op":"field","field":"age","range":{"from":1}}""", "bad_tree", "$.range.from")]
    [InlineData("""{"op":"treatment"}""", "bad_tree", "$")]
    [InlineData("""{"op":"specimen","order":{}}""", "bad_tree", "$.order")]
    [InlineData("""{"op":"specimen","order":{"after":[{"field":"drug","oneOf":["sotorasib"]}],"withinDays":0}}""", "bad_tree", "$.order.withinDays")]
    public void What_the_schema_refuses_is_refused_with_its_path(string json, string code, string path)
    {
        using var document = JsonDocument.Parse(json);
        AssertRefused(document.RootElement, code, path);
        Assert.NotEmpty(SchemaFile.Problems(document.RootElement));
    }

    [Theory]
    [InlineData("""{"op":"all","op":"all"}""", "bad_tree", "$")]
    [InlineData("""{"op":"alteration","gene":"KRSA"}""", "unknown_word", "$.gene")]
    [InlineData("""{"op":"alteration","gene":"RAS"}""", "ambiguous_word", "$.gene")]
    [InlineData("""{"op":"alteration","gene":"\ud800"}""", "unknown_word", "$.gene")]
    [InlineData("""{"op":"alteration","gene":"\ufffe"}""", "unknown_word", "$.gene")]
    [InlineData("""{"op":"alteration","gene":"KRAS","test":{"is":"change","change":"G12"}}""", "bad_value", "$.test.change")]
    [InlineData("""{"op":"alteration","gene":"KRAS","test":{"is":"wildType"},"where":[{"field":"vaf","range":{"min":0.1}}]}""", "not_here", "$.test")]
    [InlineData("""{"op":"alteration","gene":"KRAS","where":[{"field":"age","range":{"min":1}}]}""", "not_here", "$.where[0].field")]
    [InlineData("""{"op":"treatment","where":[{"field":"vaf","range":{"min":0.1}}]}""", "not_here", "$.where[0].field")]
    [InlineData("""{"op":"field","field":"agee","range":{"min":1}}""", "unknown_word", "$.field")]
    [InlineData("""{"op":"field","field":"msi","oneOf":["high"]}""", "ambiguous_word", "$.field")]
    [InlineData("""{"op":"field","field":"sex","oneOf":["男","x"]}""", "bad_value", "$.oneOf[1]")]
    [InlineData("""{"op":"field","field":"sex","allOf":["male","female"]}""", "bad_tree", "$")]
    [InlineData("""{"op":"field","field":"age","range":{"min":69,"max":60}}""", "bad_range", "$.range")]
    [InlineData("""{"op":"field","field":"age","range":{"min":1,"max":1000}}""", "bad_range", "$.range")]
    [InlineData("""{"op":"field","field":"age","range":{"min":1e300}}""", "bad_tree", "$.range.min")]
    [InlineData("""{"op":"field","field":"age","range":{"min":1.5}}""", "bad_value", "$.range.min")]
    [InlineData("""{"op":"field","field":"age","range":{"minExclusive":true}}""", "bad_range", "$.range")]
    [InlineData("""{"op":"field","field":"date.registered","range":{"min":"soon"}}""", "bad_value", "$.range.min")]
    public void What_names_and_values_forbid_is_refused_with_its_path(string json, string code, string path)
    {
        using var document = JsonDocument.Parse(json);
        AssertRefused(document.RootElement, code, path);
    }

    private static void AssertRefused(JsonElement json, string code, string path)
    {
        var english = Assert.Single(Languages.Shipped.ParseTree(json, "en").Errors);
        var japanese = Assert.Single(Languages.Shipped.ParseTree(json, "ja").Errors);
        Assert.Equal((code, path), (english.Code, english.Path));
        Assert.Equal((code, path), (japanese.Code, japanese.Path));
        Assert.NotEqual(english.Message, japanese.Message);
    }
}
