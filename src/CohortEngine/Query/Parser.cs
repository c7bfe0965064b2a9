using DataPortal.Releases.Vocabularies;

namespace DataPortal.CohortEngine.Query;

/// <summary>
/// Tokens → tree, by recursive descent:
/// <code>
/// or   := and ("or" and)*
/// and  := not (["and"] not)*          a blank between complete terms is "and"
/// not  := "not" not | "(" or ")" | term
/// term := gene term | field term | treatment(…) | specimen(…) | variant(…) | "*"
/// </code>
/// Recursion is bounded by <see cref="QueryLimits.Depth"/>. The first error ends the parse.
/// </summary>
internal sealed partial class Parser
{
    private static readonly Dictionary<string, string> Keywords = new()
    {
        ["and"] = "and", ["かつ"] = "and", ["or"] = "or", ["または"] = "or", ["又は"] = "or", ["もしくは"] = "or", ["not"] = "not",
    };

    private readonly SourceText source;
    private readonly List<Token> tokens;
    private readonly Names names;
    private readonly CanonicalText canonical;
    private readonly Lexicon lexicon;
    private readonly string language;
    private readonly List<QueryNotice> notices = [];
    private int at;
    private int depth;
    private int steps;
    private bool lenient;
    private bool outerOr;

    public Parser(SourceText source, Names names, CanonicalText canonical, Lexicon lexicon, string language)
    {
        this.source = source;
        this.names = names;
        this.canonical = canonical;
        this.lexicon = lexicon;
        this.language = language;
        tokens = Tokenizer.Read(source.Text, out var openQuote);
        if (openQuote >= 0)
            throw Refuse("unbalanced_quote", "unbalanced_quote", openQuote, openQuote + 1, []);
    }

    public IReadOnlyList<QueryNotice> Notices => notices;

    /// <summary>Tokens looked at so far: a measure of the work done that does not depend on the machine.</summary>
    public int Steps => steps;

    private Token Now
    {
        get
        {
            steps++;
            return tokens[at];
        }
    }

    private Token Next => tokens[Math.Min(at + 1, tokens.Count - 1)];

    /// <exception cref="QueryRefusal">The text is no query.</exception>
    public QueryNode Parse()
    {
        if (Now.Is(TokenKind.End))
            return new Everything();
        var tree = Or();
        if (!Now.Is(TokenKind.End))
            throw Refuse("unbalanced_parenthesis", "unbalanced_parenthesis.close", Now, []);
        return lenient ? new LenientNegatives(tree) : tree;
    }

    private QueryNode Or()
    {
        var terms = new List<QueryNode> { And() };
        while (Keyword(Now) == "or")
        {
            if (lenient && depth == 0)
                throw Refuse("not_here", "not_here.negatives", Now, []);
            outerOr |= depth == 0;
            RequireOperand();
            terms.Add(And());
        }

        return QueryShape.Or(terms);
    }

    private QueryNode And()
    {
        var terms = new List<QueryNode>();
        (IReadOnlyList<FieldTest> Tests, int End) previous = ([], -1);
        while (true)
        {
            var start = at;
            if (Directive())
            {
                previous = ([], -1);
            }
            else
            {
                var term = Not(out var tests);
                if (previous.End == start && SameEvent(previous.Tests, tests) is { } joined)
                {
                    terms[^1] = joined;
                    tests = [];
                }
                else
                {
                    terms.Add(term);
                }

                previous = (tests, at);
            }

            if (Keyword(Now) == "and")
                RequireOperand();
            else if (Now.Kind is TokenKind.End or TokenKind.Close || Keyword(Now) == "or")
                break;
        }

        Remark(terms);
        return QueryShape.And(terms);
    }

    /// <summary>Parses what may be negated; <paramref name="tests"/> are the alternatives of a plain field term, for <c>event:… grade…</c>.</summary>
    private QueryNode Not(out IReadOnlyList<FieldTest> tests)
    {
        tests = [];
        if (Keyword(Now) == "not")
        {
            Enter(Now);
            RequireOperand();
            var term = Not(out _);
            depth--;
            return QueryShape.Not(term);
        }

        if (!Now.Is(TokenKind.Open))
            return Term(out tests);
        var open = Now;
        Enter(open);
        at++;
        if (Now.Is(TokenKind.Close))
            throw Refuse("missing_operand", "missing_operand.empty", open.Start, Now.End, []);
        var inner = Or();
        if (!Now.Is(TokenKind.Close))
            throw Refuse("unbalanced_parenthesis", "unbalanced_parenthesis.open", open, []);
        at++;
        depth--;
        return inner;
    }

    private QueryNode Term(out IReadOnlyList<FieldTest> tests)
    {
        tests = [];
        var token = Now;
        switch (token.Kind)
        {
            case TokenKind.End or TokenKind.Close:
                throw at == 0
                    ? Refuse("unbalanced_parenthesis", "unbalanced_parenthesis.close", token, [])
                    : Refuse("missing_operand", "missing_operand", tokens[at - 1], [], tokens[at - 1].Text);
            case TokenKind.Comma:
                throw Refuse("not_here", "not_here.comma", token, []);
            case TokenKind.Plus:
                throw Refuse("not_here", "not_here.plus", token, []);
            case TokenKind.Quoted:
                return names.IsGene(token.Text) ? GeneTerm() : throw Unknown(token);
        }

        if (Keyword(token) is { } keyword)
            throw Refuse("missing_operand", "missing_operand.before", token, [], keyword);
        if (token.Text == "*")
        {
            at++;
            return new Everything();
        }

        if (Next.Is(TokenKind.Open) && Blocks.TryGetValue(Folding.Fold(token.Text), out var block))
            return Block(block);
        if (FieldAt(token) is { } field)
            return FieldTermOf(field, out tests);
        return GeneTermOrNull() ?? throw Unknown(token);
    }

    /// <summary><c>negatives:lenient</c>, which stands among the terms of the outermost <c>and</c>.</summary>
    private bool Directive()
    {
        const string name = "negatives:";
        if (!Now.Is(TokenKind.Word) || !Now.Text.StartsWith(name, StringComparison.OrdinalIgnoreCase))
            return false;
        if (!Now.Text[name.Length..].Equals("lenient", StringComparison.OrdinalIgnoreCase))
            throw Refuse("bad_value", "bad_value.negatives", Now, ["negatives:lenient"]);
        if (depth > 0 || outerOr)
            throw Refuse("not_here", "not_here.negatives", Now, []);
        lenient = true;
        at++;
        return true;
    }

    /// <summary>Steps over an operator and makes sure that something follows.</summary>
    private void RequireOperand()
    {
        var op = Now;
        at++;
        if (Now.Kind is TokenKind.End or TokenKind.Close)
            throw Refuse("missing_operand", "missing_operand", op, [], op.Text);
    }

    private void Enter(Token token)
    {
        if (++depth > QueryLimits.Depth)
            throw Refuse("too_deep", "too_deep", token, [], QueryLimits.Depth);
    }

    private static string? Keyword(Token token) => token.Is(TokenKind.Word) && token.Text.Length <= 8 ? Keywords.GetValueOrDefault(token.Text.ToLowerInvariant()) : null;

    /// <summary>Says which neighbouring terms a reader may take for one when they are not.</summary>
    private void Remark(List<QueryNode> terms)
    {
        var fields = terms.Select(t => t is Not not ? not.Term : t).OfType<FieldTerm>().Where(f => f.Test.Fields[0].Entity.Name is "treatment" or "drug" or "event").ToArray();
        if (fields.Length > 0 && fields.Length + terms.Count(t => t is TreatmentTerm) > 1)
            Note("separate_lines", string.Join(", ", fields.Select(f => canonical.Condition(f.Test))));
        var alterations = terms.OfType<AlterationTerm>().ToArray();
        foreach (var any in alterations.Where(a => a.Gene is null && alterations.Length > 1))
            Note("separate_alterations", canonical.Write(any));
    }

    private void Note(string code, params object[] values)
    {
        var notice = new QueryNotice(code, Messages.Of(code, language, values));
        if (!notices.Contains(notice))
            notices.Add(notice);
    }

    private string Slice(Token from, Token to) => source.Text[from.Start..to.End];

    private QueryRefusal Unknown(Token token)
    {
        var genes = token.Text.Split('/', 9);
        if (genes.Length is > 1 and < 9 && genes.All(names.IsGene))
            return Refuse("ambiguous_reading", "ambiguous_reading", token, [string.Join(" or ", genes), .. genes.Length == 2 ? [string.Join("::", genes)] : Array.Empty<string>()], token.Text);
        var near = lexicon.Nearest(token.Text);
        if (token.Is(TokenKind.Word) && FieldNames.Find(token.Text) is not null)
            return Refuse("missing_value", "missing_value", token, near, token.Text);
        if (token.Is(TokenKind.Word) && token.Text.AsSpan().IndexOfAny(":=<>") is > 0 and var cut)
            return Refuse("unknown_word", "unknown_word.field", token, near, token.Text[..cut]);
        if (at > 0 && tokens[at - 1].Kind is TokenKind.Word or TokenKind.Quoted && names.Gene(tokens[at - 1].Text).Symbols is [_, ..] genesBefore)
            near = [.. Changes(genesBefore, token.Text).Concat(near).Distinct().Take(5)];
        if (token.Is(TokenKind.Word) && AlterationWords.Parse(token.Text, null) is not null)
            return Refuse("unknown_word", "unknown_word.gene_missing", token, near, token.Text);
        return Refuse("unknown_word", "unknown_word", token, near, token.Text);
    }

    private QueryRefusal Refuse(string code, string message, Token token, IReadOnlyList<string> suggestions, params object[] values) =>
        Refuse(code, message, token.Start, token.End, suggestions, values);

    private QueryRefusal Refuse(string code, string message, int start, int end, IReadOnlyList<string> suggestions, params object[] values)
    {
        var (position, length) = source.Span(start, end);
        return new QueryRefusal(new QueryError(code, position, length, Messages.Of(message, language, values), suggestions));
    }
}
