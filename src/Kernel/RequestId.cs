using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace DataPortal.Kernel;

/// <summary>The caller's <c>X-Request-Id</c>, or one of ours, echoed in the answer and kept in the audit entry.</summary>
public static class RequestId
{
    public const string Header = "X-Request-Id";

    private const int MaxLength = 64;

    public static string Of(HttpContext context) => context.TraceIdentifier;

    internal static void UseRequestId(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        var given = context.Request.Headers[Header].ToString();
        // Only what is harmless in a log line and a header is taken over.
        context.TraceIdentifier = given.Length is > 0 and <= MaxLength && given.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.')
            ? given
            : Guid.CreateVersion7().ToString("N");
        // As late as this, because the handler of exceptions clears the headers set before it.
        context.Response.OnStarting(() =>
        {
            context.Response.Headers[Header] = context.TraceIdentifier;
            return Task.CompletedTask;
        });
        return next(context);
    });
}
