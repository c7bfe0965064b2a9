using System.Numerics;

namespace DataPortal.Synthesis;

/// <summary>Xoshiro256** started by SplitMix64 from (seed, stream, index): every case has its own sequence, so that order and threads do not matter.</summary>
internal sealed class Dice
{
    private ulong a, b, c, d;

    public void Start(ulong seed, uint stream, uint index)
    {
        var state = seed ^ (((ulong)stream << 32 | index) * 0x9E3779B97F4A7C15UL);
        a = Split(ref state);
        b = Split(ref state);
        c = Split(ref state);
        d = Split(ref state);
    }

    public ulong Next()
    {
        var result = BitOperations.RotateLeft(b * 5, 7) * 9;
        var t = b << 17;
        c ^= a;
        d ^= b;
        b ^= c;
        a ^= d;
        c ^= t;
        d = BitOperations.RotateLeft(d, 45);
        return result;
    }

    /// <summary>[0, 1), 53 bits.</summary>
    public double Unit() => (Next() >> 11) * (1.0 / (1UL << 53));

    public bool Chance(double probability) => Unit() < probability;

    /// <summary>0 to below <paramref name="count"/>.</summary>
    public int Below(int count) => (int)(((Next() >> 32) * (ulong)count) >> 32);

    /// <summary>From <paramref name="least"/> to <paramref name="most"/>, both included.</summary>
    public int Between(int least, int most) => least + Below(most - least + 1);

    /// <summary>Standard normal as the sum of eight 16-bit numbers: integer arithmetic, hence the same everywhere; tails end at ±4.9.</summary>
    public double Normal()
    {
        var (x, y) = (Next(), Next());
        var sum = (long)(x & 0xffff) + (long)((x >> 16) & 0xffff) + (long)((x >> 32) & 0xffff) + (long)(x >> 48)
            + (long)(y & 0xffff) + (long)((y >> 16) & 0xffff) + (long)((y >> 32) & 0xffff) + (long)(y >> 48);
        return (sum - 262140) * (1 / (65536 * 0.816496580927726));
    }

    public double LogNormal(double median, double sigma) => median * PortableMath.Exp(sigma * Normal());

    /// <summary>Mean <paramref name="mean"/>.</summary>
    public double Exponential(double mean) => -mean * PortableMath.Log(1 - Unit());

    /// <summary>By multiplication up to 30, rounded normal beyond.</summary>
    public int Poisson(double mean)
    {
        if (mean > 30)
        {
            return Math.Max(0, (int)(mean + (Math.Sqrt(mean) * Normal()) + 0.5));
        }

        var limit = PortableMath.Exp(-mean);
        var product = Unit();
        var n = 0;
        while (product > limit)
        {
            product *= Unit();
            n++;
        }

        return n;
    }

    private static ulong Split(ref ulong state)
    {
        state += 0x9E3779B97F4A7C15UL;
        var z = state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }
}
