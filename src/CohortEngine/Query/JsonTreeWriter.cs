using System.Text.Json;
using System.Text.Json.Nodes;
using DataPortal.Releases.Dictionary;

namespace DataPortal.CohortEngine.Query;

/// <summary>Tree → JSON form.</summary>
internal static class JsonTreeWriter
{
    public static JsonObject Write(QueryNode node) => node switch
    {
        Everything => Op("all"),
        And and => With(Op("and"), "terms", Array(and.Terms.Select(Write))),
        Or or => With(Op("or"), "terms", Array(or.Terms.Select(Write))),
        Not not => With(Op("not"), "term", Write(not.Term)),
        LenientNegatives lenient => With(Op("lenient"), "term", Write(lenient.Term)),
        AlterationTerm a => Alteration(a),
        FieldTerm f => Condition(f.Test, Op("field")),
        TreatmentTerm t => Treatment(t),
        SpecimenTerm s => With(Op("specimen"), "order", Order(s.Order)),
        _ => throw new InvalidOperationException($"No JSON for {node.GetType().Name}."),
    };

    private static JsonObject Alteration(AlterationTerm term)
    {
        var result = Op("alteration");
        if (term.Gene is not null)
        {
            result["gene"] = term.Gene;
            result["test"] = Test(term.Test);
        }

        return term.Conditions.Count > 0 ? With(result, "where", Conditions(term.Conditions)) : result;
    }

    private static JsonObject Treatment(TreatmentTerm term)
    {
        var result = Op("treatment");
        if (term.Conditions.Count > 0)
            result["where"] = Conditions(term.Conditions);
        return term.Order is null ? result : With(result, "order", Order(term.Order));
    }

    private static JsonObject Order(TimeOrder order)
    {
        var result = new JsonObject { [order.After ? "after" : "before"] = Conditions(order.Conditions) };
        if (order.WithinDays is { } days)
            result["withinDays"] = days;
        return result;
    }

    private static JsonObject Test(AlterationTest test)
    {
        JsonObject Is(string name) => new() { ["is"] = name };
        switch (test)
        {
            case AnyAlteration:
                return Is("any");
            case Oncogenic:
                return Is("oncogenic");
            case UncertainSignificance:
                return Is("vus");
            case WildType:
                return Is("wildType");
            case Amplification:
                return Is("amplification");
            case Loss:
                return Is("loss");
            case ProteinChange p:
                return With(Is("change"), "change", p.Change);
            case CodingChange c:
                return With(Is("coding"), "change", c.Change);
            case Codon c:
                var codon = Is("codon");
                if (c.Residue is { } residue)
                    codon["residue"] = char.ToString(residue);
                return With(codon, "number", c.Number);
            case ClassTest c:
                var named = With(Is("class"), "class", JsonNamingPolicy.CamelCase.ConvertName(c.Class.ToString()));
                return c.Exon is { } exon ? With(named, "exon", exon) : named;
            case CopyNumber c:
                return With(Is("copyNumber"), "range", Range(FieldNames.Find("cn")!.First, c.Range));
            case Fusion f:
                var fusion = Is("fusion");
                if (f.Partner is not null)
                    fusion["partner"] = f.Partner;
                return f.Directed ? With(fusion, "directed", true) : fusion;
            default:
                throw new InvalidOperationException($"No JSON for {test.GetType().Name}.");
        }
    }

    private static JsonArray Conditions(IReadOnlyList<FieldTest> tests) => Array(tests.Select(t => Condition(t, [])));

    private static JsonObject Condition(FieldTest test, JsonObject result)
    {
        result["field"] = test.Name;
        return test.Value switch
        {
            OneOf one => With(result, "oneOf", Array(one.Named.Select(n => (JsonNode)n))),
            AllOf all => With(result, "allOf", Array(all.Codes.Select(c => (JsonNode)c))),
            InRange range => With(result, "range", Range(test.Fields[0], range.Range)),
            _ => With(result, "missing", true),
        };
    }

    private static JsonObject Range(Field field, NumberRange range)
    {
        var result = new JsonObject();
        if (range.Min is { } min)
            result["min"] = Number(field, min);
        if (range.Max is { } max)
            result["max"] = Number(field, max);
        if (range.MinExclusive)
            result["minExclusive"] = true;
        if (range.MaxExclusive)
            result["maxExclusive"] = true;
        return result;
    }

    private static JsonNode Number(Field field, decimal value) => field.Type == FieldType.Date ? Ranges.Write(field, value) : JsonValue.Create(value);

    private static JsonObject Op(string name) => new() { ["op"] = name };

    private static JsonObject With(JsonObject target, string member, JsonNode value)
    {
        target[member] = value;
        return target;
    }

    private static JsonArray Array(IEnumerable<JsonNode> items) => [.. items];
}
