namespace DataPortal.CohortEngine.Characteristics;

/// <content>Panels over alterations and the expert panel.</content>
internal sealed partial class PanelWriter
{
    private readonly LabelList kinds, consequences, levels, reasons, routes;
    private readonly bool evidenceKnown;

    private void WriteGenes(Writing w, Func<int[], List<(int Change, int Cases)>[]> changes)
    {
        var c = w.Counters;
        var gene = layout.Gene.Start;
        var any = Ranked(layout.Genes, g => c[gene + g * 4] + c[gene + g * 4 + 1] + c[gene + g * 4 + 2] + c[gene + g * 4 + 3]);
        w.Panels.Add(GenePanel(w, "genes", any, g => c[gene + g * 4 + 1] + c[gene + g * 4 + 3]));
        if (evidenceKnown)
        {
            var oncogenic = Ranked(layout.Genes, g => c[gene + g * 4 + 2] + c[gene + g * 4 + 3]);
            w.Panels.Add(GenePanel(w, "genes-oncogenic", oncogenic, g => c[gene + g * 4 + 3]));
        }

        WriteChanges(w, any, changes);
        w.Panels.Add(Closed("alteration-kind", kinds, k => Bit(c, layout.Kind + k - 1), w.Cases, PanelShape.Overlapping, blank: false));
        w.Panels.Add(Closed("alteration-consequence", consequences, k => Bit(c, layout.Consequence + k - 1), w.Cases, PanelShape.Overlapping, blank: false));
        var graded = SumOf(1, levels.Size, l => Bit(c, layout.Level + l - 1));
        var level = Closed("evidence-level", levels, l => Bit(c, layout.Level + l - 1), w.Cases, blank: false);
        w.Panels.Add(level with { Rows = [.. level.Rows, Fixed("none", w.Cases - graded, w.Cases)] });
    }

    private int Bit(int[] counters, int bit) => counters[layout.BitStart + bit];

    /// <summary>
    /// A case is assayed for a gene when its test looks at the gene and could be read, or when an alteration was reported all the same: then the
    /// answer is known.
    /// </summary>
    private CharacteristicPanel GenePanel(Writing w, string name, long[] ranked, Func<int, int> alteredOutside)
    {
        var rows = new CharacteristicRow[Math.Min(w.Options.Top, ranked.Length)];
        for (var i = 0; i < rows.Length; i++)
        {
            var gene = CodeOf(ranked[i]);
            var assayed = alteredOutside(gene);
            for (var assay = 0; assay < layout.Assays; assay++)
            {
                if (tables.Covers(assay, gene))
                    assayed += w.Counters[layout.AssayReadability.Start + assay * 4 + tables.Readable];
            }

            rows[i] = Row(labels.Gene.Value(gene), labels.Gene.Label(gene), CasesOf(ranked[i]), assayed);
        }

        return new CharacteristicPanel(name, Cases, PanelShape.Overlapping, null, ranked.Length, rows);
    }

    private void WriteChanges(Writing w, long[] ranked, Func<int[], List<(int Change, int Cases)>[]> changes)
    {
        var genes = ranked.Take(Math.Min(w.Options.LeadingGenes, byte.MaxValue)).Select(CodeOf).ToArray();
        var change = release.Column("alteration.change");
        var rows = new List<CharacteristicRow>();
        var values = 0;
        foreach (var (place, found) in changes(genes).Index())
        {
            var symbol = labels.Gene.Value(genes[place]);
            values += found.Count;
            found.Sort((a, b) => a.Cases != b.Cases ? b.Cases.CompareTo(a.Cases) : a.Change.CompareTo(b.Change));
            foreach (var (code, cases) in found.Take(w.Options.ChangesPerGene))
            {
                var text = change.Decode(code);
                rows.Add(Row($"{symbol}|{text ?? Labels.Missing}", $"{symbol} {text ?? labels.Text(Labels.Missing)}", cases, CasesOf(ranked[place]), symbol));
            }
        }

        w.Panels.Add(new CharacteristicPanel("changes", Cases, PanelShape.Overlapping, null, values, rows));
    }

    private void WritePanels(Writing w)
    {
        var c = w.Counters;
        var held = Bit(c, layout.EpHeld);
        var ripe = Bit(c, layout.EpRipe);
        var (offered, notOffered) = (Bit(c, layout.EpOption), Bit(c, layout.EpOption + 1));
        var (given, notGiven) = (Bit(c, layout.EpTreated), Bit(c, layout.EpTreated + 1));
        var rows = new List<CharacteristicRow>
        {
            Fixed("held", held, w.Cases), Fixed("held-undated", Bit(c, layout.EpUndated), held), Fixed("held-in-time", ripe, held),
        };
        if (evidenceKnown)
            rows.Add(Fixed("oncogenic", Bit(c, layout.EpOncogenic), ripe));
        rows.Add(Fixed("option", offered, offered + notOffered));
        rows.Add(Fixed("option-missing", ripe - offered - notOffered, ripe) with { Parent = "option" });
        rows.Add(Fixed("given", given, given + notGiven));
        rows.Add(Fixed("given-missing", offered - given - notGiven, offered) with { Parent = "given" });
        w.Panels.Add(new CharacteristicPanel("ep-funnel", Cases, PanelShape.Overlapping, null, rows.Count, rows));

        int Result(int i) => Bit(c, layout.EpResult + i);
        CharacteristicRow[] results =
        [
            Fixed("given", Result(0), ripe), Fixed("option-not-given", Result(1), ripe), Fixed("option-answer-missing", Result(2), ripe),
            .. evidenceKnown
                ? [Fixed("altered-no-option", Result(3), ripe), Fixed("no-alteration-no-option", Result(4), ripe)]
                : new[] { Fixed("no-option", Result(3) + Result(4), ripe) },
            Fixed(Labels.Missing, Result(5), ripe),
        ];
        w.Panels.Add(new CharacteristicPanel("ep-result", Cases, PanelShape.Partition, ripe, results.Count(r => r.Cases > 0), results));
        w.Panels.Add(Closed("ep-reason", reasons, r => Bit(c, layout.EpReason + r), notGiven));
        w.Panels.Add(Closed("ep-route", routes, r => Bit(c, layout.EpRoute + r), given, PanelShape.Overlapping));
    }
}
