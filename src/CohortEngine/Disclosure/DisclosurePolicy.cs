using DataPortal.CohortEngine.Characteristics;
using DataPortal.CohortEngine.Evaluation;

namespace DataPortal.CohortEngine.Disclosure;

/// <summary>
/// What of a number may be shown to readers of summaries. Numbers from 1 to below <paramref name="Threshold"/> are held back, and so is what would give one
/// away by subtraction; zero is allowed; the rest is rounded to <paramref name="RoundTo"/>, and shares and totals follow from the rounded numbers alone.
/// Sources: the NDB guideline's limit of 10, rounding as in OpenSAFELY. Thread-safe.
/// </summary>
/// <param name="Threshold">Least number but 0 that is shown; 0 shows every number as it is.</param>
/// <param name="RoundTo">Shown numbers are multiples of this; at least 1 and at most half the threshold, so that differences keep clear of it.</param>
public sealed record DisclosurePolicy(int Threshold = 10, int RoundTo = 5)
{
    /// <summary>Shows everything: for readers of records.</summary>
    public static DisclosurePolicy Off { get; } = new(0, 1);

    /// <summary>True when numbers are shown as they are.</summary>
    public bool IsOff => Threshold == 0;

    /// <summary>
    /// Query-set-size control: whether details of a cohort may be shown among <paramref name="everybody"/>. Neither the cohort nor what it lacks may be small,
    /// else the difference to the whole would be.
    /// </summary>
    public bool Answers(int cases, int everybody) => !IsSmall(cases) && !IsSmall(everybody - cases);

    /// <summary>A number as it may be shown.</summary>
    public DisclosedNumber Show(int number) => IsSmall(number) ? new DisclosedNumber(null, Threshold) : new DisclosedNumber(Round(number), null);

    /// <summary>The numbers of a count as they may be shown.</summary>
    /// <param name="answer">The exact numbers.</param>
    /// <param name="everybody">Cases of the release that the reader's project covers, without the excluded.</param>
    public DisclosedCount Apply(CountAnswer answer, int everybody)
    {
        var hidden = new DisclosedNumber(null, Threshold);
        if (!Answers(answer.Cases, everybody))
            return new DisclosedCount(hidden, hidden, hidden, hidden, hidden, [], null);
        var undecided = answer.Population - answer.Assayed;
        var apart = IsSmall(answer.Cases - answer.Patients) || IsSmall(answer.Patients);
        var population = IsSmall(answer.Population - answer.Cases) || IsSmall(everybody - answer.Population) ? hidden : Show(answer.Population);
        var assayed = IsSmall(undecided) || IsSmall(answer.Assayed - answer.CasesWithinAssayed) || IsSmall(answer.Cases - answer.CasesWithinAssayed)
            ? hidden : Show(answer.Assayed);
        var reasons = answer.Reasons.Any(r => IsSmall(r.Cases)) ? [] : answer.Reasons.Select(r => new DisclosedReason(r.Code, Round(r.Cases))).ToArray();
        double? percent = assayed.Number is > 0 and var of && !IsSmall(answer.CasesWithinAssayed)
            ? CharacteristicRow.Share(Math.Min(Round(answer.CasesWithinAssayed), of), of) : null;
        return new DisclosedCount(
            Show(answer.Cases), apart ? hidden : Show(answer.Patients), population, assayed, IsSmall(answer.Population - answer.Unknown) ? hidden : Show(answer.Unknown),
            reasons, percent);
    }

    /// <summary>Characteristics as they may be shown; without any panel when the cohort, or what it lacks, is too small.</summary>
    /// <param name="characteristics">The exact numbers, with every row of each panel: rows that were cut off cannot be guarded.</param>
    /// <param name="everybody">Cases of the release that the reader's project covers, without the excluded.</param>
    public CohortCharacteristics Apply(CohortCharacteristics characteristics, int everybody)
    {
        if (IsOff)
            return characteristics;
        var (cases, patients) = (characteristics.Cases!.Value, characteristics.Patients!.Value);
        if (!Answers(cases, everybody))
            return new CohortCharacteristics(null, null, []);
        return new CohortCharacteristics(
            Show(cases).Number, IsSmall(patients) || IsSmall(cases - patients) ? null : Round(patients), [.. characteristics.Panels.Select(p => PanelDisclosure.Apply(p, this))]);
    }

    internal bool IsSmall(int number) => number > 0 && number < Threshold;

    internal int Round(int number) => IsOff ? number : (number + RoundTo / 2) / RoundTo * RoundTo;
}

/// <summary>A number as it is shown; null when held back because it is below <paramref name="Below"/>, or would give away one that is.</summary>
public readonly record struct DisclosedNumber(int? Number, int? Below);

/// <summary>A reason for unknown cases with its rounded number.</summary>
public sealed record DisclosedReason(string Code, int Cases);

/// <summary>The numbers of a count as they are shown; the percentage comes from rounded numbers.</summary>
public sealed record DisclosedCount(
    DisclosedNumber Cases, DisclosedNumber Patients, DisclosedNumber Population, DisclosedNumber Assayed, DisclosedNumber Unknown,
    IReadOnlyList<DisclosedReason> Reasons, double? Percent);
