using System.Globalization;
using DataPortal.Releases.Vocabularies;

namespace DataPortal.Synthesis;

/// <summary>The changes that have no name of their own: made up once per gene, from the gene's symbol alone, so that they recur between cases and releases.</summary>
internal static class ChangePools
{
    private const string AminoAcids = "ACDEFGHIKLMNPQRSTVWY";
    private const int UncertainPerGene = 150;
    private const int TruncatingPerGene = 40;

    public static void Fill(Gene gene)
    {
        var dice = new Dice();
        dice.Start(Hash(gene.Symbol), 7, 0);
        var length = dice.Between(300, 2400);
        gene.Uncertain = Distinct(UncertainPerGene, () => Uncertain(dice, length));
        gene.Truncating = Distinct(TruncatingPerGene, () => Truncating(dice, length));
    }

    /// <summary>How much of a panel's incidental variants fall into the gene: long genes collect more.</summary>
    public static double Weight(Gene gene) => 0.3 + ((Hash(gene.Symbol) >> 32) * (2.4 / uint.MaxValue));

    private static Change[] Distinct(int count, Func<Change> make)
    {
        var changes = new Dictionary<string, Change>(StringComparer.Ordinal);
        while (changes.Count < count)
        {
            var change = make();
            changes.TryAdd(change.Text, change);
        }

        return [.. changes.Values];
    }

    private static Change Uncertain(Dice dice, int length)
    {
        var position = dice.Between(2, length);
        var from = AminoAcids[dice.Below(20)];
        if (dice.Chance(0.04))
        {
            return new Change(Text($"{from}{position}del"), AlterationKind.ShortVariant, "inframe_deletion", position, null, false);
        }

        var to = AminoAcids[dice.Below(20)];
        while (to == from)
        {
            to = AminoAcids[dice.Below(20)];
        }

        return new Change(Text($"{from}{position}{to}"), AlterationKind.ShortVariant, "missense", position, null, false)
        {
            Population = dice.Chance(0.35) ? 0.00001 + (dice.Unit() * dice.Unit() * 0.008) : 0,
        };
    }

    private static Change Truncating(Dice dice, int length)
    {
        var position = dice.Between(10, length);
        var from = AminoAcids[dice.Below(20)];
        var kind = dice.Unit();
        if (kind < 0.45)
        {
            return new Change(Text($"{"RQEWSYGKLC"[dice.Below(10)]}{position}*"), AlterationKind.ShortVariant, "nonsense", position, null, true);
        }

        if (kind < 0.9)
        {
            return new Change(Text($"{from}{position}{AminoAcids[dice.Below(20)]}fs*{dice.Between(2, 60)}"), AlterationKind.ShortVariant, "frameshift", position, null, true);
        }

        var cdna = Text($"c.{position * 3}+{dice.Between(1, 2)}{"GT"[dice.Below(2)]}>{"AC"[dice.Below(2)]}");
        return new Change(cdna, AlterationKind.ShortVariant, "splice", 0, cdna, true);
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    /// <summary>FNV-1a with a final mix; <see cref="string.GetHashCode()"/> differs from run to run.</summary>
    private static ulong Hash(string text)
    {
        var hash = 14695981039346656037UL;
        foreach (var c in text)
        {
            hash = (hash ^ c) * 1099511628211UL;
        }

        hash ^= hash >> 31;
        return hash * 0x9E3779B97F4A7C15UL;
    }
}
