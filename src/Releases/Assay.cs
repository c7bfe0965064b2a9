using DataPortal.Releases.Vocabularies;

namespace DataPortal.Releases;

/// <summary>What a test sees. Coverage belongs to panel <em>and</em> version.</summary>
/// <param name="Panel">The value of <c>case.panel</c> that names it.</param>
/// <param name="Version">The value of <c>case.panel_version</c>; empty when the data have none.</param>
/// <param name="Paired">True when a normal sample was sequenced beside the tumour, so that origin can be told.</param>
/// <param name="AllGenes">Kinds of alteration that it calls in every gene.</param>
/// <param name="Coverage">What it calls in single genes, with the source of each statement.</param>
public sealed record Assay(string Panel, string Version, bool Paired, IReadOnlyList<AlterationKind> AllGenes, IReadOnlyList<CoverageEntry> Coverage)
{
    /// <summary>The assay of a panel in the vocabulary.</summary>
    public static Assay Of(Panel panel, Panels panels) => new(panel.Code, panel.Version, panel.Paired, [], panels.Coverage(panel.Code, panel.Version));
}
