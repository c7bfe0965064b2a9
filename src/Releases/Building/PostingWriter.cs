namespace DataPortal.Releases.Building;

/// <summary>
/// Writes posting lists: for each code the rows that bear it, and beside each row its case, so that a selective term touches no other row.
/// Layout in <c>docs/release-format.md</c>, "Postings".
/// </summary>
internal sealed class PostingWriter(string target, List<ManifestFile> files)
{
    /// <summary>One list per code 1 … <paramref name="codes"/>: <c>offsets[codes + 1]</c>, <c>rows</c>, <c>cases</c>; rows of code 0 (blank) have none.</summary>
    public void Write(string name, int codes, int[] codeOfRow, int[] caseOfRow)
    {
        var (offsets, rows) = Sort(codes, codeOfRow);
        Save(name + ".offsets", offsets);
        Save(name + ".rows", rows);
        Save(name + ".cases", Array.ConvertAll(rows, r => caseOfRow[r]));
    }

    /// <summary>
    /// One list per pair (first, second) that occurs: <c>first[codes + 1]</c> → range of pairs, <c>second[pairs]</c>, <c>offsets[pairs + 1]</c>,
    /// <c>rows</c>, <c>cases</c>. The lists of all pairs of one first code lie behind one another.
    /// </summary>
    public void WritePairs(string name, int codes, int[] first, int[] second, int[] caseOfRow)
    {
        var (ranges, rows) = Sort(codes, first);
        // Within a first code, by second code; equal pairs keep the order of rows, hence of cases.
        Parallel.For(0, codes, code =>
        {
            var run = rows.AsSpan(ranges[code], ranges[code + 1] - ranges[code]);
            if (run.Length < 2)
                return;
            var keys = new long[run.Length];
            for (var i = 0; i < run.Length; i++)
                keys[i] = ((long)second[run[i]] << 32) | (uint)run[i];
            Array.Sort(keys);
            for (var i = 0; i < run.Length; i++)
                run[i] = (int)(uint)keys[i];
        });

        var pairsOfFirst = new int[codes + 1];
        var seconds = new List<int>();
        var offsets = new List<int>();
        for (var code = 0; code < codes; code++)
        {
            pairsOfFirst[code] = seconds.Count;
            for (var i = ranges[code]; i < ranges[code + 1]; i++)
            {
                if (i > ranges[code] && second[rows[i]] == second[rows[i - 1]])
                    continue;
                seconds.Add(second[rows[i]]);
                offsets.Add(i);
            }
        }

        pairsOfFirst[codes] = seconds.Count;
        offsets.Add(rows.Length);
        Save(name + ".first", pairsOfFirst);
        Save(name + ".second", [.. seconds]);
        Save(name + ".offsets", [.. offsets]);
        Save(name + ".rows", rows);
        Save(name + ".cases", Array.ConvertAll(rows, r => caseOfRow[r]));
    }

    // Counting sort: stable, so that rows of a code stay in ascending order.
    private static (int[] Offsets, int[] Rows) Sort(int codes, int[] codeOfRow)
    {
        var offsets = new int[codes + 1];
        var blank = 0;
        foreach (var code in codeOfRow)
        {
            if (code == 0)
                blank++;
            else
                offsets[code]++;
        }

        for (var i = 1; i <= codes; i++)
            offsets[i] += offsets[i - 1];
        var at = offsets.ToArray();
        var rows = new int[codeOfRow.Length - blank];
        for (var row = 0; row < codeOfRow.Length; row++)
        {
            if (codeOfRow[row] is > 0 and var code)
                rows[at[code - 1]++] = row;
        }

        return (offsets, rows);
    }

    private void Save(string name, int[] values)
    {
        using var file = new SealedFile(target, $"postings/{name}");
        file.PutAll<int>(values);
        files.Add(file.Seal());
    }
}
