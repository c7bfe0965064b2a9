using DataPortal.Audit.Contracts;
using DataPortal.Kernel;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.DependencyInjection;

namespace DataPortal.Audit.Recording;

/// <summary>
/// Sees to it that a call of an <c>.Audited</c> endpoint leaves exactly one entry. The handler has returned its result but nothing of it has
/// been written yet: this is the last moment at which no entry can still mean no data.
/// </summary>
internal sealed class AuditedEndpointFilter : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        var services = http.RequestServices;
        var action = http.GetEndpoint()!.Metadata.GetRequiredMetadata<AuditedMetadata>().Action;
        var entry = services.GetRequiredService<RequestEntry>();
        entry.Owe(action);

        object? result;
        try
        {
            result = await next(context);
        }
        catch (Exception e) when (e is not AnswerUnavailableException && !http.RequestAborted.IsCancellationRequested)
        {
            await WriteAsync(services, action, entry, AuditOutcome.Failed, ProblemCodes.Internal, http.RequestAborted);
            throw;
        }

        var (outcome, code) = OutcomeOf(result, http.Response.StatusCode);
        await WriteAsync(services, action, entry, outcome, code, http.RequestAborted);
        return result;
    }

    private static async Task WriteAsync(
        IServiceProvider services, AuditAction action, RequestEntry entry, AuditOutcome outcome, string? code, CancellationToken ct)
    {
        if (entry.IsSaved)
        {
            return;
        }

        var details = services.GetRequiredService<AuditDetails>();
        await services.GetRequiredService<AuditTrail>().RecordReadAsync(details.ToEvent(action, outcome, code), ct);
    }

    internal static (AuditOutcome Outcome, string? Code) OutcomeOf(object? result, int statusSoFar)
    {
        while (result is INestedHttpResult nested)
        {
            result = nested.Result;
        }

        var status = (result as IStatusCodeHttpResult)?.StatusCode ?? statusSoFar;
        if (status < StatusCodes.Status400BadRequest)
        {
            return (AuditOutcome.Ok, null);
        }

        var code = (result as ProblemHttpResult)?.ProblemDetails.Extensions.TryGetValue("code", out var given) == true ? given as string : null;
        return (IsDenial(status) ? AuditOutcome.Denied : AuditOutcome.Failed, code ?? ProblemCodes.ForStatus(status));
    }

    private static bool IsDenial(int status) =>
        status is StatusCodes.Status401Unauthorized or StatusCodes.Status403Forbidden or StatusCodes.Status404NotFound;
}
