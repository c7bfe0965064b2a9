namespace DataPortal.Access.Projects;

/// <summary>Whether a fee is due. It belongs to the project's contract, with a reason on record, never to the organisation alone.</summary>
internal enum FeeClass
{
    /// <summary>A yearly fee is due before access opens.</summary>
    Yearly,

    /// <summary>No fee, for the reason recorded beside it.</summary>
    Exempt,
}

/// <summary>The facts of a project's contract that decide about access. Dates are days in Asia/Tokyo, both ends included.</summary>
internal sealed class ProjectContract
{
    public FeeClass FeeClass { get; private set; }

    /// <summary>Why no fee is due; never empty for <see cref="FeeClass.Exempt"/>.</summary>
    public string? ExemptionReason { get; private set; }

    /// <summary>First and last day of the signed agreement; null until both parties have signed.</summary>
    public DateOnly? AgreementFrom { get; private set; }

    public DateOnly? AgreementUntil { get; private set; }

    /// <summary>Last day the paid fee covers; null when nothing was paid.</summary>
    public DateOnly? PaidUntil { get; private set; }

    public static ProjectContract WithYearlyFee() => new() { FeeClass = FeeClass.Yearly };

    /// <exception cref="ArgumentException">Without a reason there is no exemption.</exception>
    public static ProjectContract ExemptFromFee(string reason)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(reason);
        return new() { FeeClass = FeeClass.Exempt, ExemptionReason = reason.Trim() };
    }

    /// <exception cref="ArgumentException">The agreement would end before it begins.</exception>
    public void SignAgreement(DateOnly from, DateOnly until)
    {
        if (until < from)
        {
            throw new ArgumentException("An agreement ends on or after the day it begins.", nameof(until));
        }

        AgreementFrom = from;
        AgreementUntil = until;
    }

    public void RecordPayment(DateOnly coversUntil) => PaidUntil = coversUntil;

    public bool IsAgreementInForce(DateOnly day) => AgreementFrom <= day && day <= AgreementUntil;

    public bool IsFeeSettled(DateOnly day) => FeeClass == FeeClass.Exempt ? !string.IsNullOrWhiteSpace(ExemptionReason) : day <= PaidUntil;

    /// <summary>Last day on which both agreement and fee allow access; null when one of them is missing.</summary>
    public DateOnly? ValidUntil => (FeeClass, AgreementUntil, PaidUntil) switch
    {
        (_, null, _) => null,
        (FeeClass.Exempt, { } agreement, _) => agreement,
        (_, _, null) => null,
        (_, { } agreement, { } paid) => agreement < paid ? agreement : paid,
    };

    /// <summary>What stands against access on that day, in words; null when nothing does.</summary>
    public string? Obstacle(DateOnly day)
    {
        var agreement = AgreementFrom is null || AgreementUntil is null ? "the agreement is not signed by both parties yet"
            : day < AgreementFrom ? FormattableString.Invariant($"the agreement begins on {AgreementFrom:yyyy-MM-dd}")
            : day > AgreementUntil ? FormattableString.Invariant($"the agreement ended on {AgreementUntil:yyyy-MM-dd}")
            : null;
        var fee = IsFeeSettled(day) ? null
            : PaidUntil is { } paid ? FormattableString.Invariant($"the yearly fee is paid until {paid:yyyy-MM-dd} only")
            : "the yearly fee is due, and no exemption is recorded";
        return agreement is null ? fee : fee is null ? agreement : $"{agreement}, and {fee}";
    }
}
