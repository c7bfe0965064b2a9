using DataPortal.Releases.Vocabularies;

namespace DataPortal.CohortEngine.Query;

/// <summary>A word that may stand in a query, under one of the names it has.</summary>
/// <param name="Key">Folded name.</param>
/// <param name="Text">As it is written in a query.</param>
internal sealed record LexiconEntry(string Key, string Text, string Ja, string En, string Kind);

/// <summary>Everything that can begin a term, under all its names: for near misses and for completion.</summary>
internal sealed class Lexicon(Names names)
{
    private static readonly string[] PlainLists = ["yesno", "posneg", "highlow", "active", "snapshot"];

    private readonly Lazy<LexiconEntry[]> entries = new(() => [.. Build(names)]);

    public IReadOnlyList<LexiconEntry> Entries => entries.Value;

    /// <summary>Texts that the writer of an unknown word may have meant.</summary>
    public IReadOnlyList<string> Nearest(string word)
    {
        var found = new List<string>();
        if (Apart(word) is { } apart)
            found.Add(apart);
        if (Misnamed(word) is { } renamed)
            found.AddRange(renamed);
        found.AddRange(Nearness.Of(word, Entries.Select(e => (e.Key, e.Text)), 5));
        return [.. found.Distinct().Take(5)];
    }

    /// <summary>What an ambiguous gene name can mean: a group under its full name, each gene, a cancer type of that name.</summary>
    public IReadOnlyList<string> Readings(string word, GeneResolution found)
    {
        var groups = names.Vocabulary.Genes.Groups.Where(g => !g.Ambiguous && g.Members.SequenceEqual(found.Symbols)).Select(g => g.Name).ToArray();
        var cancer = names.Vocabulary.Cancers.Find(word);
        return [.. groups.Length > 0 ? groups : found.Symbols, .. cancer is null ? Array.Empty<string>() : [$"cancer:{cancer.Code}"]];
    }

    /// <summary><c>KRASG12C</c> → <c>KRAS G12C</c>.</summary>
    private string? Apart(string word)
    {
        if (word.Length > 40)
            return null;
        for (var i = Math.Min(word.Length - 2, 12); i >= 2; i--)
        {
            if (names.Gene(word[..i]).Kind is not (GeneResolutionKind.Unknown or GeneResolutionKind.Ambiguous) && AlterationWords.Parse(word[i..], null) is { } test)
                return $"{word[..i].ToUpperInvariant()} {AlterationWords.Write(test)}";
        }

        return null;
    }

    /// <summary><c>agee:60</c> → <c>age:60</c>.</summary>
    private static IEnumerable<string>? Misnamed(string word)
    {
        var cut = word.AsSpan().IndexOfAny(":=<>");
        return cut <= 0 ? null : Nearness.Of(word[..cut], FieldNames.Keys.Select(k => (k.Key, k.Name.Base)), 3).Select(n => n + word[cut..]);
    }

    private static IEnumerable<LexiconEntry> Build(Names names)
    {
        var vocabulary = names.Vocabulary;
        foreach (var gene in vocabulary.Genes.All)
        {
            foreach (var name in gene.Aliases.Concat(gene.Previous).Prepend(gene.Symbol))
                yield return Entry(name, gene.Symbol, name == gene.Symbol ? name : $"{gene.Symbol}（{name}）", name == gene.Symbol ? name : $"{gene.Symbol} ({name})", "gene");
        }

        foreach (var gene in names.Context.All("gene").Where(g => vocabulary.Genes.Resolve(g).Kind == GeneResolutionKind.Unknown))
            yield return Entry(gene, CanonicalText.Value(gene), gene, gene, "gene");
        foreach (var group in vocabulary.Genes.Groups.Where(g => !g.Ambiguous))
        {
            foreach (var name in group.Synonyms.Prepend(group.Name))
                yield return Entry(name, group.Name, $"{group.Name}: {string.Join(", ", group.Members)}", $"{group.Name}: {string.Join(", ", group.Members)}", "group");
        }

        foreach (var cancer in vocabulary.Cancers.All)
        {
            foreach (var name in cancer.Synonyms.Concat([cancer.Code, cancer.NameEn, cancer.NameJa]).Distinct())
                yield return Entry(name, $"cancer:{cancer.Code}", $"{cancer.NameJa}（{cancer.Code}）", $"{cancer.NameEn} ({cancer.Code})", "cancer");
        }

        foreach (var drug in vocabulary.Drugs.All)
        {
            foreach (var name in drug.Brands.Concat(drug.BrandsJa).Concat(drug.Codes).Append(drug.NameJa).Prepend(drug.Name).Distinct())
                yield return Entry(name, $"drug:{CanonicalText.Value(drug.Name)}", $"{drug.NameJa}（{drug.Name}）", name == drug.Name ? name : $"{drug.Name} ({name})", "drug");
        }

        foreach (var drugs in vocabulary.Drugs.Classes)
            yield return Entry(drugs, $"class:{CanonicalText.Value(drugs)}", drugs, drugs, "drug");
        foreach (var (key, name) in FieldNames.Keys)
            yield return new LexiconEntry(key, name.Base + ":", name.Ja, name.En, "field");
        foreach (var name in FieldNames.All.Where(n => n.First.Type == Releases.Dictionary.FieldType.Code && !PlainLists.Contains(n.First.Domain)))
        {
            foreach (var (word, code) in ValueWords.Words(name.First.Domain).Where(w => w.Code is not ("unknown" or "other") && w.Word.Length > 1))
                yield return new LexiconEntry(word, $"{name.Base}:{CanonicalText.Value(code)}{name.Suffix}", $"{name.Ja}: {code}", $"{name.En}: {code}", "value");
        }

        yield return Entry("treatment(", "treatment(", "同一の治療ライン", "one and the same line of treatment", "form");
        yield return Entry("variant(", "variant(", "同一の変異", "one and the same alteration", "form");
        yield return Entry("specimen(after", "specimen(after ", "治療開始後に採取された検体", "specimen taken after a treatment began", "form");
    }

    private static LexiconEntry Entry(string name, string text, string ja, string en, string kind) => new(Folding.Fold(name), text, ja, en, kind);
}
