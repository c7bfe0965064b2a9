using DataPortal.Identity.Pages;
using DataPortal.Kernel;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.Tokens;

namespace DataPortal.Identity.Tokens;

/// <summary>
/// 401 and 403 for tokens and for sessions: problem+json with a stable code, and for a browser's page the way to sign in. Why exactly a token does
/// not hold is not told: that would help only a forger.
/// </summary>
internal static class TokenProblems
{
    public const string Missing = "token_missing";
    public const string Expired = "token_expired";
    public const string Invalid = "token_invalid";
    public const string Revoked = "token_revoked";
    public const string ProofInvalid = "dpop_proof_invalid";
    public const string SessionEnded = "session_ended";
    public const string AccountDisabled = "account_disabled";
    public const string AuthorityUnavailable = "authority_unavailable";

    private static readonly string Algorithms = string.Join(' ', AccessTokens.Algorithms);

    /// <summary>A browser that goes to a page, and not a program or a script.</summary>
    public static bool IsPage(HttpRequest request) =>
        HttpMethods.IsGet(request.Method) && !request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase)
        && request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase);

    public static Task ChallengeAsync(JwtBearerChallengeContext context)
    {
        context.HandleResponse();
        return context.AuthenticateFailure switch
        {
            SecurityTokenExpiredException => RefuseAsync(context.HttpContext, Expired, "The access token has expired; get a new one."),
            ProofInvalidException => RefuseAsync(context.HttpContext, ProofInvalid, "The access token is bound to a key, and the DPoP proof for this request is missing or not valid.", "invalid_dpop_proof"),
            _ => RefuseAsync(context.HttpContext, Invalid, "The access token is not valid here."),
        };
    }

    /// <summary>Neither a token nor a session that still is one.</summary>
    public static Task SignInAsync(HttpContext context)
    {
        if (IsPage(context.Request))
        {
            return StartAsync(context, "");
        }

        if (context.GetEndpoint()?.Metadata.GetMetadata<PageMetadata>() is not null)
        {
            // A form left open until the session was over: people are shown a sign-in, and no problem document.
            context.Response.Redirect("/session/start?return=%2Faccount");
            return Task.CompletedTask;
        }

        // RFC 6750, 3.1: a request without a token is told the schemes, and no error.
        context.Response.Headers.WWWAuthenticate = new[] { "Bearer realm=\"portal\"", $"DPoP realm=\"portal\", algs=\"{Algorithms}\"" };
        return context.Request.Cookies.ContainsKey(Sessions.SessionScheme.Cookie)
            ? WriteAsync(context, StatusCodes.Status401Unauthorized, SessionEnded, "Your session is over; sign in again.")
            : WriteAsync(context, StatusCodes.Status401Unauthorized, Missing, "An access token is needed: Authorization: Bearer …");
    }

    public static Task ForbidAsync(HttpContext context)
    {
        var user = context.RequestServices.GetRequiredService<CurrentUser>();
        switch (user.DenialCode)
        {
            case Revoked:
                return RefuseAsync(context, Revoked, "The account was signed out everywhere after this token was issued; get a new one.");
            case ProblemCodes.StepUpRequired when IsPage(context.Request):
                return StartAsync(context, "&step_up=1");
            case ProblemCodes.StepUpRequired:
                context.Response.Headers.WWWAuthenticate =
                    $"{SchemeOf(context)} realm=\"portal\", error=\"insufficient_user_authentication\", acr_values=\"{Acr.SecondFactor}\", max_age=\"{Policies.StepUpWithin.TotalSeconds:0}\"";
                return WriteAsync(context, StatusCodes.Status401Unauthorized, ProblemCodes.StepUpRequired, "This needs a fresh sign-in with a second factor: sign in again and repeat it.");
            case PeopleOnly.Code:
                return WriteAsync(context, StatusCodes.Status403Forbidden, PeopleOnly.Code, PeopleOnly.Message);
            case ProblemCodes.MfaRequired:
                return WriteAsync(context, StatusCodes.Status403Forbidden, ProblemCodes.MfaRequired, "Your role needs a sign-in with a second factor.");
        }

        return user.IsAuthenticated
            ? WriteAsync(context, StatusCodes.Status403Forbidden, ProblemCodes.Forbidden, "Your account does not have the role this needs.")
            : WriteAsync(context, StatusCodes.Status403Forbidden, AccountDisabled, "The account this token stands for is disabled, or unknown here.");
    }

    public static async Task WriteAsync(HttpContext context, int status, string code, string message)
    {
        context.Response.StatusCode = status;
        await context.RequestServices.GetRequiredService<IProblemDetailsService>().WriteAsync(new ProblemDetailsContext
        {
            HttpContext = context,
            ProblemDetails = new ProblemDetails { Status = status, Detail = message, Extensions = { ["code"] = code } },
        });
    }

    private static Task RefuseAsync(HttpContext context, string code, string message, string error = "invalid_token")
    {
        var scheme = SchemeOf(context);
        var algorithms = scheme == Proofs.Scheme ? $", algs=\"{Algorithms}\"" : "";
        context.Response.Headers.WWWAuthenticate = $"{scheme} realm=\"portal\", error=\"{error}\", error_description=\"{code}\"{algorithms}";
        return WriteAsync(context, StatusCodes.Status401Unauthorized, code, message);
    }

    private static string SchemeOf(HttpContext context) => Proofs.IsUsedIn(context.Request) ? Proofs.Scheme : JwtBearerDefaults.AuthenticationScheme;

    private static Task StartAsync(HttpContext context, string how)
    {
        var back = context.Request.Path.ToUriComponent() + context.Request.QueryString.ToUriComponent();
        context.Response.Redirect($"/session/start?return={Uri.EscapeDataString(back)}{how}");
        return Task.CompletedTask;
    }
}
