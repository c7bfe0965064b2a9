using DataPortal.Releases;
using DataPortal.Releases.Dictionary;
using DataPortal.Releases.Reading;
using DataPortal.Releases.Vocabularies;

namespace DataPortal.CohortEngine.Characteristics;

/// <summary>Values and labels of a list, made when first asked for and then kept: panels name the same few hundred again and again.</summary>
internal sealed class LabelList(int size, Func<int, string> value, Func<int, string> label)
{
    private readonly string?[] values = new string?[size];
    private readonly string?[] labels = new string?[size];

    public int Size => size;

    public string Value(int code) => values[code] ??= value(code);

    public string Label(int code) => labels[code] ??= label(code);

    /// <summary>The list of pairs: first × size of the second + second.</summary>
    public LabelList By(LabelList second) => new(
        size * second.Size, c => Value(c / second.Size) + "|" + second.Value(c % second.Size), c => Label(c / second.Size) + " · " + second.Label(c % second.Size));
}

/// <summary>Labels of a release in one language.</summary>
internal sealed class Labels
{
    public const string Missing = "missing", Other = "other";

    private static readonly Dictionary<string, (string En, string Ja)> Texts = new()
    {
        [Missing] = ("Not recorded", "未記載"), [Other] = ("Others", "その他"), ["none"] = ("None", "なし"),
        ["high"] = ("High", "高い"), ["low"] = ("Not high", "高くない"), ["not-measured"] = ("Not measured", "未測定"),
        ["held"] = ("Expert panel held", "エキスパートパネル開催"), ["held-undated"] = ("Held, date not recorded", "開催日未記載"),
        ["held-in-time"] = ("Held at least six months before the data cut-off", "データ固定日の6か月以上前に開催"),
        ["oncogenic"] = ("Oncogenic alteration", "病的変異あり"), ["option"] = ("Treatment option offered", "治療選択肢の提示あり"),
        ["option-missing"] = ("Whether offered: not recorded", "提示の有無が未記載"), ["given"] = ("Recommended drug given", "提示された治療薬を投与"),
        ["given-missing"] = ("Whether given: not recorded", "投与の有無が未記載"), ["option-not-given"] = ("Option offered, not given", "提示あり・投与なし"),
        ["option-answer-missing"] = ("Option offered, giving not recorded", "提示あり・投与は未記載"),
        ["altered-no-option"] = ("Oncogenic alteration, no option", "病的変異あり・提示なし"),
        ["no-alteration-no-option"] = ("No oncogenic alteration, no option", "病的変異なし・提示なし"), ["no-option"] = ("No option", "提示なし"),
        ["yes"] = ("Yes", "あり"), ["no"] = ("No", "なし"), ["line"] = ("Line", "治療ライン"), ["response"] = ("Best response in every line", "全ラインの最良総合効果"),
    };

    private readonly Release release;
    private readonly bool japanese;

    public Labels(Layout layout, bool japanese)
    {
        release = layout.Release;
        this.japanese = japanese;
        Hospital = Open("case.hospital", h => h);
        Panel = Open("case.panel", PanelName);
        Gene = Open("alteration.gene", g => g);
        Drug = Open("drug.drug", DrugNames());
        Regimen = Open("treatment.regimen", Term(Terms.Regimens));
        Event = Open("event.term", Term(Terms.Events));
        Site = Open("metastasis.site", Term(Terms.Sites));
        Class = new LabelList(layout.Classes.Count, c => layout.Classes[c], c => layout.Classes[c]);
        Year = Numbers("case.year", layout.Years);
        FiscalYear = Numbers("case.fiscal_year", layout.FiscalYear.Size);
        Line = new LabelList(Layout.LineValues, c => c == 0 ? Missing : $"{c}", c => c == 0 ? Text(Missing) : japanese ? $"{c}次治療" : $"Line {c}");
        Age = new LabelList(Layout.AgeBands, AgeValue, c => c == 0 ? Text(Missing) : AgeValue(c));
        Sex = Codes(release.Column("case.sex"));
        Response = Codes(release.Column("treatment.response"));
        KeyItem = new LabelList(Layout.KeyItems + 1, k => k < Layout.KeyItems ? Layout.KeyFields[k] : "response",
            k => k < Layout.KeyItems ? Name(DataDictionary.Current["case." + Layout.KeyFields[k]]) : Text("response"));
    }

    public LabelList Hospital { get; }

    public LabelList Panel { get; }

    public LabelList Gene { get; }

    public LabelList Drug { get; }

    public LabelList Class { get; }

    public LabelList Regimen { get; }

    public LabelList Event { get; }

    public LabelList Site { get; }

    public LabelList Year { get; }

    public LabelList FiscalYear { get; }

    public LabelList Line { get; }

    public LabelList Age { get; }

    public LabelList Sex { get; }

    public LabelList Response { get; }

    public LabelList KeyItem { get; }

    public string Text(string value) => Texts.TryGetValue(value, out var text) ? japanese ? text.Ja : text.En : value;

    public string Name(Field field) => japanese ? field.Ja : field.En;

    public string Name(CancerType type) => japanese ? type.NameJa : type.NameEn;

    /// <summary>A closed list; 0 is blank.</summary>
    public LabelList Codes(Column column)
    {
        var known = DataDictionary.Current.Codes(column.Field.Domain).ToDictionary(c => c.Value);
        return new LabelList(column.Closed.Count + 1, c => c == 0 ? Missing : column.Closed[c - 1],
            c => c == 0 ? Text(Missing) : known.TryGetValue(column.Closed[c - 1], out var code) ? japanese ? code.Ja : code.En : column.Closed[c - 1]);
    }

    /// <summary>An open list; 0 is blank.</summary>
    public LabelList Open(string key, Func<string, string> label)
    {
        var column = release.Column(key);
        return new LabelList(column.CodeBound, c => column.Decode(c) ?? Missing, c => column.Decode(c) is { } value ? label(value) : Text(Missing));
    }

    private static string AgeValue(int band) => band switch { 0 => Missing, 1 => "-39", 6 => "80-", 7 => "", _ => $"{band * 10 + 20}-{band * 10 + 29}" };

    private LabelList Numbers(string key, int size)
    {
        var least = release.Column(key).Base;
        return new LabelList(size, c => c == 0 ? Missing : $"{c - 1 + least}", c => c == 0 ? Text(Missing) : $"{c - 1 + least}");
    }

    private string PanelName(string code)
    {
        var panel = release.Vocabulary.Panels.All.FirstOrDefault(p => p.Code == code);
        return panel is null ? code : japanese ? panel.NameJa : panel.NameEn;
    }

    private Func<string, string> DrugNames()
    {
        var names = release.Vocabulary.Drugs.All.ToDictionary(d => d.Name, d => japanese ? d.NameJa : d.Name);
        return drug => names.GetValueOrDefault(drug, drug);
    }

    private Func<string, string> Term(string list)
    {
        var names = release.Vocabulary.Terms.All(list).ToDictionary(t => t.Code, t => japanese ? t.NameJa : t.NameEn);
        return code => names.GetValueOrDefault(code, code);
    }
}
