using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace DataPortal.Kernel;

/// <summary>
/// An expected "no". <paramref name="Code"/> is stable, in snake_case and listed in the docs: programs act on it. <paramref name="Message"/> is for
/// people, and holds no patient's value.
/// </summary>
/// <param name="Code">For example <c>release_already_published</c>.</param>
/// <param name="Message">One or two sentences: what was refused, why, and what to do about it.</param>
/// <param name="Status">409 (the state does not allow it), 422 (understood but senseless), 403 (a permission is missing inside something the caller may see) or 404.</param>
public sealed record Refusal(string Code, string Message, int Status = StatusCodes.Status409Conflict)
{
    /// <summary>Further members of the problem document: positions, suggestions, limits.</summary>
    public IReadOnlyDictionary<string, object?>? Details { get; init; }

    public static Refusal Conflict(string code, string message) => new(code, message);

    public static Refusal Unprocessable(string code, string message) => new(code, message, StatusCodes.Status422UnprocessableEntity);

    public static Refusal Forbidden(string code, string message) => new(code, message, StatusCodes.Status403Forbidden);

    /// <summary>For what is absent and for what the caller may not know of; the two must look alike.</summary>
    public static Refusal NotFound(string message = "There is no such thing here, or it is not yours to see.") => new(ProblemCodes.NotFound, message, StatusCodes.Status404NotFound);

    public ProblemHttpResult ToProblem()
    {
        var extensions = new Dictionary<string, object?>(Details ?? new Dictionary<string, object?>(), StringComparer.Ordinal) { ["code"] = Code };
        return TypedResults.Problem(detail: Message, statusCode: Status, extensions: extensions);
    }
}
