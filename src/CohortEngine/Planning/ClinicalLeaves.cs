using DataPortal.CohortEngine.Evaluation;
using DataPortal.CohortEngine.Query;
using DataPortal.Releases.Reading;

namespace DataPortal.CohortEngine.Planning;

/// <summary>A recorded item of the case itself.</summary>
internal sealed class CaseItemLeaf(QueryNode source, ItemTest test) : LeafPlan(source, false, Costs.ColumnScan * test.Parts.Length, Access.ColumnScan)
{
    public override void Find(Run run, ulong[] within, Found found) =>
        ColumnScan.Or(test, run.Engine.Release.Cases, found.Certain, found.Possible, run.Arena.Empty);
}

/// <summary>Some row of a child table passes.</summary>
internal sealed class ChildItemLeaf(QueryNode source, ItemTest test, Table table) : LeafPlan(source, false, Costs.ChildScan, Access.ChildScan)
{
    public override void Find(Run run, ulong[] within, Found found) => ChildScan.Find(run, table, test, within, found.Certain, found.Possible);
}

/// <summary>Some drug of any line is one of those codes.</summary>
internal sealed class DrugLeaf(QueryNode source, int[] codes) : LeafPlan(source, false, Costs.Posting, Access.PostingList)
{
    public override void Find(Run run, ulong[] within, Found found)
    {
        foreach (var code in codes)
            Words.SetAll(found.Certain, run.Engine.Release.Drugs.Cases(code));
        Words.Or(found.Possible, found.Certain);
        Words.Or(found.Possible, run.Engine.UnnamedDrug);
    }
}

/// <summary>One and the same line of treatment passes.</summary>
internal sealed class TreatmentLeaf(QueryNode source, LineTest test, OrderTest? order, Table lines)
    : LeafPlan(source, false, test.HasDrugs ? Costs.Posting * 4 : Costs.LineScan, test.HasDrugs ? Access.PostingList : Access.ChildScan)
{
    public override void Find(Run run, ulong[] within, Found found)
    {
        if (order is null && test.IsOfLineAlone)
        {
            test.Find(run, found);
            return;
        }

        var candidates = run.Arena.CopyOf(within);
        test.Narrow(run, candidates);
        order?.Conditions.Narrow(run, candidates);
        CaseLoop.Over(candidates, number =>
        {
            var (start, end) = ChildRows.Of(lines, number);
            var verdict = Verdict.False;
            for (var line = start; line < end && verdict != Verdict.True; line++)
            {
                var of = test.At(line);
                if (of != Verdict.False && order is not null)
                    of = Verdicts.And(of, order.OfLine(line, start, end));
                verdict = Verdicts.Or(verdict, of);
            }

            found.Set(number, verdict);
        }, run.Cancellation);
    }
}

/// <summary>The specimen was taken after, or before, a line began.</summary>
internal sealed class SpecimenLeaf(QueryNode source, OrderTest order, Column? specimenDate, Table lines)
    : LeafPlan(source, false, order.Conditions.HasDrugs ? Costs.Posting * 4 : Costs.LineScan, order.Conditions.HasDrugs ? Access.PostingList : Access.ChildScan)
{
    public override void Find(Run run, ulong[] within, Found found)
    {
        var candidates = run.Arena.CopyOf(within);
        order.Conditions.Narrow(run, candidates);
        CaseLoop.Over(candidates, number =>
        {
            var (start, end) = ChildRows.Of(lines, number);
            if (start < end)
                found.Set(number, order.OfDay(specimenDate?.Scaled(number), start, end));
        }, run.Cancellation);
    }
}

/// <summary>Rough costs, relative to each other.</summary>
internal static class Costs
{
    public const int Posting = 1, ColumnScan = 2, ChildScan = 60, LineScan = 200, GeneScan = 10;
}

/// <summary>Finding cases by a single item of a child table.</summary>
internal static class ChildScan
{
    // With fewer candidates than one in so many, asking each of them is faster than looking through the column.
    private const int Sparse = 16;

    public static bool IsSparse(Run run, ulong[] candidates) => Words.Count(candidates) < run.Engine.Release.Cases / Sparse;

    public static void Find(Run run, Table table, ItemTest test, ulong[] within, ulong[] certain, ulong[] possible)
    {
        if (IsSparse(run, within))
        {
            CaseLoop.Over(within, number =>
            {
                var (start, end) = ChildRows.Of(table, number);
                var verdict = Verdict.False;
                for (var row = start; row < end && verdict != Verdict.True; row++)
                    verdict = Verdicts.Or(verdict, test.At(row));
                if (verdict == Verdict.True)
                    Words.Set(certain, number);
                if (verdict != Verdict.False)
                    Words.Set(possible, number);
            }, run.Cancellation);
            return;
        }

        var words = CaseSet.Words(table.Rows);
        var pass = new ulong[words];
        var open = new ulong[words];
        ColumnScan.Or(test, table.Rows, pass, open, () => new ulong[words]);
        run.Cancellation.ThrowIfCancellationRequested();
        var owners = run.Engine.OwnersOf(table);
        ChildRows.ToCases(owners, pass, certain);
        Words.AndNot(open, pass);
        ChildRows.ToCases(owners, open, possible);
        Words.Or(possible, certain);
    }
}
