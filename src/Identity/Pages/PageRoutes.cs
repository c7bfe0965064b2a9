using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace DataPortal.Identity.Pages;

/// <summary>Every page of sign-in and of the account.</summary>
internal static class PageRoutes
{
    public static void MapPages(this IEndpointRouteBuilder routes)
    {
        PageAssets.Map(routes);
        var pages = routes.MapGroup("").WithMetadata(new PageMetadata()).ExcludeFromDescription().AddEndpointFilter<RouteGroupBuilder, PageForms>();

        // For people who are not signed in yet; whoever hammers them is slowed down by address.
        var open = pages.MapGroup("").AllowAnonymous().RequireRateLimiting(PageFramework.SignInLimiter);
        SignInWithPassword.Map(open);
        SignInWithCode.Map(open);
        EnrolAtSignIn.Map(open);
        SignInWithPasskey.Map(open);
        DecideConsent.Map(open);
        AcceptInvitation.Map(open);
        ForgotPassword.Map(open);
        ResetPassword.Map(open);

        ShowAccount.Map(pages);
        ChangeProfile.Map(pages);
        ChangeAddress.Map(pages);
        ChangePassword.Map(pages);
        ManageSecondFactor.Map(pages);
        ManagePasskeys.Map(pages);
        EndSessions.Map(pages);
    }
}
