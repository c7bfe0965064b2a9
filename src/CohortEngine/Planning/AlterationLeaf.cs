using System.Numerics;
using DataPortal.CohortEngine.Evaluation;
using DataPortal.CohortEngine.Query;
using DataPortal.Releases.Reading;

namespace DataPortal.CohortEngine.Planning;

/// <summary>
/// Some alteration passes. Rows come from the posting lists of the gene, or, where no gene is named, from the whole table; what the test could not have
/// seen comes from the bitmaps of the assays.
/// </summary>
internal sealed class AlterationLeaf : LeafPlan
{
    private readonly EngineState engine;
    private readonly Table table;
    private readonly AlterationTest test;
    private readonly AlterationConditions conditions;
    private readonly Func<int, Verdict> row;
    private readonly ItemTest? whole;
    private readonly List<Slice> slices;
    private readonly bool[] blind;

    private AlterationLeaf(QueryNode source, EngineState engine, AlterationTerm term, IReadOnlyList<string> genes, bool listed)
        : base(source, true, listed ? term.Test is ProteinChange ? Costs.Posting : Costs.GeneScan : Costs.LineScan, listed ? Access.PostingList : Access.ChildScan)
    {
        this.engine = engine;
        test = term.Test;
        table = engine.Release.Table("alteration");
        conditions = new AlterationConditions(engine, term.Conditions);
        row = new AlterationRows(engine.Release).Of(term.Gene, test);
        slices = listed ? Slices(genes) : [];
        whole = listed ? null : AsColumn(term);
        Listed = listed;
        blind = Blind(genes);
    }

    /// <summary>Rows to look at: of pairs of gene and change, or, when <paramref name="PartnerGene"/> is not 0, those with that gene in second place.</summary>
    /// <param name="Sure">Every row passes.</param>
    private readonly record struct Slice(Range Pairs, int PartnerGene, bool Sure);

    private bool Listed { get; }

    public static AlterationLeaf Of(EngineState engine, QueryNode source, AlterationTerm term)
    {
        // variant(gene:A,B …) asks for those genes as surely as a term that begins with one.
        var genes = term.Gene is not null ? [term.Gene]
            : term.Conditions.FirstOrDefault(c => c.Value is OneOf && c.Fields is [var f] && f == KnownFields.Gene)?.Value is OneOf { Stored: var stored } ? stored : [];
        return new AlterationLeaf(source, engine, term, genes, genes.Count > 0);
    }

    public override void Find(Run run, ulong[] within, Found found)
    {
        if (Listed)
            FromPostings(run, found);
        else if (whole is not null)
            FromColumn(run, within, found, whole);
        else
            FromTable(run, within, found);
        found.Blind(run, blind);
        if (test is WildType)
            found.Negate(run.Base);
    }

    private void FromPostings(Run run, Found found)
    {
        foreach (var slice in slices)
        {
            run.Cancellation.ThrowIfCancellationRequested();
            var cases = slice.PartnerGene != 0 ? engine.Release.Partners.Cases(slice.PartnerGene) : engine.Release.Alterations.Cases(slice.Pairs);
            if (slice.Sure)
            {
                Words.SetAll(found.Certain, cases);
                continue;
            }

            var rows = slice.PartnerGene != 0 ? engine.Release.Partners.Rows(slice.PartnerGene) : engine.Release.Alterations.Rows(slice.Pairs);
            for (var i = 0; i < rows.Length; i++)
                found.Set(cases[i], At(rows[i], cases[i]));
        }

        Words.Or(found.Possible, found.Certain);
    }

    private void FromColumn(Run run, ulong[] within, Found found, ItemTest item)
    {
        ChildScan.Find(run, table, item, within, found.Certain, found.Possible);
        Words.Or(found.Because(Reason.NotRecorded), found.Possible);
    }

    private void FromTable(Run run, ulong[] within, Found found)
    {
        // Several threads must not make them.
        found.Because(Reason.NotRecorded);
        found.Because(Reason.OriginUnknown);
        found.Because(Reason.NotAnnotated);
        if (conditions.Plain.Count > 0 && !ChildScan.IsSparse(run, within))
        {
            var (_, open) = ColumnScan.Rows(conditions.Plain, table.Rows);
            var owners = engine.OwnersOf(table);
            for (var i = 0; i < open.Length; i++)
            {
                if ((i & 0xFFF) == 0)
                    run.Cancellation.ThrowIfCancellationRequested();
                for (var word = open[i]; word != 0; word &= word - 1)
                {
                    var at = (i << 6) | BitOperations.TrailingZeroCount(word);
                    if (Words.Has(within, owners[at]))
                        found.Set(owners[at], At(at, owners[at]));
                }
            }

            return;
        }

        CaseLoop.Over(within, number =>
        {
            var (start, end) = ChildRows.Of(table, number);
            for (var at = start; at < end; at++)
            {
                var verdict = At(at, number);
                found.Set(number, verdict);
                if (verdict == Verdict.True)
                    break;
            }
        }, run.Cancellation);
    }

    private Verdict At(int at, int number)
    {
        var verdict = row(at);
        return verdict == Verdict.False || !conditions.Any ? verdict : Verdicts.And(verdict, conditions.At(at, number));
    }

    // One plain field of any alteration needs no visit of each row.
    private ItemTest? AsColumn(AlterationTerm term) =>
        term.Test is AnyAlteration && term.Conditions is [{ Fields: [var field] } only] && field.Entity.Name == "alteration"
        && (only.Value is IsMissing || (field != KnownFields.Origin && field != KnownFields.Oncogenic && field != KnownFields.Level))
            ? new ItemTest(engine.Release, only) : null;

    private List<Slice> Slices(IReadOnlyList<string> genes)
    {
        var result = new List<Slice>();
        var codes = engine.Release.Codes("gene");
        var postings = engine.Release.Alterations;
        var plain = !conditions.Any;
        foreach (var gene in genes.Select(g => codes?.Find(g) ?? 0).Where(c => c != 0).Distinct())
        {
            if (test is ProteinChange { Change: var text })
            {
                if (engine.Release.Codes("change")?.Find(text) is > 0 and var code && postings.Find(gene, code) is >= 0 and var pair)
                    result.Add(new Slice(pair..(pair + 1), 0, plain));
                // Rows without a protein change may be the one asked for; they stand first among the gene's.
                if (postings.Find(gene, 0) is >= 0 and var blank)
                    result.Add(new Slice(blank..(blank + 1), 0, false));
                continue;
            }

            result.Add(new Slice(postings.Pairs(gene), 0, plain && test is AnyAlteration));
            if (AlterationRows.RegardsPartner(test))
                result.Add(new Slice(default, gene, plain && test is AnyAlteration));
        }

        // EML4-ALK asked of a release may be filed under ALK with no partner.
        if (test is Fusion { Directed: false, Partner: { } partner } && codes?.Find(partner) is > 0 and var other)
            result.Add(new Slice(postings.Pairs(other), 0, false));
        return result;
    }

    private bool[] Blind(IReadOnlyList<string> genes)
    {
        var coverage = engine.Release.Coverage;
        var sight = Sight.Of(test);
        var result = new bool[coverage.Assays.Count];
        for (var assay = 0; assay < result.Length; assay++)
        {
            var number = assay;
            result[assay] = test is Fusion { Partner: { } partner } && genes.Count > 0
                ? !genes.Append(partner).Any(g => sight.In(coverage, number, g))
                : genes.Count > 0 ? !genes.All(g => sight.In(coverage, number, g)) : !engine.SeesAnyGene(number, sight);
        }

        return result;
    }
}
