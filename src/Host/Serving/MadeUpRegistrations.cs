using DataPortal.Catalogue.Contracts;
using DataPortal.Releases;
using DataPortal.Synthesis;

namespace DataPortal.Host.Serving;

/// <summary>The made-up cases of evaluation mode's first release. Catalogue knows nothing of how they are made.</summary>
internal sealed class MadeUpRegistrations(int cases) : IEvaluationRegistrations
{
    public int Cases => cases;

    public IReadOnlyList<Assay> Assays => new SyntheticRegistrations(cases, 0).Assays;

    public IEnumerable<Row> Read(int seed) => new SyntheticRegistrations(cases, seed).MadeAhead(Environment.ProcessorCount);
}
