using DataPortal.Releases.Dictionary;
using DataPortal.Releases.Vocabularies;

namespace DataPortal.CohortEngine.Query;

/// <summary>Everyday words for the codes of closed lists, beside the codes and labels of the data dictionary.</summary>
internal static class ValueWords
{
    private static readonly string[] MissingWords = ["missing", "empty", "欠測", "空欄", "未記入"];

    /// <summary>List, then <c>code=word|word</c>.</summary>
    private static readonly (string List, string[] Words)[] Everyday =
    [
        ("yesno", ["yes=y|true|有|有り|はい|ever", "no=n|false|無|無し|いいえ|never"]),
        ("sex", ["male=m|man|men|男性", "female=f|woman|women|女性"]),
        ("stage", ["0=stage 0|ステージ0|病期0", "I=1|1期|stage I|stage 1|ステージI|ステージ1", "II=2|2期|stage II|stage 2|ステージII|ステージ2",
            "III=3|3期|stage III|stage 3|ステージIII|ステージ3", "IV=4|4期|stage IV|stage 4|ステージIV|ステージ4"]),
        ("ps", ["0=PS0", "1=PS1", "2=PS2", "3=PS3", "4=PS4"]),
        ("posneg", ["positive=pos|陽", "negative=neg|陰", "equivocal=判定保留"]),
        ("msi", ["high=h|msi-h", "stable=mss|low|msi-l"]),
        ("mmr", ["deficient=dMMR|欠損|mmr-d", "proficient=pMMR|正常|mmr-p"]),
        ("highlow", ["high=h|tmb-h|高", "low=l|tmb-l|低"]),
        ("outcome", ["alive=living|生", "dead=died|deceased|death|死"]),
        ("test_kind", ["insured=保険", "advanced=先進", "trial=治験|study|臨床研究"]),
        ("specimen", ["tissue=腫瘍組織|組織検体", "plasma=血漿検体|liquid|リキッド"]),
        ("phase", ["pre-ep=before|ep前|pre", "post-ep=after|ep後|post"]),
        ("purpose", ["palliative=緩和的", "neoadjuvant=術前補助", "adjuvant=術後補助"]),
        ("response", ["CR=complete response|完全奏効", "PR=partial response|部分奏効", "SD=stable disease|安定", "PD=progressive disease|progression|進行|増悪", "NE=評価不能|not evaluable"]),
        ("route", ["approved=保険適応|保険", "company-trial=企業主導治験", "patient-proposed=患者申出", "off-label=適応外"]),
        ("origin", ["somatic=体細胞系列", "germline=生殖細胞"]),
        ("consequence", ["inframe_deletion=inframe del", "inframe_insertion=inframe ins", "exon_skipping=exon skip"]),
    ];

    /// <summary>Lists whose codes stand in an order, so that <c>stage&gt;=III</c> has a meaning.</summary>
    private static readonly string[] Ordered = ["stage", "ps", "ihc"];

    private static readonly Dictionary<(string List, string Word), string> Codes = Index();

    /// <summary>True for the word that asks for the empty field.</summary>
    public static bool IsMissing(string text) => MissingWords.Contains(Folding.Fold(text));

    /// <summary>The code of a closed list for a code, label or everyday word; null when there is none.</summary>
    public static string? Find(string list, string text) => Codes.GetValueOrDefault((list, Folding.Fold(text)));

    /// <summary>Every word of a list with its code.</summary>
    public static IEnumerable<(string Word, string Code)> Words(string list) => Codes.Where(c => c.Key.List == list).Select(c => (c.Key.Word, c.Value));

    /// <summary>The codes on one side of a code; null when the list has no order or the code has no place in it.</summary>
    public static IReadOnlyList<string>? Compare(string list, string op, string code)
    {
        if (!Ordered.Contains(list) || code == "unknown")
            return null;
        var codes = DataDictionary.Current.Codes(list).Select(c => c.Value).Where(c => c != "unknown").ToArray();
        var at = Array.IndexOf(codes, code);
        return op switch
        {
            ">" => codes[(at + 1)..],
            ">=" => codes[at..],
            "<" => codes[..at],
            _ => codes[..(at + 1)],
        };
    }

    private static Dictionary<(string List, string Word), string> Index()
    {
        var index = new Dictionary<(string List, string Word), string>();
        var dictionary = DataDictionary.Current;
        foreach (var list in dictionary.Fields.Where(f => f.Type == FieldType.Code).Select(f => f.Domain).Distinct())
        {
            // A code's own spelling goes before labels and everyday words.
            foreach (var code in dictionary.Codes(list))
                index.TryAdd((list, Folding.Fold(code.Value)), code.Value);
            foreach (var code in dictionary.Codes(list))
            {
                index.TryAdd((list, Folding.Fold(code.Ja)), code.Value);
                index.TryAdd((list, Folding.Fold(code.En)), code.Value);
            }
        }

        foreach (var (list, lines) in Everyday)
        {
            foreach (var line in lines)
            {
                var code = line[..line.IndexOf('=', StringComparison.Ordinal)];
                foreach (var word in line[(code.Length + 1)..].Split('|'))
                    index.TryAdd((list, Folding.Fold(word)), code);
            }
        }

        return index;
    }
}
