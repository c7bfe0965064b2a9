using System.Security.Cryptography;
using DataPortal.Access.Contracts;
using FsCheck;
using FsCheck.Fluent;

namespace DataPortal.Access.Tests;

public sealed class PseudonymsTests
{
    private const string Alphabet = "abcdefghijklmnopqrstuvwxyz234567";

    private static readonly byte[] Key = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];
    private static readonly Pseudonyms Ours = new(Key);
    private static readonly Pseudonyms Theirs = new(RandomNumberGenerator.GetBytes(32));

    // Uniform bits, small numbers and the ends of the range: ids are small in practice, and carries hide at the ends.
    private static readonly Arbitrary<ulong> Ids = Gen.OneOf(
        ArbMap.Default.GeneratorFor<ulong>(),
        Gen.Choose(0, 1_000_000).Select(i => (ulong)i),
        Gen.Elements(0UL, 1UL, ulong.MaxValue, ulong.MaxValue - 1, 1UL << 63, uint.MaxValue)).ToArbitrary();

    [Fact]
    public void A_name_leads_back_to_its_id_and_has_the_promised_shape() => Prop.ForAll(Ids, id =>
    {
        var name = Ours.Case(id);
        var patient = Ours.Patient(id);
        return name.Length == 27 && name[0] == 'c' && name[1..].All(Alphabet.Contains)
            && patient.Length == 27 && patient[0] == 'p' && patient[1..].All(Alphabet.Contains)
            && Ours.TryCase(name, out var back) && back == id
            && Ours.TryPatient(patient, out back) && back == id;
    }).Check(Thorough);

    [Fact]
    public void The_same_key_gives_the_same_names_in_another_process() => Prop.ForAll(Ids, id =>
        new Pseudonyms(Key).Case(id) == Ours.Case(id)).Check(Config.QuickThrowOnFailure);

    [Fact]
    public void Different_ids_have_different_names() => Prop.ForAll(Ids, Ids, (a, b) =>
        a == b == (Ours.Case(a) == Ours.Case(b)) && a == b == (Ours.Patient(a) == Ours.Patient(b))).Check(Thorough);

    [Fact]
    public void A_case_and_a_patient_of_one_id_share_no_name() => Prop.ForAll(Ids, id =>
    {
        var name = Ours.Case(id);
        var patient = Ours.Patient(id);
        return name[1..] != patient[1..]
            && !Ours.TryPatient(name, out _) && !Ours.TryCase(patient, out _)
            && !Ours.TryPatient("p" + name[1..], out _) && !Ours.TryCase("c" + patient[1..], out _);
    }).Check(Thorough);

    [Fact]
    public void Another_project_can_neither_read_a_name_nor_make_it() => Prop.ForAll(Ids, id =>
        Ours.Case(id) != Theirs.Case(id) && !Theirs.TryCase(Ours.Case(id), out _)
        && Ours.Patient(id) != Theirs.Patient(id) && !Theirs.TryPatient(Ours.Patient(id), out _)).Check(Thorough);

    [Fact]
    public void Two_projects_extracts_have_no_name_in_common_and_neither_order_nor_distance_survives()
    {
        var ours = Enumerable.Range(0, 20_000).Select(i => Ours.Case((ulong)i)).ToList();
        var theirs = Enumerable.Range(0, 20_000).Select(i => Theirs.Case((ulong)i)).ToHashSet(StringComparer.Ordinal);
        Assert.Equal(20_000, ours.Distinct(StringComparer.Ordinal).Count());
        Assert.DoesNotContain(ours, theirs.Contains);

        // Sorting one project's names and laying the other's beside them must not pair cases better than chance does.
        var rankOurs = ours.Order(StringComparer.Ordinal).Select((name, rank) => (name, rank)).ToDictionary(x => x.name, x => x.rank, StringComparer.Ordinal);
        var rising = ours.Zip(ours.Skip(1)).Count(pair => rankOurs[pair.First] < rankOurs[pair.Second]);
        Assert.InRange(rising, 9_500, 10_500); // 10,000 expected; this is seven standard deviations on each side
    }

    [Fact]
    public void Any_altered_character_is_noticed()
    {
        var name = Ours.Case(123_456);
        for (var position = 0; position < name.Length; position++)
        {
            foreach (var other in Alphabet.Where(c => c != name[position]))
            {
                var altered = name.Remove(position, 1).Insert(position, other.ToString());
                Assert.False(Ours.TryCase(altered, out _), altered);
            }
        }
    }

    [Fact]
    public void Made_up_names_are_refused() => Prop.ForAll(
        Gen.Elements(Alphabet.ToCharArray()).ArrayOf(26).Select(chars => "c" + new string(chars)).ToArbitrary(),
        text => !Ours.TryCase(text, out _)).Check(Thorough);

    [Theory]
    [InlineData("")]
    [InlineData("c")]
    [InlineData("caaaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("caaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("c11111111111111111111111111")]
    [InlineData("cAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("cÿÿÿÿÿÿÿÿÿÿÿÿÿÿÿÿÿÿÿÿÿÿÿÿÿÿ")]
    [InlineData("c\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0")]
    public void Text_of_another_shape_is_refused(string text)
    {
        Assert.False(Ours.TryCase(text, out var id));
        Assert.Equal(0UL, id);
    }

    [Fact]
    public void Upper_case_is_another_name()
    {
        var name = Ours.Case(5);
        Assert.True(Ours.TryCase(name, out _));
        Assert.False(Ours.TryCase("c" + name[1..].ToUpperInvariant(), out _));
    }

    [Fact]
    public void The_block_is_AES_256_over_id_zeros_and_type_as_the_decision_says()
    {
        // Worked out independently of the code under test: AES-256-ECB under 000102…1f of 0000000000000001 0000000000000001 (id 1, case).
        using var aes = Aes.Create();
        aes.Key = Key;
        var block = aes.EncryptEcb(Convert.FromHexString("0000000000000001" + "00000000000000" + "01"), PaddingMode.None);
        var bits = string.Concat(block.Select(b => b.ToString("b8", System.Globalization.CultureInfo.InvariantCulture))) + "00";
        var text = string.Concat(bits.Chunk(5).Select(five => Alphabet[Convert.ToInt32(new string(five), 2)]));
        Assert.Equal("c" + text, Ours.Case(1));
    }

    [Fact]
    public void Threads_may_share_one()
    {
        var expected = Enumerable.Range(0, 5_000).Select(i => Ours.Case((ulong)i)).ToArray();
        var wrong = 0;
        Parallel.For(0, 40_000, i =>
        {
            var id = (ulong)(i % 5_000);
            if (Ours.Case(id) != expected[id] || !Ours.TryCase(expected[id], out var back) || back != id)
            {
                Interlocked.Increment(ref wrong);
            }
        });
        Assert.Equal(0, wrong);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(16)]
    [InlineData(31)]
    [InlineData(33)]
    public void A_key_of_another_length_is_refused(int length) => Assert.Throws<ArgumentException>(() => new Pseudonyms(new byte[length]));

    private static Config Thorough => Config.QuickThrowOnFailure.WithMaxTest(2_000);
}
