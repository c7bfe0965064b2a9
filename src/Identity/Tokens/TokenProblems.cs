using DataPortal.Kernel;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.Tokens;

namespace DataPortal.Identity.Tokens;

/// <summary>401 and 403 as problem+json with a stable code. Why exactly a token does not hold is not told: that would help only a forger.</summary>
internal static class TokenProblems
{
    public const string Missing = "token_missing";
    public const string Expired = "token_expired";
    public const string Invalid = "token_invalid";
    public const string AccountDisabled = "account_disabled";

    public static Task ChallengeAsync(JwtBearerChallengeContext context)
    {
        context.HandleResponse();
        var (code, message) = context.AuthenticateFailure switch
        {
            null when context.Request.Headers.Authorization.Count == 0 => (Missing, "An access token is needed: Authorization: Bearer …"),
            SecurityTokenExpiredException => (Expired, "The access token has expired; get a new one."),
            _ => (Invalid, "The access token is not valid here."),
        };
        // RFC 6750, 3.1: a request without a token is told the scheme, and no error.
        context.Response.Headers.WWWAuthenticate = code == Missing
            ? "Bearer realm=\"portal\""
            : $"Bearer realm=\"portal\", error=\"invalid_token\", error_description=\"{code}\"";
        return WriteAsync(context.HttpContext, StatusCodes.Status401Unauthorized, code, message);
    }

    public static Task ForbidAsync(ForbiddenContext context)
    {
        var user = context.HttpContext.RequestServices.GetRequiredService<CurrentUser>();
        switch (user.DenialCode)
        {
            case ProblemCodes.StepUpRequired:
                context.HttpContext.Response.Headers.WWWAuthenticate =
                    $"Bearer realm=\"portal\", error=\"insufficient_user_authentication\", acr_values=\"{Acr.SecondFactor}\", max_age=\"{Policies.StepUpWithin.TotalSeconds:0}\"";
                return WriteAsync(context.HttpContext, StatusCodes.Status401Unauthorized, ProblemCodes.StepUpRequired, "This needs a fresh sign-in with a second factor: sign in again and repeat it.");
            case ProblemCodes.MfaRequired:
                return WriteAsync(context.HttpContext, StatusCodes.Status403Forbidden, ProblemCodes.MfaRequired, "Your role needs a sign-in with a second factor.");
        }

        return user.IsAuthenticated
            ? WriteAsync(context.HttpContext, StatusCodes.Status403Forbidden, ProblemCodes.Forbidden, "Your account does not have the role this needs.")
            : WriteAsync(context.HttpContext, StatusCodes.Status403Forbidden, AccountDisabled, "The account this token stands for is disabled, or unknown here.");
    }

    private static async Task WriteAsync(HttpContext context, int status, string code, string message)
    {
        context.Response.StatusCode = status;
        await context.RequestServices.GetRequiredService<IProblemDetailsService>().WriteAsync(new ProblemDetailsContext
        {
            HttpContext = context,
            ProblemDetails = new ProblemDetails { Status = status, Detail = message, Extensions = { ["code"] = code } },
        });
    }
}
