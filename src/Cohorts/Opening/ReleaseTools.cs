using System.Runtime.CompilerServices;
using DataPortal.CohortEngine.Characteristics;
using DataPortal.CohortEngine.Evaluation;
using DataPortal.CohortEngine.Query;
using DataPortal.Releases;

namespace DataPortal.Cohorts.Opening;

/// <summary>What is worked out once per opened release and kept as long as it: its engine, its language, its characteristics.</summary>
internal sealed class ReleaseTools
{
    private static readonly ConditionalWeakTable<Release, ReleaseTools> Known = [];

    private readonly Release _release;
    private CaseSet _excluded;

    private ReleaseTools(Release release)
    {
        _release = release;
        _excluded = CaseSet.None(release.Cases);
        Engine = CohortEngine.CohortEngine.Open(release);
        Language = new QueryLanguage(release.Vocabulary, QueryContext.Of(release));
        Characterizer = Characterizer.For(release);
        Labels = new ValueLabels(release.Vocabulary);
    }

    public CohortEngine.CohortEngine Engine { get; }

    public QueryLanguage Language { get; }

    public Characterizer Characterizer { get; }

    public ValueLabels Labels { get; }

    public static ReleaseTools Of(Release release) => Known.GetValue(release, r => new ReleaseTools(r));

    /// <summary>The cases of those ids, as a set; the same object as long as the ids are the same, so that others can tell by looking at it.</summary>
    public CaseSet Excluded(IReadOnlyCollection<ulong> ids)
    {
        var known = Volatile.Read(ref _excluded);
        var numbers = ids.Select(_release.FindCase).Where(number => number >= 0).Distinct().Order().ToArray();
        if (known.ToArray().AsSpan().SequenceEqual(numbers))
        {
            return known;
        }

        var changed = CaseSet.OfSorted(_release.Cases, numbers);
        Volatile.Write(ref _excluded, changed);
        return changed;
    }
}
