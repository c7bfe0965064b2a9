namespace DataPortal.CohortEngine.Evaluation;

/// <summary>
/// What a test says of one row: false, true, or unknown for a reason. The order of the numbers is that of the reasons: of several unknowns the highest stands.
/// </summary>
internal enum Verdict : byte
{
    False = 0,
    True = 1,
    NotRecorded = 2,
    OriginUnknown = 3,
    NotAnnotated = 4,
}

/// <summary>Kleene's strong three-valued logic.</summary>
internal static class Verdicts
{
    public static bool IsUnknown(this Verdict verdict) => verdict >= Verdict.NotRecorded;

    public static Verdict And(Verdict a, Verdict b) => a == Verdict.False || b == Verdict.False ? Verdict.False : a > b ? a : b;

    public static Verdict Or(Verdict a, Verdict b) => a == Verdict.True || b == Verdict.True ? Verdict.True : a > b ? a : b;
}

/// <summary>Why a case is unknown, in order of precedence: a case counts under the first that holds.</summary>
internal enum Reason
{
    AnalysisFailed,
    NotCovered,
    NoCtdna,
    NotAnnotated,
    OriginUnknown,
    NotRecorded,
}

internal static class Reasons
{
    public const int Count = 6;

    private static readonly string[] Codes = ["analysis-failed", "not-covered", "no-ctdna", "not-annotated", "origin-unknown", "not-recorded"];

    public static string Code(this Reason reason) => Codes[(int)reason];

    public static Reason Of(Verdict unknown) => unknown switch
    {
        Verdict.NotAnnotated => Reason.NotAnnotated,
        Verdict.OriginUnknown => Reason.OriginUnknown,
        _ => Reason.NotRecorded,
    };
}
