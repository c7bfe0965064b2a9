using DataPortal.CohortEngine.Disclosure;
using DataPortal.Cohorts.Contracts;

namespace DataPortal.Cohorts.Searching;

/// <summary>What of an answer those see who may not see single cases: explorers, and members with the permission for summaries alone.</summary>
internal static class Disclosure
{
    public static readonly DisclosurePolicy Policy = new();

    /// <summary>Cases of the release that anybody could be told of.</summary>
    public static int Everybody(OpenCohort cohort) => cohort.Release.Cases - cohort.Excluded.Count;

    /// <summary>The threshold when one of the numbers is held back; null when all are shown.</summary>
    public static int? Below(params ReadOnlySpan<DisclosedNumber> numbers)
    {
        foreach (var number in numbers)
        {
            if (number.Below is { } below)
            {
                return below;
            }
        }

        return null;
    }
}
