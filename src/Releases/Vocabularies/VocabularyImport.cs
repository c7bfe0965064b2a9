using System.Globalization;

namespace DataPortal.Releases.Vocabularies;

/// <summary>What kind of file was recognised, by its content.</summary>
public enum VocabularyFileKind
{
    /// <summary>OncoTree as tab-separated nodes: code, name, parent.</summary>
    OncoTree,

    /// <summary>Gene symbols with Entrez ids.</summary>
    Genes,

    /// <summary>Remarks with lines <c>OLD -> NEW</c>.</summary>
    SymbolChanges,

    /// <summary>A cBioPortal gene panel.</summary>
    GenePanel,
}

/// <summary>Something worth knowing about one line; nothing is lost without one.</summary>
public sealed record VocabularyNote(string File, int Line, string Message);

/// <summary>What became of one file. <c>Read = Added + Changed + Same + Skipped</c>.</summary>
public sealed record VocabularyFileReport(string File, VocabularyFileKind Kind, int Read, int Added, int Changed, int Same, int Skipped);

/// <summary>The vocabulary with the files in it, and the account of them.</summary>
public sealed record VocabularyImportResult(Vocabulary Vocabulary, IReadOnlyList<VocabularyFileReport> Files, IReadOnlyList<VocabularyNote> Notes);

/// <summary>Turns full public vocabularies into our layout. Japanese names, synonyms and aliases that we have are kept.</summary>
public sealed class VocabularyImport
{
    private readonly Dictionary<string, Gene> genes;
    private readonly List<VocabularyFileReport> reports = [];
    private readonly List<VocabularyNote> notes = [];
    private readonly Vocabulary basis;
    private TsvTable cancers;
    private TsvTable panels;
    private TsvTable coverage;
    private int added;
    private int changed;
    private int same;
    private int skipped;

    private VocabularyImport(Vocabulary basis)
    {
        this.basis = basis;
        cancers = basis.Cancers.ToTable();
        panels = basis.Panels.ToTable();
        coverage = basis.Panels.CoverageTable();
        genes = basis.Genes.All.ToDictionary(g => g.Symbol, StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>
    /// Reads the files into a copy of <paramref name="basis"/>: genes first, then symbol changes, cancer types and panels, whatever their order here.
    /// <see cref="Vocabulary.Write"/> the result to keep it.
    /// </summary>
    /// <exception cref="VocabularyException">A file is of no known kind or is damaged; file and line are named, and nothing has been changed.</exception>
    public static VocabularyImportResult Import(IReadOnlyList<string> files, Vocabulary basis)
    {
        var import = new VocabularyImport(basis);
        foreach (var (path, kind) in files.Select(f => (Path: f, Kind: KindOf(f))).OrderBy(f => f.Kind switch
                 {
                     VocabularyFileKind.Genes => 0,
                     VocabularyFileKind.SymbolChanges => 1,
                     VocabularyFileKind.OncoTree => 2,
                     _ => 3,
                 }))
        {
            import.Read(path, kind);
        }

        return new VocabularyImportResult(import.Build(), import.reports, import.notes);
    }

    private static VocabularyFileKind KindOf(string path)
    {
        var file = Path.GetFileName(path);
        foreach (var line in TextLines(path))
        {
            var cells = line.Text.Split('\t');
            if (cells.Contains("code") && cells.Contains("parent"))
            {
                return VocabularyFileKind.OncoTree;
            }

            if (cells.Contains("symbol"))
            {
                return VocabularyFileKind.Genes;
            }

            if (line.Text.StartsWith("stable_id:", StringComparison.Ordinal))
            {
                return VocabularyFileKind.GenePanel;
            }

            if (line.Text.Contains("->", StringComparison.Ordinal))
            {
                return VocabularyFileKind.SymbolChanges;
            }
        }

        throw new VocabularyException(file, 0, "neither OncoTree (columns code, parent), genes (column symbol), symbol changes (OLD -> NEW) nor a gene panel (stable_id:)");
    }

    private void Read(string path, VocabularyFileKind kind)
    {
        added = changed = same = skipped = 0;
        switch (kind)
        {
            case VocabularyFileKind.OncoTree:
                ReadOncoTree(TsvTable.ReadFile(path));
                break;
            case VocabularyFileKind.Genes:
                ReadGenes(TsvTable.ReadFile(path));
                break;
            case VocabularyFileKind.SymbolChanges:
                ReadSymbolChanges(path);
                break;
            default:
                ReadGenePanel(path);
                break;
        }

        reports.Add(new VocabularyFileReport(Path.GetFileName(path), kind, added + changed + same + skipped, added, changed, same, skipped));
    }

    private void ReadOncoTree(TsvTable file)
    {
        var ours = basis.Cancers.All.ToDictionary(t => t.Code, StringComparer.Ordinal);
        // The root of the file stands for nothing that a case could have: its children are the tissues.
        var roots = file.Lines.Where(l => l.Optional("parent").Length == 0).Select(l => l.Required("code")).ToHashSet(StringComparer.Ordinal);
        if (roots.Count != 1)
        {
            throw new VocabularyException(file.File, 0, $"{roots.Count} lines without a parent where one root is expected");
        }

        var table = new TsvTable(file.File, cancers.Header);
        var lineOfCode = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var line in file.Lines)
        {
            var code = line.Required("code");
            if (!lineOfCode.TryAdd(code, line.Number))
            {
                throw line.Problem($"code '{code}' stands here and in line {lineOfCode[code]}");
            }
        }

        foreach (var line in file.Lines)
        {
            var code = line.Required("code");
            if (roots.Contains(code))
            {
                skipped++;
                continue;
            }

            var parent = line.Required("parent");
            if (!lineOfCode.ContainsKey(parent))
            {
                throw line.Problem($"parent '{parent}' of '{code}' is not in the file");
            }

            var name = line.Required("name");
            var known = ours.GetValueOrDefault(code);
            var synonyms = known is null ? [] : known.Synonyms.Concat(known.NameEn == name ? [] : [known.NameEn]).Distinct(StringComparer.Ordinal);
            table.Add(code, roots.Contains(parent) ? "" : parent, name, known is null ? "" : known.NameJa, TsvTable.Join(synonyms));
            (known is null ? ref added : ref known.NameEn == name ? ref same : ref changed)++;
        }

        foreach (var type in basis.Cancers.All.Where(t => !lineOfCode.ContainsKey(t.Code)))
        {
            if (type.Parent is null || lineOfCode.ContainsKey(type.Parent))
            {
                table.Add(type.Code, type.Parent ?? "", type.NameEn, type.NameJa, TsvTable.Join(type.Synonyms));
                notes.Add(new VocabularyNote(file.File, 0, $"'{type.Code}' is not in the file and was kept"));
            }
            else
            {
                notes.Add(new VocabularyNote(file.File, 0, $"'{type.Code}' is not in the file, nor is its parent '{type.Parent}': left out"));
            }
        }

        cancers = table;
    }

    private void ReadGenes(TsvTable file)
    {
        var lineOfSymbol = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        foreach (var line in file.Lines)
        {
            var symbol = line.Required("symbol");
            var id = line.Number32("entrez_id");
            if (!lineOfSymbol.TryAdd(symbol, line.Number))
            {
                skipped++;
                notes.Add(new VocabularyNote(file.File, line.Number, $"'{symbol}' stands in line {lineOfSymbol[symbol]} already"));
            }
            else if (!genes.TryGetValue(symbol, out var known))
            {
                genes.Add(symbol, new Gene(symbol, id, [], []));
                added++;
            }
            else if (id is null || known.EntrezId == id)
            {
                same++;
            }
            else
            {
                genes[known.Symbol] = known with { EntrezId = id };
                changed++;
            }
        }
    }

    private void ReadSymbolChanges(string path)
    {
        var file = Path.GetFileName(path);
        foreach (var (number, text) in TextLines(path))
        {
            var arrow = text.IndexOf("->", StringComparison.Ordinal);
            if (arrow < 0)
            {
                continue;
            }

            var (old, oldId) = SymbolAndId(text[..arrow]);
            var (current, currentId) = SymbolAndId(text[(arrow + 2)..]);
            if (old is not null && current is null && currentId is { } id)
            {
                ChangeId(file, number, old, id);
                continue;
            }

            if (old is null || current is null)
            {
                throw new VocabularyException(file, number, "neither 'OLD -> NEW' with at most an id beside each nor 'SYMBOL 1 -> 2'");
            }

            if (genes.ContainsKey(old))
            {
                skipped++;
                notes.Add(new VocabularyNote(file, number, $"'{old}' is a current symbol: not made an old name of '{current}'"));
                continue;
            }

            if (!genes.TryGetValue(current, out var gene))
            {
                gene = new Gene(current, currentId ?? (oldId > 0 ? oldId : null), [], []);
                notes.Add(new VocabularyNote(file, number, $"'{current}' was not known and was added"));
            }

            if (gene.Previous.Contains(old))
            {
                same++;
                continue;
            }

            genes[gene.Symbol] = gene with { Previous = [.. gene.Previous, old] };
            added++;
        }
    }

    /// <summary><c>SYMBOL 1 -> 2</c>: the symbol stays, its id changes.</summary>
    private void ChangeId(string file, int line, string symbol, int id)
    {
        if (!genes.TryGetValue(symbol, out var gene))
        {
            skipped++;
            notes.Add(new VocabularyNote(file, line, $"'{symbol}' is not known: its new id was not kept"));
        }
        else if (gene.EntrezId == id)
        {
            same++;
        }
        else
        {
            genes[gene.Symbol] = gene with { EntrezId = id };
            changed++;
        }
    }

    private void ReadGenePanel(string path)
    {
        var file = Path.GetFileName(path);
        var values = new Dictionary<string, (int Line, string Text)>(StringComparer.Ordinal);
        foreach (var (number, text) in TextLines(path))
        {
            var colon = text.IndexOf(':', StringComparison.Ordinal);
            if (colon < 0)
            {
                throw new VocabularyException(file, number, "not 'name: value'");
            }

            if (!values.TryAdd(text[..colon].Trim(), (number, text[(colon + 1)..].Trim())))
            {
                throw new VocabularyException(file, number, $"'{text[..colon].Trim()}' stands twice");
            }
        }

        var code = Value("stable_id").Text;
        var (line, list) = Value("gene_list");
        var description = values.TryGetValue("description", out var d) && d.Text.Length > 0 ? d.Text : code;
        var symbols = list.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (symbols.Length == 0)
        {
            throw new VocabularyException(file, line, "'gene_list' is empty");
        }

        var resolved = new SortedSet<string>(StringComparer.Ordinal);
        var current = CurrentGenes();
        foreach (var symbol in symbols)
        {
            var found = current.Resolve(symbol);
            if (found.Kind is GeneResolutionKind.Current or GeneResolutionKind.Previous or GeneResolutionKind.Alias)
            {
                (resolved.Add(found.Symbols[0]) ? ref same : ref skipped)++;
                if (found.Kind != GeneResolutionKind.Current)
                {
                    notes.Add(new VocabularyNote(file, line, $"'{symbol}' is now '{found.Symbols[0]}'"));
                }
            }
            else
            {
                genes.TryAdd(symbol, new Gene(symbol, null, [], []));
                (resolved.Add(symbol) ? ref added : ref skipped)++;
                notes.Add(new VocabularyNote(file, line, $"'{symbol}' is not a known gene and was kept as it stands"));
            }
        }

        var plasma = description.Contains("cfDNA", StringComparison.OrdinalIgnoreCase) || description.Contains("plasma", StringComparison.OrdinalIgnoreCase);
        var morePanels = new TsvTable(file, panels.Header);
        morePanels.Add(code, "1", description, description, plasma ? "plasma" : "tissue", "no", "", "");
        var moreCoverage = new TsvTable(file, coverage.Header);
        // The file lists genes, not what is called in them: short variants are what every such panel is for, copy numbers are our assumption.
        foreach (var (kind, assumed) in new[] { (AlterationKind.ShortVariant, "no"), (AlterationKind.Amplification, "yes"), (AlterationKind.Loss, "yes") })
        {
            moreCoverage.Add(code, "1", kind.ToString(), "", $"gene list of {code}", assumed, TsvTable.Join(resolved));
        }

        panels = panels.ExtendedBy(morePanels, "code", "version");
        coverage = coverage.ExtendedBy(moreCoverage, "panel", "version", "kind", "source");

        (int Line, string Text) Value(string name) => values.TryGetValue(name, out var v) && v.Text.Length > 0 ? v : throw new VocabularyException(file, 0, $"no '{name}'");
    }

    private Genes CurrentGenes() => new(Genes.Table(genes.Values.OrderBy(g => g.Symbol, StringComparer.Ordinal)), basis.Genes.GroupsTable());

    private Vocabulary Build()
    {
        var tables = basis.Tables().ToDictionary(t => t.File, StringComparer.Ordinal);
        tables[CancerTypes.File] = cancers;
        tables[Genes.File] = Genes.Table(genes.Values.OrderBy(g => g.Symbol, StringComparer.Ordinal));
        tables[Panels.File] = panels;
        tables[Panels.CoverageFile] = coverage;
        return Vocabulary.Load(file => tables[file]);
    }

    /// <summary>The one word that is no number, and the number beside it; no symbol when there are several words.</summary>
    private static (string? Symbol, int? Id) SymbolAndId(string text)
    {
        string? symbol = null;
        int? id = null;
        foreach (var word in text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            if (int.TryParse(word, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && id is null)
            {
                id = number;
            }
            else if (symbol is null)
            {
                symbol = word;
            }
            else
            {
                return (null, null);
            }
        }

        return (symbol, id);
    }

    private static IEnumerable<(int Number, string Text)> TextLines(string path)
    {
        var number = 0;
        foreach (var text in File.ReadLines(path))
        {
            number++;
            if (text.Trim().Length > 0)
            {
                yield return (number, text);
            }
        }
    }
}
