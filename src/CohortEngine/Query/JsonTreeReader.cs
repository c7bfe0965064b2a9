using System.Text.Json;
using DataPortal.Releases.Dictionary;
using DataPortal.Releases.Vocabularies;

namespace DataPortal.CohortEngine.Query;

/// <summary>JSON form → tree. Strict: what the schema does not name is refused, with its path. Names are resolved as in a text.</summary>
internal sealed class JsonTreeReader(Names names, string language)
{
    private readonly List<QueryNotice> notices = [];
    private int depth;
    private int terms;
    private string here = "$";

    public IReadOnlyList<QueryNotice> Notices => notices;

    /// <exception cref="QueryRefusal">The element is no query.</exception>
    public QueryNode Read(JsonElement element)
    {
        var root = new JsonObjectReader(this, element, "$");
        if (root.Text("op", ["lenient"], optional: true) is not "lenient")
            return Node(element, "$");
        var term = Node(root.Required("term"), "$.term");
        root.NothingElse("op", "term");
        return new LenientNegatives(term);
    }

    public QueryRefusal Refuse(string code, string message, int limit) => Refuse(code, message, here, [], limit);

    internal QueryRefusal Refuse(string code, string message, string path, IReadOnlyList<string> suggestions, params object[] values) =>
        new(new QueryError(code, 0, 0, Messages.Of(message, language, values), suggestions, path));

    private QueryNode Node(JsonElement element, string path)
    {
        here = path;
        if (++depth > QueryLimits.Depth)
            throw Refuse("too_deep", "too_deep", path, [], QueryLimits.Depth);
        var item = new JsonObjectReader(this, element, path);
        var op = item.Text("op", ["all", "and", "or", "not", "alteration", "field", "treatment", "specimen"])!;
        QueryNode node = op switch
        {
            "and" => QueryShape.And(Terms(item)),
            "or" => QueryShape.Or(Terms(item)),
            "not" => QueryShape.Not(Node(item.Required("term"), path + ".term")),
            "alteration" => Alteration(item),
            "field" => FieldNode(item),
            "treatment" => Treatment(item),
            "specimen" => new SpecimenTerm(Order(item.Object("order"))),
            _ => new Everything(),
        };
        item.NothingElse("op", op switch
        {
            "and" or "or" => ["terms"],
            "not" => ["term"],
            "alteration" => ["gene", "test", "where"],
            "field" => ["field", "oneOf", "allOf", "range", "missing"],
            "treatment" => ["where", "order"],
            "specimen" => ["order"],
            _ => [],
        });
        depth--;
        return node;
    }

    private List<QueryNode> Terms(JsonObjectReader item) => [.. item.List("terms", 2).Select(t => Node(t.Element, t.Path))];

    private AlterationTerm Alteration(JsonObjectReader item)
    {
        Count(item.Path);
        var where = item.Has("where") ? Conditions(item.List("where", 1), ["alteration", "evidence"], "variant") : [];
        if (!item.Has("gene"))
        {
            if (where.Count == 0 || item.Has("test"))
                throw Refuse("bad_tree", "bad_tree.missing", item.Path, [], where.Count == 0 ? "where" : "gene");
            return new AlterationTerm(null, new AnyAlteration(), where);
        }

        var gene = Gene(item, "gene");
        var test = item.Has("test") ? Test(item.Object("test"), gene) : new AnyAlteration();
        return test is WildType && where.Count > 0
            ? throw Refuse("not_here", "not_here.wildtype", item.Path + ".test", [])
            : new AlterationTerm(gene, test, where);
    }

    private AlterationTest Test(JsonObjectReader item, string gene)
    {
        var kind = item.Text("is", ["any", "oncogenic", "vus", "wildType", "amplification", "loss", "change", "coding", "codon", "class", "copyNumber", "fusion"])!;
        string[] members = [];
        AlterationTest test;
        switch (kind)
        {
            case "change":
                members = ["change"];
                var protein = item.Text("change")!;
                test = ProteinNotation.Parse(protein) as ProteinChange
                    ?? throw Refuse("bad_value", "unknown_word.change", item.Path + ".change", [], gene, protein);
                break;
            case "coding":
                members = ["change"];
                var coding = item.Text("change")!;
                test = AlterationWords.Parse(coding, gene) as CodingChange ?? throw Refuse("bad_value", "unknown_word.change", item.Path + ".change", [], gene, coding);
                break;
            case "codon":
                members = ["residue", "number"];
                var number = item.Whole("number", 1, 99999);
                var residue = item.Has("residue") ? item.Text("residue")! : null;
                test = residue is null ? new Codon(null, Math.Min(number, 40000))
                    : ProteinNotation.Parse(FormattableString.Invariant($"{residue}{number}")) as Codon
                        ?? throw Refuse("bad_value", "unknown_word.change", item.Path + ".residue", [], gene, residue);
                break;
            case "class":
                members = ["class", "exon"];
                test = Class(item, gene);
                break;
            case "copyNumber":
                members = ["range"];
                test = new CopyNumber(Range(item.Object("range"), FieldNames.Find("cn")!));
                break;
            case "fusion":
                members = ["partner", "directed"];
                test = new Fusion(item.Has("partner") ? Gene(item, "partner") : null, item.Flag("directed"));
                break;
            default:
                test = kind switch
                {
                    "oncogenic" => new Oncogenic(),
                    "vus" => new UncertainSignificance(),
                    "wildType" => new WildType(),
                    "amplification" => new Amplification(),
                    "loss" => new Loss(),
                    _ => new AnyAlteration(),
                };
                break;
        }

        item.NothingElse("is", members);
        return test;
    }

    private ClassTest Class(JsonObjectReader item, string gene)
    {
        var choices = Enum.GetValues<AlterationClass>().ToDictionary(c => JsonNamingPolicy.CamelCase.ConvertName(c.ToString()));
        var kind = choices[item.Text("class", [.. choices.Keys])!];
        var ofExon = kind is AlterationClass.ExonDeletion or AlterationClass.ExonInsertion or AlterationClass.ExonSkipping;
        if (kind == AlterationClass.VariantIII && gene != "EGFR")
            throw Refuse("bad_value", "unknown_word.change", item.Path + ".class", [], gene, "vIII");
        if (ofExon)
            return new ClassTest(kind, item.Whole("exon", 1, 400));
        return item.Has("exon") ? throw Refuse("bad_tree", "bad_tree.member", item.Path + ".exon", [], "exon") : new ClassTest(kind, null);
    }

    private string Gene(JsonObjectReader item, string member)
    {
        var text = item.Text(member)!;
        var found = names.Gene(text);
        switch (found.Kind)
        {
            case GeneResolutionKind.Unknown:
                throw Refuse("unknown_word", "unknown_word", $"{item.Path}.{member}", [.. names.Vocabulary.Genes.Nearest(text, 5).Select(g => g.Symbol)], text);
            case GeneResolutionKind.Group or GeneResolutionKind.Ambiguous:
                throw Refuse("ambiguous_word", "ambiguous_word", $"{item.Path}.{member}", found.Symbols, text);
            case GeneResolutionKind.Alias:
                Note("alias_resolved", text, found.Symbols[0]);
                break;
            case GeneResolutionKind.Previous:
                Note("old_symbol", text, found.Symbols[0]);
                break;
        }

        return found.Symbols[0];
    }

    private FieldTerm FieldNode(JsonObjectReader item)
    {
        Count(item.Path);
        return new FieldTerm(Condition(item, null, ""));
    }

    private TreatmentTerm Treatment(JsonObjectReader item)
    {
        var where = item.Has("where") ? Conditions(item.List("where", 1), ["treatment", "drug", "event"], "treatment") : [];
        var order = item.Has("order") ? Order(item.Object("order")) : null;
        return where.Count == 0 && order is null ? throw Refuse("bad_tree", "bad_tree.missing", item.Path, [], "where") : new TreatmentTerm(where, order);
    }

    private TimeOrder Order(JsonObjectReader item)
    {
        var after = item.Has("after");
        if (after == item.Has("before"))
            throw Refuse("bad_tree", "bad_tree.one_of", item.Path, [], "after, before");
        var conditions = Conditions(item.List(after ? "after" : "before", 1), ["treatment", "drug", "event"], "treatment");
        int? within = item.Has("withinDays") ? item.Whole("withinDays", 1, 99999 * 7) : null;
        item.NothingElse(after ? "after" : "before", "withinDays");
        return new TimeOrder(after, conditions, within);
    }

    private List<FieldTest> Conditions(IEnumerable<(JsonElement Element, string Path)> items, string[] entities, string block) =>
    [
        .. items.Select(i =>
        {
            Count(i.Path);
            var item = new JsonObjectReader(this, i.Element, i.Path);
            var test = Condition(item, entities, block);
            item.NothingElse("field", "oneOf", "allOf", "range", "missing");
            return test;
        }),
    ];

    private FieldTest Condition(JsonObjectReader item, string[]? entities, string block)
    {
        var text = item.Text("field")!;
        var name = FieldNames.Find(text);
        if (name is null)
        {
            throw FieldNames.NeedSuffix(text) is [_, ..] readings
                ? Refuse("ambiguous_word", "ambiguous_word.where", item.Path + ".field", [.. readings.Select(r => r.Name)], text)
                : Refuse("unknown_word", "unknown_word.field", item.Path + ".field", Nearness.Of(text, FieldNames.Keys.Select(k => (k.Key, k.Name.Name)), 5), text);
        }

        // The gene is what an alteration is asked of, not a condition on it.
        if (name.Name == "gene" || (entities is not null && !entities.Contains(name.Entity.Name)))
            throw Refuse("not_here", "not_here.field", item.Path + ".field", [], name.Name, block.Length > 0 ? block : "field");
        return QueryShape.Normal(new FieldTest(name.Name, name.Fields, Value(item, name)));
    }

    private ValueTest Value(JsonObjectReader item, FieldName name)
    {
        string[] kinds = name.IsCoded ? name.First.Key is "drug.drug" or "evidence.drug" && !name.IsDrugClass ? ["oneOf", "allOf", "missing"] : ["oneOf", "missing"] : ["range", "missing"];
        if (kinds.Count(item.Has) != 1)
            throw Refuse("bad_tree", "bad_tree.one_of", item.Path, [], string.Join(", ", kinds));
        foreach (var other in (string[])["oneOf", "allOf", "range"])
        {
            if (!kinds.Contains(other) && item.Has(other))
                throw Refuse("bad_tree", "bad_tree.member", $"{item.Path}.{other}", [], other);
        }

        if (item.Has("missing"))
            return item.Flag("missing") ? new IsMissing() : throw Refuse("bad_tree", "bad_tree.choice", item.Path + ".missing", [], "false", "true");
        if (item.Has("range"))
            return new InRange(Range(item.Object("range"), name));
        var all = item.Has("allOf");
        var values = item.List(all ? "allOf" : "oneOf", all ? 2 : 1).Select(v => v.Element.ValueKind == JsonValueKind.String
            ? names.Value(name, JsonObjectReader.TextOf(v.Element)) ?? throw Refuse("bad_value", "bad_value", v.Path, names.Nearest(name, JsonObjectReader.TextOf(v.Element), 5), name.Name,
                JsonObjectReader.TextOf(v.Element))
            : throw Refuse("bad_tree", "bad_tree.text", v.Path, [])).ToArray();
        return all ? new AllOf([.. values.SelectMany(v => v.Named)]) : new OneOf([.. values.SelectMany(v => v.Named)], [.. values.SelectMany(v => v.Stored)]);
    }

    private NumberRange Range(JsonObjectReader item, FieldName name)
    {
        var field = name.First;
        var min = Bound(item, "min", field, first: true);
        var max = Bound(item, "max", field, first: false);
        var range = new NumberRange(min, max, item.Flag("minExclusive"), item.Flag("maxExclusive"));
        item.NothingElse("min", "max", "minExclusive", "maxExclusive");
        if ((min ?? max) is null || (min is null && range.MinExclusive) || (max is null && range.MaxExclusive))
            throw Refuse("bad_range", "bad_tree.range", item.Path, []);
        var (least, most) = Ranges.Bounds(field);
        return Ranges.Check(field, range) switch
        {
            RangeProblem.OutOfBounds => throw Refuse("bad_range", "bad_range", item.Path, [], name.Name, Ranges.Write(field, range)[1..], Ranges.Write(field, least), Ranges.Write(field, most)),
            RangeProblem.Reversed => throw Refuse("bad_range", "bad_tree.range", item.Path, []),
            _ => range,
        };
    }

    private decimal? Bound(JsonObjectReader item, string member, Field field, bool first)
    {
        if (!item.Has(member))
            return null;
        if (field.Type == FieldType.Date)
        {
            var text = item.Text(member)!;
            return Ranges.Point(field, text) is { } day ? first ? day.First : day.Last
                : throw Refuse("bad_value", "bad_value.date", $"{item.Path}.{member}", [], field.QueryNames[0], text, "2023-04-01");
        }

        var number = item.Number(member);
        if (field.Type == FieldType.Integer && number != decimal.Truncate(number))
            throw Refuse("bad_value", "bad_value.number", $"{item.Path}.{member}", [], field.QueryNames[0], Ranges.Write(field, number), "1");
        return number;
    }

    private void Count(string path)
    {
        if (++terms > QueryLimits.Terms)
            throw Refuse("too_many_terms", "too_many_terms", path, [], QueryLimits.Terms);
    }

    private void Note(string code, params object[] values)
    {
        var notice = new QueryNotice(code, Messages.Of(code, language, values));
        if (!notices.Contains(notice))
            notices.Add(notice);
    }
}
