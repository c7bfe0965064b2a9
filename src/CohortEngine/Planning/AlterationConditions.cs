using DataPortal.CohortEngine.Evaluation;
using DataPortal.CohortEngine.Query;
using DataPortal.Releases.Reading;

namespace DataPortal.CohortEngine.Planning;

/// <summary>Further conditions on one alteration: on its own fields, and on its evidence, where one and the same row of evidence passes all.</summary>
internal sealed class AlterationConditions
{
    private readonly List<Func<int, int, Verdict>> own = [];
    private readonly List<(ItemTest Test, StoredTest? Snapshot)> ofEvidence = [];
    private readonly List<ItemTest> plain = [];
    private readonly EngineState engine;
    private readonly Table evidence;

    public AlterationConditions(EngineState engine, IReadOnlyList<FieldTest> conditions)
    {
        this.engine = engine;
        evidence = engine.Release.Table("evidence");
        foreach (var condition in conditions)
        {
            var test = new ItemTest(engine.Release, condition);
            switch (test.Entity.Name)
            {
                case "alteration":
                    own.Add(Own(test, condition));
                    break;
                case "evidence":
                    ofEvidence.Add((test, Snapshot(condition.Name)));
                    break;
                default:
                    throw new ArgumentException($"'{condition.Name}' is not an item of an alteration.", nameof(conditions));
            }
        }
    }

    /// <summary>Those which are a column and nothing else: each must pass or be not known in a row that counts.</summary>
    public IReadOnlyList<ItemTest> Plain => plain;

    public bool Any => own.Count + ofEvidence.Count > 0;

    public Verdict At(int row, int number)
    {
        var verdict = Verdict.True;
        foreach (var test in own)
        {
            verdict = Verdicts.And(verdict, test(row, number));
            if (verdict == Verdict.False)
                return verdict;
        }

        return ofEvidence.Count > 0 ? Verdicts.And(verdict, Evidence(row)) : verdict;
    }

    private Func<int, int, Verdict> Own(ItemTest test, FieldTest condition)
    {
        if (condition.Value is IsMissing || condition.Fields is not [var field]
            || (field != KnownFields.Origin && field != KnownFields.Gene && field != KnownFields.Oncogenic && field != KnownFields.Level))
        {
            plain.Add(test);
            return (row, _) => test.At(row);
        }

        // Without a normal sample beside the tumour nobody knows the origin, whatever the label says.
        if (field == KnownFields.Origin)
            return (row, number) => engine.IsPaired(number) ? test.At(row) : Verdict.OriginUnknown;
        // What is filed under no gene is an alteration of none.
        if (field == KnownFields.Gene)
            return (row, _) => test.At(row) == Verdict.True ? Verdict.True : Verdict.False;
        if (field == KnownFields.Oncogenic)
            return (row, _) => test.At(row) is var v && v.IsUnknown() ? Verdict.NotAnnotated : v;
        // No level means no evidence, unless the release has none at all.
        return (row, _) => test.At(row) is var v && v.IsUnknown() ? evidence.Rows > 0 ? Verdict.False : Verdict.NotAnnotated : v;
    }

    private StoredTest? Snapshot(string name)
    {
        var at = name.IndexOf('@', StringComparison.Ordinal);
        return at < 0 ? null : StoredTest.Of(engine.Release, KnownFields.Snapshot, new OneOf([name[(at + 1)..]], [name[(at + 1)..]]));
    }

    private Verdict Evidence(int row)
    {
        if (evidence.Rows == 0)
            return Verdict.NotAnnotated;
        var ends = evidence.Offsets;
        var some = Verdict.False;
        for (var i = ends[row]; i < ends[row + 1] && some != Verdict.True; i++)
        {
            var verdict = Verdict.True;
            foreach (var (test, snapshot) in ofEvidence)
            {
                if (snapshot is not null)
                    verdict = Verdicts.And(verdict, snapshot.At(i));
                verdict = Verdicts.And(verdict, test.At(i));
            }

            some = Verdicts.Or(some, verdict);
        }

        return some;
    }
}
