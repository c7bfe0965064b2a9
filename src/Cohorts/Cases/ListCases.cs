using System.ComponentModel.DataAnnotations;
using DataPortal.Access.Contracts;
using DataPortal.Audit.Contracts;
using DataPortal.Cohorts.Contracts;
using DataPortal.Cohorts.Searching;
using DataPortal.Kernel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace DataPortal.Cohorts.Cases;

/// <summary>The cases of a cohort, page by page, in the order of the release: the same question gives the same order every time.</summary>
internal static class ListCases
{
    private const int MostColumns = 100;

    public sealed record Request : SearchRequest
    {
        /// <summary>Fields of the case by name; the usual ones when absent.</summary>
        [MaxLength(MostColumns)]
        public IReadOnlyList<string>? Columns { get; init; }
    }

    /// <param name="Query">Canonical.</param>
    /// <param name="Cases">Of the whole cohort.</param>
    /// <param name="Columns">In the order of the values of each item.</param>
    /// <param name="Items">This page.</param>
    /// <param name="Next">Cursor of the next page, also in <c>Link</c>; null on the last one.</param>
    public sealed record Answer(string Release, string Query, int Cases, IReadOnlyList<CaseColumn> Columns, IReadOnlyList<Item> Items, string? Next);

    /// <param name="Id">The project's pseudonym.</param>
    /// <param name="PatientId">The project's pseudonym.</param>
    /// <param name="Values">One per column; null when blank.</param>
    public sealed record Item(string Id, string PatientId, IReadOnlyList<object?> Values);

    public static void Map(RouteGroupBuilder release) => release
        .MapPost("/cases", HandleAsync)
        .WithName("ListCases")
        .WithSummary("Cases that a query selects, page by page")
        .MaxBody(SearchRequest.MaxBody)
        .RequireAuthorization(Policies.SignedIn)
        .Audited(AuditAction.CohortListed);

    private static async Task<Results<Ok<Answer>, ValidationProblem, ProblemHttpResult>> HandleAsync(
        string release, Request request, [AsParameters] PageRequest page, HttpContext http, ICohorts cohorts, CurrentUser user, AuditDetails details, CancellationToken ct)
    {
        var opened = await cohorts.OpenAsync(user, request.Ask(release, http), DataPermission.Records, ct);
        if (!opened.IsOpen)
        {
            return opened.Refusal.ToProblem();
        }

        var cohort = opened.Cohort;
        var (fields, refusal) = CaseColumns.Choose(request.Columns, cohort.Release, cohort.Grant.Permissions);
        if (refusal is not null)
        {
            return refusal.ToProblem();
        }

        var pseudonyms = cohort.Grant.Pseudonyms!;
        var from = 0;
        if (page.After is { } after)
        {
            if (!pseudonyms.TryCase(after, out var last) || cohort.Release.FindCase(last) is not (>= 0 and var number))
            {
                return Problems.Invalid("after", "This is not a cursor of this list.");
            }

            from = number + 1;
        }

        var columns = fields.Select(cohort.Release.Column).ToArray();
        var items = Numbers(cohort, from, page.Take() + 1).Select(number => new Item(
            pseudonyms.Case(cohort.Release.CaseId(number)), pseudonyms.Patient(cohort.Release.PatientId(number)), [.. columns.Select(c => CaseRecord.Value(c, number))])).ToList();
        var cut = Paging.Cut(http, items, page.Take(), last => last.Id);
        details.Rows = cut.Items.Count;
        var japanese = Language.IsJapanese(http);
        return TypedResults.Ok(new Answer(cohort.Release.Name, cohort.Canonical, cohort.Cases.Count, [.. fields.Select(f => CaseColumns.Describe(f, japanese))], cut.Items, cut.Next));
    }

    private static IEnumerable<int> Numbers(OpenCohort cohort, int from, int count)
    {
        var cases = cohort.Cases;
        for (var number = from; number < cases.Universe && count > 0; number++)
        {
            if (cases.Contains(number))
            {
                count--;
                yield return number;
            }
        }
    }
}
