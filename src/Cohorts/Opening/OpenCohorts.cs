using System.Text.Json;
using DataPortal.Access.Contracts;
using DataPortal.Audit.Contracts;
using DataPortal.Catalogue.Contracts;
using DataPortal.CohortEngine.Evaluation;
using DataPortal.CohortEngine.Query;
using DataPortal.Cohorts.Contracts;
using DataPortal.Kernel;
using DataPortal.Releases;
using Microsoft.AspNetCore.Http;

namespace DataPortal.Cohorts.Opening;

/// <summary>In this order: may the caller ask, is there such a release, what does the query mean, may the caller ask that.</summary>
internal sealed class OpenCohorts(IReleases releases, IDataAccess access, AuditDetails details) : ICohorts
{
    public async Task<CohortResult> OpenAsync(CurrentUser user, CohortQuestion question, DataPermission needed, CancellationToken ct)
    {
        var (grant, release, refusal) = await GrantAsync(user, question.Release, question.Project, needed, ct);
        if (grant is null || release is null)
        {
            return refusal!;
        }

        var tools = ReleaseTools.Of(release);
        var parsed = Parse(tools.Language, question);
        if (parsed.Tree is not { } tree)
        {
            details.Query = null;
            details.UnparsedQuery(question.Query ?? question.Tree!);
            return Invalid(parsed.Errors);
        }

        details.Query = parsed.Canonical;
        if (AskedFields.Forbidden(tree, grant.Permissions) is { } field)
        {
            return Refusal.Forbidden("permission_missing", $"The query asks of '{field.En}' ({field.Key}), which you may not see.");
        }

        var excluded = tools.Excluded(releases.WithdrawnCases(release.Name));
        return new OpenCohort(grant, release, excluded, parsed, () => tools.Engine.Evaluate(tree, excluded, EvaluationOptions.Default, ct));
    }

    public Task<CohortResult> OpenReleaseAsync(CurrentUser user, string release, string? project, DataPermission needed, CancellationToken ct) =>
        OpenAsync(user, new CohortQuestion(release, project, "", null, Japanese: false), needed, ct);

    /// <summary>Without a query's text there is nothing to quote; a position and a code per mistake is what a client needs.</summary>
    public static Refusal Invalid(IReadOnlyList<QueryError> errors) => new("query_invalid", errors[0].Message, StatusCodes.Status400BadRequest)
    {
        Details = new Dictionary<string, object?>(StringComparer.Ordinal) { ["errors"] = errors },
    };

    private static QueryResult Parse(QueryLanguage language, CohortQuestion question)
    {
        var name = question.Japanese ? "ja" : "en";
        if (question.Query is { } text)
        {
            return language.Parse(text, name);
        }

        using var tree = JsonDocument.Parse(question.Tree!);
        return language.ParseTree(tree.RootElement, name);
    }

    private async Task<(DataGrant? Grant, Release? Release, Refusal? Refusal)> GrantAsync(
        CurrentUser user, string name, string? project, DataPermission needed, CancellationToken ct)
    {
        if (name == CohortQuestion.DefaultRelease)
        {
            if (await releases.DefaultAsync(ct) is not { } chosen)
            {
                return (null, null, Refusal.NotFound("No release is the default one yet; name one."));
            }

            name = chosen;
        }

        // Named in the audit only when it exists: what somebody made up may be anything.
        var granted = await access.AuthorizeAsync(user, project, name, needed, ct);
        if (!granted.IsGranted)
        {
            return (null, null, granted.Refusal);
        }

        details.Project = granted.Grant.ProjectId;
        if (await releases.FindAsync(name, ct) is not { } release)
        {
            return (null, null, Refusal.NotFound());
        }

        details.Release = name;
        return (granted.Grant, release, null);
    }
}
