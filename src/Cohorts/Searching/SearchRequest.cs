using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using DataPortal.Cohorts.Contracts;
using Microsoft.AspNetCore.Http;

namespace DataPortal.Cohorts.Searching;

/// <summary>A question about a release.</summary>
internal record SearchRequest : IValidatableObject
{
    /// <summary>Larger than any query that is understood, so that a nonsense one is answered by the language and not by the connection.</summary>
    public const long MaxBody = 2 * 1024 * 1024;

    /// <summary>Text in the query language; this or <see cref="Tree"/>. The empty text asks for every case.</summary>
    public string? Query { get; init; }

    /// <summary>The same as a JSON tree.</summary>
    public JsonElement? Tree { get; init; }

    /// <summary>Id or name of the project; the caller's only active one when absent.</summary>
    [StringLength(64)]
    public string? Project { get; init; }

    public virtual IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        (Query is null) == (Tree is null) ? [new ValidationResult("Give either a query or a tree.", [nameof(Query)])] : [];

    public CohortQuestion Ask(string release, HttpContext http) => new(release, Project, Query, Tree?.GetRawText(), Language.IsJapanese(http));
}
