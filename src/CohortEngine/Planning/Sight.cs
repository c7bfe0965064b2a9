using System.Globalization;
using DataPortal.CohortEngine.Query;
using DataPortal.Releases.Reading;
using DataPortal.Releases.Vocabularies;

namespace DataPortal.CohortEngine.Planning;

/// <summary>
/// What an assay must call to have seen the alteration that is asked for: one of some kinds of alteration, in the coding sequence or in a named region
/// instead. Coverage belongs to panel and version.
/// </summary>
/// <param name="Kinds">Bits 1 &lt;&lt; <see cref="AlterationKind"/>; one of them in the coding sequence suffices. 0: the coding sequence is not what is asked.</param>
/// <param name="Region">A region in which any of <paramref name="Kinds"/>, or any kind when that is 0, suffices as well; null for none.</param>
internal readonly record struct Sight(int Kinds, string? Region)
{
    private const int Anything = -1;
    private const string Promoter = "promoter";

    public static Sight Of(AlterationTest test) => test switch
    {
        ClassTest { Class: AlterationClass.Promoter } => new(0, Promoter),
        CodingChange { Change: var change } when change.StartsWith("c.-", StringComparison.Ordinal) => new(0, Promoter),
        // Skipping is seen by the variant in DNA or by the joined exons in RNA, and some panels list the introns beside an exon as a region of their own.
        ClassTest { Class: AlterationClass.ExonSkipping, Exon: var exon } =>
            new(Bit(AlterationKind.ShortVariant) | Bit(AlterationKind.Fusion), string.Create(CultureInfo.InvariantCulture, $"exon {exon} intron")),
        ClassTest { Class: AlterationClass.VariantIII } => new(Bit(AlterationKind.ShortVariant) | Bit(AlterationKind.Fusion), null),
        ProteinChange or Codon or CodingChange or ClassTest => new(Bit(AlterationKind.ShortVariant), null),
        Amplification or CopyNumber => new(Bit(AlterationKind.Amplification), null),
        Loss => new(Bit(AlterationKind.Loss), null),
        Fusion => new(Bit(AlterationKind.Fusion), null),
        _ => new(Anything, Promoter),
    };

    /// <summary>Whether the assay could have seen it in that gene.</summary>
    public bool In(Coverage coverage, int assay, string gene) =>
        (coverage.Kinds(assay, gene, "") & Kinds) != 0 || (Region is not null && (coverage.Kinds(assay, gene, Region) & (Kinds == 0 ? Anything : Kinds)) != 0);

    /// <summary>Whether the assay could have seen it in some gene.</summary>
    public bool InAny(Coverage coverage, int assay)
    {
        foreach (var kind in coverage.Assays[assay].AllGenes)
        {
            if ((Bit(kind) & Kinds) != 0)
                return true;
        }

        foreach (var gene in coverage.ListedGenes)
        {
            if (In(coverage, assay, gene))
                return true;
        }

        return false;
    }

    private static int Bit(AlterationKind kind) => 1 << (int)kind;
}
