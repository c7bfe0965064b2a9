using DataPortal.CohortEngine.Characteristics;
using DataPortal.Releases;
using DataPortal.Testing;
using Npgsql;

namespace DataPortal.Benchmarks.Postgres;

/// <summary>The full characterisation as indexed SQL over the same cases, and the proof that its numbers are ours.</summary>
internal sealed class PostgresBaseline : IDisposable
{
    private const int Shown = 10;

    // Those that a person who knows PostgreSQL would give it on this machine; nothing is lost when it falls over.
    private const string Settings =
        "-c shared_buffers=4GB -c work_mem=256MB -c maintenance_work_mem=1GB -c max_parallel_workers_per_gather=2 -c max_parallel_workers=2 -c max_wal_size=8GB -c jit=on";

    private readonly ThrowAwayPostgres cluster;
    private readonly NpgsqlConnection connection;
    private readonly Release release;
    private readonly CaseTables tables;

    private PostgresBaseline(ThrowAwayPostgres cluster, Release release)
    {
        this.cluster = cluster;
        this.release = release;
        tables = new CaseTables(release);
        connection = new NpgsqlConnection(cluster.ConnectionString + ";Command Timeout=0;Pooling=false");
        connection.Open();
    }

    public static PostgresBaseline Load(Release release, TextWriter progress)
    {
        progress.WriteLine("Loading the cases into a throw-away PostgreSQL …");
        var programs = ThrowAwayPostgres.FindPrograms()
            ?? throw new InvalidOperationException("PostgreSQL is not installed (no /usr/lib/postgresql/*/bin/initdb). On Debian: apt-get install postgresql-15.");
        var baseline = new PostgresBaseline(new ThrowAwayPostgres(programs, "C", Settings), release);
        try
        {
            baseline.Fill();
            return baseline;
        }
        catch
        {
            baseline.Dispose();
            throw;
        }
    }

    /// <summary>Warm: second run on, at least five.</summary>
    public Timing Measure(string? gene, string? change) => Timing.Of(() => Ask(gene, change), warmup: 1, least: 5);

    /// <summary>Whether every number of every panel is the same there.</summary>
    public bool Agrees(string? gene, string? change, CohortCharacteristics ours, TextWriter progress)
    {
        var theirs = new PostgresPanels(release, tables, Ask(gene, change)).Numbers();
        var differences = 0;
        void Differ(string what)
        {
            if (differences++ < Shown)
                progress.WriteLine($"  differs: {what}");
        }

        theirs.Remove(("", "patients"), out var patients);
        if (patients.Cases != ours.Patients)
            Differ($"patients: {ours.Patients} here, {patients.Cases} there");
        foreach (var panel in ours.Panels)
        {
            foreach (var row in panel.Rows)
            {
                theirs.Remove((panel.Name, row.Value), out var number);
                if (number.Cases != row.Cases || (row.Cases > 0 && number.Of != row.Of))
                    Differ($"{panel.Name} {row.Value}: {row.Cases} of {row.Of} here, {number.Cases} of {number.Of} there");
            }
        }

        foreach (var ((panel, value), number) in theirs.Where(t => t.Value.Cases > 0))
            Differ($"{panel} {value}: nothing here, {number.Cases} there");
        return differences == 0;
    }

    public void Dispose()
    {
        connection.Dispose();
        cluster.Dispose();
    }

    private void Fill()
    {
        foreach (var (table, columns, types) in tables.Definitions())
            Execute($"create unlogged table {table} ({string.Join(", ", columns.Zip(types, (c, t) => $"{c} {t}"))})");
        tables.Copy(connection);
        Execute("alter table cases add primary key (id)");
        Execute("create index on alteration_pairs (gene, change, case_id)");
        Execute("create index on case_genes (gene, case_id)");
        foreach (var (table, columns, _) in tables.Definitions().Skip(1))
            Execute($"create index on {table} (case_id) include ({string.Join(", ", columns.Skip(1))})");
        Execute("vacuum analyze");
    }

    private Answers Ask(string? gene, string? change)
    {
        var everybody = gene is null;
        if (!everybody)
        {
            var code = release.Codes("gene")!.Find(gene!);
            Execute("drop table if exists cohort");
            Execute("create temp table cohort as " + (change is null
                ? $"select case_id from case_genes where gene = {code}"
                : $"select distinct case_id from alteration_pairs where gene = {code} and change = {release.Codes("change")!.Find(change)}"));
            Execute("analyze cohort");
        }

        string From(string table) => everybody ? table : $"{table} join cohort on cohort.case_id = {table}.{(table == "cases" ? "id" : "case_id")}";
        var genes = Read($"select gene, count(*), count(*) filter (where oncogenic), count(*) filter (where not seen), count(*) filter (where oncogenic and not seen) "
            + $"from {From("case_genes")} group by gene");
        var leading = genes.OrderByDescending(g => g[1]).ThenBy(g => g[0]).Take(new CharacteristicOptions().LeadingGenes).Select(g => g[0]);
        return new Answers(
            Read(Dimensions(From("cases"))), Read($"select {string.Join(", ", SumColumns())} from {From("cases")}")[0],
            Read("select year, hospital, count(*), count(f_diagnosis_date), count(*) filter (where c_stage <> 0), count(*) filter (where c_ps <> 0), "
                + "count(*) filter (where c_outcome <> 0), count(f_last_alive), count(*) filter (where responses = 1), count(*) filter (where responses > 0) "
                + $"from {From("cases")} group by grouping sets ((year), (hospital))"),
            genes, Read($"select gene, change, count(*) from {From("alteration_pairs")} where gene in ({string.Join(", ", leading.DefaultIfEmpty(-1))}) group by 1, 2"),
            Read($"select drug, response, repeated::int, count(*) from {From("exposures")} group by 1, 2, 3"),
            Read($"select drug, response, count(*) from (select distinct on (patient, drug) drug, response from {From("exposures")} where repeated "
                + "order by patient, drug, ord, exposures.case_id) first group by 1, 2"),
            Read($"select drug, line, count(*) from {From("drug_lines")} group by 1, 2"), Read($"select class, count(*) from {From("drug_classes")} group by 1"),
            Read($"select regimen, line, count(*) from {From("regimen_lines")} group by 1, 2"), Read($"select term, count(*) from {From("line_events")} group by 1"),
            Read($"select site, count(*) from {From("case_sites")} group by 1"), Read($"select count(distinct patient) from {From("repeats")}")[0][0]!.Value);
    }

    private string Dimensions(string from)
    {
        // Dimensions that only cross tables or the funnel need are grouped once, together: the single tables are sums over them.
        string[] together = ["age_band, sex", "year, panel", "assay, readability", "held, dated, in_time, oncogenic, option, treated", "in_time, option, treated, reason"];
        string[] singles = ["cancer", "hospital", "fiscal_year", "tmb_band", "btmb_band", "level", "responses",
            .. tables.Codes.Concat(tables.OpenCodes).Select(f => "c_" + f.Name)];
        var all = CaseTables.Dimensions.Concat(tables.Codes.Concat(tables.OpenCodes).Select(f => "c_" + f.Name));
        return $"select {string.Join(", ", all)}, count(*) from {from} group by grouping sets (({string.Join("), (", together.Concat(singles))}))";
    }

    private IEnumerable<string> SumColumns() =>
    [
        "count(*)", "sum(repeated)", "sum(severe_yes)", "sum(severe_no)",
        .. PostgresPanels.MaskBits.SelectMany(m => Enumerable.Range(0, m.Bits).Select(b => $"count(*) filter (where {m.Mask} & {1 << b} <> 0{m.And})")),
        "count(*) filter (where routes >> 1 = 0 and in_time = 1 and option = 1 and treated = 1)",
        .. tables.Filled.Select(f => $"count(f_{f.Name})"), .. tables.Sums.Select((_, i) => $"sum(s_{i})"),
    ];

    private void Execute(string sql)
    {
        using var command = new NpgsqlCommand(sql, connection);
        command.ExecuteNonQuery();
    }

    private List<int?[]> Read(string sql)
    {
        using var command = new NpgsqlCommand(sql, connection);
        using var reader = command.ExecuteReader();
        var rows = new List<int?[]>();
        while (reader.Read())
        {
            var row = new int?[reader.FieldCount];
            for (var i = 0; i < row.Length; i++)
                row[i] = reader.IsDBNull(i) ? null : Convert.ToInt32(reader.GetValue(i), System.Globalization.CultureInfo.InvariantCulture);
            rows.Add(row);
        }

        return rows;
    }
}

/// <summary>What the queries gave, as they gave it.</summary>
internal sealed record Answers(
    List<int?[]> Dimensions, int?[] Sums, List<int?[]> Completeness, List<int?[]> Genes, List<int?[]> Changes, List<int?[]> Exposures, List<int?[]> Repeated,
    List<int?[]> DrugLines, List<int?[]> Classes, List<int?[]> RegimenLines, List<int?[]> Events, List<int?[]> Sites, int RepeatedPatients);
