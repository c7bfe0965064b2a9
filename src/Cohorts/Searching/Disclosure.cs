using DataPortal.CohortEngine.Characteristics;
using DataPortal.CohortEngine.Evaluation;

namespace DataPortal.Cohorts.Searching;

/// <summary>Numbers as those see them who may not see single cases.</summary>
internal static class Disclosure
{
    private const int Threshold = 10;

    public sealed record Shown(int? Cases, int? Patients, int? Population, int? Assayed, int? Unknown, double? Percent, int? Below);

    public static Shown Of(CountAnswer count)
    {
        var (cases, patients, below) = Of(count.Cases, count.Patients);
        var assayed = Round(count.Assayed);
        return new Shown(cases, patients, Round(count.Population), assayed, Round(count.Unknown), cases is null ? null : CharacteristicRow.Share(cases.Value, assayed ?? 0), below);
    }

    public static (int? Cases, int? Patients, int? Below) Of(int cases, int patients) =>
        Round(cases) is { } shown ? (shown, Round(patients), null) : (null, null, Threshold);

    public static (CohortCharacteristics Shown, int? Below) Of(CohortCharacteristics found) => (found, null);

    private static int? Round(int number) => number is > 0 and < Threshold ? null : (number + 5) / 10 * 10;
}
