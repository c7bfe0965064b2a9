using System.Numerics;

namespace DataPortal.CohortEngine.Evaluation;

/// <summary>Visits cases one by one, on all cores when they are many.</summary>
internal static class CaseLoop
{
    private const int WorthSplitting = 50_000;
    private const int WordsPerBlock = 256;

    /// <summary>
    /// Calls <paramref name="visit"/> with each case of the bitmap. Cases of one word of a bitmap are visited by one thread, so that the visitor may set bits
    /// of the visited case without further care.
    /// </summary>
    public static void Over(ulong[] cases, Action<int> visit, CancellationToken cancellation)
    {
        var blocks = (cases.Length + WordsPerBlock - 1) / WordsPerBlock;
        if (Words.Count(cases) < WorthSplitting)
        {
            for (var block = 0; block < blocks; block++)
                Block(cases, block, visit, cancellation);
        }
        else
        {
            Parallel.For(0, blocks, new ParallelOptions { CancellationToken = cancellation, MaxDegreeOfParallelism = Environment.ProcessorCount },
                block => Block(cases, block, visit, cancellation));
        }
    }

    private static void Block(ulong[] cases, int block, Action<int> visit, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        for (var i = block * WordsPerBlock; i < Math.Min((block + 1) * WordsPerBlock, cases.Length); i++)
        {
            for (var word = cases[i]; word != 0; word &= word - 1)
                visit((i << 6) | BitOperations.TrailingZeroCount(word));
        }
    }
}
