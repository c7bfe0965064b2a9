namespace DataPortal.CohortEngine.Evaluation;

/// <summary>
/// What a term says of every case: true within <see cref="Certain"/>, unknown in the rest of <see cref="Possible"/>, false outside. Kleene's logic is plain
/// algebra on the two bounds: and intersects both, or unites both, not exchanges and complements them.
/// </summary>
internal sealed class Found(Arena arena, bool genomic)
{
    private readonly ulong[]?[] because = new ulong[]?[Reasons.Count];

    public ulong[] Certain { get; private set; } = arena.Empty();

    public ulong[] Possible { get; private set; } = arena.Empty();

    /// <summary>Cases which, if unknown, are so for that reason among others; to be added to.</summary>
    public ulong[] Because(Reason reason) => because[(int)reason] ??= arena.Empty();

    /// <summary>As <see cref="Because"/>; null when there are none.</summary>
    public ulong[]? CasesWith(Reason reason) => because[(int)reason];

    /// <summary>Takes note of one row of a case.</summary>
    public void Set(int number, Verdict verdict)
    {
        if (verdict == Verdict.False)
            return;
        Words.Set(Possible, number);
        if (verdict == Verdict.True)
            Words.Set(Certain, number);
        else if (genomic)
            Words.Set(Because(Reasons.Of(verdict)), number);
    }

    /// <summary>Where the test could not have seen it, the term is at best unknown false.</summary>
    /// <param name="run">Tells whether plasma without a call counts as seen.</param>
    /// <param name="blind">Assays that do not cover what is asked.</param>
    public void Blind(Run run, bool[] blind)
    {
        var engine = run.Engine;
        because[(int)Reason.AnalysisFailed] = engine.Failed;
        Words.Or(Possible, engine.Failed);
        if (blind.AsSpan().Contains(true))
        {
            var notCovered = Because(Reason.NotCovered);
            for (var assay = 0; assay < blind.Length; assay++)
            {
                if (blind[assay])
                    Words.Or(notCovered, engine.OfAssay(assay));
            }

            Words.Or(Possible, notCovered);
        }

        if (!run.Lenient)
        {
            because[(int)Reason.NoCtdna] = engine.EmptyPlasma;
            Words.Or(Possible, engine.EmptyPlasma);
        }
    }

    /// <summary>Turns the term into its opposite among <paramref name="all"/>.</summary>
    public void Negate(ulong[] all)
    {
        (Certain, Possible) = (Possible, Certain);
        Complement(Certain, all);
        Complement(Possible, all);
    }

    private static void Complement(ulong[] words, ulong[] all)
    {
        for (var i = 0; i < words.Length; i++)
            words[i] = all[i] & ~words[i];
    }
}
