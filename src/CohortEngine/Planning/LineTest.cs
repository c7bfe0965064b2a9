using DataPortal.CohortEngine.Evaluation;
using DataPortal.CohortEngine.Query;
using DataPortal.Releases;
using DataPortal.Releases.Reading;

namespace DataPortal.CohortEngine.Planning;

/// <summary>
/// Conditions on one line of treatment: on the line itself; on its drugs, each passed by some drug of the line; on its events, all passed by one and the
/// same event.
/// </summary>
internal sealed class LineTest
{
    private readonly List<ItemTest> own = [];
    private readonly List<ItemTest> ofDrugs = [];
    private readonly List<ItemTest> ofEvents = [];
    private readonly List<int[]> together = [];
    private readonly List<int[]> narrowing = [];
    private readonly Table lines;
    private readonly Table drugs;
    private readonly Table events;
    private readonly Column? drug;

    public LineTest(Release release, IReadOnlyList<FieldTest> conditions)
    {
        lines = release.Table("treatment");
        drugs = release.Table("drug");
        events = release.Table("event");
        drug = StoredTest.Find(release, KnownFields.Drug);
        foreach (var condition in conditions)
        {
            var isDrug = condition.Fields is [var field] && field == KnownFields.Drug;
            if (condition.Value is AllOf { Codes: var names })
            {
                if (!isDrug)
                    throw new ArgumentException($"'{condition.Name}' cannot be asked for several values of one line.", nameof(conditions));
                var codes = names.Select(Encode).Distinct().ToArray();
                together.Add(codes);
                narrowing.AddRange(codes.Select(c => new[] { c }));
                continue;
            }

            var test = new ItemTest(release, condition);
            (test.Entity.Name switch
            {
                "treatment" => own,
                "drug" => ofDrugs,
                "event" => ofEvents,
                _ => throw new ArgumentException($"'{condition.Name}' is not an item of a line of treatment.", nameof(conditions)),
            }).Add(test);
            if (isDrug && condition.Value is OneOf { Stored: var stored })
                narrowing.Add([.. stored.Select(Encode)]);
        }
    }

    /// <summary>Whether the posting lists of drugs narrow the candidates.</summary>
    public bool HasDrugs => narrowing.Count > 0;

    /// <summary>Whether neither drugs nor events are asked for, so that columns of the lines answer.</summary>
    public bool IsOfLineAlone => own.Count > 0 && ofDrugs.Count + ofEvents.Count + together.Count == 0;

    /// <summary>For a test of the line alone: cases with a line that passes, and cases with one that may.</summary>
    public void Find(Run run, Found found)
    {
        var (pass, open) = ColumnScan.Rows(own, lines.Rows);
        var owners = run.Engine.OwnersOf(lines);
        ChildRows.ToCases(owners, pass, found.Certain);
        ChildRows.ToCases(owners, open, found.Possible);
    }

    /// <summary>Drops candidates that have no line which may pass, as far as drugs and columns of the lines tell.</summary>
    public void Narrow(Run run, ulong[] candidates)
    {
        foreach (var codes in narrowing)
        {
            // A drug without a name may be the one that is asked for.
            var named = run.Arena.CopyOf(run.Engine.UnnamedDrug);
            foreach (var code in codes)
                Words.SetAll(named, run.Engine.Release.Drugs.Cases(code));
            Words.And(candidates, named);
        }

        if (own.Count > 0 && !ChildScan.IsSparse(run, candidates))
        {
            var mayPass = run.Arena.Empty();
            ChildRows.ToCases(run.Engine.OwnersOf(lines), ColumnScan.Rows(own, lines.Rows).Open, mayPass);
            Words.And(candidates, mayPass);
        }
    }

    public Verdict At(int line)
    {
        var verdict = Verdict.True;
        foreach (var test in own)
        {
            verdict = Verdicts.And(verdict, test.At(line));
            if (verdict == Verdict.False)
                return verdict;
        }

        if (ofDrugs.Count > 0 || together.Count > 0)
        {
            var ends = drugs.Offsets;
            var (start, end) = (ends[line], ends[line + 1]);
            foreach (var test in ofDrugs)
            {
                var some = Verdict.False;
                for (var row = start; row < end && some != Verdict.True; row++)
                    some = Verdicts.Or(some, test.At(row));
                verdict = Verdicts.And(verdict, some);
            }

            foreach (var codes in together)
            {
                foreach (var code in codes)
                    verdict = Verdicts.And(verdict, Given(code, start, end));
            }
        }

        return verdict != Verdict.False && ofEvents.Count > 0 ? Verdicts.And(verdict, Event(line)) : verdict;
    }

    private Verdict Given(int code, int start, int end)
    {
        var verdict = Verdict.False;
        for (var row = start; row < end; row++)
        {
            var stored = drug?.Stored(row) ?? 0;
            if (stored == 0)
                verdict = Verdict.NotRecorded;
            else if (stored == code)
                return Verdict.True;
        }

        return verdict;
    }

    private Verdict Event(int line)
    {
        var ends = events.Offsets;
        var some = Verdict.False;
        for (var row = ends[line]; row < ends[line + 1] && some != Verdict.True; row++)
        {
            var verdict = Verdict.True;
            foreach (var test in ofEvents)
                verdict = Verdicts.And(verdict, test.At(row));
            some = Verdicts.Or(some, verdict);
        }

        return some;
    }

    private int Encode(string name) => drug?.Encode(name) ?? 0;
}

/// <summary>After or before the start of a line that passes <see cref="Conditions"/>.</summary>
internal sealed class OrderTest(Release release, TimeOrder order)
{
    private readonly Column? starts = StoredTest.Find(release, KnownFields.LineStart);

    public LineTest Conditions { get; } = new(release, order.Conditions);

    /// <summary>Of a line among the lines <paramref name="first"/> to <paramref name="end"/> of its case; the other line is another one.</summary>
    public Verdict OfLine(int line, int first, int end) => Some(starts?.Scaled(line), line, first, end);

    /// <summary>Of a day, null when it is not recorded.</summary>
    public Verdict OfDay(int? day, int first, int end) => Some(day, -1, first, end);

    private Verdict Some(int? day, int self, int first, int end)
    {
        var some = Verdict.False;
        for (var other = first; other < end && some != Verdict.True; other++)
        {
            if (other == self)
                continue;
            var verdict = Conditions.At(other);
            if (verdict != Verdict.False)
                some = Verdicts.Or(some, Verdicts.And(verdict, Compare(day, starts?.Scaled(other))));
        }

        return some;
    }

    private Verdict Compare(int? day, int? other)
    {
        if (day is not { } a || other is not { } b)
            return Verdict.NotRecorded;
        var days = order.After ? a - b : b - a;
        return days > 0 && (order.WithinDays is not { } most || days <= most) ? Verdict.True : Verdict.False;
    }
}
