using DataPortal.Releases;

namespace DataPortal.Catalogue.Import;

/// <summary>A case as it comes from a format, with its place in the report.</summary>
/// <param name="Row">Already clean: every code known, every number in range.</param>
/// <param name="Drop">Tells the report that the case does not enter the release after all, and why.</param>
internal sealed record ImportedCase(Row Row, Action<string> Drop);

/// <summary>What a format gives to the building of a release.</summary>
/// <param name="Assays">Tests whose coverage came with the data.</param>
/// <param name="Cases">Read once, in order, while the release is being built.</param>
/// <param name="Done">Share of the cases that has been read, 0 to 1.</param>
internal sealed record RegistrationSource(IReadOnlyList<Assay> Assays, IEnumerable<ImportedCase> Cases, Func<double> Done);
