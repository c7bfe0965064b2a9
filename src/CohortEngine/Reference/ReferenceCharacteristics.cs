using System.Globalization;
using DataPortal.CohortEngine.Characteristics;
using DataPortal.CohortEngine.Evaluation;
using DataPortal.Releases;
using DataPortal.Releases.Dictionary;

namespace DataPortal.CohortEngine.Reference;

/// <summary>
/// The definition of every panel as a loop over records: slow, and written to be read. It is the oracle of the property tests and shares no code with
/// <see cref="Characterizer"/>. Labels are left empty.
/// </summary>
public sealed class ReferenceCharacteristics
{
    private const string Missing = "missing";

    private static readonly string[] Bands = ["-39", "40-49", "50-59", "60-69", "70-79", "80-", Missing];
    private static readonly string[] MeasuredBands = ["high", "low", "not-measured"];
    private static readonly string[] LineNames = ["1", "2", "3", "4", "5", Missing];

    private readonly Release release;
    private readonly CharacteristicOptions options;
    private readonly List<Record> cases;
    private readonly List<CharacteristicPanel> panels = [];

    private ReferenceCharacteristics(Release release, CaseSet cohort, CaseSet? excluded, CharacteristicOptions options)
    {
        this.release = release;
        this.options = options;
        cases = [.. Enumerable.Range(0, release.Cases).Where(n => cohort.Contains(n) && excluded?.Contains(n) != true).Select(n => new Record(release, "case", n))];
    }

    private IEnumerable<(Record Case, Record Line)> Lines => cases.SelectMany(c => c.Children("treatment").Select(t => (c, t)));

    public static CohortCharacteristics Characterise(Release release, CaseSet cohort, CaseSet? excluded, CharacteristicOptions options)
    {
        var reference = new ReferenceCharacteristics(release, cohort, excluded, options);
        reference.WriteCases();
        reference.WriteExpertPanel();
        reference.WriteGenes();
        reference.WriteTreatments();
        reference.WriteCompleteness();
        var patients = reference.cases.Select(c => release.PatientId(c.Row)).Distinct().Count();
        return new CohortCharacteristics(reference.cases.Count, patients, reference.panels);
    }

    private static CharacteristicRow Row(string value, int n, int of, string? parent = null) =>
        new(value, "", n, of, of == 0 ? null : Math.Round(100.0 * n / of, 2), parent);

    private static string Band(Record c) => c["age"] is not { } text ? Missing
        : int.Parse(text, CultureInfo.InvariantCulture) switch { < 40 => "-39", >= 80 => "80-", var age => $"{age / 10 * 10}-{age / 10 * 10 + 9}" };

    private static string LineOf(Record line) => line["line"] ?? Missing;

    private void Add(string name, PanelShape shape, int? denominator, int values, IEnumerable<CharacteristicRow> rows, string unit = "cases") =>
        panels.Add(new CharacteristicPanel(name, unit, shape, denominator, values, [.. rows]));

    private Dictionary<string, int> Count(Func<Record, IEnumerable<string?>> values) => cases.SelectMany(c => values(c).Distinct())
        .GroupBy(v => v ?? Missing).ToDictionary(g => g.Key, g => g.Count());

    private static List<KeyValuePair<string, int>> Ranked(Dictionary<string, int> counts) =>
        [.. counts.Where(c => c.Key != Missing && c.Value > 0).OrderByDescending(c => c.Value).ThenBy(c => c.Key, StringComparer.Ordinal)];

    private void Open(string name, Dictionary<string, int> counts)
    {
        var ranked = Ranked(counts);
        var rows = ranked.Take(options.Top).Select(c => Row(c.Key, c.Value, cases.Count)).ToList();
        if (ranked.Count > options.Top)
            rows.Add(Row("other", ranked.Skip(options.Top).Sum(c => c.Value), cases.Count));
        rows.Add(Row(Missing, counts.GetValueOrDefault(Missing), cases.Count));
        Add(name, PanelShape.Partition, cases.Count, ranked.Count, rows);
    }

    private void Leading(string name, Dictionary<string, int> counts, int of, string unit = "cases")
    {
        var ranked = Ranked(counts);
        Add(name, PanelShape.Overlapping, of, ranked.Count, ranked.Take(options.Top).Select(c => Row(c.Key, c.Value, of)), unit);
    }

    private void Closed(string name, string list, Dictionary<string, int> counts, int of, PanelShape shape = PanelShape.Partition, string? last = Missing)
    {
        var codes = DataDictionary.Current.Codes(list).Select(c => c.Value).ToList();
        var rows = codes.Select(c => Row(c, counts.GetValueOrDefault(c), of)).ToList();
        if (last is not null)
            rows.Add(Row(last, counts.GetValueOrDefault(Missing), of));
        Add(name, shape, of, codes.Count(c => counts.GetValueOrDefault(c) > 0), rows);
    }

    private void WriteCases()
    {
        Cancers();
        Closed("sex", "sex", Count(c => [c["sex"]]), cases.Count);
        var ages = Count(c => [Band(c)]);
        Add("age", PanelShape.Partition, cases.Count, ages.Keys.Count(k => k != Missing), Bands.Select(b => Row(b, ages.GetValueOrDefault(b), cases.Count)));
        var pairs = Count(c => [Band(c) + "|" + (c["sex"] ?? Missing)]);
        var sexes = DataDictionary.Current.Codes("sex").Select(s => s.Value).Append(Missing);
        Add("age-sex", PanelShape.Partition, cases.Count, pairs.Count,
            Bands.SelectMany(b => sexes.Select(s => Row($"{b}|{s}", pairs.GetValueOrDefault($"{b}|{s}"), cases.Count, b))));
        (string, string)[] simple =
        [
            ("stage", "stage"), ("ps", "ps"), ("smoking", "smoking"), ("specimen", "specimen"), ("test-kind", "test_kind"), ("outcome", "outcome"),
            ("prior-therapy", "prior_therapy"), ("metastasis-at-registration", "metastasis_at_registration"),
        ];
        foreach (var (panel, field) in simple)
            Closed(panel, DataDictionary.Current["case." + field].Domain, Count(c => [c[field]]), cases.Count);
        Open("panel", Count(c => [c["panel"]]));
        Open("hospital", Count(c => [c["hospital"]]));
        InOrder("year", "year");
        InOrder("fiscal-year", "fiscal_year");
        var yearPanel = Count(c => [(c["year"] ?? Missing) + "|" + (c["panel"] ?? Missing)]);
        // Blank stands before every code here, as in the columns.
        Add("year-panel", PanelShape.Partition, cases.Count, yearPanel.Count, yearPanel.Select(p => (p.Key.Split('|'), p.Value))
            .OrderBy(p => p.Item1[0] == Missing ? "" : p.Item1[0], StringComparer.Ordinal).ThenBy(p => p.Item1[1] == Missing ? "" : p.Item1[1], StringComparer.Ordinal)
            .Select(p => Row($"{p.Item1[0]}|{p.Item1[1]}", p.Value, cases.Count, p.Item1[0])));
        Leading("metastasis", Count(c => c.Children("metastasis").Select(m => m["site"])), cases.Count);
        Threshold("tmb", 10);
        Threshold("btmb", 16);
        Biomarkers();
    }

    private void Cancers()
    {
        var types = release.Vocabulary.Cancers.All.ToDictionary(t => t.Code);
        string Current(string code) => release.Vocabulary.Cancers.Crosswalk(code);
        string? Above(string code) => types.GetValueOrDefault(code)?.Parent;
        IEnumerable<string?> Path(string? code)
        {
            for (; code is not null; code = Above(code))
                yield return code;
        }

        var counts = Count(c => c["cancer"] is { } code ? Path(Current(code)) : [null]);
        var own = Count(c => [c["cancer"] is { } code ? Current(code) : null]);
        // Ties stand parents first, then in the order in which the codes of the release lead to them.
        var codes = Enumerable.Range(1, release.Column("case.cancer").CodeBound - 1).Select(c => Current(release.Column("case.cancer").Decode(c)!));
        var order = codes.SelectMany(p => Path(p).OfType<string>().Reverse()).Distinct().Index().ToDictionary(p => p.Item, p => p.Index);
        var rows = counts.Where(c => c.Key != Missing).OrderByDescending(c => c.Value).ThenBy(c => order[c.Key])
            .Select(c => Row(c.Key, c.Value, cases.Count, Above(c.Key))).Append(Row(Missing, counts.GetValueOrDefault(Missing), cases.Count)).ToList();
        Add("cancer", PanelShape.Tree, cases.Count, own.Keys.Count(k => k != Missing), rows);
        var top = rows.Where(r => r.Parent is null).ToList();
        Add("cancer-tissue", PanelShape.Partition, cases.Count, top.Count - 1, top);
    }

    private void InOrder(string name, string field)
    {
        var counts = Count(c => [c[field]]);
        Add(name, PanelShape.Partition, cases.Count, counts.Keys.Count(k => k != Missing), counts.Keys.Where(k => k != Missing).Order(StringComparer.Ordinal)
            .Append(Missing).Select(k => Row(k, counts.GetValueOrDefault(k), cases.Count)));
    }

    private void Threshold(string field, decimal least)
    {
        var counts = Count(c => [c[field] is not { } text ? "not-measured" : decimal.Parse(text, CultureInfo.InvariantCulture) >= least ? "high" : "low"]);
        Add(field, PanelShape.Partition, cases.Count, counts.Keys.Count(k => k != "not-measured"),
            MeasuredBands.Select(v => Row(v, counts.GetValueOrDefault(v), cases.Count)));
    }

    private void Biomarkers()
    {
        var fields = DataDictionary.Current.Case.Fields.Where(f => f.CCat.StartsWith("症例.がん種情報.", StringComparison.Ordinal) || f.Name == "msi_panel")
            .Where(f => f.Name is not ("metastasis_at_registration" or "lung_asbestos"))
            .Where(f => f.Tier == FieldTier.Summary || (f.Tier == FieldTier.Germline && options.Germline))
            .Where(f => Enumerable.Range(0, release.Cases).Any(n => release.Column(f).Text(n) is not null)).ToList();
        foreach (var field in fields.Where(f => f.Type == FieldType.Code))
            Closed("biomarker." + field.Name, field.Domain, Count(c => [c[field.Name]]), cases.Count);
        foreach (var field in fields.Where(f => f.Type == FieldType.Open))
            Open("biomarker." + field.Name, Count(c => [c[field.Name]]));
    }

    private void WriteExpertPanel()
    {
        var known = Enumerable.Range(0, release.Table("alteration").Rows).Any(r => release.Column("alteration.oncogenic").Text(r) is not null);
        var held = cases.Where(c => c["ep_held"] == "yes").ToList();
        var inTime = held.Where(c => release.Column("case.ep_date").Date(c.Row) is { } date && date <= release.Manifest.DataCutoff.AddMonths(-6)).ToList();
        bool Oncogenic(Record c) => c.Children("alteration").Any(a => a["oncogenic"] == "yes");
        static bool Answered(string? answer) => answer is "yes" or "no";
        var offered = inTime.Where(c => c["ep_option"] == "yes").ToList();
        var answeredGiving = offered.Where(c => Answered(c["ep_treated"])).ToList();
        var given = offered.Where(c => c["ep_treated"] == "yes").ToList();
        var rows = new List<CharacteristicRow>
        {
            Row("held", held.Count, cases.Count), Row("held-undated", held.Count(c => c["ep_date"] is null), held.Count), Row("held-in-time", inTime.Count, held.Count),
        };
        if (known)
            rows.Add(Row("oncogenic", inTime.Count(Oncogenic), inTime.Count));
        rows.Add(Row("option", offered.Count, inTime.Count(c => Answered(c["ep_option"]))));
        rows.Add(Row("option-missing", inTime.Count(c => !Answered(c["ep_option"])), inTime.Count, "option"));
        rows.Add(Row("given", given.Count, answeredGiving.Count));
        rows.Add(Row("given-missing", offered.Count - answeredGiving.Count, offered.Count, "given"));
        Add("ep-funnel", PanelShape.Overlapping, null, rows.Count, rows);

        string Result(Record c) => c["ep_option"] switch
        {
            "yes" => c["ep_treated"] switch { "yes" => "given", "no" => "option-not-given", _ => "option-answer-missing" },
            "no" when !known => "no-option",
            "no" => Oncogenic(c) ? "altered-no-option" : "no-alteration-no-option",
            _ => Missing,
        };
        var results = inTime.GroupBy(Result).ToDictionary(g => g.Key, g => g.Count());
        string[] names = known
            ? ["given", "option-not-given", "option-answer-missing", "altered-no-option", "no-alteration-no-option", Missing]
            : ["given", "option-not-given", "option-answer-missing", "no-option", Missing];
        Add("ep-result", PanelShape.Partition, inTime.Count, results.Count, names.Select(n => Row(n, results.GetValueOrDefault(n), inTime.Count)));
        var notGiven = offered.Where(c => c["ep_treated"] == "no").ToList();
        Closed("ep-reason", "ep_reason", notGiven.GroupBy(c => c["ep_reason"] ?? Missing).ToDictionary(g => g.Key, g => g.Count()), notGiven.Count);
        var routes = given.SelectMany(c =>
        {
            var taken = c.Children("treatment").Where(t => t["recommended"] == "yes").Select(t => t["route"]).OfType<string>().Distinct().ToList();
            return taken.Count > 0 ? taken : [Missing];
        }).GroupBy(r => r).ToDictionary(g => g.Key, g => g.Count());
        Closed("ep-route", "route", routes, given.Count, PanelShape.Overlapping);
    }

    private void WriteGenes()
    {
        var known = Enumerable.Range(0, release.Table("alteration").Rows).Any(r => release.Column("alteration.oncogenic").Text(r) is not null);
        var any = AlteredGenes("genes", _ => true);
        if (known)
            AlteredGenes("genes-oncogenic", a => a["oncogenic"] == "yes");

        var rows = new List<CharacteristicRow>();
        var values = 0;
        foreach (var (gene, altered) in Ranked(any).Take(options.LeadingGenes))
        {
            var changes = cases.SelectMany(c => c.Children("alteration").Where(a => a["gene"] == gene).Select(a => a["change"]).Distinct())
                .GroupBy(c => c ?? "").Select(g => (Change: g.Key, Cases: g.Count())).OrderByDescending(g => g.Cases).ThenBy(g => g.Change, StringComparer.Ordinal).ToList();
            values += changes.Count;
            rows.AddRange(changes.Take(options.ChangesPerGene).Select(c => Row($"{gene}|{(c.Change.Length == 0 ? Missing : c.Change)}", c.Cases, altered, gene)));
        }

        Add("changes", PanelShape.Overlapping, null, values, rows);
        Closed("alteration-kind", "alteration_kind", Count(c => c.Children("alteration").Select(a => a["kind"])), cases.Count, PanelShape.Overlapping, last: null);
        Closed("alteration-consequence", "consequence", Count(c => c.Children("alteration").Select(a => a["consequence"])), cases.Count, PanelShape.Overlapping, last: null);
        var order = DataDictionary.Current.Codes("evidence_level").Select(l => l.Value).ToList();
        Closed("evidence-level", "evidence_level",
            Count(c => [c.Children("alteration").Select(a => a["level"]).OfType<string>().OrderBy(order.IndexOf).FirstOrDefault()]), cases.Count, last: "none");
    }

    private Dictionary<string, int> AlteredGenes(string name, Func<Record, bool> counts)
    {
        static IEnumerable<string> Of(Record alteration) => new[] { alteration["gene"], alteration["partner"] }.OfType<string>();
        var altered = cases.Select(c => (Case: c, Genes: c.Children("alteration").Where(counts).SelectMany(Of).ToHashSet())).ToList();
        var numbers = altered.SelectMany(a => a.Genes).GroupBy(g => g).ToDictionary(g => g.Key, g => g.Count());
        var ranked = Ranked(numbers);
        bool Seen(Record c, string gene)
        {
            var assay = (int)release.Column("case.assay").Scaled(c.Row)!;
            var regions = release.Coverage.Regions.Append("");
            return c["readability"] == "ok" && regions.Any(r => release.Coverage.Kinds(assay, gene, r) != 0);
        }

        Add(name, PanelShape.Overlapping, null, ranked.Count, ranked.Take(options.Top).Select(g =>
            Row(g.Key, g.Value, altered.Count(a => a.Genes.Contains(g.Key) || Seen(a.Case, g.Key)))));
        return numbers;
    }

    private void WriteTreatments()
    {
        var lines = Count(c => c.Children("treatment").Select(LineOf));
        Add("line", PanelShape.Overlapping, cases.Count, lines.Keys.Count(k => k != Missing), LineNames.Select(l => Row(l, lines.GetValueOrDefault(l), cases.Count))
            .Append(Row("none", cases.Count(c => c.Children("treatment").Count == 0), cases.Count)));
        static IEnumerable<string> Drugs(Record line) => line.Children("drug").Select(d => d["drug"]).OfType<string>();
        var drugs = Count(c => c.Children("treatment").SelectMany(Drugs));
        Leading("drug", drugs, cases.Count);
        var classes = release.Vocabulary.Drugs.All.ToDictionary(d => d.Name, d => d.Classes.Select(c => release.Vocabulary.Drugs.FindClass(c)!));
        Leading("drug-class", Count(c => c.Children("treatment").SelectMany(Drugs).SelectMany(d => classes.GetValueOrDefault(d, []))), cases.Count);
        ByLine("drug-line", Ranked(drugs), Count(c => c.Children("treatment").SelectMany(t => Drugs(t).Select(d => $"{d}|{LineOf(t)}"))), lines);
        var regimenLines = Count(c => c.Children("treatment").Where(t => t["regimen"] is not null).Select(t => $"{t["regimen"]}|{LineOf(t)}"));
        var regimens = regimenLines.GroupBy(r => r.Key[..r.Key.LastIndexOf('|')]).ToDictionary(g => g.Key, g => g.Sum(r => r.Value));
        ByLine("regimen-line", Ranked(regimens), regimenLines, lines);
        Responses([.. Ranked(drugs).Select(d => d.Key)]);
        Events();
    }

    private void ByLine(string name, List<KeyValuePair<string, int>> ranked, Dictionary<string, int> pairs, Dictionary<string, int> lines) =>
        Add(name, PanelShape.Overlapping, null, ranked.Count, ranked.Take(options.Top).SelectMany(r => LineNames.Select(l => (Name: r.Key, Line: l)))
            .Where(p => pairs.ContainsKey($"{p.Name}|{p.Line}")).Select(p => Row($"{p.Name}|{p.Line}", pairs[$"{p.Name}|{p.Line}"], lines[p.Line], p.Name)));

    private void Responses(List<string> drugs)
    {
        var exposures = Lines.SelectMany(l => l.Line.Children("drug").Select(d => (l.Case, l.Line, Drug: d["drug"]))).Where(e => e.Drug is not null)
            .GroupBy(e => (Patient: release.PatientId(e.Case.Row), e.Drug))
            .Select(g => (g.Key.Drug, First: g.OrderBy(e => e.Line["line"] ?? "9", StringComparer.Ordinal).ThenBy(e => e.Line["start"] ?? "9999", StringComparer.Ordinal)
                .ThenBy(e => e.Line.Row).First().Line["response"]))
            .ToLookup(e => e.Drug, e => e.First);
        var codes = DataDictionary.Current.Codes("response").Select(c => c.Value).ToList();
        var shown = drugs.Take(options.Top).ToList();
        Add("drug-response", PanelShape.Grouped, null, drugs.Count, shown.SelectMany(d => codes.Append(Missing)
            .Select(r => Row($"{d}|{r}", exposures[d].Count(e => (e ?? Missing) == r), exposures[d].Count(), d))), "patients");
        Add("response-rate", PanelShape.Overlapping, null, drugs.Count,
            shown.Select(d => Row(d, exposures[d].Count(e => e is "CR" or "PR"), exposures[d].Count(e => e is not null))), "patients");
        Add("response-rate-without-ne", PanelShape.Overlapping, null, drugs.Count,
            shown.Select(d => Row(d, exposures[d].Count(e => e is "CR" or "PR"), exposures[d].Count(e => e is not null and not "NE"))), "patients");
    }

    private void Events()
    {
        var all = Lines.Select(l => l.Line).ToList();
        var answered = all.Where(l => l["severe_event"] is "yes" or "no").ToList();
        var yes = answered.Count(l => l["severe_event"] == "yes");
        Add("severe-event", PanelShape.Partition, all.Count, (yes > 0 ? 1 : 0) + (answered.Count > yes ? 1 : 0),
            [Row("yes", yes, all.Count), Row("no", answered.Count - yes, all.Count), Row(Missing, all.Count - answered.Count, all.Count)], "lines");
        var events = answered.SelectMany(l => l.Children("event").Where(e => e["term"] is not null && e["grade"] is "3" or "4" or "5").Select(e => e["term"]!).Distinct())
            .GroupBy(e => e).ToDictionary(g => g.Key, g => g.Count());
        Leading("adverse-event", events, answered.Count, "lines");
    }

    private void WriteCompleteness()
    {
        var fields = DataDictionary.Current.Fields
            .Where(f => f.Tier is FieldTier.Summary or FieldTier.Records && !f.IsDerived && f.Type != FieldType.Identifier).ToList();
        Add("completeness", PanelShape.Overlapping, null, fields.Count, fields.Select(f =>
        {
            var rows = cases.SelectMany(c => c.Descendants(f.Entity)).ToList();
            return Row(f.Key, rows.Count(r => r[f.Name] is not null), rows.Count);
        }), "rows");
        var years = cases.Where(c => c["year"] is not null).GroupBy(c => c["year"]!).OrderBy(g => g.Key, StringComparer.Ordinal)
            .Concat(cases.Where(c => c["year"] is null).GroupBy(_ => Missing));
        Items("completeness-year", years);
        var hospitals = cases.Where(c => c["hospital"] is not null).GroupBy(c => c["hospital"]!).OrderByDescending(g => g.Count()).ThenBy(g => g.Key, StringComparer.Ordinal);
        Items("completeness-hospital", hospitals.Take(options.Top));
    }

    private void Items(string name, IEnumerable<IGrouping<string, Record>> groups)
    {
        string[] items = ["diagnosis_date", "stage", "ps", "outcome", "last_alive"];
        var rows = groups.SelectMany(g => items.Select(i => Row($"{g.Key}|{i}", g.Count(c => c[i] is not null), g.Count(), g.Key)).Append(
            Row($"{g.Key}|response", g.Count(c => c.Children("treatment") is { Count: > 0 } lines && lines.All(l => l["response"] is not null)),
                g.Count(c => c.Children("treatment").Count > 0), g.Key))).ToList();
        Add(name, PanelShape.Overlapping, null, rows.Count, rows);
    }

    /// <summary>One row of the release, seen as the data dictionary sees it.</summary>
    private sealed record Record(Release Release, string Entity, int Row)
    {
        /// <summary>The field as the dictionary writes it; null when blank.</summary>
        public string? this[string field] => Release.Column($"{Entity}.{field}").Display(Row);

        public List<Record> Children(string entity)
        {
            var offsets = Release.Table(entity).Offsets;
            return [.. Enumerable.Range(offsets[Row], offsets[Row + 1] - offsets[Row]).Select(r => new Record(Release, entity, r))];
        }

        /// <summary>The rows of any entity below this one; itself for its own.</summary>
        public IEnumerable<Record> Descendants(Entity entity) =>
            entity.Name == Entity ? [this] : Descendants(entity.Parent!).SelectMany(p => p.Children(entity.Name));
    }
}
