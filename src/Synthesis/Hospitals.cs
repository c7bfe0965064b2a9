using System.Globalization;

namespace DataPortal.Synthesis;

/// <summary>282 hospitals without names: 13 core, 32 designated, 237 cooperative. Within each kind the sizes fall off; core hospitals register most.</summary>
internal static class Hospitals
{
    public const int Core = 13, Designated = 32, Cooperative = 237;

    private static readonly Draw<int> Sizes = new(
    [
        .. Enumerable.Range(0, Core).Select(i => (i, 36.0 * Weight(i, Core, 0.5))),
        .. Enumerable.Range(0, Designated).Select(i => (Core + i, 32.0 * Weight(i, Designated, 0.6))),
        .. Enumerable.Range(0, Cooperative).Select(i => (Core + Designated + i, 32.0 * Weight(i, Cooperative, 0.8))),
    ]);

    /// <summary><c>Hospital 001</c> to <c>Hospital 282</c>; in Japanese 第001病院.</summary>
    public static IReadOnlyList<string> Names { get; } =
        [.. Enumerable.Range(1, Core + Designated + Cooperative).Select(n => string.Create(CultureInfo.InvariantCulture, $"Hospital {n:000}"))];

    public static int Next(Dice dice) => Sizes.Next(dice);

    // 1 / (1 + i)^skew would need a power function: the harmonic form below needs division only and is skewed enough.
    private static double Weight(int i, int count, double skew) => 1 / ((count * (1 - skew) / 2) + (i * skew) + 1);
}
