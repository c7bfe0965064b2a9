using System.Buffers;
using DataPortal.CohortEngine.Planning;
using DataPortal.Releases;
using DataPortal.Releases.Reading;

namespace DataPortal.CohortEngine.Evaluation;

/// <summary>
/// Counts the patients of a set of cases. Only patients with numbers below the manifest's <c>RepeatedPatients</c> have more than one case, so that only
/// those few are looked at. Thread-safe.
/// </summary>
internal sealed class PatientCounter(Release release)
{
    private readonly int repeated = release.Manifest.RepeatedPatients;
    private readonly Column? patient = StoredTest.Find(release, KnownFields.Patient);
    private readonly Lazy<(int[] Starts, int[] Cases)> groups = new(() => Group(release));

    /// <summary>Number of distinct patients.</summary>
    public int Count(CaseSet set)
    {
        if (set.Count == release.Cases)
            return release.Patients;
        if (repeated == 0 || set.Count < 2 || patient is null)
            return set.Count;
        return set.Count - (set.IsList ? RepeatsOf(set.List) : RepeatsOf(set.Bits));
    }

    private int RepeatsOf(ReadOnlySpan<int> cases)
    {
        var words = CaseSet.Words(repeated);
        var seen = ArrayPool<ulong>.Shared.Rent(words);
        Array.Clear(seen, 0, words);
        var repeats = 0;
        foreach (var number in cases)
        {
            if (patient!.Scaled(number) is not { } of || of >= repeated)
                continue;
            if (Words.Has(seen, of))
                repeats++;
            Words.Set(seen, of);
        }

        ArrayPool<ulong>.Shared.Return(seen);
        return repeats;
    }

    private int RepeatsOf(ReadOnlySpan<ulong> bits)
    {
        var (starts, cases) = groups.Value;
        var repeats = 0;
        for (var of = 0; of < repeated; of++)
        {
            var here = 0;
            foreach (var number in cases.AsSpan(starts[of], starts[of + 1] - starts[of]))
                here += (int)(bits[number >> 6] >> (number & 63) & 1);
            repeats += Math.Max(0, here - 1);
        }

        return repeats;
    }

    private static (int[] Starts, int[] Cases) Group(Release release)
    {
        var several = release.Manifest.RepeatedPatients;
        var numbers = release.Column(KnownFields.Patient);
        var starts = new int[several + 1];
        for (var number = 0; number < release.Cases; number++)
        {
            if (numbers.Scaled(number) is { } of && of < several)
                starts[of + 1]++;
        }

        for (var of = 0; of < several; of++)
            starts[of + 1] += starts[of];
        var at = starts[..];
        var cases = new int[starts[several]];
        for (var number = 0; number < release.Cases; number++)
        {
            if (numbers.Scaled(number) is { } of && of < several)
                cases[at[of]++] = number;
        }

        return (starts, cases);
    }
}
