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

/// <summary>How a query was understood, and the numbers of each of its terms alone.</summary>
internal static class ExplainQuery
{
    public sealed record Request : SearchRequest;

    /// <param name="Query">Canonical.</param>
    /// <param name="Tree">The query in its JSON form.</param>
    /// <param name="Notices">How names and notations were resolved.</param>
    /// <param name="Plan">The query, and within it each term.</param>
    public sealed record Answer(string Release, string Query, object Tree, IReadOnlyList<QueryNotice> Notices, Step Plan);

    /// <summary>A term with its numbers when asked alone; null where suppressed, <paramref name="Below"/> then says below what.</summary>
    /// <param name="Access">How its cases are found: <c>none</c>, <c>postingList</c>, <c>columnScan</c>, <c>childScan</c>.</param>
    public sealed record Step(string Term, CohortEngine.Planning.Access Access, int? Cases, int? Patients, int? Population, int? Assayed, int? Unknown, int? Below, IReadOnlyList<Step> Terms);

    public static void Map(RouteGroupBuilder release) => release
        .MapPost("/explain", HandleAsync)
        .WithName("ExplainQuery")
        .WithSummary("How a query was understood, term by term")
        .MaxBody(SearchRequest.MaxBody)
        .RequireAuthorization(Policies.SignedIn)
        .Audited(AuditAction.CohortExplained);

    private static async Task<Results<Ok<Answer>, ValidationProblem, ProblemHttpResult>> HandleAsync(
        string release, Request request, HttpContext http, ICohorts cohorts, CurrentUser user, AuditDetails details, CancellationToken ct)
    {
        var opened = await cohorts.OpenAsync(user, request.Ask(release, http), DataPermission.Summary, ct);
        if (!opened.IsOpen)
        {
            return opened.Refusal.ToProblem();
        }

        var cohort = opened.Cohort;
        var tools = ReleaseTools.Of(cohort.Release);
        var explained = tools.Engine.Explain(cohort.Tree, cohort.Excluded, EvaluationOptions.Default, ct);
        details.Rows = explained.Count.Cases;
        var plan = Describe(explained, tools.Language, cohort);
        return TypedResults.Ok(new Answer(cohort.Release.Name, cohort.Canonical, tools.Language.ToJson(cohort.Tree), cohort.Notices, plan));
    }

    private static Step Describe(Explanation explained, QueryLanguage language, OpenCohort cohort)
    {
        var terms = explained.Terms.Select(term => Describe(term, language, cohort)).ToList();
        var text = language.Canonical(explained.Term);
        var count = explained.Count;
        if (cohort.Grant.Tier == DataTier.Member)
        {
            return new Step(text, explained.Access, count.Cases, count.Patients, count.Population, count.Assayed, count.Unknown, null, terms);
        }

        var shown = Disclosure.Policy.Apply(count, Disclosure.Everybody(cohort));
        return new Step(
            text, explained.Access, shown.Cases.Number, shown.Patients.Number, shown.Population.Number, shown.Assayed.Number, shown.Unknown.Number,
            Disclosure.Below(shown.Cases, shown.Patients, shown.Population, shown.Assayed, shown.Unknown), terms);
    }
}
