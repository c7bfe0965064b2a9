using System.Text.Json.Serialization;
using DataPortal.Access.Contracts;
using DataPortal.Audit.Contracts;
using DataPortal.CohortEngine.Evaluation;
using DataPortal.CohortEngine.Query;
using DataPortal.Cohorts.Contracts;
using DataPortal.Cohorts.Opening;
using DataPortal.Kernel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace DataPortal.Cohorts.Searching;

/// <summary>How many cases a query selects: exact for members who may see records; for everybody else suppressed and rounded.</summary>
internal static class CountCases
{
    public sealed record Request : SearchRequest;

    /// <param name="Query">Canonical.</param>
    /// <param name="Cases">Cases for which the query is true; null when suppressed.</param>
    /// <param name="Patients">Their patients; null when suppressed.</param>
    /// <param name="Population">Cases that the query does not rule out when every term about alterations is taken as unknown.</param>
    /// <param name="Assayed">Those of the population for which every term about alterations has a value; rounded for explorers.</param>
    /// <param name="Unknown">Population less those decided; rounded for explorers.</param>
    /// <param name="Reasons">Each unknown case once, under the first reason that holds; exact answers only.</param>
    /// <param name="Percent">Cases within the assayed, of the assayed.</param>
    /// <param name="Below">Set when a number was suppressed: it, or one that it would give away, is not 0 and below this.</param>
    /// <param name="WhyZero">Of an empty cohort, exact answers only: terms that must hold, and how many cases there are with and without them.</param>
    /// <param name="Notices">How the query was understood.</param>
    /// <param name="ElapsedMs">Exact answers only: the time would tell of what was suppressed.</param>
    public sealed record Answer(
        string Release, string Query, int? Cases, int? Patients, int? Population, int? Assayed, int? Unknown, double? Percent,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<Reason>? Reasons,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Below,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<EmptyingTerm>? WhyZero,
        IReadOnlyList<QueryNotice> Notices,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? ElapsedMs);

    /// <summary>Why cases are unknown.</summary>
    public sealed record Reason(string Code, int Cases);

    /// <param name="Terms">One term, or two that exclude each other, as canonical texts.</param>
    /// <param name="Cases">Cases that meet these alone.</param>
    /// <param name="CasesWithout">Cases that meet all the other terms.</param>
    public sealed record EmptyingTerm(IReadOnlyList<string> Terms, int Cases, int CasesWithout);

    public static void Map(RouteGroupBuilder release) => release
        .MapPost("/count", HandleAsync)
        .WithName("CountCases")
        .WithSummary("Cases and patients that a query selects, and among how many")
        .MaxBody(SearchRequest.MaxBody)
        .RequireAuthorization(Policies.SignedIn)
        .Audited(AuditAction.CohortCounted);

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
        var tools = ReleaseTools.Of(cohort.Release);
        var count = tools.Engine.Count(cohort.Evaluated);
        details.Rows = count.Cases;
        if (cohort.Grant.Tier != DataTier.Member)
        {
            var shown = Disclosure.Policy.Apply(count, Disclosure.Everybody(cohort));
            return TypedResults.Ok(new Answer(
                cohort.Release.Name, cohort.Canonical, shown.Cases.Number, shown.Patients.Number, shown.Population.Number, shown.Assayed.Number, shown.Unknown.Number, shown.Percent, null,
                Disclosure.Below(shown.Cases, shown.Patients, shown.Population, shown.Assayed, shown.Unknown), null, cohort.Notices, null));
        }

        var whyZero = count.Cases > 0 ? null : tools.Engine.WhyZero(cohort.Tree, cohort.Excluded, EvaluationOptions.Default, ct)
            .Select(reason => new EmptyingTerm([.. reason.Terms.Select(tools.Language.Canonical)], reason.Cases, reason.CasesWithout)).ToList();
        return TypedResults.Ok(new Answer(
            cohort.Release.Name, cohort.Canonical, count.Cases, count.Patients, count.Population, count.Assayed, count.Unknown, count.Percent,
            [.. count.Reasons.Select(r => new Reason(r.Code, r.Cases))], null, whyZero, cohort.Notices, Math.Round(clock.GetElapsedTime(started).TotalMilliseconds, 3)));
    }
}
