using System.ComponentModel.DataAnnotations;
using DataPortal.Access.Contracts;
using DataPortal.Audit.Contracts;
using DataPortal.CohortEngine.Query;
using DataPortal.Cohorts.Contracts;
using DataPortal.Cohorts.Opening;
using DataPortal.Kernel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace DataPortal.Cohorts.Searching;

/// <summary>Ways to go on while a query is being written. Changes that few cases bear are not named: their being there would tell of those cases.</summary>
internal static class Suggest
{
    public sealed record Parameters
    {
        /// <summary>The text so far.</summary>
        [StringLength(4096)]
        public string? Q { get; init; }

        /// <summary>Where the caret stands, as an index of UTF-16 code units; the end when absent.</summary>
        public int? Caret { get; init; }

        [StringLength(64)]
        public string? Release { get; init; }

        [StringLength(64)]
        public string? Project { get; init; }
    }

    public sealed record Answer(IReadOnlyList<Item> Suggestions);

    /// <summary>A text to put in place of a part of the query.</summary>
    public sealed record Item(string Text, string Label, string Kind, int ReplaceStart, int ReplaceLength);

    private const int Wanted = 20;
    private const int LeastAlterations = 10;

    public static void Map(IEndpointRouteBuilder api) => api
        .MapGet("/suggest", HandleAsync)
        .WithName("SuggestQuery")
        .WithSummary("Ways to go on writing a query")
        .RequireAuthorization(Policies.SignedIn)
        .Audited(AuditAction.QuerySuggested);

    private static async Task<Results<Ok<Answer>, ProblemHttpResult>> HandleAsync(
        [AsParameters] Parameters asked, HttpContext http, ICohorts cohorts, CurrentUser user, CancellationToken ct)
    {
        var opened = await cohorts.OpenReleaseAsync(user, asked.Release ?? CohortQuestion.DefaultRelease, asked.Project, DataPermission.Summary, ct);
        if (!opened.IsOpen)
        {
            return opened.Refusal.ToProblem();
        }

        var text = asked.Q ?? "";
        var language = ReleaseTools.Of(opened.Cohort.Release).Language;
        var suggestions = language.Suggest(text, asked.Caret ?? text.Length, Wanted, Language.IsJapanese(http) ? "ja" : "en");
        return TypedResults.Ok(new Answer([.. suggestions.Where(s => s.Cases is not < LeastAlterations).Select(Shown)]));
    }

    private static Item Shown(Suggestion s) => new(s.Text, s.Label, s.Kind, s.ReplaceStart, s.ReplaceLength);
}
