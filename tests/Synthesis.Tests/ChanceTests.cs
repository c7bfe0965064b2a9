namespace DataPortal.Synthesis.Tests;

public sealed class ChanceTests
{
    [Fact]
    public void Exponential_and_logarithm_agree_with_the_library()
    {
        for (var x = -40.0; x <= 40; x += 0.0371)
        {
            Assert.Equal(1, PortableMath.Exp(x) / Math.Exp(x), 13);
            Assert.Equal(x, PortableMath.Log(Math.Exp(x)), 12);
        }
    }

    [Fact]
    public void Draws_follow_their_weights()
    {
        var dice = new Dice();
        dice.Start(1, 2, 3);
        var draw = new Draw<int>([(0, 1), (1, 0), (2, 7), (3, 2)]);
        var counts = new int[4];
        for (var i = 0; i < 100_000; i++)
        {
            counts[draw.Next(dice)]++;
        }

        Assert.Equal(0, counts[1]);
        Assert.InRange(counts[0], 9_600, 10_400);
        Assert.InRange(counts[2], 69_300, 70_700);
        Assert.Throws<ArgumentException>(() => new Draw<int>([(1, 0)]));
    }

    [Fact]
    public void Normal_Poisson_and_exponential_numbers_have_their_means_and_spreads()
    {
        var dice = new Dice();
        dice.Start(5, 0, 0);
        double sum = 0, squares = 0, poisson = 0, many = 0, exponential = 0;
        for (var i = 0; i < 100_000; i++)
        {
            var z = dice.Normal();
            sum += z;
            squares += z * z;
            poisson += dice.Poisson(2.5);
            many += dice.Poisson(80);
            exponential += dice.Exponential(4);
        }

        Assert.InRange(sum / 1e5, -0.02, 0.02);
        Assert.InRange(squares / 1e5, 0.98, 1.02);
        Assert.InRange(poisson / 1e5, 2.47, 2.53);
        Assert.InRange(many / 1e5, 79.8, 80.2);
        Assert.InRange(exponential / 1e5, 3.93, 4.07);
    }

    [Fact]
    public void Sequences_of_neighbouring_cases_have_nothing_in_common()
    {
        var dice = new Dice();
        var firsts = new HashSet<ulong>();
        for (uint stream = 0; stream < 4; stream++)
        {
            for (uint i = 0; i < 5_000; i++)
            {
                dice.Start(42, stream, i);
                Assert.True(firsts.Add(dice.Next()));
            }
        }
    }
}
