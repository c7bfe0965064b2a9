using DataPortal.CohortEngine.Characteristics;
using DataPortal.Releases;
using DataPortal.Releases.Dictionary;
using DataPortal.Releases.Reading;
using Npgsql;

namespace DataPortal.Benchmarks.Postgres;

/// <summary>
/// Puts a release into PostgreSQL as somebody would who wants exactly these figures fast: codes in the narrowest integers, everything that belongs to a case
/// once in one wide row, children already reduced to distinct pairs with an index that covers the query.
/// </summary>
internal sealed class CaseTables(Release release)
{
    private readonly Table treatments = release.Table("treatment"), drugs = release.Table("drug"), events = release.Table("event"),
        alterations = release.Table("alteration"), sites = release.Table("metastasis");

    private readonly HashSet<Field> coded =
        [.. DataDictionary.Current.Case.Fields.Where(f => f.Type == FieldType.Code && (Layout.IsBiomarker(f) || Layout.CodePanels.Any(p => p.Field == f.Name)))];

    /// <summary>Fields with a column of codes each, 0 for blank.</summary>
    public IReadOnlyList<Field> Codes => [.. coded.OrderBy(f => f.Index)];

    /// <summary>Open biomarkers, likewise.</summary>
    public IReadOnlyList<Field> OpenCodes => [.. DataDictionary.Current.Case.Fields.Where(f => f.Type == FieldType.Open && Layout.IsBiomarker(f))];

    /// <summary>Fields of which only the completeness is asked: a column each, null for blank.</summary>
    public IReadOnlyList<Field> Filled => [.. DataDictionary.Current.Case.Fields.Where(f => Layout.IsAudited(f) && !coded.Contains(f))];

    /// <summary>Sums over child rows: rows of the entity (null field), and rows with the field filled.</summary>
    public IReadOnlyList<(Entity Entity, Field? Field)> Sums =>
    [
        .. DataDictionary.Current.Entities.Skip(1).Where(e => e.Fields.Any(Layout.IsAudited))
            .SelectMany(e => e.Fields.Where(Layout.IsAudited).Select(f => (e, (Field?)f)).Prepend((e, null))),
    ];

    public static IReadOnlyList<string> Dimensions { get; } =
    [
        "cancer", "age_band", "sex", "year", "panel", "hospital", "fiscal_year", "assay", "readability", "tmb_band", "btmb_band", "level", "responses",
        "held", "dated", "in_time", "oncogenic", "option", "treated", "reason",
    ];

    public static IReadOnlyList<string> Masks { get; } = ["kinds", "consequences", "lines", "routes"];

    /// <summary>All tables with their columns; the first column is the case.</summary>
    public IEnumerable<(string Table, string[] Columns, string[] Types)> Definitions()
    {
        string[] caseColumns = ["id", "repeated", .. Masks, "severe_yes", "severe_no", .. Dimensions, .. Codes.Select(f => "c_" + f.Name),
            .. OpenCodes.Select(f => "c_" + f.Name), .. Filled.Select(f => "f_" + f.Name), .. Sums.Select((_, i) => $"s_{i}")];
        yield return ("cases", caseColumns, [.. caseColumns.Select((_, i) => i is 0 ? "int" : i is >= 2 and < 6 ? "int" : "smallint")]);
        yield return ("alteration_pairs", ["case_id", "gene", "change"], ["int", "smallint", "int"]);
        yield return ("case_genes", ["case_id", "gene", "oncogenic", "seen"], ["int", "smallint", "boolean", "boolean"]);
        yield return ("exposures", ["case_id", "drug", "response", "patient", "ord", "repeated"], ["int", "smallint", "smallint", "int", "bigint", "boolean"]);
        yield return ("drug_lines", ["case_id", "drug", "line"], ["int", "smallint", "smallint"]);
        yield return ("drug_classes", ["case_id", "class"], ["int", "smallint"]);
        yield return ("regimen_lines", ["case_id", "regimen", "line"], ["int", "smallint", "smallint"]);
        yield return ("line_events", ["case_id", "term"], ["int", "smallint"]);
        yield return ("case_sites", ["case_id", "site"], ["int", "smallint"]);
        yield return ("repeats", ["case_id", "patient"], ["int", "int"]);
    }

    public void Copy(NpgsqlConnection connection)
    {
        foreach (var (table, columns, _) in Definitions())
        {
            using var writer = connection.BeginBinaryImport($"copy {table} ({string.Join(", ", columns)}) from stdin (format binary)");
            var rows = Rows(table);
            for (var number = 0; number < release.Cases; number++)
                rows(number, writer);
            writer.Complete();
        }
    }

    private static int Yes(Column column, int row) => column.Text(row) switch { "yes" => 1, "no" => 2, _ => 0 };

    private static short Narrow(int value) => checked((short)value);

    private Action<int, NpgsqlBinaryImporter> Rows(string table) => table switch
    {
        "cases" => CaseRows(),
        "alteration_pairs" => (n, w) => Distinct(w, n, Range(alterations, n).Where(r => Stored("alteration.gene", r) > 0)
            .Select(r => (Narrow(Stored("alteration.gene", r)), Stored("alteration.change", r))), (p, to) => { to.Write(p.Item1); to.Write(p.Item2); }),
        "case_genes" => GeneRows,
        "exposures" => ExposureRows,
        "drug_lines" => (n, w) => Distinct(w, n, Given(n).Select(g => (g.Drug, Line(g.Line))), (p, to) => { to.Write(Narrow(p.Drug)); to.Write(p.Item2); }),
        "drug_classes" => ClassRows(),
        "regimen_lines" => (n, w) => Distinct(w, n, Range(treatments, n).Where(r => Stored("treatment.regimen", r) > 0)
            .Select(r => (Narrow(Stored("treatment.regimen", r)), Line(r))), (p, to) => { to.Write(p.Item1); to.Write(p.Item2); }),
        "line_events" => EventRows,
        "case_sites" => (n, w) => Distinct(w, n, Range(sites, n).Select(r => Stored("metastasis.site", r)).Where(s => s > 0), (s, to) => to.Write(Narrow(s))),
        "repeats" => (n, w) => Distinct(w, n, IsRepeated(n) ? [Patient(n)] : Array.Empty<int>(), (p, to) => to.Write(p)),
        _ => throw new ArgumentOutOfRangeException(nameof(table)),
    };

    private static void Distinct<T>(NpgsqlBinaryImporter writer, int number, IEnumerable<T> values, Action<T, NpgsqlBinaryImporter> write)
    {
        foreach (var value in values.Distinct())
        {
            writer.StartRow();
            writer.Write(number);
            write(value, writer);
        }
    }

    private static IEnumerable<int> Range(Table table, int number)
    {
        var rows = table.RowsOfCase(number);
        return Enumerable.Range(rows.Start.Value, rows.End.Value - rows.Start.Value);
    }

    private static IEnumerable<int> Below(Table table, int parent)
    {
        var offsets = table.Offsets;
        return Enumerable.Range(offsets[parent], offsets[parent + 1] - offsets[parent]);
    }

    private int Stored(string key, int row) => release.Column(key).Stored(row);

    private short Line(int row) => (short)(release.Column("treatment.line").Scaled(row) ?? 0);

    private int Patient(int number) => release.Column("case.patient").Scaled(number)!.Value;

    private bool IsRepeated(int number) => Patient(number) < release.Manifest.RepeatedPatients;

    private IEnumerable<(int Line, int Drug)> Given(int number) =>
        Range(treatments, number).SelectMany(t => Below(drugs, t).Select(d => (t, Stored("drug.drug", d)))).Where(g => g.Item2 > 0);

    private bool Seen(int number, int gene)
    {
        var assay = release.Column("case.assay").Scaled(number)!.Value;
        var symbol = release.Codes("gene")![gene];
        return release.Column("case.readability").Text(number) == "ok"
            && (release.Coverage.Covers(assay, symbol) || release.Coverage.Regions.Any(r => release.Coverage.Kinds(assay, symbol, r) != 0));
    }

    private void GeneRows(int number, NpgsqlBinaryImporter writer)
    {
        var genes = new Dictionary<int, bool>();
        foreach (var row in Range(alterations, number))
        {
            var oncogenic = release.Column("alteration.oncogenic").Text(row) == "yes";
            foreach (var gene in new[] { Stored("alteration.gene", row), Stored("alteration.partner", row) }.Where(g => g > 0))
                genes[gene] = genes.GetValueOrDefault(gene) || oncogenic;
        }

        Distinct(writer, number, genes, (g, to) => { to.Write(Narrow(g.Key)); to.Write(g.Value); to.Write(Seen(number, g.Key)); });
    }

    private void ExposureRows(int number, NpgsqlBinaryImporter writer)
    {
        var first = Given(number).Select(g => (g.Drug, Order: ((long)(Line(g.Line) is 0 ? 9 : Line(g.Line)) << 32)
            + (release.Column("treatment.start").Scaled(g.Line) ?? int.MaxValue), g.Line)).GroupBy(g => g.Drug).Select(g => g.MinBy(e => (e.Order, e.Line)));
        Distinct(writer, number, first, (e, to) =>
        {
            to.Write(Narrow(e.Drug));
            to.Write(Narrow(Stored("treatment.response", e.Line)));
            to.Write(Patient(number));
            to.Write(e.Order);
            to.Write(IsRepeated(number));
        });
    }

    private Action<int, NpgsqlBinaryImporter> ClassRows()
    {
        var numbers = release.Vocabulary.Drugs.Classes.Index().ToDictionary(c => c.Item, c => c.Index);
        var ofDrug = release.Vocabulary.Drugs.All.ToDictionary(d => d.Name, d => d.Classes.Select(c => numbers[release.Vocabulary.Drugs.FindClass(c)!]).ToArray());
        var ofCode = Enumerable.Range(0, release.Column("drug.drug").CodeBound).Select(c => c == 0 ? [] : ofDrug.GetValueOrDefault(release.Codes("drug")![c], [])).ToArray();
        return (number, writer) => Distinct(writer, number, Given(number).SelectMany(g => ofCode[g.Drug]), (c, to) => to.Write(Narrow(c)));
    }

    private void EventRows(int number, NpgsqlBinaryImporter writer)
    {
        foreach (var line in Range(treatments, number).Where(l => Yes(release.Column("treatment.severe_event"), l) > 0))
        {
            Distinct(writer, number, Below(events, line).Where(e => release.Column("event.grade").Scaled(e) >= 3).Select(e => Stored("event.term", e)).Where(t => t > 0),
                (t, to) => to.Write(Narrow(t)));
        }
    }

    private Action<int, NpgsqlBinaryImporter> CaseRows()
    {
        var ready = release.Manifest.DataCutoff.AddMonths(-6);
        Column Case(string name) => release.Column("case." + name);
        var codes = Codes.Concat(OpenCodes).Select(release.Column).ToArray();
        var filled = Filled.Select(release.Column).ToArray();
        var sums = Sums.Select(s => (Table: release.Table(s.Entity.Name), Column: s.Field is null ? null : release.Column(s.Field))).ToArray();
        return (n, w) =>
        {
            int Mask(Table table, string key, Func<int, bool>? counts = null) =>
                Range(table, n).Where(r => counts?.Invoke(r) ?? true).Aggregate(0, (mask, r) => mask | (1 << Stored(key, r)));
            var lines = Range(treatments, n).ToArray();
            var severe = lines.Select(l => Yes(release.Column("treatment.severe_event"), l)).ToArray();
            var held = Case("ep_held").Text(n) == "yes";
            var date = Case("ep_date").Date(n);
            var level = Range(alterations, n).Select(r => Stored("alteration.level", r)).Where(l => l > 0).DefaultIfEmpty(0).Min();
            w.StartRow();
            w.Write(n);
            w.Write((short)(IsRepeated(n) ? 1 : 0));
            w.Write(Mask(alterations, "alteration.kind"));
            w.Write(Mask(alterations, "alteration.consequence"));
            w.Write(lines.Aggregate(0, (mask, l) => mask | (1 << Line(l))));
            w.Write(Mask(treatments, "treatment.route", l => release.Column("treatment.recommended").Text(l) == "yes"));
            w.Write((short)severe.Count(s => s == 1));
            w.Write((short)severe.Count(s => s == 2));
            int[] dimensions =
            [
                Stored("case.cancer", n), Case("age").Scaled(n) is { } age ? Math.Clamp(age / 10 - 2, 1, 6) : 0, Stored("case.sex", n),
                Case("year").Scaled(n) ?? 0, Stored("case.panel", n), Stored("case.hospital", n), Case("fiscal_year").Scaled(n) ?? 0,
                Case("assay").Scaled(n)!.Value, Stored("case.readability", n), Band(Case("tmb"), n, 10), Band(Case("btmb"), n, 16), level,
                lines.Length == 0 ? 0 : Array.TrueForAll(lines, l => Stored("treatment.response", l) > 0) ? 1 : 2,
                held ? 1 : 0, date is null ? 0 : 1, held && date <= ready ? 1 : 0,
                Range(alterations, n).Any(r => release.Column("alteration.oncogenic").Text(r) == "yes") ? 1 : 0,
                Yes(Case("ep_option"), n), Yes(Case("ep_treated"), n), Stored("case.ep_reason", n),
            ];
            foreach (var value in dimensions)
                w.Write(Narrow(value));
            foreach (var column in codes)
                w.Write(Narrow(column.Stored(n)));
            foreach (var column in filled)
            {
                if (column.IsBlank(n))
                    w.WriteNull();
                else
                    w.Write((short)1);
            }

            foreach (var (table, column) in sums)
                w.Write(Narrow(Range(table, n).Count(r => column?.IsBlank(r) != true)));
        };
    }

    private static int Band(Column column, int row, decimal high) => column.Number(row) is not { } value ? 0 : value >= high ? 1 : 2;
}
