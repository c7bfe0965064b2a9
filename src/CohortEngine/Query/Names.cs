using System.Collections.Concurrent;
using DataPortal.Releases.Dictionary;
using DataPortal.Releases.Vocabularies;

namespace DataPortal.CohortEngine.Query;

/// <summary>Values that a text stands for: those to be written, and those stored that are meant by them.</summary>
internal sealed record KnownValues(IReadOnlyList<string> Named, IReadOnlyList<string> Stored);

/// <summary>Resolves genes and values of fields: first by the vocabularies, then by what the release itself holds. Thread-safe.</summary>
internal sealed class Names(Vocabulary vocabulary, QueryContext context)
{
    private readonly ConcurrentDictionary<string, Dictionary<string, List<string>>> spellings = new();

    public Vocabulary Vocabulary => vocabulary;

    public QueryContext Context => context;

    /// <summary>What a word names among the genes; symbols that only the release knows count as current ones.</summary>
    public GeneResolution Gene(string text)
    {
        if (text.Length is 0 or > 80)
            return new GeneResolution([], GeneResolutionKind.Unknown, null);
        var known = vocabulary.Genes.Resolve(text);
        return known.Kind == GeneResolutionKind.Unknown && context.Find("gene", text) is [var first, ..]
            ? new GeneResolution([first], GeneResolutionKind.Current, null)
            : known;
    }

    public bool IsGene(string text) => Gene(text).Kind != GeneResolutionKind.Unknown;

    /// <summary>What a value of a coded field stands for; null when nothing known is called so.</summary>
    public KnownValues? Value(FieldName name, string text)
    {
        if (text.Length is 0 or > 300)
            return null;
        var field = name.First;
        if (name.IsDrugClass)
        {
            return vocabulary.Drugs.FindClass(text) is { } drugs
                ? new KnownValues([drugs], Sorted(vocabulary.Drugs.InClass(drugs).SelectMany(d => Stored("drug", d.Name))))
                : null;
        }

        if (field.Type == FieldType.Code)
            return Code(field.Domain, text) is { } code ? new KnownValues([code], [code]) : null;
        switch (field.Domain)
        {
            case "gene":
                var gene = Gene(text);
                return gene.Kind is GeneResolutionKind.Unknown or GeneResolutionKind.Ambiguous ? null : new KnownValues(gene.Symbols, gene.Symbols);
            case "change" when ProteinNotation.Parse(text) is ProteinChange change:
                return new KnownValues([change.Change], [change.Change]);
            case "cdna" when text.StartsWith("c.", StringComparison.OrdinalIgnoreCase) && CodingNotation.Parse(text) is { } coding:
                return new KnownValues([coding], [coding]);
            case "cancer" when vocabulary.Cancers.Find(text) is { } cancer:
                return new KnownValues([cancer.Code], Sorted(vocabulary.Cancers.Descendants(cancer.Code).SelectMany(d => Stored("cancer", d.Code))));
        }

        if (VocabularyName(field.Domain, text) is { } listed)
            return new KnownValues([listed], Sorted(Stored(field.Domain, listed)));
        return context.Find(field.Domain, text) is [var named, ..] found ? new KnownValues([named], found) : null;
    }

    /// <summary>Values of the field that are near to the text, as they are to be written.</summary>
    public IReadOnlyList<string> Nearest(FieldName name, string text, int count)
    {
        var field = name.First;
        if (name.IsDrugClass)
            return Nearness.Of(text, vocabulary.Drugs.Classes.Select(c => (Folding.Fold(c), c)), count);
        if (field.Type == FieldType.Code)
        {
            var near = Nearness.Of(text, ValueWords.Words(field.Domain), count);
            return near.Count > 0 ? near : [.. DataDictionary.Current.Codes(field.Domain).Select(c => c.Value).Take(Math.Max(count, 8))];
        }

        IEnumerable<string> listed = field.Domain switch
        {
            "gene" => vocabulary.Genes.Nearest(text, count).Select(g => g.Symbol),
            "cancer" => vocabulary.Cancers.Nearest(text, count).Select(c => c.Code),
            "drug" => vocabulary.Drugs.Nearest(text, count).Select(d => d.Name),
            "panel" => vocabulary.Panels.Nearest(text, count).Select(p => p.Code),
            _ when TermList(field.Domain) is { } list => vocabulary.Terms.Nearest(list, text, count).Select(t => NameOf(list, t)),
            _ => [],
        };
        return [.. listed.Concat(Nearness.Of(text, context.All(field.Domain).Select(c => (Folding.Fold(c), c)), count)).Distinct().Take(count)];
    }

    /// <summary>Every value of a field with its labels, for completion; empty where there are too many or none is known.</summary>
    public IEnumerable<(string Value, string Ja, string En, IEnumerable<string> Others)> Values(FieldName name)
    {
        var field = name.First;
        if (name.IsDrugClass)
            return vocabulary.Drugs.Classes.Select(c => (c, c, c, Enumerable.Empty<string>()));
        if (field.Type == FieldType.Code)
        {
            var words = ValueWords.Words(field.Domain).ToLookup(w => w.Code, w => w.Word);
            return DataDictionary.Current.Codes(field.Domain).Select(c => (c.Value, c.Ja, c.En, words[c.Value]));
        }

        IEnumerable<(string Value, string Ja, string En, IEnumerable<string> Others)> listed = field.Domain switch
        {
            "gene" => vocabulary.Genes.All.Select(g => (g.Symbol, g.Symbol, g.Symbol, g.Aliases.Concat(g.Previous))),
            "cancer" => vocabulary.Cancers.All.Select(c => (c.Code, c.NameJa, c.NameEn, (IEnumerable<string>)c.Synonyms)),
            "drug" => vocabulary.Drugs.All.Select(d => (d.Name, d.NameJa, d.Name, d.Brands.Concat(d.BrandsJa).Concat(d.Codes))),
            "panel" => vocabulary.Panels.All.DistinctBy(p => p.Code).Select(p => (p.Code, p.NameJa, p.NameEn, (IEnumerable<string>)p.Synonyms)),
            _ when TermList(field.Domain) is { } list => vocabulary.Terms.All(list).Select(t => (NameOf(list, t), t.NameJa, t.NameEn, t.Synonyms.Append(t.Code))),
            _ => [],
        };
        var known = listed.ToArray();
        var named = known.Select(k => k.Value).ToHashSet();
        return known.Concat(context.All(field.Domain).Select(c => VocabularyName(field.Domain, c) ?? c).Where(named.Add)
            .Select(c => (c, c, c, Enumerable.Empty<string>())));
    }

    private static string[] Sorted(IEnumerable<string> values) => [.. values.Distinct().Order(StringComparer.Ordinal)];

    private static string? TermList(string domain) => domain switch
    {
        "event" => Terms.Events,
        "site" => Terms.Sites,
        "regimen" => Terms.Regimens,
        "hereditary_disease" => Terms.HereditaryDiseases,
        _ => null,
    };

    /// <summary>Adverse events go by their CTCAE term, everything else by its code.</summary>
    private static string NameOf(string list, Term term) => list == Terms.Events ? term.NameEn : term.Code;

    private string? Code(string list, string text)
    {
        if (ValueWords.Find(list, text) is { } code)
            return code;
        // The vocabulary knows more words for these two lists; a code of its own that the data dictionary lacks cannot be stored.
        return list is "route" or "end_reason" && vocabulary.Terms.Find(list, text) is { } term && DataDictionary.Current.Position(list, term.Code) >= 0 ? term.Code : null;
    }

    private string? VocabularyName(string domain, string text) => domain switch
    {
        "cancer" => vocabulary.Cancers.Find(text)?.Code,
        "drug" => vocabulary.Drugs.Find(text)?.Name,
        "panel" => vocabulary.Panels.Find(text)?.Code,
        _ when TermList(domain) is { } list && vocabulary.Terms.Find(list, text) is { } term => NameOf(list, term),
        _ => null,
    };

    /// <summary>The name itself and every spelling of it that the release holds: old OncoTree codes, regimens as they were entered.</summary>
    private IEnumerable<string> Stored(string domain, string named)
    {
        var index = spellings.GetOrAdd(domain, d => context.All(d).GroupBy(code => VocabularyName(d, code) ?? code).ToDictionary(g => g.Key, g => g.ToList()));
        var own = domain == "event" && vocabulary.Terms.Find(Terms.Events, named) is { } term ? new[] { named, term.Code } : [named];
        return index.TryGetValue(named, out var stored) ? own.Concat(stored) : own;
    }
}
