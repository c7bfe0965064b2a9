using System.Diagnostics.CodeAnalysis;
using DataPortal.Access.Contracts;
using DataPortal.CohortEngine.Evaluation;
using DataPortal.CohortEngine.Query;
using DataPortal.Kernel;
using DataPortal.Releases;

namespace DataPortal.Cohorts.Contracts;

/// <summary>A question about a release, as it came in.</summary>
/// <param name="Release">Name, or <c>default</c> for the portal's default release.</param>
/// <param name="Project">Id or name of the project; null for the caller's only active one.</param>
/// <param name="Query">Text in the query language; exactly one of this and <paramref name="Tree"/> is given.</param>
/// <param name="Tree">The same as a JSON tree.</param>
/// <param name="Japanese">Language of messages and labels: Japanese, or English.</param>
public sealed record CohortQuestion(string Release, string? Project, string? Query, string? Tree, bool Japanese)
{
    /// <summary>Stands for the portal's default release.</summary>
    public const string DefaultRelease = "default";
}

/// <summary>Opens cohorts: who may ask, of which release, what the query means, and who has withdrawn. The one way to cases for every module above.</summary>
public interface ICohorts
{
    /// <summary>
    /// Asks the database and the catalogue anew at each call, so that whatever was taken away is gone: permissions, projects, consent. Fills the
    /// audit details of the present request: project, release and canonical query, or the hash of a query that did not parse.
    /// </summary>
    /// <returns>
    /// Refusals: those of <see cref="IDataAccess.AuthorizeAsync"/>; <c>not_found</c> (404: no such release, or out of the project's scope);
    /// <c>query_invalid</c> (400, with <c>errors</c>); <c>permission_missing</c> (403: the query asks of fields that the caller may not see).
    /// </returns>
    Task<CohortResult> OpenAsync(CurrentUser user, CohortQuestion question, DataPermission needed, CancellationToken ct);

    /// <summary>The same without a query: for reading one case, or a release's vocabulary.</summary>
    Task<CohortResult> OpenReleaseAsync(CurrentUser user, string release, string? project, DataPermission needed, CancellationToken ct);
}

/// <summary>A release as its caller may see it at this moment, with the question asked of it. Holds for one request or one chunk of a job.</summary>
public sealed class OpenCohort
{
    private readonly Func<Cohort> _evaluate;
    private Cohort? _evaluated;

    internal OpenCohort(DataGrant grant, Release release, CaseSet excluded, QueryResult query, Func<Cohort> evaluate)
    {
        (Grant, Release, Excluded, _evaluate) = (grant, release, excluded, evaluate);
        (Tree, Canonical, Notices) = (query.Tree!, query.Canonical!, query.Notices);
    }

    public DataGrant Grant { get; }

    public Release Release { get; }

    /// <summary>Cases withdrawn as of now; they are in no answer. The same object as long as nobody else withdraws.</summary>
    public CaseSet Excluded { get; }

    public QueryNode Tree { get; }

    /// <summary>Canonical text of the query.</summary>
    public string Canonical { get; }

    /// <summary>What a reader should know about how the query was understood.</summary>
    public IReadOnlyList<QueryNotice> Notices { get; }

    /// <summary>True, unknown, population and assayed, without those withdrawn. Evaluated when first asked for.</summary>
    public Cohort Evaluated => _evaluated ??= _evaluate();

    /// <summary>Cases for which the query is true, without those withdrawn.</summary>
    public CaseSet Cases => Evaluated.True;
}

/// <summary>Either a cohort or the reason why there is none.</summary>
public sealed class CohortResult
{
    private CohortResult(OpenCohort? cohort, Refusal? refusal) => (Cohort, Refusal) = (cohort, refusal);

    public OpenCohort? Cohort { get; }

    public Refusal? Refusal { get; }

    [MemberNotNullWhen(true, nameof(Cohort))]
    [MemberNotNullWhen(false, nameof(Refusal))]
    public bool IsOpen => Cohort is not null;

    public static implicit operator CohortResult(OpenCohort cohort) => new(cohort, null);

    public static implicit operator CohortResult(Refusal refusal) => new(null, refusal);

    public static CohortResult FromCohort(OpenCohort cohort) => cohort;

    public static CohortResult FromRefusal(Refusal refusal) => refusal;
}
