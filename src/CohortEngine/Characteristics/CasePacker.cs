using DataPortal.Releases.Reading;

namespace DataPortal.CohortEngine.Characteristics;

/// <summary>A patient's first exposure to a drug within one case. The least <paramref name="Order"/> is the earliest: line, then start date.</summary>
internal readonly record struct Exposure(int Case, int Drug, long Order, int Response);

/// <summary>Packs runs of cases. Holds buffers, so that each worker has one of its own.</summary>
internal sealed class CasePacker
{
    private const int Bands = Layout.AgeBands, Lines = Layout.LineValues;

    private readonly Layout layout;
    private readonly PackerTables tables;
    private readonly int[] column = new int[PackedCases.Capacity];
    private readonly List<(Column Column, int[] Values)> caseColumns = [];
    private readonly int[] cancer, age, sex, year, fiscalYear, panel, hospital, assay, readability, patient, tmb, btmb, epDate, epHeld, epOption, epTreated, epReason;
    private readonly int[][] keyItems, openBiomarkers;
    private int[] gene = [], partner = [], oncogenic = [], kind = [], consequence = [], level = [];
    private int[] line = [], regimen = [], response = [], begin = [], severe = [], recommended = [], route = [], drug = [], term = [], grade = [], site = [];
    private readonly ChildValues alterations, treatments, drugs, events, metastases;
    private readonly List<int> tokens = [];
    private readonly List<(int, int, int)> overflow = [];
    private readonly List<int> genes = [];
    private readonly List<Exposure> exposures = [];
    private byte[] records = [];
    private int[] childColumn = [];
    private int[] childStarts = [];

    public CasePacker(Layout layout, PackerTables tables)
    {
        this.layout = layout;
        this.tables = tables;
        cancer = Case("cancer");
        age = Case("age");
        sex = Case("sex");
        year = Case("year");
        fiscalYear = Case("fiscal_year");
        panel = Case("panel");
        hospital = Case("hospital");
        assay = Case("assay");
        readability = Case("readability");
        patient = Case("patient");
        tmb = Case("tmb");
        btmb = Case("btmb");
        epDate = Case("ep_date");
        epHeld = Case("ep_held");
        epOption = Case("ep_option");
        epTreated = Case("ep_treated");
        epReason = Case("ep_reason");
        keyItems = [.. Layout.KeyFields.Select(Case)];
        openBiomarkers = [.. layout.OpenBiomarkers.Select(b => Case(b.Name))];
        alterations = new(layout, "alteration", "gene", "partner", "oncogenic", "kind", "consequence", "level");
        treatments = new(layout, "treatment", "line", "regimen", "response", "start", "severe_event", "recommended", "route");
        drugs = new(layout, "drug", "drug");
        events = new(layout, "event", "term", "grade");
        metastases = new(layout, "metastasis", "site");
    }

    private int Stride => (layout.BitVectors + layout.SumVectors) * 32;

    /// <summary>Packs the cases from <paramref name="start"/> on; exposures of repeated patients are appended to <paramref name="repeated"/>.</summary>
    public PackedCases Pack(int start, int count, List<Exposure> repeated)
    {
        records = new byte[count * Stride];
        overflow.Clear();
        tokens.Clear();
        PackCodes(start, count);
        PackSums(start, count);
        foreach (var (source, values) in caseColumns)
            source.Read(start, values.AsSpan(0, count));
        ReadChildren(start, count);

        var ends = new int[count];
        for (var i = 0; i < count; i++)
        {
            var altered = PackAlterations(i);
            PackTreatments(start, i, repeated);
            PackCase(i);
            PackPanel(i, altered);
            ends[i] = tokens.Count;
        }

        var narrow = layout.TokenCount <= ushort.MaxValue + 1 ? tokens.ConvertAll(t => (ushort)t).ToArray() : null;
        overflow.Sort();
        return new PackedCases(records, narrow, narrow is null ? [.. tokens] : null, ends, [.. overflow]);
    }

    private int[] Case(string name)
    {
        var values = new int[PackedCases.Capacity];
        caseColumns.Add((layout.Release.Table("case").Column(name), values));
        return values;
    }

    private void ReadChildren(int start, int count)
    {
        var ofAlterations = alterations.Read(start, count);
        (gene, partner, oncogenic, kind, consequence, level) = (ofAlterations[0], ofAlterations[1], ofAlterations[2], ofAlterations[3], ofAlterations[4], ofAlterations[5]);
        var ofTreatments = treatments.Read(start, count);
        (line, regimen, response, begin, severe, recommended, route) = (ofTreatments[0], ofTreatments[1], ofTreatments[2], ofTreatments[3], ofTreatments[4], ofTreatments[5], ofTreatments[6]);
        drug = drugs.Read(start, count)[0];
        var ofEvents = events.Read(start, count);
        (term, grade) = (ofEvents[0], ofEvents[1]);
        site = metastases.Read(start, count)[0];
    }

    private void Set(int i, int bit) => records[i * Stride + (bit >> 3)] |= (byte)(1 << (bit & 7));

    private void PackCodes(int start, int count)
    {
        var values = column.AsSpan(0, count);
        foreach (var code in layout.Codes)
        {
            code.Column.Read(start, values);
            for (var i = 0; i < values.Length; i++)
            {
                if (values[i] != 0)
                    Set(i, code.Bit + values[i] - 1);
            }
        }

        foreach (var (filled, bit) in layout.Filled)
        {
            filled.Read(start, values);
            for (var i = 0; i < values.Length; i++)
            {
                if (values[i] != 0)
                    Set(i, bit);
            }
        }
    }

    private void PackSums(int start, int count)
    {
        foreach (var child in layout.Children)
        {
            var starts = ChildValues.Starts(child.Table, start, count, ref childStarts);
            for (var i = 0; i < count; i++)
                PutSum(i, child.Rows, starts[i + 1] - starts[i]);
            var first = starts[0];
            var rows = starts[count] - first;
            if (childColumn.Length < rows)
                childColumn = new int[rows * 2];
            foreach (var (field, sum) in child.Fields)
            {
                var values = childColumn.AsSpan(0, rows);
                field.Read(first, values);
                for (var i = 0; i < count; i++)
                {
                    var n = 0;
                    foreach (var value in values[(starts[i] - first)..(starts[i + 1] - first)])
                        n += value != 0 ? 1 : 0;
                    PutSum(i, sum, n);
                }
            }
        }
    }

    private void PutSum(int i, int sum, int value)
    {
        if (value > byte.MaxValue)
            overflow.Add((i, sum, value - byte.MaxValue));
        records[i * Stride + layout.BitVectors * 32 + sum] = (byte)Math.Min(value, byte.MaxValue);
    }

    private bool PackAlterations(int i)
    {
        var best = int.MaxValue;
        var anyOncogenic = false;
        genes.Clear();
        var (from, to) = alterations.Rows(i);
        for (var r = from; r < to; r++)
        {
            var isOncogenic = oncogenic[r] == tables.OncogenicYes;
            anyOncogenic |= isOncogenic;
            AddGene(gene[r], isOncogenic);
            AddGene(partner[r], isOncogenic);
            if (kind[r] != 0)
                Set(i, layout.Kind + kind[r] - 1);
            if (consequence[r] != 0)
                Set(i, layout.Consequence + consequence[r] - 1);
            if (level[r] != 0)
                best = Math.Min(best, level[r]);
        }

        if (best != int.MaxValue)
            Set(i, layout.Level + best - 1);
        genes.Sort();
        var test = assay[i] - 1 + tables.AssayBase;
        var readable = readability[i] == tables.Readable;
        for (var g = 0; g < genes.Count; g++)
        {
            // Sorted by gene, then oncogenic: the last of a gene says whether any was.
            if (g + 1 < genes.Count && genes[g + 1] >> 1 == genes[g] >> 1)
                continue;
            var code = genes[g] >> 1;
            var seen = readable && tables.Covers(test, code);
            tokens.Add(layout.Gene.Start + code * 4 + (genes[g] & 1) * 2 + (seen ? 0 : 1));
        }

        return anyOncogenic;
    }

    private void AddGene(int code, bool isOncogenic)
    {
        if (code != 0)
            genes.Add(code * 2 + (isOncogenic ? 1 : 0));
    }

    private void PackTreatments(int start, int i, List<Exposure> repeated)
    {
        var (from, to) = treatments.Rows(i);
        var firstToken = tokens.Count;
        exposures.Clear();
        var answered = 0;
        var yes = 0;
        for (var r = from; r < to; r++)
        {
            // Lines run from 1 to 5; 0 is a line that nobody numbered.
            var number = line[r] == 0 ? 0 : Math.Clamp(line[r] - 1 + tables.LineBase, 1, Lines - 1);
            Set(i, layout.Line + number);
            if (regimen[r] != 0)
                AddOnce(firstToken, layout.RegimenLine.Start + regimen[r] * Lines + number);
            var order = ((long)(number == 0 ? Lines : number) << 32) | (uint)(begin[r] == 0 ? int.MaxValue : begin[r]);
            var (firstDrug, lastDrug) = drugs.RowsOf(r);
            for (var d = firstDrug; d < lastDrug; d++)
            {
                if (drug[d] == 0)
                    continue;
                AddOnce(firstToken, layout.DrugLine.Start + drug[d] * Lines + number);
                foreach (var c in tables.ClassesOf(drug[d]))
                    AddOnce(firstToken, layout.DrugClass.Start + c);
                Expose(new Exposure(start + i, drug[d], order, response[r]));
            }

            if (severe[r] != tables.SevereYes && severe[r] != tables.SevereNo)
                continue;
            answered++;
            yes += severe[r] == tables.SevereYes ? 1 : 0;
            var firstOfLine = tokens.Count;
            var (firstEvent, lastEvent) = events.RowsOf(r);
            for (var e = firstEvent; e < lastEvent; e++)
            {
                if (term[e] != 0 && grade[e] != 0 && grade[e] - 1 + tables.GradeBase >= 3)
                    AddOnce(firstOfLine, layout.Event.Start + term[e]);
            }
        }

        if (to > from)
            Set(i, layout.Treated);
        PutSum(i, layout.SevereAnswered, answered);
        PutSum(i, layout.SevereYes, yes);
        var isRepeated = patient[i] - 1 + tables.PatientBase < layout.Release.Manifest.RepeatedPatients;
        foreach (var e in exposures)
            tokens.Add(layout.DrugResponse.Start + e.Drug * (layout.Responses + 2) + (isRepeated ? layout.Responses + 1 : e.Response));
        if (isRepeated)
            repeated.AddRange(exposures);
    }

    private void AddOnce(int from, int token)
    {
        for (var t = from; t < tokens.Count; t++)
        {
            if (tokens[t] == token)
                return;
        }

        tokens.Add(token);
    }

    private void Expose(Exposure exposure)
    {
        for (var e = 0; e < exposures.Count; e++)
        {
            if (exposures[e].Drug != exposure.Drug)
                continue;
            if (exposure.Order < exposures[e].Order)
                exposures[e] = exposure;
            return;
        }

        exposures.Add(exposure);
    }

    private void PackCase(int i)
    {
        var pattern = 0;
        for (var k = 0; k < Layout.KeyFields.Count; k++)
            pattern |= (keyItems[k][i] != 0 ? 1 : 0) << k;
        pattern += ResponseState(i) << Layout.KeyItems;
        tokens.Add(layout.Cancer.Start + cancer[i]);
        tokens.Add(layout.AgeSex.Start + tables.AgeBand(age[i]) * layout.Sexes + sex[i]);
        tokens.Add(layout.YearPanel.Start + year[i] * layout.Panels + panel[i]);
        tokens.Add(layout.YearPattern.Start + year[i] * Layout.Patterns + pattern);
        tokens.Add(layout.HospitalPattern.Start + hospital[i] * Layout.Patterns + pattern);
        tokens.Add(layout.FiscalYear.Start + fiscalYear[i]);
        tokens.Add(layout.AssayReadability.Start + (assay[i] - 1 + tables.AssayBase) * 4 + readability[i]);
        for (var b = 0; b < openBiomarkers.Length; b++)
        {
            if (openBiomarkers[b][i] is > 0 and var value)
                tokens.Add(layout.OpenBiomarkers[b].Block.Start + value);
        }

        var (from, to) = metastases.Rows(i);
        var first = tokens.Count;
        for (var r = from; r < to; r++)
        {
            if (site[r] != 0)
                AddOnce(first, layout.Metastasis.Start + site[r]);
        }

        if (tmb[i] is > 0 and var tissue)
            Set(i, layout.Tmb + (tissue >= tables.TmbHigh ? 0 : 1));
        if (btmb[i] is > 0 and var plasma)
            Set(i, layout.Btmb + (plasma >= tables.BtmbHigh ? 0 : 1));
    }

    // 0 without treatment, 1 when every line has its best response, 2 when some lacks it.
    private int ResponseState(int i)
    {
        var (from, to) = treatments.Rows(i);
        if (from == to)
            return 0;
        for (var r = from; r < to; r++)
        {
            if (response[r] == 0)
                return 2;
        }

        return 1;
    }

    private void PackPanel(int i, bool altered)
    {
        if (epHeld[i] != tables.HeldYes)
            return;
        Set(i, layout.EpHeld);
        if (epDate[i] == 0)
            Set(i, layout.EpUndated);
        if (epDate[i] == 0 || epDate[i] > tables.LastRipeDay)
            return;
        Set(i, layout.EpRipe);
        if (altered)
            Set(i, layout.EpOncogenic);
        var option = tables.OptionOffered(epOption[i]);
        var treated = tables.DrugGiven(epTreated[i]);
        if (option is { } offered)
            Set(i, layout.EpOption + (offered ? 0 : 1));
        Set(i, layout.EpResult + (option, treated) switch
        {
            (true, true) => 0,
            (true, false) => 1,
            (true, null) => 2,
            (false, _) => altered ? 3 : 4,
            _ => 5,
        });
        if (option != true || treated is not { } given)
            return;
        Set(i, layout.EpTreated + (given ? 0 : 1));
        if (given)
            PackRoutes(i);
        else
            Set(i, layout.EpReason + epReason[i]);
    }

    private void PackRoutes(int i)
    {
        var (from, to) = treatments.Rows(i);
        var known = false;
        for (var r = from; r < to; r++)
        {
            if (recommended[r] != tables.RecommendedYes || route[r] == 0)
                continue;
            known = true;
            Set(i, layout.EpRoute + route[r]);
        }

        if (!known)
            Set(i, layout.EpRoute);
    }
}
