using DataPortal.Releases.Vocabularies;

namespace DataPortal.CohortEngine.Query;

/// <summary>What may be written at the caret.</summary>
internal sealed class Completion(Names names, Lexicon lexicon)
{
    private const int MostReturned = 100;

    public IReadOnlyList<Suggestion> Suggest(string text, int caret, int max, string language)
    {
        max = Math.Clamp(max, 0, MostReturned);
        if (max == 0 || text.Length > QueryLimits.Bytes)
            return [];
        caret = Math.Clamp(caret, 0, text.Length);
        if (caret > 0 && caret < text.Length && char.IsLowSurrogate(text[caret]) && char.IsHighSurrogate(text[caret - 1]))
            caret--;
        var source = SourceText.Of(text[..caret]);
        var tokens = Tokenizer.Read(source.Text, out var openQuote);
        tokens.RemoveAt(tokens.Count - 1);
        var typing = tokens.Count > 0 && tokens[^1].End == source.Text.Length && tokens[^1].Kind is TokenKind.Word or TokenKind.Quoted
            && (tokens[^1].Is(TokenKind.Word) || openQuote >= 0);
        var now = typing ? tokens[^1] : null;
        var before = typing ? tokens[..^1] : tokens;
        var end = new Place(source, source.Text.Length, caret);

        if (now is { Kind: TokenKind.Word } word && Operator(word.Text) is { } cut)
        {
            if (FieldsOf(word.Text[..cut.At]) is { Count: > 0 } named)
                return Values(named, word.Text[cut.After..], end with { From = word.Start + cut.After }, max, language);
            if (names.Gene(word.Text[..cut.At]).Symbols is [var colonGene])
                return Changes(colonGene, word.Text[cut.After..], end with { From = word.Start + cut.After }, max, language);
        }

        var typed = now?.Text ?? "";
        if (now is not null)
            end = end with { From = now.Start };
        if (ListedField(before, now) is { Count: > 0 } listed)
            return Values(listed, typed, end, max, language);
        var result = new List<Suggestion>();
        if (before is [.., { Kind: TokenKind.Word } last] && names.Gene(last.Text).Symbols is [var gene])
            result.AddRange(Changes(gene, typed, end, Math.Max(1, max * 2 / 3), language));
        if (typed.Length > 0)
            result.AddRange(Terms(typed, end, max, language));
        return [.. result.DistinctBy(s => s.Text).Take(max)];
    }

    /// <summary>The part of the text that a suggestion replaces: normalised from <paramref name="From"/> up to the caret.</summary>
    private sealed record Place(SourceText Source, int From, int Caret)
    {
        public Suggestion Put(string text, string label, string kind, int? cases = null)
        {
            var start = Math.Min(Source.Span(From, From).Position, Caret);
            return new Suggestion(text, label, kind, start, Caret - start, cases);
        }
    }

    private static (int At, int After)? Operator(string word)
    {
        var at = word.AsSpan().IndexOfAny(":=<>");
        if (at <= 0 || (word[at] == ':' && at + 1 < word.Length && word[at + 1] == ':'))
            return null;
        return (at, at + 1 < word.Length && word[at] is '<' or '>' && word[at + 1] == '=' ? at + 2 : at + 1);
    }

    private static IReadOnlyList<FieldName> FieldsOf(string name) => FieldNames.Find(name) is { } field ? [field] : FieldNames.NeedSuffix(name);

    /// <summary>The field whose list of values is being written: <c>response:CR,</c> or <c>hospital:"</c>.</summary>
    private static IReadOnlyList<FieldName> ListedField(List<Token> before, Token? now)
    {
        var at = before.Count - 1;
        if (now is { Kind: TokenKind.Quoted } && at >= 0 && before[at].Is(TokenKind.Word) && now.Joined && Operator(before[at].Text) is { } direct
            && direct.After == before[at].Text.Length)
        {
            return FieldsOf(before[at].Text[..direct.At]);
        }

        while (at >= 1 && before[at].Is(TokenKind.Comma) && before[at - 1].Kind is TokenKind.Word or TokenKind.Quoted)
        {
            at--;
            if (before[at].Is(TokenKind.Word) && Operator(before[at].Text) is { } cut)
                return FieldsOf(before[at].Text[..cut.At]);
            at--;
        }

        return [];
    }

    private IReadOnlyList<Suggestion> Values(IReadOnlyList<FieldName> fields, string typed, Place place, int max, string language)
    {
        var key = Folding.Fold(typed);
        var found = new List<(int Rank, Suggestion Suggestion)>();
        foreach (var field in fields)
        {
            foreach (var (value, ja, en, others) in names.Values(field))
            {
                var rank = others.Append(value).Append(ja).Append(en).Min(n => Rank(key, Folding.Fold(n)));
                if (rank < int.MaxValue)
                {
                    var suffix = fields.Count > 1 ? field.Suffix : "";
                    found.Add((rank, place.Put(CanonicalText.Value(value) + suffix, language == "ja" ? ja : en, "value")));
                }
            }

            if (Rank(key, "missing") is var missing && missing < int.MaxValue && fields.Count == 1)
                found.Add((missing + 1000, place.Put("missing", language == "ja" ? "空欄" : "empty", "value")));
        }

        // Sorting is stable: values of one rank keep the order of their list.
        return [.. found.OrderBy(f => f.Rank).Select(f => f.Suggestion).DistinctBy(s => s.Text).Take(max)];
    }

    private IReadOnlyList<Suggestion> Changes(string gene, string typed, Place place, int max, string language)
    {
        var key = Folding.Fold(typed);
        var known = names.Context.Changes(gene)
            .Select(c => (Test: AlterationWords.Parse(c.Change, gene), c.Alterations))
            .Where(c => c.Test is ProteinChange)
            .Select(c => (Text: AlterationWords.Write(c.Test!), c.Alterations))
            .Where(c => Rank(key, Folding.Fold(c.Text)) < int.MaxValue)
            .OrderByDescending(c => c.Alterations)
            .Select(c => place.Put(c.Text, $"{gene} {c.Text}", "change", c.Alterations));
        var classes = AlterationWords.Words.Where(w => new[] { w.Word, w.En, w.Ja }.Any(n => Rank(key, Folding.Fold(n)) < int.MaxValue))
            .Select(w => place.Put(w.Word, language == "ja" ? w.Ja : w.En, "class")).ToArray();
        var room = key.Length == 0 ? Math.Max(1, max - Math.Min(classes.Length, max / 2)) : max;
        return [.. known.Take(room).Concat(classes).Take(max)];
    }

    private IEnumerable<Suggestion> Terms(string typed, Place place, int max, string language)
    {
        var key = Folding.Fold(typed);
        return lexicon.Entries.Select(e => (Rank: Rank(key, e.Key), Entry: e)).Where(x => x.Rank < int.MaxValue)
            .OrderBy(x => x.Rank).ThenBy(x => KindOrder(x.Entry.Kind)).ThenBy(x => x.Entry.Key.Length).ThenBy(x => x.Entry.Text, StringComparer.Ordinal)
            .DistinctBy(x => x.Entry.Text)
            .Take(max)
            .Select(x => place.Put(x.Entry.Text, language == "ja" ? x.Entry.Ja : x.Entry.En, x.Entry.Kind));
    }

    /// <summary>0 the very name, 1 its beginning, 2 somewhere within; the largest number when it does not occur.</summary>
    private static int Rank(string key, string name) => key.Length == 0 || name.StartsWith(key, StringComparison.Ordinal) ? name.Length == key.Length ? 0 : 1
        : key.Length >= 2 && name.Contains(key, StringComparison.Ordinal) ? 2 : int.MaxValue;

    private static int KindOrder(string kind) => kind switch { "gene" => 0, "group" => 1, "cancer" => 2, "drug" => 3, "field" => 4, "form" => 5, _ => 6 };
}
