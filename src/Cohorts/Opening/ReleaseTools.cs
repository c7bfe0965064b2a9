using System.Runtime.CompilerServices;
using DataPortal.CohortEngine.Characteristics;
using DataPortal.CohortEngine.Query;
using DataPortal.Releases;

namespace DataPortal.Cohorts.Opening;

/// <summary>What is worked out once per opened release and kept as long as it: its engine, its language, its characteristics.</summary>
internal sealed class ReleaseTools
{
    private static readonly ConditionalWeakTable<Release, ReleaseTools> Known = [];

    private ReleaseTools(Release release)
    {
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
}
