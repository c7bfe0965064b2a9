using DataPortal.Releases.Vocabularies;

namespace DataPortal.CohortEngine.Query;

/// <summary>Gene terms: <c>KRAS G12C/D</c>, <c>EGFR L858R + T790M</c>, <c>EML4-ALK</c>, <c>RAS wt</c>.</summary>
internal sealed partial class Parser
{
    /// <summary>Longest word that is searched for two genes joined by a hyphen; every hyphen is tried.</summary>
    private const int LongestFusion = 64;

    /// <summary>A gene, or the genes of a group, and what is asked of each; the tests are alternatives.</summary>
    private sealed record GeneQuestion(IReadOnlyList<string> Genes, IReadOnlyList<AlterationTest> Tests);

    private QueryNode? GeneTermOrNull()
    {
        var word = Now.Text;
        if (names.IsGene(word) || FusionIn(word) is not null || WithVariantThree(word) is not null || GeneAndTest(word) is not null)
            return GeneTerm();
        // KRAS+STK11 and EGFR:L858R+T790M without blanks.
        if (word.IndexOf('+', StringComparison.Ordinal) is > 0 and var plus && plus < word.Length - 1)
        {
            Split(plus);
            return GeneTermOrNull();
        }

        return null;
    }

    private QueryNode GeneTerm()
    {
        var first = Now;
        var terms = new List<QueryNode>();
        var question = Question();
        terms.Add(Build(question));
        while (Now.Is(TokenKind.Plus))
        {
            RequireOperand();
            if (Now.Is(TokenKind.Word) && !names.IsGene(Now.Text) && Tests(question.Genes) is { } same)
                question = question with { Tests = same };
            else if (Now.Kind is TokenKind.Word or TokenKind.Quoted && (names.IsGene(Now.Text) || FusionIn(Now.Text) is not null || GeneAndTest(Now.Text) is not null))
                question = Question();
            else
                throw Unknown(Now);
            terms.Add(Build(question));
        }

        RefuseSecondReading(first, question);
        return QueryShape.And(terms);
    }

    /// <summary>A gene and the tests that follow it.</summary>
    private GeneQuestion Question()
    {
        var token = Now;
        var word = token.Text;
        if (names.IsGene(word))
        {
            var genes = Genes(word, token.Start, token.End);
            at++;
            // Written "KRAS :G12C" or "KRAS: G12C".
            return new GeneQuestion(genes, Tests(genes) ?? [new AnyAlteration()]);
        }

        if (FusionIn(word) is { } fusion)
        {
            at++;
            var left = Genes(fusion.Left, token.Start, token.Start + fusion.Left.Length);
            var right = fusion.Right.Length == 0 ? [] : Genes(fusion.Right, token.End - fusion.Right.Length, token.End);
            return new GeneQuestion(left, right.Count == 0 ? [new Fusion(null, true)] : [.. right.Select(r => new Fusion(r, fusion.Directed))]);
        }

        if (WithVariantThree(word) is { } egfr)
        {
            at++;
            return new GeneQuestion(egfr, [new ClassTest(AlterationClass.VariantIII, null)]);
        }

        var colon = GeneAndTest(word)!.Value;
        var named = Genes(word[..colon], token.Start, token.Start + colon);
        tokens[at] = token with { Text = word[(colon + 1)..], Start = token.Start + colon + 1 };
        if (tokens[at].Text.Length == 0)
            at++;
        return new GeneQuestion(named, Tests(named) ?? throw Refuse("unknown_word", "unknown_word.change", Now, Changes(named, Now.Text), word[..colon], Now.Text));
    }

    private QueryNode Build(GeneQuestion question)
    {
        Budget((long)question.Genes.Count * question.Tests.Count);
        var perGene = question.Genes.Select(g => QueryShape.Or(question.Tests.Select(t => (QueryNode)new AlterationTerm(g, t, [])))).ToArray();
        // A group is wild type when every member is; anything else is asked of any member.
        return question.Tests is [WildType] ? QueryShape.And(perGene) : QueryShape.Or(perGene);
    }

    private void Budget(long terms)
    {
        if (terms > QueryLimits.Terms)
            throw Refuse("too_many_terms", "too_many_terms", Now, [], QueryLimits.Terms);
    }

    /// <summary>The alternatives written after a gene; null, and nothing read, when what follows is no test.</summary>
    private List<AlterationTest>? Tests(IReadOnlyList<string> genes)
    {
        var tests = One(genes, null);
        if (tests is null)
            return null;
        while (Now.Is(TokenKind.Comma))
        {
            var comma = Now;
            at++;
            if (One(genes, tests[^1]) is not { } more)
            {
                var before = tokens[at - 2];
                throw Now.Is(TokenKind.Word) && names.IsGene(Now.Text)
                    ? Refuse("ambiguous_reading", "ambiguous_reading", before.Start, Now.End, [$"{before.Text} or {Now.Text}", $"{before.Text} and {Now.Text}"], Slice(before, Now))
                    : Now.Kind is TokenKind.End or TokenKind.Close
                        ? Refuse("missing_operand", "missing_operand", comma, [], comma.Text)
                        : Refuse("unknown_word", "unknown_word.change", Now, Changes(genes, Now.Text), genes[0], Now.Text);
            }

            tests.AddRange(more);
        }

        return tests;
    }

    /// <summary>One word, which may list alternatives with slashes; <paramref name="before"/> lends residue and position to a short form such as the D of <c>G12C,D</c>.</summary>
    private List<AlterationTest>? One(IReadOnlyList<string> genes, AlterationTest? before)
    {
        var token = Now;
        if (!token.Is(TokenKind.Word) || Keyword(token) is not null)
            return null;
        if (FieldAt(token) is { Name.Name: "cn" } copies)
            return [.. FieldTests(copies).Select(t => t.Value is InRange range ? (AlterationTest)new CopyNumber(range.Range) : throw BadNumber(token, t))];
        if (SeveralWords() is { } several)
            return [several];
        var gene = genes.Count == 1 ? genes[0] : null;
        if (AlterationWords.Parse(token.Text, gene) is { } single)
        {
            if (single is ProteinChange or Codon && names.IsGene(token.Text))
            {
                if (before is not null)
                    throw Refuse("ambiguous_word", "ambiguous_word", token, ["p." + token.Text], token.Text);
                var geneToken = tokens[at - 1];
                throw Refuse("ambiguous_reading", "ambiguous_reading", geneToken.Start, token.End,
                    [$"{Slice(geneToken, geneToken)} p.{token.Text}", $"{Slice(geneToken, geneToken)} and {token.Text}"], Slice(geneToken, token));
            }

            if (single is CodingChange change && !token.Text.StartsWith("c.", StringComparison.OrdinalIgnoreCase))
                Note("notation_resolved", $"{gene} {token.Text}", $"{gene} {change.Change}");
            at++;
            return [single];
        }

        if (before is not null && ProteinNotation.Alternative(token.Text, before) is { } alternative)
        {
            at++;
            return [alternative];
        }

        if (token.Text.IndexOf('/', StringComparison.Ordinal) is var slash && slash > 0 && !names.IsGene(token.Text))
        {
            var parts = token.Text.Split('/');
            Budget(parts.Length);
            var tests = new List<AlterationTest>(parts.Length);
            foreach (var part in parts)
            {
                var test = AlterationWords.Parse(part, gene) ?? (tests.Count > 0 ? ProteinNotation.Alternative(part, tests[^1]) : null);
                if (test is null)
                    return null;
                tests.Add(test);
            }

            at++;
            return tests;
        }

        if (token.Text.IndexOf('+', StringComparison.Ordinal) is > 0 and var plus && plus < token.Text.Length - 1 && AlterationWords.Parse(token.Text[..plus], gene) is not null)
        {
            Split(plus);
            return One(genes, before);
        }

        return null;
    }

    /// <summary><c>exon 19 del</c> and <c>codon 12</c>, in several words.</summary>
    private AlterationTest? SeveralWords()
    {
        if (!AlterationWords.BeginsSeveral(Now.Text))
            return null;
        for (var count = 3; count > 1; count--)
        {
            if (at + count >= tokens.Count || tokens.Skip(at).Take(count).Any(t => !t.Is(TokenKind.Word)))
                continue;
            var test = AlterationWords.Parse(string.Concat(tokens.Skip(at).Take(count).Select(t => t.Text)), null);
            if (test is ClassTest { Exon: not null } or Codon { Residue: null })
            {
                at += count;
                return test;
            }
        }

        return null;
    }

    /// <summary>EGFR L858R T790M: a second test after a blank can mean both or either, so it is asked back.</summary>
    private void RefuseSecondReading(Token first, GeneQuestion question)
    {
        var token = Now;
        if (!token.Is(TokenKind.Word) || Keyword(token) is not null)
            return;
        var before = Slice(first, tokens[at - 1]);
        if (FieldAt(token) is { } field)
        {
            if (field.Name.Entity.Name is not ("alteration" or "evidence") || field.Name.Name == "gene")
                return;
            if (insideVariant)
                return;
            FieldTests(field);
            var condition = Slice(token, tokens[at - 1]);
            throw Refuse("ambiguous_reading", "ambiguous_reading", first.Start, tokens[at - 1].End, [$"variant({before} {condition})", $"{before} and variant({condition})"],
                Slice(first, tokens[at - 1]));
        }

        if (names.IsGene(token.Text) || question.Tests is [AnyAlteration] && tokens[at - 1].Text != "any")
        {
            // "KRAS G12Z": what follows a gene looks like a change and is none.
            return;
        }

        var start = at;
        if (One(question.Genes, null) is null)
            return;
        at = start;
        throw Refuse("ambiguous_reading", "ambiguous_reading", first.Start, token.End, [$"{before} + {token.Text}", $"{before},{token.Text}"], Slice(first, token));
    }

    private IReadOnlyList<string> Genes(string word, int start, int end)
    {
        var found = names.Gene(word);
        switch (found.Kind)
        {
            case GeneResolutionKind.Alias:
                Note("alias_resolved", word, found.Symbols[0]);
                break;
            case GeneResolutionKind.Previous:
                Note("old_symbol", word, found.Symbols[0]);
                break;
            case GeneResolutionKind.Group:
                Note("group_resolved", found.NameOfGroup ?? word, string.Join(", ", found.Symbols));
                break;
            case GeneResolutionKind.Ambiguous:
                throw Refuse("ambiguous_word", "ambiguous_word", start, end, lexicon.Readings(word, found), word);
        }

        return found.Symbols;
    }

    /// <summary>Two genes in one word; a symbol that itself has a hyphen (NKX2-1, HLA-A) was tried as a whole before.</summary>
    private (string Left, string Right, bool Directed)? FusionIn(string word)
    {
        if (word.Length > LongestFusion)
            return null;
        foreach (var separator in (ReadOnlySpan<string>)["::", ">", "-"])
        {
            for (var i = word.IndexOf(separator, StringComparison.Ordinal); i > 0; i = word.IndexOf(separator, i + 1, StringComparison.Ordinal))
            {
                var (left, right) = (word[..i], word[(i + separator.Length)..]);
                if (names.IsGene(left) && (right.Length == 0 ? separator == ">" : names.IsGene(right)))
                    return (left, right, separator == ">");
            }
        }

        return null;
    }

    private IReadOnlyList<string>? WithVariantThree(string word)
    {
        const string three = "viii";
        return word.EndsWith(three, StringComparison.OrdinalIgnoreCase) && names.Gene(word[..^three.Length].TrimEnd('-')).Symbols is ["EGFR"] egfr ? egfr : null;
    }

    /// <summary><c>KRAS:G12C</c>: where the colon stands; null when the word is nothing of the kind.</summary>
    private int? GeneAndTest(string word) =>
        word.IndexOf(':', StringComparison.Ordinal) is > 0 and var colon && (colon + 1 == word.Length || word[colon + 1] != ':') && names.IsGene(word[..colon]) ? colon : null;

    /// <summary>Cuts the word at hand into two and a plus between them.</summary>
    private void Split(int plus)
    {
        var token = tokens[at];
        var middle = token.Start + plus;
        tokens[at] = token with { Text = token.Text[..plus], End = middle };
        tokens.Insert(at + 1, new Token(TokenKind.Plus, "+", middle, middle + 1, true));
        tokens.Insert(at + 2, token with { Text = token.Text[(plus + 1)..], Start = middle + 1, Joined = true });
    }

    private IReadOnlyList<string> Changes(IReadOnlyList<string> genes, string near) =>
        Nearness.Of(near, genes.SelectMany(g => names.Context.Changes(g).Take(200)).Select(c => (Folding.Fold(c.Change), c.Change))
            .Concat(AlterationWords.Words.Select(w => (w.Word, w.Word))), 5);
}
