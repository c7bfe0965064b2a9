using System.Globalization;

namespace DataPortal.CohortEngine.Query;

/// <summary>What is said to the user, in both languages. Keys are codes of errors and notices, or a code with a dot and the case in question.</summary>
internal static class Messages
{
    private const int LongestShown = 160;

    private static readonly Dictionary<string, (string En, string Ja)> Texts = new()
    {
        ["unknown_word"] = ("'{0}' is not known.", "「{0}」は登録されていない語です。"),
        ["unknown_word.field"] = ("There is no field '{0}'.", "「{0}」という項目はありません。"),
        ["unknown_word.change"] = ("'{1}' is no change or class that can be asked of {0}.", "「{1}」は {0} について検索できる変異ではありません。"),
        ["unknown_word.gene_missing"] = ("'{0}' needs a gene before it.", "「{0}」の前に遺伝子名が必要です。"),
        ["unknown_word.where"] = ("{0} is not recorded at '@{1}'.", "{0} に「@{1}」の記録はありません。"),
        ["ambiguous_word"] = ("'{0}' can mean several things: which one?", "「{0}」は複数の意味に取れます。どれを指しますか。"),
        ["ambiguous_word.where"] = ("'{0}' is recorded in several places: say which one.", "「{0}」は複数の場所に記録されています。どれかを指定してください。"),
        ["ambiguous_reading"] = ("'{0}' can be read in several ways: choose one.", "「{0}」は複数の読み方ができます。どちらかを選んでください。"),
        ["missing_operand"] = ("Something is missing after '{0}'.", "「{0}」の後に条件がありません。"),
        ["missing_operand.before"] = ("Something is missing before '{0}'.", "「{0}」の前に条件がありません。"),
        ["missing_operand.empty"] = ("There is nothing between the parentheses.", "括弧の中に条件がありません。"),
        ["missing_value"] = ("'{0}' needs a value.", "「{0}」の値がありません。"),
        ["unbalanced_parenthesis.open"] = ("This parenthesis is never closed.", "この括弧が閉じられていません。"),
        ["unbalanced_parenthesis.close"] = ("This parenthesis was never opened.", "この括弧に対応する開き括弧がありません。"),
        ["unbalanced_quote"] = ("This quotation mark is never closed.", "この引用符が閉じられていません。"),
        ["bad_value"] = ("'{1}' is not a known value of {0}.", "「{1}」は {0} の値ではありません。"),
        ["bad_value.number"] = ("{0} asks for a number, such as {2}; '{1}' is none.", "{0} には {2} のような数値が必要です。「{1}」は数値ではありません。"),
        ["bad_value.date"] = ("{0} asks for a date, such as {2}; '{1}' is none.", "{0} には {2} のような日付が必要です。「{1}」は日付ではありません。"),
        ["bad_value.order"] = ("The values of {0} have no order: write {0}:{1}.", "{0} の値に大小はありません。{0}:{1} と書いてください。"),
        ["bad_value.days"] = ("'{0}' is no number of days: write 90d or 12w.", "「{0}」は日数ではありません。90d や 12w のように書いてください。"),
        ["bad_value.negatives"] = ("negatives: knows only 'lenient'.", "negatives: に指定できるのは lenient だけです。"),
        ["bad_range"] = ("{0} runs from {2} to {3}; '{1}' lies outside.", "{0} の範囲は {2} から {3} です。「{1}」は範囲外です。"),
        ["bad_range.reversed"] = ("'{1}' holds no value of {0}.", "「{1}」に当てはまる {0} の値はありません。"),
        ["not_here.operator"] = ("'{0}' cannot stand inside {1}( ).", "「{0}」は {1}( ) の中では使えません。"),
        ["not_here.parenthesis"] = ("Parentheses cannot stand inside {0}( ).", "{0}( ) の中に括弧は使えません。"),
        ["not_here.field"] = ("'{0}' is not a matter of {1}( ).", "「{0}」は {1}( ) の条件にはできません。"),
        ["not_here.gene"] = ("Only one gene can stand inside variant( ).", "variant( ) の中の遺伝子は一つだけです。"),
        ["not_here.gene_in_block"] = ("A gene cannot stand inside {0}( ).", "{0}( ) の中に遺伝子は書けません。"),
        ["not_here.wildtype"] = ("Wild type is no alteration: write it outside variant( ).", "野生型は変異ではないため、variant( ) の外に書いてください。"),
        ["not_here.order"] = ("'{0}' can stand once, after the conditions of the line itself.", "「{0}」は、その治療ライン自身の条件の後に一度だけ書けます。"),
        ["not_here.within"] = ("'within' closes an 'after' or 'before'.", "within は after または before の最後に書きます。"),
        ["not_here.specimen"] = ("specimen( ) holds one 'after' or 'before'.", "specimen( ) の中は after または before で始めます。"),
        ["not_here.negatives"] = ("negatives:lenient holds for the whole query and stands outside parentheses, or and not.", "negatives:lenient は検索全体に対する指定です。括弧・or・not の外に書いてください。"),
        ["not_here.comma"] = ("A comma lists values; it does not join conditions.", "カンマは値を並べるためのもので、条件はつなげません。"),
        ["not_here.plus"] = ("A plus joins changes or drugs; there is nothing to join here.", "＋は変異または薬剤をつなげるものです。ここではつなげるものがありません。"),
        ["not_here.plus_values"] = ("A plus joins drugs only.", "＋でつなげられる値は薬剤だけです。"),
        ["too_long"] = ("A query holds at most {0} bytes.", "検索文は {0} バイトまでです。"),
        ["too_long.canonical"] = ("Written out, the query is longer than {0} bytes.", "展開した検索文が {0} バイトを超えます。"),
        ["too_deep"] = ("A query nests at most {0} levels.", "検索文の入れ子は {0} 段までです。"),
        ["too_many_terms"] = ("A query holds at most {0} conditions.", "検索文の条件は {0} 個までです。"),
        ["bad_tree.object"] = ("An object is expected here.", "ここにはオブジェクトが必要です。"),
        ["bad_tree.array"] = ("A list with at least {0} elements is expected here.", "ここには {0} 個以上の要素を持つ配列が必要です。"),
        ["bad_tree.text"] = ("A text is expected here.", "ここには文字列が必要です。"),
        ["bad_tree.number"] = ("A number is expected here.", "ここには数値が必要です。"),
        ["bad_tree.flag"] = ("true or false is expected here.", "ここには true または false が必要です。"),
        ["bad_tree.member"] = ("There is no member '{0}' here.", "ここに「{0}」というメンバーはありません。"),
        ["bad_tree.twice"] = ("The member '{0}' stands twice.", "メンバー「{0}」が重複しています。"),
        ["bad_tree.missing"] = ("The member '{0}' is missing.", "メンバー「{0}」がありません。"),
        ["bad_tree.choice"] = ("'{0}' is none of: {1}.", "「{0}」は次のいずれでもありません: {1}。"),
        ["bad_tree.one_of"] = ("Exactly one of {0} must be given.", "{0} のうちちょうど一つを指定してください。"),
        ["bad_tree.range"] = ("The range is empty or has no bound.", "範囲が空か、上限も下限もありません。"),
        ["alias_resolved"] = ("{0} was read as {1}.", "{0} を {1} と解釈しました。"),
        ["old_symbol"] = ("{0} is now called {1}.", "{0} の現在の遺伝子名は {1} です。"),
        ["group_resolved"] = ("{0} stands for {1}.", "{0} は {1} を指します。"),
        ["notation_resolved"] = ("{0} is the change {1}.", "{0} は {1} のことです。"),
        ["separate_lines"] = ("{0} may be passed by different lines of treatment; treatment( ) asks for one and the same.", "{0} は別々の治療ラインが満たすことがあります。同じラインに限るには treatment( ) を使います。"),
        ["separate_alterations"] = ("{0} may be passed by any alteration; variant( ) asks for one and the same.", "{0} は別の変異が満たすことがあります。同じ変異に限るには variant( ) を使います。"),
    };

    /// <summary>Every key, for the test that both languages say everything.</summary>
    public static IEnumerable<string> Keys => Texts.Keys;

    public static string Of(string key, string language, params object[] values)
    {
        var (en, ja) = Texts[key];
        return string.Format(CultureInfo.InvariantCulture, language == "ja" ? ja : en, [.. values.Select(v => v is string s ? Shown(s) : v)]);
    }

    /// <summary>A user's text, fit to be shown: shortened, no control characters, no half surrogates.</summary>
    public static string Shown(string text)
    {
        var shown = text.Length > LongestShown ? text[..LongestShown] + "…" : text;
        return string.Concat(shown.Select((c, i) => char.IsControl(c) || (char.IsSurrogate(c) && !Paired(shown, i)) ? '\uFFFD' : c));
    }

    private static bool Paired(string text, int i) => char.IsHighSurrogate(text[i])
        ? i + 1 < text.Length && char.IsLowSurrogate(text[i + 1])
        : i > 0 && char.IsHighSurrogate(text[i - 1]);
}
