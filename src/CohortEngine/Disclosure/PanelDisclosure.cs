using DataPortal.CohortEngine.Characteristics;

namespace DataPortal.CohortEngine.Disclosure;

/// <summary>
/// Holds back cells of one panel. First the small ones, and those whose remainder (of − cases) is small. Then, wherever rows add up to something that is
/// known, the next smallest ones, until what is hidden there adds up to no small number either.
/// </summary>
internal static class PanelDisclosure
{
    public static CharacteristicPanel Apply(CharacteristicPanel panel, DisclosurePolicy policy)
    {
        var rows = panel.Rows;
        var hidden = new bool[rows.Count];
        for (var i = 0; i < rows.Count; i++)
        {
            var (cases, of) = (rows[i].Cases!.Value, rows[i].Of!.Value);
            hidden[i] = policy.IsSmall(cases) || policy.IsSmall(of) || policy.IsSmall(of - cases);
        }

        switch (panel.Shape)
        {
            case PanelShape.Partition:
                Protect(rows, hidden, Enumerable.Range(0, rows.Count).ToArray(), panel.Denominator!.Value, policy);
                break;
            case PanelShape.Grouped:
                foreach (var group in Enumerable.Range(0, rows.Count).GroupBy(i => rows[i].Parent))
                {
                    var members = group.ToArray();
                    Protect(rows, hidden, members, rows[members[0]].Of!.Value, policy);
                }

                break;
            case PanelShape.Tree:
                var byParent = Enumerable.Range(0, rows.Count).ToLookup(i => rows[i].Parent ?? "");
                ProtectTree(rows, hidden, byParent, "", panel.Denominator!.Value, policy);
                break;
            default:
                HideCounterparts(rows, hidden);
                break;
        }

        return Shown(panel, hidden, policy);
    }

    /// <summary>Hides the smallest cells until the hidden ones of the group add up to nothing small.</summary>
    private static void Protect(IReadOnlyList<CharacteristicRow> rows, bool[] hidden, int[] members, int total, DisclosurePolicy policy)
    {
        while (true)
        {
            var rest = total;
            var next = -1;
            foreach (var i in members)
            {
                if (hidden[i])
                    continue;
                rest -= rows[i].Cases!.Value;
                if (rows[i].Cases > 0 && (next < 0 || rows[i].Cases < rows[next].Cases))
                    next = i;
            }

            if (!policy.IsSmall(rest) || next < 0)
                return;
            hidden[next] = true;
        }
    }

    // What is below a hidden row would add up to a bound of it, so that it is hidden as a whole.
    private static void ProtectTree(
        IReadOnlyList<CharacteristicRow> rows, bool[] hidden, ILookup<string, int> byParent, string parent, int total, DisclosurePolicy policy)
    {
        var members = byParent[parent].ToArray();
        Protect(rows, hidden, members, total, policy);
        foreach (var i in members)
        {
            if (hidden[i])
                HideBelow(rows, hidden, byParent, i);
            else
                ProtectTree(rows, hidden, byParent, rows[i].Value, rows[i].Cases!.Value, policy);
        }
    }

    private static void HideBelow(IReadOnlyList<CharacteristicRow> rows, bool[] hidden, ILookup<string, int> byParent, int row)
    {
        foreach (var i in byParent[rows[row].Value])
        {
            hidden[i] = true;
            HideBelow(rows, hidden, byParent, i);
        }
    }

    // Rows that name another row of the panel speak of what that row's share leaves out: with the one hidden, the other's "of" would tell it.
    private static void HideCounterparts(IReadOnlyList<CharacteristicRow> rows, bool[] hidden)
    {
        for (var i = 0; i < rows.Count; i++)
        {
            if (!hidden[i] || rows[i].Parent is not { } counterpart)
                continue;
            for (var j = 0; j < rows.Count; j++)
                hidden[j] |= rows[j].Value == counterpart;
        }
    }

    private static CharacteristicPanel Shown(CharacteristicPanel panel, bool[] hidden, DisclosurePolicy policy)
    {
        int? denominator = panel.Denominator is not { } exact || policy.IsSmall(exact) ? null : policy.Round(exact);
        if (panel.Shape == PanelShape.Partition)
            denominator = Total(panel.Rows, hidden, policy, _ => true);
        else if (panel.Shape == PanelShape.Tree)
            denominator = Total(panel.Rows, hidden, policy, r => r.Parent is null);
        var groups = panel.Shape == PanelShape.Grouped
            ? panel.Rows.Select(r => r.Parent!).Distinct().ToDictionary(g => g, g => Total(panel.Rows, hidden, policy, r => r.Parent == g))
            : null;

        var rows = new List<CharacteristicRow>(panel.Rows.Count);
        foreach (var (i, row) in panel.Rows.Index())
        {
            if (hidden[i])
            {
                rows.Add(row with { Cases = null, Of = null, Percent = null, Below = policy.Threshold });
                continue;
            }

            var of = panel.Shape == PanelShape.Overlapping ? policy.Round(row.Of!.Value) : groups is null ? denominator!.Value : groups[row.Parent!];
            // A node of a tree may round up where its rows sum to less.
            var cases = policy.Round(row.Cases!.Value);
            rows.Add(row with { Cases = cases, Of = Math.Max(of, cases), Percent = CharacteristicRow.Share(cases, Math.Max(of, cases)) });
        }

        return panel with { Denominator = denominator, Values = rows.Count, Rows = rows };
    }

    private static int Total(IReadOnlyList<CharacteristicRow> rows, bool[] hidden, DisclosurePolicy policy, Func<CharacteristicRow, bool> counts)
    {
        var total = 0;
        for (var i = 0; i < rows.Count; i++)
            total += !hidden[i] && counts(rows[i]) ? policy.Round(rows[i].Cases!.Value) : 0;
        return total;
    }
}
