using DataPortal.Releases.Vocabularies;

namespace DataPortal.Releases.Tests.Vocabularies;

public sealed class VocabularyFilesTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("vocabulary").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void What_is_written_reads_back_the_same_to_the_byte()
    {
        var (one, two) = (Path.Combine(folder, "one"), Path.Combine(folder, "two"));
        Vocabulary.Shipped.Write(one);
        Vocabulary.Read(one).Write(two);

        var files = Directory.GetFiles(one).Select(f => Path.GetFileName(f)!).Order().ToArray();
        Assert.Equal(8, files.Length);
        Assert.All(files, f => Assert.Equal(File.ReadAllBytes(Path.Combine(one, f)), File.ReadAllBytes(Path.Combine(two, f))));
    }

    [Fact]
    public void A_file_stands_in_place_of_the_shipped_one_and_an_add_file_extends_it()
    {
        Put("gene_groups.tsv", "name\tambiguous\tmembers\tsynonyms\nRAS\tno\tKRAS|NRAS\t\n");
        Put("drugs.add.tsv", "name\tname_ja\tbrands\tbrands_ja\tcodes\tclasses\tyear\ttrial_year\nxyzumab\tザイズマブ\t\t\tXYZ 1\tPD-1 inhibitor\t2026\t\nsotorasib\tソトラシブ\t\t\tZZ 9\tKRAS G12C inhibitor\t2022\t\n");

        var read = Vocabulary.Read(folder);

        Assert.Equal(2, read.Genes.Resolve("RAS").Symbols.Count);
        Assert.Equal(GeneResolutionKind.Unknown, read.Genes.Resolve("HRR").Kind);
        Assert.Equal("xyzumab", read.Drugs.Find("XYZ-1")?.Name);
        Assert.Equal("sotorasib", read.Drugs.Find("ZZ9")?.Name);
        Assert.Equal(Vocabulary.Shipped.Drugs.All.Count + 1, read.Drugs.All.Count);
    }

    [Theory]
    [InlineData("cancer_types.tsv", "code\tparent\tname_en\tname_ja\tsynonyms\nA\tB\tA\tア\t\n", 2)]
    [InlineData("cancer_types.tsv", "code\tparent\tname_en\tname_ja\tsynonyms\nA\tB\tA\tア\t\nB\tA\tB\tビ\t\n", 2)]
    [InlineData("genes.tsv", "symbol\tentrez\taliases\tprevious\nKRAS\tabc\t\t\n", 2)]
    [InlineData("genes.tsv", "symbol\tentrez\taliases\tprevious\nKRAS\t1\t\t\nKRAS\t1\t\t\n", 3)]
    [InlineData("gene_groups.tsv", "name\tambiguous\tmembers\tsynonyms\n# remark\nX\tno\tNOSUCH\t\n", 3)]
    [InlineData("panels.tsv", "code\tversion\tname_en\tname_ja\tspecimen\tpaired\tfrom\tsynonyms\nP\t1\tP\tP\tbone\tno\t\t\n", 2)]
    [InlineData("panel_coverage.tsv", "panel\tversion\tkind\tregion\tsource\tassumed\tgenes\nF1CDX\t1\tSomething\t\ts\tno\tKRAS\n", 2)]
    [InlineData("drugs.tsv", "name\tname_ja\tclasses\na\tあ\t\n", 2)]
    [InlineData("terms.tsv", "list\tcode\tname_en\tname_ja\nx\ta\ta\tあ\nx\ta\ta\tあ\n", 3)]
    [InlineData("terms.tsv", "", 0)]
    public void A_damaged_file_is_refused_with_file_and_line(string file, string text, int line)
    {
        Put(file, text);
        var problem = Assert.Throws<VocabularyException>(() => Vocabulary.Read(folder));
        Assert.Equal((file, line), (problem.File, problem.Line));
        Assert.StartsWith(line > 0 ? $"{file}:{line}: " : $"{file}: ", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_not_UTF8_is_refused()
    {
        File.WriteAllBytes(Path.Combine(folder, "drugs.tsv"), [.. "name\tname_ja\tclasses\n"u8, 0x83, 0x5c, 0x83, 0x67]);
        Assert.Contains("UTF-8", Assert.Throws<VocabularyException>(() => Vocabulary.Read(folder)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_imported_tree_keeps_our_Japanese_names_and_takes_the_new_nodes()
    {
        var file = Put("tree.tsv", """
            code	name	mainType	tissue	parent	level
            TISSUE	Tissue				0
            LUNG	Lung		Lung	TISSUE	1
            NSCLC	Non-Small Cell Lung Cancer		Lung	LUNG	2
            LUAD	Adenocarcinoma of Lung (new name)		Lung	NSCLC	3
            NEWX	New Cancer		Lung	NSCLC	3

            """);
        var result = VocabularyImport.Import([file], Vocabulary.Shipped);

        Assert.Equal(new VocabularyFileReport("tree.tsv", VocabularyFileKind.OncoTree, 5, 1, 1, 2, 1), Assert.Single(result.Files));
        Assert.Equal("肺腺癌", result.Vocabulary.Cancers.Find("LUAD")?.NameJa);
        Assert.Equal("LUAD", result.Vocabulary.Cancers.Find("Lung Adenocarcinoma")?.Code);
        Assert.Equal(("New Cancer", "Lung"), (result.Vocabulary.Cancers.Find("NEWX")?.NameJa, result.Vocabulary.Cancers.Find("NEWX")?.Tissue));
        Assert.Contains(result.Notes, n => n.Message.Contains("'IDC'", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("code\tname\tparent\nROOT\tr\t\nA\ta\tNOSUCH\n", 3)]
    [InlineData("code\tname\tparent\nROOT\tr\t\nA\ta\tROOT\nA\ta\tROOT\n", 4)]
    [InlineData("code\tname\tparent\nA\ta\t\nB\tb\t\n", 0)]
    [InlineData("symbol\tentrez_id\nKRAS\tx\n", 2)]
    [InlineData("# changes\nA B C -> D\n", 2)]
    [InlineData("stable_id: X\nno colon\n", 2)]
    [InlineData("stable_id: X\ndescription: d\n", 0)]
    [InlineData("hello\n", 0)]
    public void A_file_that_cannot_be_imported_is_refused_with_file_and_line(string text, int line)
    {
        var file = Put("given.txt", text);
        var problem = Assert.Throws<VocabularyException>(() => VocabularyImport.Import([file], Vocabulary.Shipped));
        Assert.Equal(("given.txt", line), (problem.File, problem.Line));
    }

    [Fact]
    public void Symbol_changes_and_panels_resolve_old_names_and_keep_unknown_ones()
    {
        var changes = Put("changes.md", "# Update\n```\nOLDK1 3845 -> KRAS 3845\n3845\tOLDK2 -> KRAS\nOLDN 55447-> NEWGENE 99\nNRAS -> KRAS\nHRAS 1 -> 77\n```\n");
        var panel = Put("panel.txt", "stable_id: MYPANEL\ndescription: Our cfDNA panel\ngene_list: OLDK1\tMLL2\tTP53\tWHATISIT\n");

        var result = VocabularyImport.Import([panel, changes], Vocabulary.Shipped);

        Assert.Equal(["KRAS"], result.Vocabulary.Genes.Resolve("OLDK2").Symbols);
        Assert.Equal(99, result.Vocabulary.Genes.BySymbol("NEWGENE")?.EntrezId);
        Assert.Equal(GeneResolutionKind.Current, result.Vocabulary.Genes.Resolve("NRAS").Kind);
        Assert.Equal(77, result.Vocabulary.Genes.BySymbol("HRAS")?.EntrezId);
        var found = result.Vocabulary.Panels.Find("MYPANEL")!;
        Assert.Equal("plasma", found.Specimen);
        Assert.Equal(["KMT2D", "KRAS", "TP53", "WHATISIT"],
            result.Vocabulary.Panels.Coverage("MYPANEL", "1").Where(e => e.Kind == AlterationKind.ShortVariant).Select(e => e.Gene));
        Assert.DoesNotContain(result.Vocabulary.Panels.Coverage("MYPANEL", "1"), e => e.Kind == AlterationKind.Fusion);
        Assert.Contains(result.Notes, n => n is { File: "panel.txt", Line: 3 } && n.Message.Contains("WHATISIT", StringComparison.Ordinal));
        Assert.All(result.Files, f => Assert.Equal(f.Read, f.Added + f.Changed + f.Same + f.Skipped));
    }

    [Fact]
    public void The_full_public_vocabularies_import()
    {
        var reference = Reference();
        Assert.SkipUnless(reference is not null, "../shared/reference is not there");
        var files = new[] { "oncotree.tsv", "genes.tsv", "gene_symbol_changes.md" }.Select(f => Path.Combine(reference!, f))
            .Concat(Directory.GetFiles(Path.Combine(reference!, "gene_panels"))).ToArray();

        var result = VocabularyImport.Import(files, Vocabulary.Shipped);

        Assert.Equal(897, result.Vocabulary.Cancers.All.Count);
        Assert.Equal("肺腺癌", result.Vocabulary.Cancers.Find("LUAD")?.NameJa);
        Assert.Equal("LUAD", result.Vocabulary.Cancers.Find("肺腺がん")?.Code);
        Assert.True(result.Vocabulary.Genes.All.Count > 19_000);
        Assert.Equal(["SEPTIN4"], result.Vocabulary.Genes.Resolve("C17ORF47").Symbols);
        Assert.NotNull(result.Vocabulary.Panels.Find("IMPACT505"));
        Assert.All(result.Files, f => Assert.Equal(f.Read, f.Added + f.Changed + f.Same + f.Skipped));
        result.Vocabulary.Write(Path.Combine(folder, "full"));
        Assert.Equal(897, Vocabulary.Read(Path.Combine(folder, "full")).Cancers.All.Count);
    }

    private static string? Reference() => DataPortal.Testing.RepositoryRoot.Shared("reference");

    private string Put(string file, string text)
    {
        var path = Path.Combine(folder, file);
        File.WriteAllText(path, text.ReplaceLineEndings("\n"));
        return path;
    }
}
