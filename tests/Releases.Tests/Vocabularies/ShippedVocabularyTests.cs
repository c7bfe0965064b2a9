using DataPortal.Releases.Dictionary;
using DataPortal.Releases.Vocabularies;

namespace DataPortal.Releases.Tests.Vocabularies;

public sealed class ShippedVocabularyTests
{
    private static readonly Vocabulary Shipped = Vocabulary.Shipped;

    [Fact]
    public void It_is_as_large_as_daily_work_needs()
    {
        Assert.InRange(Shipped.Cancers.All.Count, 250, 450);
        Assert.True(Shipped.Genes.All.Count >= 650);
        Assert.True(Shipped.Genes.All.Sum(g => g.Aliases.Count + g.Previous.Count) >= 250);
        Assert.True(Shipped.Drugs.All.Count >= 250);
        Assert.True(Shipped.Terms.All(Terms.Events).Count >= 150);
        Assert.True(Shipped.Terms.All(Terms.Regimens).Count >= 100);
        Assert.Equal(5, Shipped.Panels.All.Select(p => p.Code).Distinct().Count());
    }

    [Theory]
    [InlineData("LUAD", "LUAD")]
    [InlineData("luad", "LUAD")]
    [InlineData("肺腺癌", "LUAD")]
    [InlineData("肺腺がん", "LUAD")]
    [InlineData("肺腺ガン", "LUAD")]
    [InlineData("Lung Adenocarcinoma", "LUAD")]
    [InlineData("肺", "LUNG")]
    [InlineData("大腸がん", "COADREAD")]
    [InlineData("膵がん", "PAAD")]
    [InlineData("BRCA", "BRCA")]
    [InlineData("GBM", "GB")]
    [InlineData("膠芽腫", "GB")]
    public void Cancer_types_are_found_by_code_or_name_in_either_language(string text, string code) => Assert.Equal(code, Shipped.Cancers.Find(text)?.Code);

    [Fact]
    public void A_mistyped_cancer_type_is_not_taken_for_another_but_offered()
    {
        Assert.Null(Shipped.Cancers.Find("LUADD"));
        Assert.Contains(Shipped.Cancers.Nearest("LUAD adenocarcinoma of lun", 5).Concat(Shipped.Cancers.Nearest("Lung Adenocarcinom", 3)), t => t.Code == "LUAD");
    }

    [Fact]
    public void The_tree_has_neither_orphans_nor_cycles_and_descendants_are_complete()
    {
        var codes = Shipped.Cancers.All.ToDictionary(t => t.Code);
        foreach (var type in Shipped.Cancers.All)
        {
            var steps = 1;
            var at = type;
            for (; at.Parent is { } parent; at = codes[parent])
            {
                Assert.Contains(type, Shipped.Cancers.Descendants(parent));
                steps++;
            }

            Assert.Equal(type.Level, steps);
            Assert.Equal(type.Tissue, at.NameEn);
            Assert.Equal(type, Shipped.Cancers.Descendants(type.Code)[0]);
        }

        Assert.Equal(Shipped.Cancers.All.Count, Shipped.Cancers.All.Where(t => t.Parent is null).Sum(t => Shipped.Cancers.Descendants(t.Code).Count));
    }

    [Fact]
    public void Every_cancer_type_has_a_Japanese_name_that_finds_it_or_one_nearer_to_the_root()
    {
        foreach (var type in Shipped.Cancers.All)
        {
            Assert.Contains(type.NameJa, c => c > '\u3000');
            Assert.True(Shipped.Cancers.Find(type.NameJa)!.Level <= type.Level);
        }
    }

    [Theory]
    [InlineData("KRAS", "KRAS", GeneResolutionKind.Current)]
    [InlineData("ｋｒａｓ", "KRAS", GeneResolutionKind.Current)]
    [InlineData("HER2", "ERBB2", GeneResolutionKind.Alias)]
    [InlineData("LKB1", "STK11", GeneResolutionKind.Alias)]
    [InlineData("p53", "TP53", GeneResolutionKind.Alias)]
    [InlineData("PD-L1", "CD274", GeneResolutionKind.Alias)]
    [InlineData("MLL2", "KMT2D", GeneResolutionKind.Previous)]
    [InlineData("MLL3", "KMT2C", GeneResolutionKind.Previous)]
    [InlineData("MLL", "KMT2A", GeneResolutionKind.Previous)]
    [InlineData("H3F3A", "H3-3A", GeneResolutionKind.Previous)]
    [InlineData("NKX2-1", "NKX2-1", GeneResolutionKind.Current)]
    [InlineData("BRCA1/2", "BRCA1,BRCA2", GeneResolutionKind.Group)]
    [InlineData("ras", "KRAS,NRAS,HRAS", GeneResolutionKind.Group)]
    [InlineData("NTRK", "NTRK1,NTRK2,NTRK3", GeneResolutionKind.Group)]
    [InlineData("MMR", "MLH1,MSH2,MSH6,PMS2,EPCAM", GeneResolutionKind.Group)]
    [InlineData("BRCA", "BRCA1,BRCA2", GeneResolutionKind.Ambiguous)]
    [InlineData("KRASS", "", GeneResolutionKind.Unknown)]
    public void Genes_resolve_as_the_query_language_says(string text, string symbols, GeneResolutionKind kind)
    {
        var found = Shipped.Genes.Resolve(text);
        Assert.Equal(kind, found.Kind);
        Assert.Equal(symbols, string.Join(',', found.Symbols));
        Assert.Equal(kind == GeneResolutionKind.Group, found.NameOfGroup is not null);
    }

    [Fact]
    public void HRR_holds_the_usual_genes() => Assert.Superset(new HashSet<string> { "BRCA1", "BRCA2", "ATM", "PALB2", "CDK12", "RAD51C" }, Shipped.Genes.Resolve("HRR").Symbols.ToHashSet());

    [Fact]
    public void Every_gene_has_an_id_and_every_other_name_leads_back_to_it()
    {
        foreach (var gene in Shipped.Genes.All)
        {
            Assert.NotNull(gene.EntrezId);
            foreach (var name in gene.Aliases.Concat(gene.Previous))
            {
                Assert.Contains(gene.Symbol, Shipped.Genes.Resolve(name).Symbols);
            }
        }
    }

    [Fact]
    public void The_nearest_gene_to_a_mistyped_one_comes_first() => Assert.Equal("KRAS", Shipped.Genes.Nearest("KRASS", 3)[0].Symbol);

    [Theory]
    [InlineData("sotorasib")]
    [InlineData("ソトラシブ")]
    [InlineData("ルマケラス")]
    [InlineData("AMG 510")]
    [InlineData("AMG510")]
    [InlineData("Lumakras")]
    [InlineData("ｿﾄﾗｼﾌﾞ")]
    public void Sotorasib_is_found_by_all_its_names(string text) => Assert.Equal("sotorasib", Shipped.Drugs.Find(text)?.Name);

    [Theory]
    [InlineData("オシメルチニブメシル酸塩", "osimertinib")]
    [InlineData("Osimertinib Mesylate", "osimertinib")]
    [InlineData("エルロチニブ塩酸塩", "erlotinib")]
    [InlineData("ドセタキセル水和物", "docetaxel")]
    [InlineData("irinotecan hydrochloride hydrate", "irinotecan")]
    [InlineData("トラスツズマブ（遺伝子組換え）", "trastuzumab")]
    [InlineData("ラパチニブトシル酸塩水和物", "lapatinib")]
    [InlineData("タモキシフェンクエン酸塩", "tamoxifen")]
    [InlineData("5-FU", "fluorouracil")]
    [InlineData("T-DXd", "trastuzumab deruxtecan")]
    [InlineData("TS-1", "tegafur/gimeracil/oteracil")]
    public void Salts_and_abbreviations_do_not_matter(string text, string name) => Assert.Equal(name, Shipped.Drugs.Find(text)?.Name);

    [Fact]
    public void No_name_of_a_drug_means_two_drugs()
    {
        foreach (var drug in Shipped.Drugs.All)
        {
            foreach (var name in new[] { drug.Name, drug.NameJa }.Concat(drug.Brands).Concat(drug.BrandsJa).Concat(drug.Codes))
            {
                Assert.Equal(drug, Shipped.Drugs.Find(name));
            }
        }
    }

    [Fact]
    public void Classes_hold_their_drugs()
    {
        Assert.Contains(Shipped.Drugs.InClass("EGFR-TKI"), d => d.Name == "osimertinib");
        Assert.Contains(Shipped.Drugs.InClass("immune checkpoint inhibitor"), d => d.Name == "pembrolizumab");
        Assert.Equal("KRAS G12C inhibitor", Shipped.Drugs.FindClass("kras g12c INHIBITOR"));
        Assert.Empty(Shipped.Drugs.InClass("no such class"));
        Assert.All(Shipped.Drugs.Classes, c => Assert.NotEmpty(Shipped.Drugs.InClass(c)));
    }

    [Fact]
    public void Sotorasib_came_in_2022_after_trials()
    {
        var drug = Shipped.Drugs.Find("sotorasib")!;
        Assert.Equal(2022, drug.AvailableFromYear);
        Assert.True(drug.TrialFromYear < 2022);
    }

    [Theory]
    [InlineData("FoundationOne CDx", "F1CDX")]
    [InlineData("FoundationOne CDxがんゲノムプロファイル", "F1CDX")]
    [InlineData("NCC Oncopanel", "NCCOP")]
    [InlineData("OncoGuide NCCオンコパネル", "NCCOP")]
    [InlineData("Guardant360 CDx", "G360")]
    [InlineData("GenMineTOP", "GENMINETOP")]
    [InlineData("FoundationOne Liquid CDx", "F1LIQUID")]
    public void Panels_are_found_by_their_names(string text, string code) => Assert.Equal(code, Shipped.Panels.Find(text)?.Code);

    [Theory]
    [InlineData("F1CDX", "1", 309)]
    [InlineData("G360", "1", 73)]
    [InlineData("NCCOP", "2", 124)]
    [InlineData("GENMINETOP", "1", 737)]
    public void Coding_sequences_covered_are_as_many_as_the_panel_says(string code, string version, int genes) =>
        Assert.Equal(genes, Coverage(code, version, AlterationKind.ShortVariant).Count(e => e.Region.Length == 0));

    [Fact]
    public void Coverage_is_of_kind_and_region_and_owns_up_to_what_is_assumed()
    {
        Assert.Empty(Coverage("G360", "1", AlterationKind.Loss));
        Assert.InRange(Coverage("NCCOP", "2", AlterationKind.Fusion).Count(), 5, 20);
        Assert.Contains(Coverage("F1CDX", "1", AlterationKind.ShortVariant), e => e is { Gene: "TERT", Region: "promoter" });
        Assert.DoesNotContain(Coverage("NCCOP", "2", AlterationKind.ShortVariant), e => e.Gene == "TERT");
        Assert.NotEmpty(Coverage("GENMINETOP", "1", AlterationKind.Expression));
        Assert.All(Coverage("GENMINETOP", "1", AlterationKind.ShortVariant).Where(e => e.Region.Length == 0), e => Assert.True(e.Assumed));
        Assert.All(Shipped.Panels.All, p => Assert.NotEmpty(Shipped.Panels.Coverage(p.Code, p.Version)));
        Assert.Empty(Shipped.Panels.Coverage("F1CDX", "99"));
    }

    [Theory]
    [InlineData(Terms.Events, "Pneumonitis", "Pneumonitis")]
    [InlineData(Terms.Events, "肺臓炎", "Pneumonitis")]
    [InlineData(Terms.Regimens, "FOLFOX", "FOLFOX")]
    [InlineData(Terms.Regimens, "mFOLFOX6", "FOLFOX")]
    [InlineData(Terms.Sites, "brain", "brain")]
    [InlineData(Terms.Sites, "脳", "brain")]
    [InlineData(Terms.Routes, "patient-proposed", "patient-proposed")]
    [InlineData(Terms.Routes, "患者申出療養", "patient-proposed")]
    public void Terms_are_found_by_code_or_label(string list, string text, string code) => Assert.Equal(code, Shipped.Terms.Find(list, text)?.Code);

    [Fact]
    public void Lists_that_the_data_dictionary_closes_use_its_codes()
    {
        foreach (var list in new[] { Terms.Routes, Terms.EndReasons })
        {
            Assert.Equal(DataDictionary.Current.Codes(list).Select(c => c.Value).Order(), Shipped.Terms.All(list).Select(t => t.Code).Order());
        }
    }

    [Fact]
    public void Regimens_name_known_drugs() =>
        Assert.All(Shipped.Terms.All(Terms.Regimens), r => Assert.All(r.Members, m => Assert.Equal(m, Shipped.Drugs.Find(m)?.Name)));

    private static IEnumerable<CoverageEntry> Coverage(string code, string version, AlterationKind kind) =>
        Shipped.Panels.Coverage(code, version).Where(e => e.Kind == kind);
}
