using DataPortal.CohortEngine.Query;
using DataPortal.Releases;
using DataPortal.Releases.Vocabularies;

namespace DataPortal.CohortEngine.Reference;

/// <summary>Terms about the alterations of one case.</summary>
internal sealed class NaiveAlterations(Release release, NaiveRecords records, int number, bool lenient)
{
    private readonly int assay = release.Column("case.assay").Scaled(number)!.Value;

    public Answer Value(AlterationTerm term)
    {
        if (term.Test is WildType)
            return Answer.Not(Value(term with { Test = new Oncogenic() }));
        var rows = records.Rows("alteration", number).Select(row => Answer.All([Gene(term, row), Test(term, row), .. Conditions(term, row)])).ToList();
        if (records.Text("case.readability", number) == "failed")
            rows.Add(Answer.Unknown(Why.Failed));
        if (!IsCovered(term))
            rows.Add(Answer.Unknown(Why.NotCovered));
        if (records.Text("case.readability", number) == "empty-plasma" && !lenient)
            rows.Add(Answer.Unknown(Why.NoCtdna));
        return Answer.Any(rows);
    }

    private string? Text(string name, int row) => records.Text("alteration." + name, row);

    private bool IsCovered(AlterationTerm term)
    {
        var genes = term.Gene is not null ? [term.Gene]
            : term.Conditions.Where(c => c.Value is OneOf && c.Fields.Count == 1 && c.Fields[0].Key == "alteration.gene").Select(c => ((OneOf)c.Value).Stored).FirstOrDefault();
        if (genes is null)
            return release.Manifest.Assays[assay].AllGenes.Count > 0 && AllGenes(term.Test) || release.Coverage.ListedGenes.Any(g => Looks(g, term.Test));
        return term.Test is Fusion { Partner: { } partner } ? genes.Any(g => Looks(g, term.Test)) || Looks(partner, term.Test) : genes.All(g => Looks(g, term.Test));
    }

    // An assay of whole exomes sees a gene that nobody ever listed, but no promoter.
    private bool AllGenes(AlterationTest test) => Looks("a gene that is in no list", test);

    private bool Looks(string gene, AlterationTest test)
    {
        var coverage = release.Coverage;
        return test switch
        {
            ClassTest { Class: AlterationClass.Promoter } => AnyKind("promoter"),
            CodingChange { Change: var c } when c.StartsWith("c.-", StringComparison.Ordinal) => AnyKind("promoter"),
            ClassTest { Class: AlterationClass.ExonSkipping, Exon: var exon } => ShortOrFused("") || ShortOrFused($"exon {exon} intron"),
            ClassTest { Class: AlterationClass.VariantIII } => ShortOrFused(""),
            ProteinChange or Codon or CodingChange or ClassTest => coverage.Covers(assay, gene, AlterationKind.ShortVariant),
            Amplification or CopyNumber => coverage.Covers(assay, gene, AlterationKind.Amplification),
            Loss => coverage.Covers(assay, gene, AlterationKind.Loss),
            Fusion => coverage.Covers(assay, gene, AlterationKind.Fusion),
            _ => AnyKind("") || AnyKind("promoter"),
        };

        bool AnyKind(string region) => Enum.GetValues<AlterationKind>().Any(k => coverage.Covers(assay, gene, k, region));
        bool ShortOrFused(string region) => coverage.Covers(assay, gene, AlterationKind.ShortVariant, region) || coverage.Covers(assay, gene, AlterationKind.Fusion, region);
    }

    private Answer Gene(AlterationTerm term, int row)
    {
        if (term.Gene is null || term.Test is Fusion)
            return Answer.True;
        return Answer.Of(Text("gene", row) == term.Gene || (term.Test is AnyAlteration or Oncogenic or UncertainSignificance && Text("partner", row) == term.Gene));
    }

    private Answer Test(AlterationTerm term, int row)
    {
        var kind = Text("kind", row);
        var consequence = Text("consequence", row);
        switch (term.Test)
        {
            case AnyAlteration:
                return Answer.True;
            case Oncogenic or UncertainSignificance:
                return Text("oncogenic", row) is { } oncogenic ? Answer.Of(oncogenic == (term.Test is Oncogenic ? "yes" : "no")) : Answer.Unknown(Why.NotAnnotated);
            case ProteinChange { Change: var change }:
                return Text("change", row) is { } recorded ? Answer.Of(recorded == change) : Blank(MayChangeProtein());
            case Codon codon:
                if (records.Number("alteration.codon", row) is not { } at)
                    return Blank(MayChangeProtein());
                if (at != codon.Number || codon.Residue is null)
                    return Answer.Of(at == codon.Number);
                return Text("change", row) is { } written ? Answer.Of(written.StartsWith(codon.Residue.Value)) : Answer.Unknown(Why.NotRecorded);
            case CodingChange { Change: var coding }:
                if (Text("cdna", row) == coding || Text("change", row) == coding)
                    return Answer.True;
                return Text("cdna", row) is null ? Blank(kind is null or "small_scale_variant") : Answer.False;
            case ClassTest test:
                return Class(test, row, kind, consequence);
            case Amplification:
                return consequence is null ? Blank(kind is null or "copy_number_alteration") : Answer.Of(consequence == "amplification");
            case Loss:
                return consequence is null ? Blank(kind is null or "copy_number_alteration") : Answer.Of(consequence == "loss");
            case CopyNumber { Range: var range }:
                if (records.Number("alteration.copies", row) is null)
                    return Blank(kind is null or "copy_number_alteration" && consequence is null or "amplification" or "gain" or "loss" or "shallow_loss" or "other");
                return records.Passes(new FieldTest("cn", [release.Column("alteration.copies").Field], new InRange(range)), row);
            case Fusion fusion:
                return Answer.All([Genes(term.Gene, fusion, row), IsFusion()]);
            default:
                throw new ArgumentException(term.Test.GetType().Name, nameof(term));
        }

        bool MayChangeProtein() => kind is null or "small_scale_variant" && consequence is null or "missense" or "nonsense" or "frameshift" or "inframe_deletion"
            or "inframe_insertion" or "start_lost" or "stop_lost" or "other";
        Answer IsFusion() => kind == "fusion" || consequence == "fusion" || Text("partner", row) is not null ? Answer.True : Blank(kind is null && consequence is null);
    }

    private static Answer Blank(bool couldBe) => couldBe ? Answer.Unknown(Why.NotRecorded) : Answer.False;

    private Answer Class(ClassTest test, int row, string? kind, string? consequence)
    {
        if (test.Class == AlterationClass.VariantIII)
        {
            return Text("change", row) is { } change ? Answer.Of(change is "vIII" or "EGFRvIII")
                : Blank(consequence is null or "long_deletion" && kind is null or "small_scale_variant" or "rearrangement" or "fusion");
        }

        string[] wanted = test.Class switch
        {
            AlterationClass.Truncating => ["nonsense", "frameshift", "splice", "start_lost"],
            AlterationClass.Missense => ["missense"],
            AlterationClass.Splice => ["splice"],
            AlterationClass.Inframe => ["inframe_deletion", "inframe_insertion"],
            AlterationClass.Promoter => ["promoter"],
            AlterationClass.ExonDeletion => ["inframe_deletion"],
            AlterationClass.ExonInsertion => ["inframe_insertion"],
            _ => ["exon_skipping"],
        };
        var skipping = test.Class == AlterationClass.ExonSkipping;
        var what = consequence is null ? Blank(kind is null or "small_scale_variant" || (skipping && kind is "rearrangement" or "fusion")) : Answer.Of(wanted.Contains(consequence));
        if (test.Exon is null)
            return what;
        var where = records.Number("alteration.exon", row) is { } exon ? Answer.Of(exon == test.Exon) : Answer.Unknown(Why.NotRecorded);
        return Answer.All([what, where]);
    }

    // First gene and second gene; a second gene that is not written down may be any that is asked for by name beside the first.
    private Answer Genes(string? gene, Fusion fusion, int row)
    {
        string? five = Text("gene", row), three = Text("partner", row);
        var asWritten = Answer.All([
            Answer.Of(gene is null || five == gene),
            fusion.Partner is null ? Answer.True : three is null ? Answer.Unknown(Why.NotRecorded) : Answer.Of(three == fusion.Partner),
        ]);
        if (fusion.Directed)
            return asWritten;
        var turned = fusion.Partner is null ? Answer.Of(gene is null || three == gene) : Answer.All([
            Answer.Of(five == fusion.Partner),
            gene is null ? Answer.True : three is null ? Answer.Unknown(Why.NotRecorded) : Answer.Of(three == gene),
        ]);
        return Answer.Any([asWritten, turned]);
    }

    private IEnumerable<Answer> Conditions(AlterationTerm term, int row)
    {
        foreach (var test in term.Conditions.Where(c => c.Fields[0].Entity.Name == "alteration"))
        {
            var answer = records.Passes(test, row);
            if (test.Value is not IsMissing && test.Fields.Count == 1)
            {
                answer = test.Fields[0].Name switch
                {
                    "origin" when !release.Manifest.Assays[assay].Paired => Answer.Unknown(Why.OriginUnknown),
                    "gene" when answer.Is == Tri.Unknown => Answer.False,
                    "oncogenic" when answer.Is == Tri.Unknown => Answer.Unknown(Why.NotAnnotated),
                    "level" when answer.Is == Tri.Unknown => release.Table("evidence").Rows > 0 ? Answer.False : Answer.Unknown(Why.NotAnnotated),
                    _ => answer,
                };
            }

            yield return answer;
        }

        var ofEvidence = term.Conditions.Where(c => c.Fields[0].Entity.Name == "evidence").ToArray();
        if (ofEvidence.Length == 0)
            yield break;
        yield return release.Table("evidence").Rows == 0 ? Answer.Unknown(Why.NotAnnotated)
            : Answer.Any(records.ChildRows("evidence", row).Select(e => Answer.All(ofEvidence.SelectMany(t => new[] { records.Passes(t, e), Snapshot(t.Name, e) }))));
    }

    private Answer Snapshot(string name, int evidence)
    {
        if (name.Split('@') is not [_, var asked])
            return Answer.True;
        return records.Text("evidence.snapshot", evidence) is { } snapshot ? Answer.Of(snapshot == asked) : Answer.Unknown(Why.NotRecorded);
    }
}
