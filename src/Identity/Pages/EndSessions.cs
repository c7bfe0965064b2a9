using DataPortal.Audit.Contracts;
using DataPortal.Identity.Accounts;
using DataPortal.Identity.Sessions;
using DataPortal.Kernel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace DataPortal.Identity.Pages;

/// <summary>One session, or all of them. Needs no fresh sign-in: whoever finds a stranger in the list should lose no time.</summary>
internal static class EndSessions
{
    public static void Map(RouteGroupBuilder pages)
    {
        pages.MapPost("/account/sessions/end", EndAsync).WithName("EndOneSession").RequireAuthorization(Policies.SignedIn).NotAudited("Entered by hand, before the session is ended in bulk.");
        pages.MapPost("/account/sessions/end-all", EndAllAsync).WithName("EndAllSessions").RequireAuthorization(Policies.SignedIn).NotAudited("Entered by hand, before the sessions are ended in bulk.");
    }

    private static async Task<RedirectHttpResult> EndAsync(HttpContext http, CurrentUser user, AccountSessions sessions, OwnAccount own, PortalDb db, AuditTrail trail, CancellationToken ct)
    {
        if (Guid.TryParse(http.Field("id"), out var id))
        {
            trail.Record(new AuditEvent(AuditAction.SessionEnded) { Resource = $"session/{id}" });
            await db.SaveChangesAsync(ct);
            await sessions.EndAsync(user.AccountId, id, ct);
        }

        return own.Back("session-ended");
    }

    private static async Task<RedirectHttpResult> EndAllAsync(CurrentUser user, AccountSessions sessions, PortalDb db, AuditTrail trail, CancellationToken ct)
    {
        trail.Record(new AuditEvent(AuditAction.SignedOutEverywhere) { Resource = $"account/{user.AccountId}" });
        await db.SaveChangesAsync(ct);
        await sessions.EndAllAsync(user.AccountId, ct);
        return TypedResults.Redirect("/");
    }
}
