using System.Diagnostics;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace DataPortal.Kernel;

/// <summary>Codes that any route may answer with; each module lists its own in its README.</summary>
public static class ProblemCodes
{
    /// <summary>400: the body, a parameter or a header is malformed; <c>errors</c> says where.</summary>
    public const string InvalidRequest = "invalid_request";

    /// <summary>401: no access token, or one that does not hold.</summary>
    public const string NotSignedIn = "not_signed_in";

    /// <summary>403: signed in, but without the role.</summary>
    public const string Forbidden = "forbidden";

    /// <summary>403: this needs a sign-in with a second factor.</summary>
    public const string MfaRequired = "mfa_required";

    /// <summary>401 (RFC 9470, <c>insufficient_user_authentication</c>): sign in again, now, with a second factor; programs cannot.</summary>
    public const string StepUpRequired = "step_up_required";

    /// <summary>404: absent, or not yours to know of.</summary>
    public const string NotFound = "not_found";

    public const string MethodNotAllowed = "method_not_allowed";

    /// <summary>413: the body is larger than this route takes.</summary>
    public const string TooLarge = "too_large";

    public const string UnsupportedMediaType = "unsupported_media_type";

    /// <summary>429; <c>Retry-After</c> says when to come back.</summary>
    public const string TooManyRequests = "too_many_requests";

    /// <summary>500: a bug. The trace id finds it in the log; nothing else is told.</summary>
    public const string Internal = "internal_error";

    /// <summary>The code of an answer that names none itself.</summary>
    public static string ForStatus(int status) => status switch
    {
        StatusCodes.Status400BadRequest => InvalidRequest,
        StatusCodes.Status401Unauthorized => NotSignedIn,
        StatusCodes.Status403Forbidden => Forbidden,
        StatusCodes.Status404NotFound => NotFound,
        StatusCodes.Status405MethodNotAllowed => MethodNotAllowed,
        StatusCodes.Status413PayloadTooLarge => TooLarge,
        StatusCodes.Status415UnsupportedMediaType => UnsupportedMediaType,
        StatusCodes.Status429TooManyRequests => TooManyRequests,
        >= StatusCodes.Status500InternalServerError => Internal,
        _ => "http_" + status.ToString(System.Globalization.CultureInfo.InvariantCulture),
    };
}

public static class Problems
{
    /// <summary>A malformed request found by hand, in the shape that validation gives: 400 with <c>errors</c>.</summary>
    public static ValidationProblem Invalid(string member, string message) =>
        TypedResults.ValidationProblem(new Dictionary<string, string[]>(StringComparer.Ordinal) { [member] = [message] });

    /// <summary>Every answer from 400 upwards becomes problem+json with a code; an exception becomes 500 with a trace id.</summary>
    internal static void UsePortalProblems(this IApplicationBuilder app)
    {
        app.UseExceptionHandler(new ExceptionHandlerOptions
        {
            StatusCodeSelector = StatusOf,
            ExceptionHandler = context => WriteAsync(context, context.Response.StatusCode),
        });
        app.UseStatusCodePages(status => WriteAsync(status.HttpContext, status.HttpContext.Response.StatusCode));
    }

    private static int StatusOf(Exception exception) => exception switch
    {
        // Kestrel's own refusals while the body is read: too large (413), too slow (408), malformed chunks (400).
        BadHttpRequestException bad => bad.StatusCode,
        AnswerUnavailableException => StatusCodes.Status503ServiceUnavailable,
        _ => StatusCodes.Status500InternalServerError,
    };

    private static async Task WriteAsync(HttpContext context, int status)
    {
        // Route binding answers an unreadable body with a bare 400: the framework keeps the reason to its log.
        ProblemDetails problem = status == StatusCodes.Status400BadRequest
            ? new HttpValidationProblemDetails(new Dictionary<string, string[]>(StringComparer.Ordinal)
            {
                ["request"] = ["The body or a parameter is missing, is not valid JSON, or has a member that is unknown or of the wrong type."],
            })
            : new ProblemDetails { Detail = status == StatusCodes.Status500InternalServerError ? "The portal failed; the trace id finds the cause in its log." : null };
        problem.Status = status;
        if (context.Features.Get<IExceptionHandlerFeature>()?.Error is AnswerUnavailableException unavailable)
        {
            problem.Extensions["code"] = unavailable.Code;
            problem.Detail = unavailable.Message;
        }

        await context.RequestServices.GetRequiredService<IProblemDetailsService>().WriteAsync(new ProblemDetailsContext { HttpContext = context, ProblemDetails = problem });
    }
}

/// <summary>Something the answer depends on is down, and without it nothing may be answered: 503 with a stable code and no data.</summary>
public sealed class AnswerUnavailableException(string code, string message, Exception? inner = null) : Exception(message, inner)
{
    public string Code { get; } = code;
}

/// <summary>The framework's own writer falls silent when <c>Accept</c> does not name JSON; ours always answers, and adds code and trace id.</summary>
internal sealed class ProblemWriter(IOptions<Microsoft.AspNetCore.Http.Json.JsonOptions> json) : IProblemDetailsWriter
{
    public bool CanWrite(ProblemDetailsContext context) => true;

    public async ValueTask WriteAsync(ProblemDetailsContext context)
    {
        var response = context.HttpContext.Response;
        var problem = context.ProblemDetails;
        problem.Status ??= response.StatusCode;
        problem.Title = problem is HttpValidationProblemDetails ? "The request is malformed." : ReasonPhrases.GetReasonPhrase(problem.Status.Value);
        problem.Type ??= "about:blank";
        problem.Extensions.TryAdd("code", ProblemCodes.ForStatus(problem.Status.Value));
        problem.Extensions["traceId"] = Activity.Current?.TraceId.ToString() ?? context.HttpContext.TraceIdentifier;
        response.StatusCode = problem.Status.Value;
        await response.WriteAsJsonAsync(problem, problem.GetType(), json.Value.SerializerOptions, "application/problem+json", context.HttpContext.RequestAborted);
    }
}

internal static class StrictJson
{
    /// <summary>camelCase, and nothing guessed: unknown and duplicate members, numbers in quotes and comments are refused.</summary>
    public static void Configure(JsonSerializerOptions options)
    {
        options.PropertyNameCaseInsensitive = false;
        options.AllowDuplicateProperties = false;
        options.UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow;
        options.NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.Strict;
        options.MaxDepth = 64;
        options.Converters.Add(new System.Text.Json.Serialization.JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false));
    }
}
