using DataPortal.Releases;

namespace DataPortal.CohortEngine.Characteristics;

/// <summary>Turns counters into panels, in one language. Thread-safe.</summary>
internal sealed partial class PanelWriter
{
    private const string Cases = "cases", Patients = "patients", Lines = "lines";

    private readonly Layout layout;
    private readonly PackerTables tables;
    private readonly Labels labels;
    private readonly Release release;

    public PanelWriter(Layout layout, PackerTables tables, bool japanese)
    {
        this.layout = layout;
        this.tables = tables;
        release = layout.Release;
        labels = new Labels(layout, japanese);
        cancers = new CancerTree(release, layout.Cancer.Size, labels);
        yearPanel = labels.Year.By(labels.Panel);
        ageSex = labels.Age.By(labels.Sex);
        yearItem = labels.Year.By(labels.KeyItem);
        hospitalItem = labels.Hospital.By(labels.KeyItem);
        drugResponse = labels.Drug.By(labels.Response);
        drugLine = labels.Drug.By(labels.Line);
        regimenLine = labels.Regimen.By(labels.Line);
        codeLists = [.. layout.Codes.Select(c => labels.Codes(c.Column))];
        openLists = [.. layout.OpenBiomarkers.Select(b => labels.Open(b.Column.Field.Key, v => v))];
        kinds = labels.Codes(release.Column("alteration.kind"));
        consequences = labels.Codes(release.Column("alteration.consequence"));
        levels = labels.Codes(release.Column("alteration.level"));
        reasons = labels.Codes(release.Column("case.ep_reason"));
        routes = labels.Codes(release.Column("treatment.route"));
        audited = Audited();
        evidenceKnown = release.Column("alteration.oncogenic").Width > 0;
        var response = release.Column("treatment.response");
        (complete, partial, notEvaluable) = (response.Encode("CR"), response.Encode("PR"), response.Encode("NE"));
    }

    /// <summary>All panels.</summary>
    /// <param name="counters">Counters of the cohort; see <see cref="Layout"/>.</param>
    /// <param name="cases">Size of the cohort.</param>
    /// <param name="options">Lengths.</param>
    /// <param name="changes">Counts cases by change, for genes.</param>
    public CohortCharacteristics Write(int[] counters, int cases, CharacteristicOptions options, Func<int[], List<(int Change, int Cases)>[]> changes)
    {
        var patients = cases - counters[layout.RepeatedCases.Start] + counters[layout.RepeatedPatients.Start];
        var w = new Writing(counters, cases, options, new List<CharacteristicPanel>(128));
        WriteCases(w);
        WritePanels(w);
        WriteGenes(w, changes);
        WriteTreatments(w);
        WriteCompleteness(w);
        return new CohortCharacteristics(cases, patients, w.Panels);
    }

    private static CharacteristicRow Row(string value, string label, int cases, int of, string? parent = null) =>
        new(value, label, cases, of, CharacteristicRow.Share(cases, of), parent);

    /// <summary>Codes that occur, most cases first, then in the order of the codes. Each is (number of cases &lt;&lt; 32 | ~code).</summary>
    private static long[] Ranked(int size, Func<int, int> cases, int from = 1)
    {
        var keys = new long[size];
        var found = 0;
        for (var code = from; code < size; code++)
        {
            if (cases(code) is > 0 and var n)
                keys[found++] = ((long)n << 32) | (uint)~code;
        }

        var ranked = keys.AsSpan(0, found);
        ranked.Sort();
        ranked.Reverse();
        return ranked.ToArray();
    }

    private static int CodeOf(long key) => ~(int)key;

    private static int CasesOf(long key) => (int)(key >> 32);

    private CharacteristicRow Fixed(string value, int cases, int of) => Row(value, labels.Text(value), cases, of);

    /// <summary>A partition over an open list: the leading codes, the rest together, and blank.</summary>
    private CharacteristicPanel Partition(string name, string unit, LabelList list, Func<int, int> cases, int all, int top)
    {
        var ranked = Ranked(list.Size, cases);
        var rows = new List<CharacteristicRow>(Math.Min(top, ranked.Length) + 2);
        var rest = 0;
        foreach (var (place, key) in ranked.Index())
        {
            if (place < top)
                rows.Add(Row(list.Value(CodeOf(key)), list.Label(CodeOf(key)), CasesOf(key), all));
            else
                rest += CasesOf(key);
        }

        if (ranked.Length > top)
            rows.Add(Fixed(Labels.Other, rest, all));
        rows.Add(Fixed(Labels.Missing, cases(0), all));
        return new CharacteristicPanel(name, unit, PanelShape.Partition, all, ranked.Length, rows);
    }

    /// <summary>The leading codes of an open list of which a unit may bear several.</summary>
    private static CharacteristicPanel Leading(string name, string unit, LabelList list, Func<int, int> cases, int of, int top, int from = 1)
    {
        var ranked = Ranked(list.Size, cases, from);
        var rows = new CharacteristicRow[Math.Min(top, ranked.Length)];
        for (var i = 0; i < rows.Length; i++)
            rows[i] = Row(list.Value(CodeOf(ranked[i])), list.Label(CodeOf(ranked[i])), CasesOf(ranked[i]), of);
        return new CharacteristicPanel(name, unit, PanelShape.Overlapping, of, ranked.Length, rows);
    }

    /// <summary>Every code of a closed list, whether it occurs or not; blank last.</summary>
    private static CharacteristicPanel Closed(string name, LabelList list, Func<int, int> cases, int all, PanelShape shape = PanelShape.Partition, bool blank = true)
    {
        var rows = new List<CharacteristicRow>(list.Size);
        var values = 0;
        for (var code = 1; code < list.Size; code++)
        {
            var n = cases(code);
            values += n > 0 ? 1 : 0;
            rows.Add(Row(list.Value(code), list.Label(code), n, all));
        }

        if (blank)
            rows.Add(Row(list.Value(0), list.Label(0), cases(0), all));
        return new CharacteristicPanel(name, Cases, shape, all, values, rows);
    }

    /// <summary>What one call works on.</summary>
    private readonly record struct Writing(int[] Counters, int Cases, CharacteristicOptions Options, List<CharacteristicPanel> Panels);
}
