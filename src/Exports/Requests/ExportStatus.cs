namespace DataPortal.Exports.Requests;

/// <summary>Where an export stands.</summary>
/// <param name="Cases">Cases of the cohort; null until the job has begun.</param>
/// <param name="CasesDone">Cases written so far.</param>
/// <param name="Expires">When the files will be deleted; null unless completed.</param>
internal sealed record ExportStatus(
    Guid Id, string State, string Release, string Query, string Project, string Profile, DateTime Requested, DateTime? Finished, DateTime? Expires, int? Cases, int CasesDone,
    ExportFailure? Failure)
{
    public static ExportStatus Of(Export export) => new(
        export.Id, export.State.ToString().ToLowerInvariant(), export.Release, export.Query, export.ProjectName, export.Profile, export.RequestedAt, export.FinishedAt,
        export.ExpiresAt, export.Cases, export.CasesDone, export.FailureCode is { } code ? new ExportFailure(code, export.FailureMessage!) : null);

    /// <summary>For <c>X-Progress</c>.</summary>
    public static string Progress(Export export) => export.Cases is not { } cases ? "queued"
        : FormattableString.Invariant($"{(cases == 0 ? 100 : 100L * export.CasesDone / cases)}% ({export.CasesDone} of {cases} cases)");
}

/// <summary>Why an export stopped.</summary>
internal sealed record ExportFailure(string Code, string Message);
