using System.Globalization;
using DataPortal.Releases.Dictionary;

namespace DataPortal.CohortEngine.Query;

/// <summary>Field terms: <c>age:60-69</c>, <c>drug:a+b</c>, <c>msi:high@panel</c>.</summary>
internal sealed partial class Parser
{
    /// <summary>A field name with its operator, found but not yet read.</summary>
    /// <param name="Written">The name as written, without the operator.</param>
    /// <param name="Name">The field; when its place must still be said (<paramref name="Readings"/>), the first reading.</param>
    /// <param name="Readings">More than one for <c>msi</c>, which needs <c>@panel</c> or <c>@clinical</c>.</param>
    /// <param name="Op">One of <c>: &lt; &lt;= &gt; &gt;=</c>.</param>
    /// <param name="Rest">What follows the operator in the same word; may be empty.</param>
    /// <param name="Tokens">Tokens that name and operator take.</param>
    private sealed record FieldUse(string Written, FieldName Name, IReadOnlyList<FieldName> Readings, string Op, string Rest, int Tokens);

    /// <summary>One value of a list, or several joined by plus.</summary>
    private sealed record Piece(IReadOnlyList<(string Text, bool Quoted)> Parts, int Start, int End)
    {
        public string Text => string.Join('+', Parts.Select(p => p.Text));

        public bool IsMissing => Parts is [{ Quoted: false } only] && ValueWords.IsMissing(only.Text);
    }

    private FieldUse? FieldAt(Token token)
    {
        if (!token.Is(TokenKind.Word))
            return null;
        var word = token.Text;
        var cut = word.AsSpan().IndexOfAny(":=<>");
        var count = 1;
        var next = word;
        if (cut < 0)
        {
            var index = token == tokens[at] ? at : tokens.IndexOf(token);
            if (index + 1 >= tokens.Count || tokens[index + 1] is not { Kind: TokenKind.Word, Text: [':' or '=' or '<' or '>', ..] following })
                return null;
            (cut, next, count) = (0, following, 2);
        }
        else if (cut == 0)
        {
            return null;
        }

        var written = count == 2 ? word : word[..cut];
        var op = next[cut] switch
        {
            '<' or '>' when cut + 1 < next.Length && next[cut + 1] == '=' => next.Substring(cut, 2),
            '<' or '>' => next.Substring(cut, 1),
            _ => ":",
        };
        var rest = next[(cut + (op.Length == 2 ? 2 : 1))..];
        if (op == ":" && rest is [':', ..])
            return null;
        IReadOnlyList<FieldName> readings = FieldNames.Find(written) is { } found ? [found] : FieldNames.NeedSuffix(written);
        return readings.Count == 0 ? null : new FieldUse(written, readings[0], readings, op, rest, count);
    }

    private QueryNode FieldTermOf(FieldUse use, out IReadOnlyList<FieldTest> tests)
    {
        tests = FieldTests(use);
        var entity = tests[0].Fields[0].Entity.Name;
        if (tests is [{ Name: "gene", Value: OneOf genes }])
            return QueryShape.Or(genes.Named.Select(g => (QueryNode)new AlterationTerm(g, new AnyAlteration(), [])));
        return QueryShape.Or(tests.Select(t => entity is "alteration" or "evidence" ? (QueryNode)new AlterationTerm(null, new AnyAlteration(), [t]) : new FieldTerm(t)));
    }

    /// <summary>Reads name, operator and values. Several tests are alternatives: a list of separate ranges, or a value beside <c>missing</c>.</summary>
    private List<FieldTest> FieldTests(FieldUse use)
    {
        var head = tokens[at];
        var isDrug = use.Name.First.Key is "drug.drug" or "evidence.drug" && !use.Name.IsDrugClass;
        var pieces = Pieces(use, isDrug, out var where);
        var end = tokens[at - 1];
        var name = Place(use, where, head, end);
        var tests = new List<FieldTest>();
        var missing = pieces.RemoveAll(p => p.IsMissing) > 0;
        if (missing && (use.Op != ":" || name.Name == "gene"))
            throw Refuse("bad_value", "bad_value", head, [use.Written + ":missing"], name.Name, "missing");
        if (pieces.Count > 0)
            tests.AddRange(name.IsCoded ? Coded(name, use, pieces) : Numbers(name, use, pieces));
        if (missing)
            tests.Add(new FieldTest(name.Name, name.Fields, new IsMissing()));
        return tests;
    }

    private List<Piece> Pieces(FieldUse use, bool isDrug, out string? where)
    {
        var name = tokens[at + use.Tokens - 1];
        where = null;
        at += use.Tokens;
        if (use.Rest.Length > 0)
        {
            // The rest of the word is the first value: it becomes a token of its own.
            at--;
            tokens[at] = name with { Text = use.Rest, Start = name.End - use.Rest.Length };
        }

        var pieces = new List<Piece>();
        do
        {
            if (pieces.Count > 0)
                at++;
            pieces.Add(OnePiece(use, isDrug, use.Rest.Length > 0 && pieces.Count == 0, ref where));
        }
        while (Now.Is(TokenKind.Comma));
        return pieces;
    }

    /// <param name="sameWord">The value stands in the word of the field: <c>hospital:and</c> names a value, where after a blank it would be the operator.</param>
    private Piece OnePiece(FieldUse use, bool isDrug, bool sameWord, ref string? where)
    {
        var first = Now;
        var parts = new List<(string Text, bool Quoted)>();
        var open = true;
        while (open)
        {
            var token = Now;
            if (token.Kind is not (TokenKind.Word or TokenKind.Quoted) || (Keyword(token) is not null && !sameWord))
                throw Refuse("missing_value", "missing_value", tokens[at - 1].Start, tokens[at - 1].End, [], use.Written);
            at++;
            (open, sameWord) = (false, false);
            if (token.Is(TokenKind.Quoted))
            {
                parts.Add((token.Text, true));
                // "AMG 510"@ep and "AMG 510"+b: the tail of a quoted value.
                if (Now is { Kind: TokenKind.Word, Joined: true, Text: ['@', ..] } tail)
                {
                    where = tail.Text[1..];
                    at++;
                }
                else if (isDrug && Now is { Kind: TokenKind.Word, Joined: true, Text: ['+', _, ..] } more)
                {
                    tokens[at] = more with { Text = more.Text[1..], Start = more.Start + 1 };
                    open = true;
                }
            }
            else
            {
                var text = token.Text;
                if (text.LastIndexOf('@') is >= 0 and var mark)
                {
                    where = text[(mark + 1)..];
                    text = text[..mark];
                }

                if (isDrug)
                {
                    var split = text.Split('+');
                    open = split.Length > 1 && split[^1].Length == 0;
                    parts.AddRange((open ? split[..^1] : split).Select(s => (s, false)));
                }
                else
                {
                    parts.Add((text, false));
                }
            }

            if (!open && Now.Is(TokenKind.Plus))
            {
                if (!isDrug)
                    throw Refuse("not_here", "not_here.plus_values", Now, []);
                at++;
                open = true;
            }
        }

        return new Piece(parts, first.Start, tokens[at - 1].End);
    }

    /// <summary>The field with the place that was said, or had to be.</summary>
    private FieldName Place(FieldUse use, string? where, Token head, Token end)
    {
        if (where is not null)
        {
            return FieldNames.Find($"{use.Name.Base}@{where}")
                ?? throw Refuse("unknown_word", "unknown_word.where", head.Start, end.End, [.. FieldNames.All.Where(n => n.Base == use.Name.Base && n.Suffix.Length > 0)
                    .Select(n => source.Text[head.Start..end.End].Replace("@" + where, n.Suffix, StringComparison.Ordinal))], use.Name.Base, where);
        }

        if (use.Readings.Count > 1)
        {
            var written = source.Text[head.Start..end.End];
            throw Refuse("ambiguous_word", "ambiguous_word.where", head.Start, end.End, [.. use.Readings.Select(r => written + r.Suffix)], use.Written);
        }

        return use.Name;
    }

    private List<FieldTest> Coded(FieldName name, FieldUse use, List<Piece> pieces)
    {
        var tests = new List<FieldTest>();
        var named = new List<string>();
        var stored = new List<string>();
        foreach (var piece in pieces)
        {
            var values = piece.Parts.Select(part => names.Value(name, part.Text) ?? throw Refuse("bad_value", "bad_value", piece.Start, piece.End,
                [.. names.Nearest(name, part.Text, 5).Select(CanonicalText.Value)], name.Base, part.Text)).ToArray();
            if (values.Length > 1)
            {
                tests.Add(QueryShape.Normal(new FieldTest(name.Name, name.Fields, new AllOf([.. values.SelectMany(v => v.Named)]))));
                continue;
            }

            var value = values[0];
            if (use.Op != ":")
            {
                var codes = ValueWords.Compare(name.First.Domain, use.Op, value.Named[0])
                    ?? throw Refuse("bad_value", "bad_value.order", piece.Start, piece.End, [], use.Written, piece.Text);
                if (codes.Count == 0)
                    throw Refuse("bad_range", "bad_range.reversed", piece.Start, piece.End, [], name.Base, use.Op + piece.Text);
                value = new KnownValues(codes, codes);
            }

            named.AddRange(value.Named);
            stored.AddRange(value.Stored);
        }

        if (named.Count > 0)
            tests.Insert(0, QueryShape.Normal(new FieldTest(name.Name, name.Fields, new OneOf(named, stored))));
        return tests;
    }

    private List<FieldTest> Numbers(FieldName name, FieldUse use, List<Piece> pieces)
    {
        var field = name.First;
        var ranges = new List<NumberRange>();
        foreach (var piece in pieces)
        {
            var problem = Ranges.Read(field, use.Op, piece.Text, out var range);
            var (least, most) = Ranges.Bounds(field);
            switch (problem)
            {
                case RangeProblem.NotANumber when field.Type == FieldType.Date:
                    throw Refuse("bad_value", "bad_value.date", piece.Start, piece.End, ["2023-04-01", "2023-04", "2023"], name.Base, piece.Text, "2023-04-01");
                case RangeProblem.NotANumber:
                    throw Refuse("bad_value", "bad_value.number", piece.Start, piece.End, [], name.Base, piece.Text, Ranges.Write(field, Math.Ceiling((least + Math.Min(most, 20)) / 2)));
                case RangeProblem.OutOfBounds:
                    throw Refuse("bad_range", "bad_range", piece.Start, piece.End, [], name.Base, piece.Text, Ranges.Write(field, least), Ranges.Write(field, most));
                case RangeProblem.Reversed:
                    throw Refuse("bad_range", "bad_range.reversed", piece.Start, piece.End, [], name.Base, piece.Text);
            }

            ranges.Add(range);
        }

        return [.. Merged(field, ranges).Select(r => new FieldTest(name.Name, name.Fields, new InRange(r)))];
    }

    /// <summary>Whole numbers in a row are one range: <c>grade:3,4,5</c> is <c>grade:3-5</c>.</summary>
    private static List<NumberRange> Merged(Field field, List<NumberRange> ranges)
    {
        if (field.Type != FieldType.Integer || ranges.Exists(r => r.Min is null || r.Max is null || r.MinExclusive || r.MaxExclusive))
            return ranges;
        var merged = new List<NumberRange>();
        foreach (var range in ranges.OrderBy(r => r.Min))
        {
            if (merged.Count > 0 && range.Min <= merged[^1].Max + 1)
                merged[^1] = merged[^1] with { Max = Math.Max(merged[^1].Max!.Value, range.Max!.Value) };
            else
                merged.Add(range);
        }

        return merged;
    }

    private QueryRefusal BadNumber(Token token, FieldTest test) =>
        Refuse("bad_value", "bad_value.number", token, [], test.Name, test.Value is IsMissing ? "missing" : token.Text, 6.ToString(CultureInfo.InvariantCulture));

    /// <summary><c>event:Pneumonitis grade&gt;=3</c>, side by side, ask of one and the same event.</summary>
    private QueryNode? SameEvent(IReadOnlyList<FieldTest> first, IReadOnlyList<FieldTest> second)
    {
        if (first.Count == 0 || second.Count == 0 || first[0].Name == second[0].Name || first.Concat(second).Any(t => t.Fields[0].Entity.Name != "event"))
            return null;
        Budget(2L * first.Count * second.Count);
        return QueryShape.Or(first.SelectMany(f => second.Select(s => (QueryNode)new TreatmentTerm([f, s], null))));
    }
}
