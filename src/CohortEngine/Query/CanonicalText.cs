using System.Globalization;
using System.Text;

namespace DataPortal.CohortEngine.Query;

/// <summary>Tree → the one text for it. Parentheses stand wherever <c>and</c> and <c>or</c> meet.</summary>
internal sealed class CanonicalText(Names names)
{
    public string Write(QueryNode node)
    {
        var text = new StringBuilder();
        Write(text, node);
        return text.ToString();
    }

    /// <summary>A gene with what is asked of it: <c>KRAS G12C</c>, <c>EML4::ALK</c>, <c>EGFRvIII</c>.</summary>
    public string Alteration(string gene, AlterationTest test)
    {
        var symbol = Value(gene);
        return test switch
        {
            AnyAlteration => symbol,
            Fusion { Partner: { } partner } f => $"{symbol}{(f.Directed ? ">" : "::")}{Value(partner)}",
            Fusion { Directed: true } => symbol + ">",
            ClassTest { Class: AlterationClass.VariantIII } => symbol + "vIII",
            CopyNumber c => $"{symbol} cn{Ranges.Write(FieldNames.Find("cn")!.First, c.Range)}",
            _ => $"{symbol} {Word(gene, test)}",
        };
    }

    public string Condition(FieldTest test)
    {
        var at = test.Name.IndexOf('@', StringComparison.Ordinal);
        var (name, suffix) = at < 0 ? (test.Name, "") : (test.Name[..at], test.Name[at..]);
        return test.Value switch
        {
            InRange range => name + Ranges.Write(test.Fields[0], range.Range) + suffix,
            IsMissing => $"{name}:missing{suffix}",
            AllOf all => $"{name}:{string.Join('+', all.Codes.Select(Value))}{suffix}",
            OneOf one => $"{name}:{string.Join(',', one.Named.Select(Value))}{suffix}",
            _ => throw new InvalidOperationException($"No text for {test.Value}."),
        };
    }

    /// <summary>A value as it may stand in a query; in quotes where it would be cut or taken for something else.</summary>
    public static string Value(string value)
    {
        var plain = value.Length > 0 && !ValueWords.IsMissing(value) && value.ToLowerInvariant() is not ("and" or "or" or "not");
        foreach (var c in value)
            plain &= char.IsLetterOrDigit(c) || c is '.' or '-' or '_' or '/' or '*';
        // An IHC grade is written with its plus.
        if (value is ['0' or '1' or '2' or '3', '+'])
            return value;
        return plain ? value : $"\"{value.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }

    private void Write(StringBuilder text, QueryNode node)
    {
        switch (node)
        {
            case Everything:
                text.Append('*');
                break;
            case And and:
                Join(text, and.Terms, " and ");
                break;
            case Or or:
                Join(text, or.Terms, " or ");
                break;
            case Not not:
                text.Append("not ");
                Nested(text, not.Term);
                break;
            case LenientNegatives lenient:
                if (lenient.Term is Or)
                    Nested(text, lenient.Term);
                else
                    Write(text, lenient.Term);
                text.Append(" and negatives:lenient");
                break;
            case AlterationTerm { Gene: { } gene, Conditions.Count: 0 } plain:
                text.Append(Alteration(gene, plain.Test));
                break;
            case AlterationTerm a:
                text.Append("variant(");
                if (a.Gene is not null)
                {
                    // Right after the gene, cn>=6 would be the test itself.
                    var any = a.Test is AnyAlteration && a.Conditions[0].Name == "cn" ? " any" : "";
                    text.Append(Alteration(a.Gene, a.Test)).Append(any).Append(' ');
                }

                text.Append(Conditions(a.Conditions)).Append(')');
                break;
            case FieldTerm field:
                text.Append(Condition(field.Test));
                break;
            case TreatmentTerm t:
                text.Append("treatment(").Append(Conditions(t.Conditions)).Append(t.Order is not null && t.Conditions.Count > 0 ? " " : "")
                    .Append(t.Order is null ? "" : Order(t.Order)).Append(')');
                break;
            case SpecimenTerm s:
                text.Append("specimen(").Append(Order(s.Order)).Append(')');
                break;
            default:
                throw new InvalidOperationException($"No text for {node.GetType().Name}.");
        }
    }

    private void Join(StringBuilder text, IReadOnlyList<QueryNode> terms, string between)
    {
        for (var i = 0; i < terms.Count; i++)
        {
            text.Append(i == 0 ? "" : between);
            Nested(text, terms[i]);
        }
    }

    private void Nested(StringBuilder text, QueryNode node)
    {
        if (node is And or Or)
        {
            text.Append('(');
            Write(text, node);
            text.Append(')');
        }
        else
        {
            Write(text, node);
        }
    }

    private string Conditions(IReadOnlyList<FieldTest> tests) => string.Join(' ', tests.Select(Condition));

    private string Order(TimeOrder order) =>
        $"{(order.After ? "after" : "before")} {Conditions(order.Conditions)}{(order.WithinDays is { } days ? string.Create(CultureInfo.InvariantCulture, $" within {days}d") : "")}";

    /// <summary>With <c>p.</c> where the bare change is also the name of a gene (<c>p53</c>) or a nickname of another change (TERT C228T).</summary>
    private string Word(string gene, AlterationTest test)
    {
        var word = AlterationWords.Write(test);
        return test is ProteinChange or Codon { Residue: not null } && (names.IsGene(word) || AlterationWords.Parse(word, gene) != test) ? "p." + word : word;
    }
}
