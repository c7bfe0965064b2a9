using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using DataPortal.Access.Contracts;
using DataPortal.Audit.Contracts;
using DataPortal.CohortEngine.Characteristics;
using DataPortal.Cohorts.Contracts;
using DataPortal.Cohorts.Opening;
using DataPortal.Kernel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace DataPortal.Cohorts.Searching;

/// <summary>Who the cases are and what they were treated with: exact for members who may see records; for everybody else suppressed and rounded.</summary>
internal static class CharacteriseCohort
{
    public sealed record Request : SearchRequest
    {
        /// <summary>Most rows of a panel over an open list.</summary>
        [Range(1, 500)]
        public int? Top { get; init; }
    }

    /// <param name="Query">Canonical.</param>
    /// <param name="Cases">Null when suppressed.</param>
    /// <param name="Patients">Null when suppressed.</param>
    /// <param name="Below">Set when numbers were suppressed.</param>
    /// <param name="Panels">Tables in a fixed order.</param>
    /// <param name="ElapsedMs">Exact answers only.</param>
    public sealed record Answer(
        string Release, string Query, int? Cases, int? Patients,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Below,
        IReadOnlyList<CharacteristicPanel> Panels,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? ElapsedMs);

    public static void Map(RouteGroupBuilder release) => release
        .MapPost("/characterise", HandleAsync)
        .WithName("CharacteriseCohort")
        .WithSummary("Who the cases are and what they were treated with")
        .MaxBody(SearchRequest.MaxBody)
        .RequireAuthorization(Policies.SignedIn)
        .Audited(AuditAction.CohortCharacterised);

    private static async Task<Results<Ok<Answer>, ValidationProblem, ProblemHttpResult>> HandleAsync(
        string release, Request request, HttpContext http, ICohorts cohorts, CurrentUser user, AuditDetails details, TimeProvider clock, CancellationToken ct)
    {
        var started = clock.GetTimestamp();
        var opened = await cohorts.OpenAsync(user, request.Ask(release, http), DataPermission.Summary, ct);
        if (!opened.IsOpen)
        {
            return opened.Refusal.ToProblem();
        }

        var cohort = opened.Cohort;
        var options = new CharacteristicOptions
        {
            Language = Language.IsJapanese(http) ? "ja" : "en",
            Germline = cohort.Grant.Permissions.HasFlag(DataPermission.Germline),
        };
        var isExact = cohort.Grant.Tier == DataTier.Member;
        // Of a panel that was cut off, a held-back row could be worked out from the rest: so all of it is shown.
        options = options with { Top = isExact ? request.Top ?? options.Top : int.MaxValue, ChangesPerGene = isExact ? options.ChangesPerGene : int.MaxValue };
        var found = ReleaseTools.Of(cohort.Release).Characterizer.Characterise(cohort.Cases, cohort.Excluded, options, ct);
        details.Rows = found.Cases;
        if (isExact)
        {
            return TypedResults.Ok(new Answer(
                cohort.Release.Name, cohort.Canonical, found.Cases, found.Patients, null, found.Panels, Math.Round(clock.GetElapsedTime(started).TotalMilliseconds, 3)));
        }

        var shown = Disclosure.Policy.Apply(found, Disclosure.Everybody(cohort));
        int? below = shown.Cases is null || shown.Patients is null || shown.Panels.Any(p => p.Rows.Any(r => r.Below is not null)) ? Disclosure.Policy.Threshold : null;
        return TypedResults.Ok(new Answer(cohort.Release.Name, cohort.Canonical, shown.Cases, shown.Patients, below, shown.Panels, null));
    }
}
