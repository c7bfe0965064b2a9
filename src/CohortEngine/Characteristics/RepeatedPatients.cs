using DataPortal.CohortEngine.Evaluation;

namespace DataPortal.CohortEngine.Characteristics;

/// <summary>
/// The patients with more than one case. What counts a patient once is not additive over their cases, so that these few are counted one by one: the first
/// exposure to a drug is the earliest among those of their cases that are in the cohort.
/// </summary>
internal sealed class RepeatedPatients
{
    private readonly Layout layout;
    private readonly CaseSet cases;
    private readonly int[] caseStarts;
    private readonly int[] casesOf;
    private readonly Dictionary<int, (int From, int To)> exposuresOf = [];
    private readonly Exposure[] exposures;
    private readonly int[] patientOf;

    public RepeatedPatients(Layout layout, IEnumerable<Exposure> exposures)
    {
        this.layout = layout;
        var column = layout.Release.Column("case.patient");
        var patients = layout.Release.Manifest.RepeatedPatients;
        patientOf = new int[layout.Release.Cases];
        column.Read(0, patientOf);
        caseStarts = new int[patients + 1];
        var words = new ulong[CaseSet.Words(patientOf.Length)];
        for (var number = 0; number < patientOf.Length; number++)
        {
            patientOf[number] += column.Base - 1;
            if (patientOf[number] >= patients)
                continue;
            words[number >> 6] |= 1UL << (number & 63);
            caseStarts[patientOf[number] + 1]++;
        }

        cases = CaseSet.OfBits(patientOf.Length, words);
        for (var p = 0; p < patients; p++)
            caseStarts[p + 1] += caseStarts[p];
        casesOf = new int[cases.Count];
        var next = caseStarts.ToArray();
        foreach (var number in cases.ToArray())
            casesOf[next[patientOf[number]]++] = number;

        this.exposures = [.. exposures];
        for (var from = 0; from < this.exposures.Length;)
        {
            var to = from + 1;
            while (to < this.exposures.Length && this.exposures[to].Case == this.exposures[from].Case)
                to++;
            exposuresOf.Add(this.exposures[from].Case, (from, to));
            from = to;
        }
    }

    /// <summary>Adds what the patients of <paramref name="set"/> contribute, seen through their cases in the set.</summary>
    public void Add(CaseSet set, int[] counters) => Visit(set, counters, (patient, sink) => Count(patient, set, inside: true, 1, sink));

    /// <summary>Adds what the whole population loses when the cases of <paramref name="removed"/> are taken away.</summary>
    public void AddLoss(CaseSet removed, int[] counters) => Visit(removed, counters, (patient, sink) =>
    {
        Count(patient, null, inside: true, 1, sink);
        Count(patient, removed, inside: false, -1, sink);
    });

    private void Visit(CaseSet set, int[] counters, Action<int, int[]> count)
    {
        var seen = new ulong[(caseStarts.Length + 63) >> 6];
        var found = cases.And(set);
        counters[layout.RepeatedCases.Start] += found.Count;
        foreach (var number in found.ToArray())
        {
            var patient = patientOf[number];
            if ((seen[patient >> 6] >> (patient & 63) & 1) != 0)
                continue;
            seen[patient >> 6] |= 1UL << (patient & 63);
            count(patient, counters);
        }
    }

    private void Count(int patient, CaseSet? set, bool inside, int sign, int[] counters)
    {
        var mine = new List<Exposure>();
        var present = false;
        foreach (var number in casesOf.AsSpan(caseStarts[patient]..caseStarts[patient + 1]))
        {
            if (set is not null && set.Contains(number) != inside)
                continue;
            present = true;
            if (!exposuresOf.TryGetValue(number, out var range))
                continue;
            foreach (var exposure in exposures.AsSpan(range.From..range.To))
                Merge(mine, exposure);
        }

        if (present)
            counters[layout.RepeatedPatients.Start] += sign;
        foreach (var exposure in mine)
            counters[layout.RepeatedResponse.Start + exposure.Drug * (layout.Responses + 1) + exposure.Response] += sign;
    }

    private static void Merge(List<Exposure> mine, Exposure exposure)
    {
        for (var i = 0; i < mine.Count; i++)
        {
            if (mine[i].Drug != exposure.Drug)
                continue;
            if (exposure.Order < mine[i].Order)
                mine[i] = exposure;
            return;
        }

        mine.Add(exposure);
    }
}
