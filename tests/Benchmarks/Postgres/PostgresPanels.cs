using System.Globalization;
using DataPortal.CohortEngine.Characteristics;
using DataPortal.Releases;
using DataPortal.Releases.Dictionary;

namespace DataPortal.Benchmarks.Postgres;

/// <summary>Names the numbers that SQL gave as the panels name theirs.</summary>
internal sealed class PostgresPanels(Release release, CaseTables tables, Answers answers)
{
    private const string Missing = "missing";

    private static readonly string[] Bands = [Missing, "-39", "40-49", "50-59", "60-69", "70-79", "80-"];
    private static readonly string[] Measured = ["not-measured", "high", "low"];
    private static readonly string[] Items = ["diagnosis_date", "stage", "ps", "outcome", "last_alive"];

    private readonly Dictionary<(string Panel, string Value), (int Cases, int Of)> numbers = [];
    private readonly int cases = answers.Sums[0] ?? 0;

    public static IReadOnlyList<(string Mask, int Bits, string And)> MaskBits { get; } =
    [
        ("kinds", 1 + DataDictionary.Current.Codes("alteration_kind").Count, ""), ("consequences", 1 + DataDictionary.Current.Codes("consequence").Count, ""),
        ("lines", 6, ""), ("routes", 1 + DataDictionary.Current.Codes("route").Count, " and in_time = 1 and option = 1 and treated = 1"),
    ];

    public Dictionary<(string Panel, string Value), (int Cases, int Of)> Numbers()
    {
        numbers[("", "patients")] = (cases - (answers.Sums[1] ?? 0) + answers.RepeatedPatients, 0);
        Cancers();
        Sum("age", cases, Rows("age_band", "sex"), k => Bands[k[0]]);
        Sum("sex", cases, Rows("age_band", "sex"), k => Code("case.sex", k[1]));
        Sum("age-sex", cases, Rows("age_band", "sex"), k => $"{Bands[k[0]]}|{Code("case.sex", k[1])}");
        Sum("panel", cases, Rows("year", "panel"), k => Code("case.panel", k[1]));
        Sum("year", cases, Rows("year", "panel"), k => Year(k[0]));
        Sum("year-panel", cases, Rows("year", "panel"), k => $"{Year(k[0])}|{Code("case.panel", k[1])}");
        Sum("fiscal-year", cases, Rows("fiscal_year"), k => Year(k[0]));
        Sum("hospital", cases, Rows("hospital"), k => Code("case.hospital", k[0]));
        Sum("tmb", cases, Rows("tmb_band"), k => Measured[k[0]]);
        Sum("btmb", cases, Rows("btmb_band"), k => Measured[k[0]]);
        Sum("evidence-level", cases, Rows("level"), k => k[0] == 0 ? "none" : Code("alteration.level", k[0]));
        foreach (var field in tables.Codes.Concat(tables.OpenCodes))
        {
            var panel = Layout.CodePanels.FirstOrDefault(p => p.Field == field.Name).Panel ?? "biomarker." + field.Name;
            if (release.Column(field).Width > 0 || !panel.StartsWith("biomarker.", StringComparison.Ordinal))
                Sum(panel, cases, Rows("c_" + field.Name), k => Code(field.Key, k[0]));
        }

        foreach (var site in answers.Sites)
            Put("metastasis", Code("metastasis.site", site[0]!.Value), site[1], cases);
        ExpertPanel();
        Genes();
        Treatments();
        Completeness();
        return numbers;
    }

    private static string Year(int year) => year == 0 ? Missing : year.ToString(CultureInfo.InvariantCulture);

    private string Code(string key, int stored) => release.Column(key).Decode(stored) ?? Missing;

    private void Put(string panel, string value, int? n, int of) => numbers[(panel, value)] = (n ?? 0, of);

    private void Sum(string panel, int of, IEnumerable<(int[] Key, int N)> rows, Func<int[], string?> value)
    {
        foreach (var (key, n) in rows)
        {
            if (value(key) is { } name)
                numbers[(panel, name)] = (numbers.GetValueOrDefault((panel, name)).Cases + n, of);
        }
    }

    /// <summary>The rows of the grouping set with exactly these dimensions.</summary>
    private List<(int[] Key, int N)> Rows(params string[] names)
    {
        var all = CaseTables.Dimensions.Concat(tables.Codes.Concat(tables.OpenCodes).Select(f => "c_" + f.Name)).ToList();
        var places = Array.ConvertAll(names, n => all.IndexOf(n));
        return [.. answers.Dimensions.Where(r => r.Take(all.Count).Count(v => v is not null) == names.Length && Array.TrueForAll(places, p => r[p] is not null))
            .Select(r => (Array.ConvertAll(places, p => r[p]!.Value), r[^1]!.Value))];
    }

    private void Cancers()
    {
        var types = release.Vocabulary.Cancers.All.ToDictionary(t => t.Code);
        foreach (var (key, n) in Rows("cancer"))
        {
            var code = key[0] == 0 ? Missing : release.Vocabulary.Cancers.Crosswalk(Code("case.cancer", key[0]));
            for (string? at = code; at is not null; at = types.GetValueOrDefault(at)?.Parent)
            {
                numbers[("cancer", at)] = (numbers.GetValueOrDefault(("cancer", at)).Cases + n, cases);
                if (types.GetValueOrDefault(at)?.Parent is null)
                    numbers[("cancer-tissue", at)] = (numbers.GetValueOrDefault(("cancer-tissue", at)).Cases + n, cases);
            }
        }
    }

    private void ExpertPanel()
    {
        var rows = Rows("held", "dated", "in_time", "oncogenic", "option", "treated");
        int Count(Func<int[], bool> counts) => rows.Where(r => r.Key[0] == 1 && counts(r.Key)).Sum(r => r.N);
        var known = release.Column("alteration.oncogenic").Width > 0;
        var held = Count(_ => true);
        var inTime = Count(k => k[2] == 1);
        var offered = Count(k => k[2] == 1 && k[4] == 1);
        var given = Count(k => k[2] == 1 && k[4] == 1 && k[5] == 1);
        var notGiven = Count(k => k[2] == 1 && k[4] == 1 && k[5] == 2);
        var unanswered = Count(k => k[2] == 1 && k[4] == 0);
        Put("ep-funnel", "held", held, cases);
        Put("ep-funnel", "held-undated", Count(k => k[1] == 0), held);
        Put("ep-funnel", "held-in-time", inTime, held);
        if (known)
            Put("ep-funnel", "oncogenic", Count(k => k[2] == 1 && k[3] == 1), inTime);
        Put("ep-funnel", "option", offered, inTime - unanswered);
        Put("ep-funnel", "option-missing", unanswered, inTime);
        Put("ep-funnel", "given", given, given + notGiven);
        Put("ep-funnel", "given-missing", offered - given - notGiven, offered);
        Put("ep-result", "given", given, inTime);
        Put("ep-result", "option-not-given", notGiven, inTime);
        Put("ep-result", "option-answer-missing", offered - given - notGiven, inTime);
        if (known)
        {
            Put("ep-result", "altered-no-option", Count(k => k[2] == 1 && k[4] == 2 && k[3] == 1), inTime);
            Put("ep-result", "no-alteration-no-option", Count(k => k[2] == 1 && k[4] == 2 && k[3] == 0), inTime);
        }
        else
        {
            Put("ep-result", "no-option", Count(k => k[2] == 1 && k[4] == 2), inTime);
        }

        Put("ep-result", Missing, unanswered, inTime);
        Sum("ep-reason", notGiven, Rows("in_time", "option", "treated", "reason"), k => k is [1, 1, 2, var reason] ? Code("case.ep_reason", reason) : null);
        var at = SumsOf("routes", out var bits);
        for (var b = 1; b < bits; b++)
            Put("ep-route", Code("treatment.route", b), answers.Sums[at + b], given);
        Put("ep-route", Missing, answers.Sums[at + bits], given);
    }

    /// <summary>Where the counts of a mask's bits begin among the sums.</summary>
    private static int SumsOf(string mask, out int bits)
    {
        var at = 4;
        foreach (var (name, count, _) in MaskBits)
        {
            bits = count;
            if (name == mask)
                return at;
            at += count;
        }

        throw new ArgumentOutOfRangeException(nameof(mask));
    }

    private void Genes()
    {
        var known = release.Column("alteration.oncogenic").Width > 0;
        var tests = Rows("assay", "readability").Where(r => Code("case.readability", r.Key[1]) == "ok").ToList();
        var altered = new Dictionary<int, int>();
        foreach (var row in answers.Genes)
        {
            var symbol = Code("alteration.gene", row[0]!.Value);
            var assayed = tests.Where(t => release.Coverage.Regions.Append("").Any(r => release.Coverage.Kinds(t.Key[0], symbol, r) != 0)).Sum(t => t.N);
            altered[row[0]!.Value] = row[1]!.Value;
            Put("genes", symbol, row[1], assayed + row[3]!.Value);
            if (known && row[2] > 0)
                Put("genes-oncogenic", symbol, row[2], assayed + row[4]!.Value);
        }

        foreach (var row in answers.Changes)
            Put("changes", $"{Code("alteration.gene", row[0]!.Value)}|{Code("alteration.change", row[1]!.Value)}", row[2], altered[row[0]!.Value]);
        foreach (var (mask, panel, key) in new[] { ("kinds", "alteration-kind", "alteration.kind"), ("consequences", "alteration-consequence", "alteration.consequence") })
        {
            var at = SumsOf(mask, out var bits);
            for (var b = 1; b < bits; b++)
                Put(panel, Code(key, b), answers.Sums[at + b], cases);
        }
    }

    private void Treatments()
    {
        var at = SumsOf("lines", out var bits);
        string Line(int line) => line == 0 ? Missing : line.ToString(CultureInfo.InvariantCulture);
        int InLine(int line) => answers.Sums[at + line] ?? 0;
        for (var line = 0; line < bits; line++)
            Put("line", Line(line), InLine(line), cases);
        Put("line", "none", Rows("responses").Where(r => r.Key[0] == 0).Sum(r => r.N), cases);
        foreach (var drug in answers.Exposures.GroupBy(e => e[0]!.Value))
            Put("drug", Code("drug.drug", drug.Key), drug.Sum(e => e[3]!.Value), cases);
        foreach (var row in answers.Classes)
            Put("drug-class", release.Vocabulary.Drugs.Classes[row[0]!.Value], row[1], cases);
        foreach (var row in answers.DrugLines)
            Put("drug-line", $"{Code("drug.drug", row[0]!.Value)}|{Line(row[1]!.Value)}", row[2], InLine(row[1]!.Value));
        foreach (var row in answers.RegimenLines)
            Put("regimen-line", $"{Code("treatment.regimen", row[0]!.Value)}|{Line(row[1]!.Value)}", row[2], InLine(row[1]!.Value));
        var exposures = answers.Exposures.Where(e => e[2] == 0).Select(e => (Drug: e[0]!.Value, Response: e[1]!.Value, N: e[3]!.Value))
            .Concat(answers.Repeated.Select(e => (Drug: e[0]!.Value, Response: e[1]!.Value, N: e[2]!.Value)));
        foreach (var drug in exposures.GroupBy(e => e.Drug))
        {
            var name = Code("drug.drug", drug.Key);
            var responses = drug.GroupBy(e => Code("treatment.response", e.Response)).ToDictionary(g => g.Key, g => g.Sum(e => e.N));
            var exposed = responses.Values.Sum();
            foreach (var (response, n) in responses)
                Put("drug-response", $"{name}|{response}", n, exposed);
            var responded = responses.GetValueOrDefault("CR") + responses.GetValueOrDefault("PR");
            Put("response-rate", name, responded, exposed - responses.GetValueOrDefault(Missing));
            Put("response-rate-without-ne", name, responded, exposed - responses.GetValueOrDefault(Missing) - responses.GetValueOrDefault("NE"));
        }

        var (yes, no) = (answers.Sums[2] ?? 0, answers.Sums[3] ?? 0);
        var lines = ChildSum(DataDictionary.Current.Entity("treatment"), null);
        Put("severe-event", "yes", yes, lines);
        Put("severe-event", "no", no, lines);
        Put("severe-event", Missing, lines - yes - no, lines);
        foreach (var row in answers.Events)
            Put("adverse-event", Code("event.term", row[0]!.Value), row[1], yes + no);
    }

    private int ChildSum(Entity entity, Field? field)
    {
        var first = answers.Sums.Length - tables.Sums.Count;
        return answers.Sums[first + tables.Sums.Index().First(s => s.Item == (entity, field)).Index] ?? 0;
    }

    private void Completeness()
    {
        var firstFilled = answers.Sums.Length - tables.Sums.Count - tables.Filled.Count;
        foreach (var (i, field) in tables.Filled.Index())
            Put("completeness", field.Key, answers.Sums[firstFilled + i], cases);
        foreach (var field in tables.Codes.Where(Layout.IsAudited))
            Put("completeness", field.Key, Rows("c_" + field.Name).Where(r => r.Key[0] != 0).Sum(r => r.N), cases);
        foreach (var (entity, field) in tables.Sums)
        {
            if (field is not null)
                Put("completeness", field.Key, ChildSum(entity, field), ChildSum(entity, null));
        }

        foreach (var row in answers.Completeness)
        {
            var (panel, name) = row[0] is { } year ? ("completeness-year", Year(year)) : ("completeness-hospital", Code("case.hospital", row[1]!.Value));
            if (panel == "completeness-hospital" && name == Missing)
                continue;
            foreach (var (i, item) in Items.Index())
                Put(panel, $"{name}|{item}", row[3 + i], row[2]!.Value);
            Put(panel, $"{name}|response", row[8], row[9]!.Value);
        }
    }
}
