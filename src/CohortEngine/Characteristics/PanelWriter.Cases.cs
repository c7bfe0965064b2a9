using DataPortal.Releases.Dictionary;

namespace DataPortal.CohortEngine.Characteristics;

/// <content>Panels over the case itself, and completeness.</content>
internal sealed partial class PanelWriter
{
    private readonly CancerTree cancers;
    private readonly LabelList ageSex, yearPanel, yearItem, hospitalItem;
    private readonly LabelList[] codeLists, openLists;
    private readonly List<(string Key, string Label, int From, int To, int Rows)> audited;

    private void WriteCases(Writing w)
    {
        var c = w.Counters;
        WriteCancers(w);
        int AgeSexOf(int age, int sex) => c[layout.AgeSex.Start + age * layout.Sexes + sex];
        w.Panels.Add(Closed("sex", labels.Sex, s => SumOf(0, Layout.AgeBands, a => AgeSexOf(a, s)), w.Cases));
        var bands = Closed("age", labels.Age, a => SumOf(0, layout.Sexes, s => AgeSexOf(a, s)), w.Cases);
        w.Panels.Add(bands with { Rows = [.. bands.Rows.Where(r => r.Value.Length > 0)] });
        WriteAgeSex(w);
        foreach (var (name, field) in Layout.CodePanels)
            w.Panels.Add(CodePanel(w, name, IndexOf(field)));

        int PanelOf(int year, int panel) => c[layout.YearPanel.Start + year * layout.Panels + panel];
        w.Panels.Add(Partition("panel", Cases, labels.Panel, p => SumOf(0, layout.Years, y => PanelOf(y, p)), w.Cases, w.Options.Top));
        w.Panels.Add(Partition("hospital", Cases, labels.Hospital, HospitalCases(c), w.Cases, w.Options.Top));
        w.Panels.Add(InOrder("year", labels.Year, y => SumOf(0, layout.Panels, p => PanelOf(y, p)), w.Cases));
        w.Panels.Add(InOrder("fiscal-year", labels.FiscalYear, y => c[layout.FiscalYear.Start + y], w.Cases));
        WriteYearPanel(w);
        w.Panels.Add(Leading("metastasis", Cases, labels.Site, s => c[layout.Metastasis.Start + s], w.Cases, w.Options.Top));
        WriteBands(w, "tmb", layout.Tmb);
        WriteBands(w, "btmb", layout.Btmb);
        for (var i = 0; i < layout.Codes.Count; i++)
        {
            var field = layout.Codes[i].Column.Field;
            if (layout.Codes[i].Biomarker && (field.Tier != FieldTier.Germline || w.Options.Germline))
                w.Panels.Add(CodePanel(w, "biomarker." + field.Name, i));
        }

        for (var i = 0; i < openLists.Length; i++)
        {
            var (name, block, _) = layout.OpenBiomarkers[i];
            var recorded = SumOf(1, block.Size, v => c[block.Start + v]);
            w.Panels.Add(Partition("biomarker." + name, Cases, openLists[i], v => v == 0 ? w.Cases - recorded : c[block.Start + v], w.Cases, w.Options.Top));
        }
    }

    private static int SumOf(int from, int to, Func<int, int> value)
    {
        var sum = 0;
        for (var i = from; i < to; i++)
            sum += value(i);
        return sum;
    }

    private static CharacteristicPanel InOrder(string name, LabelList list, Func<int, int> cases, int all)
    {
        var rows = new List<CharacteristicRow>();
        for (var code = 1; code < list.Size; code++)
        {
            if (cases(code) is > 0 and var n)
                rows.Add(Row(list.Value(code), list.Label(code), n, all));
        }

        var values = rows.Count;
        rows.Add(Row(list.Value(0), list.Label(0), cases(0), all));
        return new CharacteristicPanel(name, Cases, PanelShape.Partition, all, values, rows);
    }

    private int IndexOf(string field)
    {
        for (var i = 0; i < layout.Codes.Count; i++)
        {
            if (layout.Codes[i].Column.Field.Name == field)
                return i;
        }

        throw new KeyNotFoundException($"{field} has no bits.");
    }

    private CharacteristicPanel CodePanel(Writing w, string name, int code)
    {
        var list = codeLists[code];
        var first = layout.BitStart + layout.Codes[code].Bit;
        var recorded = SumOf(1, list.Size, v => w.Counters[first + v - 1]);
        return Closed(name, list, v => v == 0 ? w.Cases - recorded : w.Counters[first + v - 1], w.Cases);
    }

    private void WriteCancers(Writing w)
    {
        var own = cancers.Own(w.Counters.AsSpan(layout.Cancer.Start, layout.Cancer.Size));
        var total = cancers.WithDescendants(own);
        var blank = w.Counters[layout.Cancer.Start];
        var rows = new List<CharacteristicRow>();
        foreach (var key in Ranked(total.Length, n => total[n], 0))
        {
            var node = cancers.Nodes[CodeOf(key)];
            rows.Add(Row(node.Value, node.Label, CasesOf(key), w.Cases, node.Parent < 0 ? null : cancers.Nodes[node.Parent].Value));
        }

        rows.Add(Fixed(Labels.Missing, blank, w.Cases));
        w.Panels.Add(new CharacteristicPanel("cancer", Cases, PanelShape.Tree, w.Cases, own.Count(n => n > 0), rows));

        var tissues = rows.Where(r => r.Parent is null).ToArray();
        w.Panels.Add(new CharacteristicPanel("cancer-tissue", Cases, PanelShape.Partition, w.Cases, tissues.Length - 1, tissues));
    }

    private void WriteAgeSex(Writing w)
    {
        var rows = new List<CharacteristicRow>();
        var values = 0;
        for (var place = 1; place < Layout.AgeBands; place++)
        {
            // Bands in order with the blank one last; the list has one place more than there are bands.
            var age = place == Layout.AgeBands - 1 ? 0 : place;
            for (var sexPlace = 1; sexPlace <= layout.Sexes; sexPlace++)
            {
                var pair = age * layout.Sexes + sexPlace % layout.Sexes;
                var n = w.Counters[layout.AgeSex.Start + pair];
                values += n > 0 ? 1 : 0;
                rows.Add(Row(ageSex.Value(pair), ageSex.Label(pair), n, w.Cases, labels.Age.Value(age)));
            }
        }

        w.Panels.Add(new CharacteristicPanel("age-sex", Cases, PanelShape.Partition, w.Cases, values, rows));
    }

    private void WriteYearPanel(Writing w)
    {
        var rows = new List<CharacteristicRow>();
        for (var pair = 0; pair < layout.YearPanel.Size; pair++)
        {
            if (w.Counters[layout.YearPanel.Start + pair] is > 0 and var n)
                rows.Add(Row(yearPanel.Value(pair), yearPanel.Label(pair), n, w.Cases, labels.Year.Value(pair / layout.Panels)));
        }

        w.Panels.Add(new CharacteristicPanel("year-panel", Cases, PanelShape.Partition, w.Cases, rows.Count, rows));
    }

    private void WriteBands(Writing w, string name, int bit)
    {
        var high = w.Counters[layout.BitStart + bit];
        var low = w.Counters[layout.BitStart + bit + 1];
        w.Panels.Add(new CharacteristicPanel(name, Cases, PanelShape.Partition, w.Cases, (high > 0 ? 1 : 0) + (low > 0 ? 1 : 0),
            [Fixed("high", high, w.Cases), Fixed("low", low, w.Cases), Fixed("not-measured", w.Cases - high - low, w.Cases)]));
    }

    private Func<int, int> HospitalCases(int[] counters) =>
        hospital => Sum(counters.AsSpan(layout.HospitalPattern.Start + hospital * Layout.Patterns, Layout.Patterns));

    private static int Sum(ReadOnlySpan<int> values)
    {
        var sum = 0;
        foreach (var value in values)
            sum += value;
        return sum;
    }

    private List<(string Key, string Label, int From, int To, int Rows)> Audited()
    {
        var places = new Dictionary<Field, (int From, int To, int Rows)>();
        foreach (var code in layout.Codes)
            places[code.Column.Field] = (layout.BitStart + code.Bit, layout.BitStart + code.Bit + code.Column.Closed.Count, -1);
        foreach (var (column, bit) in layout.Filled)
            places[column.Field] = (layout.BitStart + bit, layout.BitStart + bit + 1, -1);
        foreach (var child in layout.Children)
        {
            foreach (var field in child.Table.Entity.Fields)
                places[field] = (0, 0, layout.SumStart + child.Rows);
            foreach (var (column, sum) in child.Fields)
                places[column.Field] = (layout.SumStart + sum, layout.SumStart + sum + 1, layout.SumStart + child.Rows);
        }

        return [.. DataDictionary.Current.Fields.Where(Layout.IsAudited).Select(f =>
        {
            var (from, to, rows) = places.GetValueOrDefault(f, (0, 0, -1));
            return (f.Key, labels.Name(f), from, to, rows);
        })];
    }

    private void WriteCompleteness(Writing w)
    {
        var c = w.Counters;
        var rows = new List<CharacteristicRow>(audited.Count);
        foreach (var (key, label, from, to, of) in audited)
            rows.Add(Row(key, label, Sum(c.AsSpan(from..to)), of < 0 ? w.Cases : c[of]));
        w.Panels.Add(new CharacteristicPanel("completeness", "rows", PanelShape.Overlapping, null, rows.Count, rows));

        var years = new List<CharacteristicRow>();
        for (var place = 1; place <= layout.Years; place++)
            AddItems(years, c, layout.YearPattern, place % layout.Years, yearItem, labels.Year);
        w.Panels.Add(new CharacteristicPanel("completeness-year", Cases, PanelShape.Overlapping, null, years.Count, years));

        var hospitals = new List<CharacteristicRow>();
        foreach (var key in Ranked(labels.Hospital.Size, HospitalCases(c)).Take(w.Options.Top))
            AddItems(hospitals, c, layout.HospitalPattern, CodeOf(key), hospitalItem, labels.Hospital);
        w.Panels.Add(new CharacteristicPanel("completeness-hospital", Cases, PanelShape.Overlapping, null, hospitals.Count, hospitals));
    }

    private static void AddItems(List<CharacteristicRow> rows, int[] counters, Block block, int code, LabelList pairs, LabelList list)
    {
        var patterns = counters.AsSpan(block.Start + code * Layout.Patterns, Layout.Patterns);
        var all = Sum(patterns);
        if (all == 0)
            return;
        Span<int> filled = stackalloc int[Layout.KeyItems];
        filled.Clear();
        for (var pattern = 0; pattern < patterns.Length; pattern++)
        {
            if (patterns[pattern] == 0)
                continue;
            for (var k = 0; k < Layout.KeyItems; k++)
                filled[k] += (pattern >> k & 1) * patterns[pattern];
        }

        const int States = 1 << Layout.KeyItems;
        var untreated = Sum(patterns[..States]);
        var answered = Sum(patterns[States..(2 * States)]);
        for (var k = 0; k <= Layout.KeyItems; k++)
        {
            var pair = code * pairs.Size / list.Size + k;
            rows.Add(Row(pairs.Value(pair), pairs.Label(pair), k < Layout.KeyItems ? filled[k] : answered, k < Layout.KeyItems ? all : all - untreated, list.Value(code)));
        }
    }
}
