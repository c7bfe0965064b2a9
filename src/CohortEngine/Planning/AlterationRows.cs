using DataPortal.CohortEngine.Evaluation;
using DataPortal.CohortEngine.Query;
using DataPortal.Releases;
using DataPortal.Releases.Reading;

namespace DataPortal.CohortEngine.Planning;

/// <summary>Tests of single rows of the table of alterations.</summary>
internal sealed class AlterationRows(Release release)
{
    private static readonly string[] ProteinChanging =
        ["missense", "nonsense", "frameshift", "inframe_deletion", "inframe_insertion", "start_lost", "stop_lost", "other"];

    private readonly Column? gene = StoredTest.Find(release, KnownFields.Gene), partner = StoredTest.Find(release, KnownFields.Partner),
        change = StoredTest.Find(release, KnownFields.Change), kind = StoredTest.Find(release, KnownFields.Kind),
        consequence = StoredTest.Find(release, KnownFields.Consequence), codon = StoredTest.Find(release, KnownFields.Codon),
        exon = StoredTest.Find(release, KnownFields.Exon), cdna = StoredTest.Find(release, KnownFields.Cdna), copies = StoredTest.Find(release, KnownFields.Copies),
        oncogenic = StoredTest.Find(release, KnownFields.Oncogenic);

    /// <summary>Whether a row that bears the gene second (a fusion) counts for the test: an ALK fusion is an alteration of ALK, whichever gene it is filed under.</summary>
    public static bool RegardsPartner(AlterationTest test) => test is AnyAlteration or Oncogenic or UncertainSignificance or WildType or Fusion { Directed: false };

    /// <summary>
    /// The test as a function of the row, for rows that come from the posting lists of the gene; only a fusion is asked for its genes once more. <c>WildType</c>
    /// gives what would refute it: an oncogenic alteration.
    /// </summary>
    public Func<int, Verdict> Of(string? symbol, AlterationTest test)
    {
        switch (test)
        {
            case Fusion fusion:
                return FusionOf(symbol, fusion);
            case AnyAlteration:
                return _ => Verdict.True;
            case Oncogenic or WildType:
                return Annotated("yes");
            case UncertainSignificance:
                return Annotated("no");
            case ProteinChange { Change: var text }:
                return ChangeOf(text);
            case Codon { Residue: var residue, Number: var number }:
                return CodonOf(residue, number);
            case CodingChange { Change: var text }:
                return CodingOf(text);
            case ClassTest { Class: var of, Exon: var number }:
                return ClassOf(of, number);
            case Amplification:
                return ConsequenceOf(Codes(kind, "copy_number_alteration"), "amplification");
            case Loss:
                return ConsequenceOf(Codes(kind, "copy_number_alteration"), "loss");
            case CopyNumber { Range: var range }:
                return CopiesIn(range);
            default:
                throw new ArgumentException($"'{test.GetType().Name}' is not a test of alterations.", nameof(test));
        }
    }

    private static int Stored(Column? column, int row) => column?.Stored(row) ?? 0;

    private Func<int, Verdict> Annotated(string asked)
    {
        var code = oncogenic?.Encode(asked) ?? 0;
        return row => Stored(oncogenic, row) switch { 0 => Verdict.NotAnnotated, var stored => stored == code ? Verdict.True : Verdict.False };
    }

    // Where a value is blank, the row may be what is asked only if its kind and consequence, as far as they are known, are of the right sort.
    private Func<int, Verdict> ChangeOf(string text)
    {
        var code = change?.Encode(text) ?? 0;
        var couldBe = CouldChangeProtein();
        return row => Stored(change, row) switch
        {
            0 => couldBe(row) ? Verdict.NotRecorded : Verdict.False,
            var stored => stored == code ? Verdict.True : Verdict.False,
        };
    }

    private Func<int, Verdict> CodonOf(char? residue, int number)
    {
        var couldBe = CouldChangeProtein();
        return row => codon?.Scaled(row) switch
        {
            null => couldBe(row) ? Verdict.NotRecorded : Verdict.False,
            var n when n != number => Verdict.False,
            _ when residue is null => Verdict.True,
            _ => Stored(change, row) is > 0 and var code ? change!.Decode(code)![0] == residue ? Verdict.True : Verdict.False : Verdict.NotRecorded,
        };
    }

    private Func<int, Verdict> CodingOf(string text)
    {
        // A change without a protein form may be filed as the change itself.
        int code = cdna?.Encode(text) ?? 0, asChange = change?.Encode(text) ?? 0;
        var small = Codes(kind, "small_scale_variant");
        return row =>
        {
            var stored = Stored(cdna, row);
            if ((stored != 0 && stored == code) || (asChange != 0 && Stored(change, row) == asChange))
                return Verdict.True;
            return stored == 0 && small.HasOrBlank(row) ? Verdict.NotRecorded : Verdict.False;
        };
    }

    private Func<int, Verdict> ClassOf(AlterationClass of, int? number)
    {
        var small = Codes(kind, "small_scale_variant");
        var structural = Codes(kind, "small_scale_variant", "rearrangement", "fusion");
        return of switch
        {
            AlterationClass.Truncating => ConsequenceOf(small, "nonsense", "frameshift", "splice", "start_lost"),
            AlterationClass.Missense => ConsequenceOf(small, "missense"),
            AlterationClass.Splice => ConsequenceOf(small, "splice"),
            AlterationClass.Inframe => ConsequenceOf(small, "inframe_deletion", "inframe_insertion"),
            AlterationClass.Promoter => ConsequenceOf(small, "promoter"),
            AlterationClass.ExonDeletion => InExon(ConsequenceOf(small, "inframe_deletion"), number),
            AlterationClass.ExonInsertion => InExon(ConsequenceOf(small, "inframe_insertion"), number),
            AlterationClass.ExonSkipping => InExon(ConsequenceOf(structural, "exon_skipping"), number),
            AlterationClass.VariantIII => VariantIII(structural),
            _ => throw new ArgumentOutOfRangeException(nameof(of)),
        };
    }

    private Func<int, Verdict> VariantIII(CodeMask structural)
    {
        int[] codes = [change?.Encode("vIII") ?? 0, change?.Encode("EGFRvIII") ?? 0];
        var longDeletion = Codes(consequence, "long_deletion");
        return row => Stored(change, row) switch
        {
            0 => structural.HasOrBlank(row) && longDeletion.HasOrBlank(row) ? Verdict.NotRecorded : Verdict.False,
            var stored => stored == codes[0] || stored == codes[1] ? Verdict.True : Verdict.False,
        };
    }

    private Func<int, Verdict> InExon(Func<int, Verdict> what, int? number) => row =>
    {
        var verdict = what(row);
        if (verdict == Verdict.False || number is null)
            return verdict;
        return exon?.Scaled(row) is { } recorded ? recorded == number ? verdict : Verdict.False : Verdict.NotRecorded;
    };

    private Func<int, Verdict> ConsequenceOf(CodeMask kinds, params string[] names)
    {
        var wanted = Codes(consequence, names);
        return row => wanted.Has(row) ? Verdict.True : wanted.IsBlank(row) && kinds.HasOrBlank(row) ? Verdict.NotRecorded : Verdict.False;
    }

    private Func<int, Verdict> CopiesIn(NumberRange range)
    {
        var test = StoredTest.Of(release, KnownFields.Copies, new InRange(range));
        var kinds = Codes(kind, "copy_number_alteration");
        var consequences = Codes(consequence, "amplification", "gain", "loss", "shallow_loss", "other");
        return row => Stored(copies, row) != 0 ? test.At(row)
            : kinds.HasOrBlank(row) && consequences.HasOrBlank(row) ? Verdict.NotRecorded : Verdict.False;
    }

    private Func<int, Verdict> FusionOf(string? symbol, Fusion fusion)
    {
        int first = symbol is null ? 0 : gene?.Encode(symbol) ?? 0, second = fusion.Partner is null ? 0 : gene?.Encode(fusion.Partner) ?? 0;
        var kinds = Codes(kind, "fusion");
        var consequences = Codes(consequence, "fusion");
        return row =>
        {
            int five = Stored(gene, row), three = Stored(partner, row);
            var genes = fusion.Directed ? Forward(five, three) : Verdicts.Or(Forward(five, three), Backward(five, three));
            if (genes == Verdict.False)
                return genes;
            var isFusion = kinds.Has(row) || consequences.Has(row) || three != 0 ? Verdict.True
                : kinds.IsBlank(row) && consequences.IsBlank(row) ? Verdict.NotRecorded : Verdict.False;
            return Verdicts.And(genes, isFusion);
        };

        Verdict Forward(int five, int three) => symbol is not null && !Is(five, first) ? Verdict.False : fusion.Partner is null || Is(three, second) ? Verdict.True : Open(three);

        // The term's gene in second place. A fusion whose partner nobody wrote down may be with the term's gene only where the other one is asked for by name.
        Verdict Backward(int five, int three) => fusion.Partner is not null && !Is(five, second) ? Verdict.False
            : symbol is null || Is(three, first) ? Verdict.True : fusion.Partner is null ? Verdict.False : Open(three);

        static Verdict Open(int three) => three == 0 ? Verdict.NotRecorded : Verdict.False;
        static bool Is(int stored, int code) => stored != 0 && stored == code;
    }

    private Func<int, bool> CouldChangeProtein()
    {
        var small = Codes(kind, "small_scale_variant");
        var changing = Codes(consequence, ProteinChanging);
        return row => small.HasOrBlank(row) && changing.HasOrBlank(row);
    }

    private static CodeMask Codes(Column? column, params string[] codes) => new(column, codes);

    /// <summary>Some codes of a closed list, which has fewer than 64.</summary>
    private sealed class CodeMask(Column? column, string[] codes)
    {
        private readonly ulong mask = column is null ? 0 : codes.Select(column.Encode).Where(c => c != 0).Aggregate(0UL, (bits, code) => bits | (1UL << code));

        public bool Has(int row) => (mask >> Stored(column, row) & 1) != 0;

        public bool IsBlank(int row) => Stored(column, row) == 0;

        public bool HasOrBlank(int row) => IsBlank(row) || Has(row);
    }
}
