using System.Globalization;
using DataPortal.Releases.Vocabularies;

namespace DataPortal.CohortEngine.Query;

/// <summary>The words that may follow a gene: changes in HGVS and everyday notation, named classes, evidence, copy number.</summary>
internal static class AlterationWords
{
    private static readonly (AlterationTest Test, string Word, string En, string Ja, string[] Others)[] Named =
    [
        (new AnyAlteration(), "any", "any alteration", "何らかの変異", ["すべて", "変異"]),
        (new Oncogenic(), "onc", "oncogenic", "病的（エビデンスF以上）", ["oncogenic", "pathogenic", "病的", "病的変異"]),
        (new UncertainSignificance(), "vus", "uncertain significance", "意義不明", ["意義不明"]),
        (new WildType(), "wt", "wild type (assayed, nothing oncogenic)", "野生型", ["wildtype", "野生型"]),
        (new ClassTest(AlterationClass.Truncating, null), "trunc", "truncating", "短縮型変異", ["truncating", "truncation", "短縮", "短縮型"]),
        (new ClassTest(AlterationClass.Missense, null), "missense", "missense", "ミスセンス", ["ミスセンス"]),
        (new ClassTest(AlterationClass.Splice, null), "splice", "splice site", "スプライス部位", ["スプライス", "splicesite"]),
        (new ClassTest(AlterationClass.Inframe, null), "inframe", "in-frame insertion or deletion", "インフレーム", ["インフレーム"]),
        (new ClassTest(AlterationClass.Promoter, null), "promoter", "promoter", "プロモーター", ["プロモーター", "プロモータ"]),
        (new Amplification(), "amp", "amplification", "増幅", ["amplification", "amplified", "増幅"]),
        (new Loss(), "loss", "loss of both copies", "欠失（両アレル）", ["homdel", "homozygousdeletion", "欠失", "ホモ欠失"]),
        (new Fusion(null, false), "fusion", "fusion", "融合", ["fusions", "融合", "融合遺伝子"]),
    ];

    private static readonly (string Word, AlterationClass Class)[] ExonEvents =
    [
        ("del", AlterationClass.ExonDeletion), ("deletion", AlterationClass.ExonDeletion), ("欠失", AlterationClass.ExonDeletion), ("ins", AlterationClass.ExonInsertion),
        ("insertion", AlterationClass.ExonInsertion), ("挿入", AlterationClass.ExonInsertion), ("skip", AlterationClass.ExonSkipping),
        ("skipping", AlterationClass.ExonSkipping), ("すきっぴんぐ", AlterationClass.ExonSkipping), ("すきっぷ", AlterationClass.ExonSkipping),
    ];

    private static readonly string[] ExonWords = ["exon", "ex", "えくそん"];
    private static readonly string[] CodonWords = ["codon", "こどん"];

    private static readonly Dictionary<string, AlterationTest> ByWord = Named.SelectMany(n => n.Others.Append(n.Word).Select(w => (Folding.Fold(w), n.Test)))
        .ToDictionary(x => x.Item1, x => x.Test);

    /// <summary>Canonical words with their labels, for completion.</summary>
    public static IEnumerable<(string Word, string En, string Ja)> Words => Named.Select(n => (n.Word, n.En, n.Ja));

    /// <summary>What a word asks of an alteration of a gene; null when it is no such word.</summary>
    public static AlterationTest? Parse(string word, string? gene)
    {
        if (word.Length is 0 or > 200)
            return null;
        var folded = Folding.Fold(word);
        if (ByWord.TryGetValue(folded, out var named))
            return named;
        if (folded == "viii")
            return gene == "EGFR" ? new ClassTest(AlterationClass.VariantIII, null) : null;
        return Change(word, folded, gene);
    }

    /// <summary>True for words that begin a test of several words: <c>exon 19 del</c>, <c>codon 12</c>.</summary>
    public static bool BeginsSeveral(string word)
    {
        var folded = Folding.Fold(word).TrimEnd('0', '1', '2', '3', '4', '5', '6', '7', '8', '9');
        return ExonWords.Contains(folded) || CodonWords.Contains(folded);
    }

    /// <summary>The canonical word of a test; the inverse of <see cref="Parse"/>. <see cref="CopyNumber"/> is a comparison and written elsewhere.</summary>
    public static string Write(AlterationTest test) => test switch
    {
        ProteinChange p => p.Change,
        Codon { Residue: { } residue } c => string.Create(CultureInfo.InvariantCulture, $"{residue}{c.Number}"),
        Codon c => string.Create(CultureInfo.InvariantCulture, $"codon{c.Number}"),
        CodingChange c => c.Change,
        ClassTest { Class: AlterationClass.VariantIII } => "vIII",
        ClassTest { Exon: { } exon } c => string.Create(CultureInfo.InvariantCulture, $"exon{exon}{ExonEvents.First(e => e.Class == c.Class).Word}"),
        Fusion { Directed: true } => ">",
        Fusion => "fusion",
        _ => Named.First(n => n.Test == test).Word,
    };

    private static AlterationTest? Change(string word, string folded, string? gene)
    {
        if (word.StartsWith("c.", StringComparison.OrdinalIgnoreCase))
            return CodingNotation.Parse(word) is { } coding ? new CodingChange(coding) : null;
        // The two promoter mutations of TERT go by their place on chromosome 5 and look like protein changes.
        if (gene == "TERT" && folded is ("c228t" or "g228a"))
            return new CodingChange("c.-124C>T");
        if (gene == "TERT" && folded is ("c250t" or "g250a"))
            return new CodingChange("c.-146C>T");
        return Exon(folded) ?? CodonWord(folded) ?? ProteinNotation.Parse(word);
    }

    private static AlterationTest? CodonWord(string folded)
    {
        foreach (var prefix in CodonWords)
        {
            if (folded.StartsWith(prefix, StringComparison.Ordinal) && Number(folded.AsSpan(prefix.Length), 40000) is { } number)
                return new Codon(null, number);
        }

        return null;
    }

    private static ClassTest? Exon(string folded)
    {
        foreach (var (word, kind) in ExonEvents)
        {
            var rest = folded.AsSpan();
            if (rest.EndsWith(word, StringComparison.Ordinal))
                rest = rest[..^word.Length];
            else if (rest.StartsWith(word, StringComparison.Ordinal))
                rest = rest[word.Length..];
            else
                continue;
            foreach (var exon in ExonWords)
            {
                if (rest.StartsWith(exon, StringComparison.Ordinal))
                {
                    rest = rest[exon.Length..];
                    break;
                }
            }

            if (Number(rest, 400) is { } number)
                return new ClassTest(kind, number);
        }

        return null;
    }

    private static int? Number(ReadOnlySpan<char> digits, int max) =>
        digits.Length is > 0 and <= 5 && digits[0] != '0' && int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var n) && n <= max ? n : null;
}
