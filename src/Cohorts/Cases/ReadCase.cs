using System.ComponentModel.DataAnnotations;
using DataPortal.Access.Contracts;
using DataPortal.Audit.Contracts;
using DataPortal.Cohorts.Contracts;
using DataPortal.Cohorts.Opening;
using DataPortal.Kernel;
using DataPortal.Releases.Dictionary;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace DataPortal.Cohorts.Cases;

/// <summary>One case, whole. What the project never was given as a case, and what is withdrawn, is not there.</summary>
internal static class ReadCase
{
    /// <param name="Id">The project's pseudonym.</param>
    /// <param name="PatientId">The project's pseudonym; the same for all cases of a patient.</param>
    /// <param name="Dictionary">Version of the data dictionary that names the fields.</param>
    /// <param name="Case">Fields by name, and lists of rows by name of entity, nested as in the data dictionary.</param>
    /// <param name="Labels">By key of field (<c>case.sex</c>).</param>
    public sealed record Answer(
        string Release, string Id, string PatientId, int Dictionary, IReadOnlyDictionary<string, object?> Case, IReadOnlyDictionary<string, FieldLabels> Labels);

    public static void Map(RouteGroupBuilder release) => release
        .MapGet("/cases/{id}", HandleAsync)
        .WithName("ReadCase")
        .WithSummary("One case with its treatments, alterations and everything else recorded")
        .RequireAuthorization(Policies.SignedIn)
        .Audited(AuditAction.CaseRead);

    private static async Task<Results<Ok<Answer>, ProblemHttpResult>> HandleAsync(
        string release, string id, [FromQuery, StringLength(64)] string? project, HttpContext http, ICohorts cohorts, CurrentUser user, AuditDetails details, CancellationToken ct)
    {
        var opened = await cohorts.OpenReleaseAsync(user, release, project, DataPermission.Records, ct);
        if (!opened.IsOpen)
        {
            return opened.Refusal.ToProblem();
        }

        var cohort = opened.Cohort;
        var pseudonyms = cohort.Grant.Pseudonyms!;
        if (!pseudonyms.TryCase(id, out var caseId) || cohort.Release.FindCase(caseId) is not (>= 0 and var number) || cohort.Excluded.Contains(number))
        {
            return Refusal.NotFound().ToProblem();
        }

        details.Query = null;
        details.Resource = $"case/{id}";
        details.Rows = 1;
        var japanese = Language.IsJapanese(http);
        var record = new CaseRecord(cohort.Release, cohort.Grant.Permissions, ReleaseTools.Of(cohort.Release).Labels, japanese);
        var read = record.Read(number);
        return TypedResults.Ok(new Answer(
            cohort.Release.Name, id, pseudonyms.Patient(cohort.Release.PatientId(number)), DataDictionary.Version, read, record.Labels));
    }
}
