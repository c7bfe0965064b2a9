namespace DataPortal.Releases.Building;

/// <summary>Codes of an open vocabulary in the order in which they came, from 1; 0 is blank. Sealing sorts them ordinally.</summary>
internal sealed class OpenVocabulary
{
    private readonly Dictionary<string, int> codes = new(StringComparer.Ordinal);
    private int[]? final;

    public int Count => codes.Count;

    /// <summary>The texts in ordinal order; position + 1 is the final code.</summary>
    public string[] Sorted { get; private set; } = [];

    public int Code(string? text)
    {
        if (text is null)
            return 0;
        if (!codes.TryGetValue(text, out var code))
            codes.Add(text, code = codes.Count + 1);
        return code;
    }

    /// <summary>Fixes the order. No text may be added afterwards.</summary>
    public void Freeze()
    {
        Sorted = [.. codes.Keys];
        Array.Sort(Sorted, StringComparer.Ordinal);
        final = new int[codes.Count + 1];
        for (var i = 0; i < Sorted.Length; i++)
            final[codes[Sorted[i]]] = i + 1;
    }

    /// <summary>Provisional code → final code.</summary>
    public ReadOnlySpan<int> Final => final;
}
