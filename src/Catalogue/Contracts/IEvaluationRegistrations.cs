using DataPortal.Releases;

namespace DataPortal.Catalogue.Contracts;

/// <summary>
/// Port: the made-up registrations of which evaluation mode builds its first release, <c>synthetic</c>. Catalogue knows nothing of how they are made; whoever puts
/// the portal together gives an implementation. Without one, evaluation mode starts without releases.
/// </summary>
public interface IEvaluationRegistrations
{
    /// <summary>How many cases <see cref="Read"/> gives; progress is told against it.</summary>
    int Cases { get; }

    /// <summary>What the tests cover; panels of the shipped vocabulary need not be named.</summary>
    IReadOnlyList<Assay> Assays { get; }

    /// <summary>The same seed gives the same cases. Read once, while the release is being built.</summary>
    IEnumerable<Row> Read(int seed);
}
