using System.Net;
using DataPortal.Identity.Tokens;
using DataPortal.Kernel;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace DataPortal.Identity.Sessions;

/// <summary>The authority's answer does not hold. The reason goes to the log; the browser is told no more than that it failed.</summary>
internal sealed class SignInFailedException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>The authority vouches for somebody who is not let in.</summary>
internal sealed class SignInRefusedException(Refusal refusal) : Exception(refusal.Message)
{
    public Refusal Refusal { get; } = refusal;
}

/// <summary>A sign-in that came to nothing: a short page for people, a problem document for programs.</summary>
internal static class SignInProblem
{
    public const string Failed = "sign_in_failed";
    public const string Denied = "sign_in_denied";

    public static Task WriteAsync(RemoteFailureContext context)
    {
        context.HandleResponse();
        var refusal = context.Failure switch
        {
            SignInRefusedException refused => refused.Refusal,
            AnswerUnavailableException unavailable => new Refusal(unavailable.Code, unavailable.Message, StatusCodes.Status503ServiceUnavailable),
            { Data: { } data } when string.Equals(data["error"] as string, "access_denied", StringComparison.Ordinal) =>
                Refusal.Forbidden(Denied, "The sign-in was cancelled, or the OpenID provider refused it."),
            _ => new Refusal(Failed, "The sign-in did not come to an end. Start it again.", StatusCodes.Status400BadRequest),
        };
        if (refusal.Code == Failed)
        {
            context.HttpContext.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(SignInProblem)).SignInFailed(context.Failure);
        }

        return WriteAsync(context.HttpContext, refusal);
    }

    private static async Task WriteAsync(HttpContext http, Refusal refusal)
    {
        http.Response.StatusCode = refusal.Status;
        http.Response.Headers.CacheControl = "no-store";
        if (TokenProblems.IsPage(http.Request))
        {
            http.Response.ContentType = "text/html; charset=utf-8";
            await http.Response.WriteAsync(
                $"""
                <!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>DataPortal</title></head><body><main>
                <h1>Sign-in / サインイン</h1><p>{WebUtility.HtmlEncode(refusal.Message)}</p><p lang="ja">{Japanese(refusal.Code)}</p>
                <p><a href="/session/start">Sign in again / もう一度サインインする</a></p></main></body></html>
                """,
                http.RequestAborted);
            return;
        }

        await http.RequestServices.GetRequiredService<IProblemDetailsService>().WriteAsync(new ProblemDetailsContext
        {
            HttpContext = http,
            ProblemDetails = new ProblemDetails { Status = refusal.Status, Detail = refusal.Message, Extensions = { ["code"] = refusal.Code } },
        });
    }

    private static string Japanese(string code) => code switch
    {
        SignInAccounts.Unknown => "このアカウントはまだ登録されていません。招待を受けたメールアドレスでサインインしてください。",
        TokenProblems.AccountDisabled => "このアカウントは無効になっています。",
        Denied => "サインインが取り消されたか、拒否されました。",
        _ => "サインインを完了できませんでした。もう一度お試しください。",
    };
}
