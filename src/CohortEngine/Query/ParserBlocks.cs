using System.Globalization;
using DataPortal.Releases.Vocabularies;

namespace DataPortal.CohortEngine.Query;

/// <summary>Blocks that ask of one and the same thing: <c>treatment(…)</c>, <c>specimen(…)</c>, <c>variant(…)</c>.</summary>
internal sealed partial class Parser
{
    private static readonly Dictionary<string, string> Blocks = new()
    {
        [Folding.Fold("treatment")] = "treatment", [Folding.Fold("治療")] = "treatment", [Folding.Fold("specimen")] = "specimen", [Folding.Fold("検体")] = "specimen",
        [Folding.Fold("variant")] = "variant", [Folding.Fold("変異")] = "variant",
    };

    private static readonly Dictionary<string, string> OrderWords = new()
    {
        ["after"] = "after", ["後"] = "after", ["before"] = "before", ["前"] = "before", ["within"] = "within", ["以内"] = "within",
    };

    private bool insideVariant;

    private QueryNode Block(string block)
    {
        var open = Next;
        Enter(open);
        at += 2;
        if (Now.Is(TokenKind.Close))
            throw Refuse("missing_operand", "missing_operand.empty", open.Start, Now.End, []);
        var node = block == "variant" ? Variant(open) : Lines(block, open);
        at++;
        depth--;
        return node;
    }

    /// <summary>True when the block goes on; steps over "and", which a blank means anyway.</summary>
    private bool MoreIn(string block, Token open)
    {
        switch (Now.Kind)
        {
            case TokenKind.Close:
                return false;
            case TokenKind.End:
                throw Refuse("unbalanced_parenthesis", "unbalanced_parenthesis.open", open, []);
            case TokenKind.Open:
                throw Refuse("not_here", "not_here.parenthesis", Now, [], block);
            case TokenKind.Comma:
                throw Refuse("not_here", "not_here.comma", Now, []);
            case TokenKind.Plus:
                throw Refuse("not_here", "not_here.plus", Now, []);
        }

        if (Keyword(Now) is { } keyword)
        {
            if (keyword != "and" || tokens[at - 1] == open)
                throw Refuse("not_here", "not_here.operator", Now, [], keyword, block);
            RequireOperand();
            if (Keyword(Now) is { } second)
                throw Refuse("missing_operand", "missing_operand.before", Now, [], second);
        }

        return true;
    }

    private QueryNode Variant(Token open)
    {
        insideVariant = true;
        var conditions = new List<IReadOnlyList<FieldTest>>();
        GeneQuestion? question = null;
        while (MoreIn("variant", open))
        {
            var token = Now;
            if (FieldAt(token) is { } field)
            {
                if (field.Name.Entity.Name is not ("alteration" or "evidence"))
                    throw Refuse("not_here", "not_here.field", token, [], field.Written, "variant");
                var tests = FieldTests(field);
                if (tests is [{ Name: "gene", Value: OneOf genes }])
                    question = question is null ? new GeneQuestion(genes.Named, [new AnyAlteration()]) : throw Refuse("not_here", "not_here.gene", token, []);
                else
                    conditions.Add(tests);
                continue;
            }

            if (!names.IsGene(token.Text) && FusionIn(token.Text) is null && WithVariantThree(token.Text) is null && GeneAndTest(token.Text) is null)
                throw Unknown(token);
            if (question is not null)
                throw Refuse("not_here", "not_here.gene", token, []);
            question = Question();
            if (question.Tests.Any(t => t is WildType))
                throw Refuse("not_here", "not_here.wildtype", tokens[at - 1], []);
            RefuseSecondReading(token, question);
        }

        insideVariant = false;
        var alternatives = Product(conditions, question is null ? 1 : question.Genes.Count * question.Tests.Count);
        return question is null
            ? QueryShape.Or(alternatives.Select(c => new AlterationTerm(null, new AnyAlteration(), c)))
            : QueryShape.Or(question.Genes.SelectMany(g => question.Tests.SelectMany(t => alternatives.Select(c => new AlterationTerm(g, t, c)))));
    }

    private QueryNode Lines(string block, Token open)
    {
        var own = new List<IReadOnlyList<FieldTest>>();
        var other = new List<IReadOnlyList<FieldTest>>();
        bool? after = null;
        int? within = null;
        while (MoreIn(block, open))
        {
            var token = Now;
            if (within is not null)
                throw Refuse("not_here", "not_here.within", token, []);
            switch (OrderWord(token))
            {
                case "within":
                    if (other.Count == 0)
                        throw Refuse("not_here", "not_here.within", token, []);
                    within = Days();
                    continue;
                case { } order:
                    if (after is not null)
                        throw Refuse("not_here", "not_here.order", token, [], token.Text);
                    after = order == "after";
                    at++;
                    if (Now.Is(TokenKind.Close))
                        throw Refuse("missing_operand", "missing_operand", token, [], token.Text);
                    continue;
            }

            if (block == "specimen" && after is null)
                throw Refuse("not_here", "not_here.specimen", token, [$"after {token.Text}"]);
            (after is null ? own : other).Add(LineCondition(block, token));
        }

        if (after is not null && other.Count == 0)
            throw Refuse("missing_operand", "missing_operand", tokens[at - 1], [], tokens[at - 1].Text);
        var lines = Product(own, 1);
        var orders = after is { } direction ? Product(other, lines.Count).Select(c => new TimeOrder(direction, c, within)).ToArray() : [];
        if (block == "specimen")
            return QueryShape.Or(orders.Select(o => new SpecimenTerm(o)));
        return QueryShape.Or(orders.Length == 0
            ? lines.Select(l => new TreatmentTerm(l, null))
            : lines.SelectMany(l => orders.Select(o => new TreatmentTerm(l, o))));
    }

    private List<FieldTest> LineCondition(string block, Token token)
    {
        if (FieldAt(token) is not { } field)
        {
            throw token.Is(TokenKind.Word) && names.IsGene(token.Text)
                ? Refuse("not_here", "not_here.gene_in_block", token, [], block)
                : Unknown(token);
        }

        if (field.Name.Entity.Name is not ("treatment" or "drug" or "event"))
            throw Refuse("not_here", "not_here.field", token, [], field.Written, block);
        return FieldTests(field);
    }

    private static string? OrderWord(Token token)
    {
        if (!token.Is(TokenKind.Word))
            return null;
        var word = token.Text.EndsWith(':') ? token.Text[..^1] : token.Text.StartsWith("within:", StringComparison.OrdinalIgnoreCase) ? "within" : token.Text;
        return OrderWords.GetValueOrDefault(word.ToLowerInvariant());
    }

    /// <summary><c>within 90d</c>, <c>within 12w</c>.</summary>
    private int Days()
    {
        var token = Now;
        var colon = token.Text.IndexOf(':', StringComparison.Ordinal);
        at++;
        string text;
        if (colon >= 0 && colon < token.Text.Length - 1)
        {
            text = token.Text[(colon + 1)..];
        }
        else
        {
            if (!Now.Is(TokenKind.Word))
                throw Refuse("missing_value", "missing_value", token, ["within 90d"], "within");
            token = Now;
            text = token.Text;
            at++;
        }

        var (digits, factor) = text switch
        {
            [.. var d, 'd' or 'D' or '日'] => (d, 1),
            [.. var w, 'w' or 'W' or '週'] => (w, 7),
            _ => ("", 1),
        };
        return digits.Length is > 0 and <= 5 && int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
            ? number * factor
            : throw Refuse("bad_value", "bad_value.days", token, ["90d", "12w"], text);
    }

    /// <summary>Every choice of one alternative per condition: "some row passes A and (B or C)" is "some row passes A and B, or some row passes A and C".</summary>
    private List<IReadOnlyList<FieldTest>> Product(List<IReadOnlyList<FieldTest>> conditions, long times)
    {
        var count = times;
        foreach (var alternatives in conditions)
        {
            count *= alternatives.Count;
            Budget(count);
        }

        Budget(count);
        List<IReadOnlyList<FieldTest>> result = [[]];
        foreach (var alternatives in conditions)
            result = [.. result.SelectMany(r => alternatives.Select(a => (IReadOnlyList<FieldTest>)[.. r, a]))];
        return result;
    }
}
