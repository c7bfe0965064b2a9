using Microsoft.AspNetCore.Authentication.OAuth;
using Microsoft.AspNetCore.Http;

namespace DataPortal.Identity.Sessions;

/// <summary>The framework's options as far as they are of use here: endpoints come from the authority's metadata, the client's key from <see cref="ClientAuthentication"/>.</summary>
internal sealed class RelyingPartyOptions : OAuthOptions
{
    public static void Configure(RelyingPartyOptions options)
    {
        options.SignInScheme = SessionScheme.Name;
        options.CallbackPath = SessionScheme.CallbackPath;
        options.UsePkce = true;
        options.SaveTokens = false;
        options.CorrelationCookie.Name = "__Secure-signin.";
        options.CorrelationCookie.SameSite = SameSiteMode.Lax;
        options.CorrelationCookie.SecurePolicy = CookieSecurePolicy.Always;
        options.Events.OnRemoteFailure = SignInProblem.WriteAsync;
    }

    /// <summary>The framework would insist on endpoints and a secret.</summary>
    public override void Validate()
    {
        if (!CallbackPath.HasValue)
        {
            throw new InvalidOperationException("A sign-in needs a path to come back to.");
        }
    }
}
