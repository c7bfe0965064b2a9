using System.ComponentModel.DataAnnotations;
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

/// <summary>The table a dossier begins with: how many cases and patients are left after each criterion, in the order given.</summary>
internal static class FollowAttrition
{
    private const int MostSteps = 64;

    public sealed record Request : SearchRequest
    {
        /// <summary>Criteria in order, each a query; an exclusion begins with <c>not</c>. Without them the terms that the query joins by <em>and</em>.</summary>
        [MaxLength(MostSteps)]
        public IReadOnlyList<string>? Steps { get; init; }

        public override IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => (Query, Tree, Steps) switch
        {
            (null, null, { Count: > 0 }) or (not null, null, null) or (null, not null, null) => [],
            _ => [new ValidationResult("Give steps, or a query, or a tree.", [nameof(Steps)])],
        };
    }

    /// <param name="Query">All steps together, canonical.</param>
    /// <param name="Steps">The first is everybody.</param>
    public sealed record Answer(string Release, string Query, IReadOnlyList<Step> Steps);

    /// <param name="Query">The criterion, canonical; empty for everybody.</param>
    /// <param name="Cases">Left after it; null when suppressed.</param>
    /// <param name="Patients">Left after it; null when suppressed.</param>
    /// <param name="Lost">Cases that fell away; exact answers only.</param>
    /// <param name="LostUnknown">Those of them for which the criterion is unknown rather than false; exact answers only.</param>
    /// <param name="Below">Set when numbers were suppressed.</param>
    public sealed record Step(
        string Query, int? Cases, int? Patients,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Lost,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? LostUnknown,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Below);

    public static void Map(RouteGroupBuilder release) => release
        .MapPost("/attrition", HandleAsync)
        .WithName("FollowAttrition")
        .WithSummary("Cases and patients left after each criterion")
        .MaxBody(SearchRequest.MaxBody)
        .RequireAuthorization(Policies.SignedIn)
        .Audited(AuditAction.CohortAttrition);

    private static async Task<Results<Ok<Answer>, ValidationProblem, ProblemHttpResult>> HandleAsync(
        string release, Request request, HttpContext http, ICohorts cohorts, CurrentUser user, AuditDetails details, CancellationToken ct)
    {
        var asked = request.Ask(release, http);
        // Every step has to be a query by itself; which one is not, its position within its own text tells.
        var steps = new List<QueryNode>();
        OpenCohort? cohort = null;
        foreach (var step in request.Steps ?? (IReadOnlyList<string?>)[request.Query])
        {
            var opened = await cohorts.OpenAsync(user, asked with { Query = step }, DataPermission.Summary, ct);
            if (!opened.IsOpen)
            {
                return opened.Refusal.ToProblem();
            }

            cohort = opened.Cohort;
            steps.Add(cohort.Tree);
        }

        var tools = ReleaseTools.Of(cohort!.Release);
        steps = request.Steps is null ? [.. Conjuncts(cohort.Tree)] : steps;
        var query = steps.Count == 1 ? tools.Language.Canonical(steps[0]) : string.Join(" ", steps.Select(s => $"({tools.Language.Canonical(s)})"));
        details.Query = query;
        var table = tools.Engine.Attrition(steps, cohort.Excluded, EvaluationOptions.Default, ct);
        details.Rows = table[^1].Cases;
        var isExact = cohort.Grant.Tier == DataTier.Member;
        return TypedResults.Ok(new Answer(cohort.Release.Name, query, [.. table.Select(step => Describe(step, tools.Language, isExact))]));
    }

    private static IEnumerable<QueryNode> Conjuncts(QueryNode query) => query is And and ? and.Terms : [query];

    private static Step Describe(AttritionStep step, QueryLanguage language, bool isExact)
    {
        var text = step.Step is Everything ? "" : language.Canonical(step.Step);
        if (isExact)
        {
            return new Step(text, step.Cases, step.Patients, step.Lost, step.LostUnknown, null);
        }

        // What a step takes away is the difference of two lines: when that is small, the line is held back too.
        var lost = Disclosure.Policy.Show(step.Lost);
        var (cases, patients) = lost.Number is null ? (lost, lost) : (Disclosure.Policy.Show(step.Cases), Disclosure.Policy.Show(step.Patients));
        return new Step(text, cases.Number, patients.Number, null, null, Disclosure.Below(cases, patients));
    }
}
