namespace DataPortal.CohortEngine.Characteristics;

/// <content>Panels over treatment lines.</content>
internal sealed partial class PanelWriter
{
    private readonly LabelList drugResponse, drugLine, regimenLine;
    private readonly int complete, partial, notEvaluable;

    private void WriteTreatments(Writing w)
    {
        var c = w.Counters;
        var top = w.Options.Top;
        var lines = Closed("line", labels.Line, l => Bit(c, layout.Line + l), w.Cases, PanelShape.Overlapping);
        w.Panels.Add(lines with { Rows = [.. lines.Rows, Fixed("none", w.Cases - Bit(c, layout.Treated), w.Cases)] });

        var places = layout.Responses + 2;
        var drugs = Ranked(layout.Drugs, d => Sum(c.AsSpan(layout.DrugResponse.Start + d * places, places)));
        w.Panels.Add(new CharacteristicPanel("drug", Cases, PanelShape.Overlapping, w.Cases, drugs.Length,
            [.. drugs.Take(top).Select(k => Row(labels.Drug.Value(CodeOf(k)), labels.Drug.Label(CodeOf(k)), CasesOf(k), w.Cases))]));
        w.Panels.Add(Leading("drug-class", Cases, labels.Class, k => c[layout.DrugClass.Start + k], w.Cases, top, from: 0));
        w.Panels.Add(ByLine(w, "drug-line", drugs, layout.DrugLine, drugLine, labels.Drug));
        var regimens = Ranked(labels.Regimen.Size, r => Sum(c.AsSpan(layout.RegimenLine.Start + r * Layout.LineValues, Layout.LineValues)));
        w.Panels.Add(ByLine(w, "regimen-line", regimens, layout.RegimenLine, regimenLine, labels.Regimen));
        WriteResponses(w, drugs);
        WriteEvents(w);
    }

    private CharacteristicPanel ByLine(Writing w, string name, long[] ranked, Block block, LabelList pairs, LabelList list)
    {
        var rows = new List<CharacteristicRow>();
        foreach (var key in ranked.Take(w.Options.Top))
        {
            for (var place = 1; place <= Layout.LineValues; place++)
            {
                var line = place % Layout.LineValues;
                var pair = CodeOf(key) * Layout.LineValues + line;
                if (w.Counters[block.Start + pair] is > 0 and var n)
                    rows.Add(Row(pairs.Value(pair), pairs.Label(pair), n, Bit(w.Counters, layout.Line + line), list.Value(CodeOf(key))));
            }
        }

        return new CharacteristicPanel(name, Cases, PanelShape.Overlapping, null, ranked.Length, rows);
    }

    private void WriteResponses(Writing w, long[] drugs)
    {
        var c = w.Counters;
        var all = new List<CharacteristicRow>();
        var rate = new List<CharacteristicRow>();
        var evaluable = new List<CharacteristicRow>();
        Span<int> patients = stackalloc int[layout.Responses + 1];
        foreach (var key in drugs.Take(w.Options.Top))
        {
            var drug = CodeOf(key);
            for (var r = 0; r < patients.Length; r++)
                patients[r] = c[layout.DrugResponse.Start + drug * (layout.Responses + 2) + r] + c[layout.RepeatedResponse.Start + drug * (layout.Responses + 1) + r];
            var exposed = Sum(patients);
            var (value, label) = (labels.Drug.Value(drug), labels.Drug.Label(drug));
            for (var place = 1; place <= patients.Length; place++)
            {
                var response = place % patients.Length;
                var pair = drug * labels.Response.Size + response;
                all.Add(Row(drugResponse.Value(pair), drugResponse.Label(pair), patients[response], exposed, value));
            }

            var responded = patients[complete] + patients[partial];
            rate.Add(Row(value, label, responded, exposed - patients[0]));
            evaluable.Add(Row(value, label, responded, exposed - patients[0] - patients[notEvaluable]));
        }

        w.Panels.Add(new CharacteristicPanel("drug-response", Patients, PanelShape.Grouped, null, drugs.Length, all));
        w.Panels.Add(new CharacteristicPanel("response-rate", Patients, PanelShape.Overlapping, null, drugs.Length, rate));
        w.Panels.Add(new CharacteristicPanel("response-rate-without-ne", Patients, PanelShape.Overlapping, null, drugs.Length, evaluable));
    }

    private void WriteEvents(Writing w)
    {
        var c = w.Counters;
        var answered = c[layout.SumStart + layout.SevereAnswered];
        var yes = c[layout.SumStart + layout.SevereYes];
        var lines = c[layout.TreatmentRows];
        w.Panels.Add(new CharacteristicPanel("severe-event", Lines, PanelShape.Partition, lines, (yes > 0 ? 1 : 0) + (answered > yes ? 1 : 0),
            [Fixed("yes", yes, lines), Fixed("no", answered - yes, lines), Fixed(Labels.Missing, lines - answered, lines)]));
        w.Panels.Add(Leading("adverse-event", Lines, labels.Event, e => c[layout.Event.Start + e], answered, w.Options.Top));
    }
}
