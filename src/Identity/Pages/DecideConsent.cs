using DataPortal.Audit.Contracts;
using DataPortal.Identity.Accounts;
using DataPortal.Identity.Provider;
using DataPortal.Kernel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace DataPortal.Identity.Pages;

/// <summary>Somebody else's program asks to act for a person. The interaction is bound to their browser by the provider's own cookie, which it checks when they come back.</summary>
internal static class DecideConsent
{
    public static void Map(RouteGroupBuilder pages)
    {
        pages.MapGet("/consent", ShowAsync).WithName("ShowConsent").NotAudited("Shows what is asked; nothing is granted.");
        pages.MapPost("/consent", HandleAsync).WithName("DecideConsent").NotAudited("Entered by hand, with the person as the actor: the request itself carries no sign-in.");
    }

    private static async Task<Results<RazorComponentResult<ConsentPage>, RazorComponentResult<MessagePage>>> ShowAsync(HttpContext http, Interactions interactions, CancellationToken ct)
    {
        string? uid = http.Request.Query["uid"];
        if (string.IsNullOrEmpty(uid) || await interactions.FindAsync(uid, ct) is not { Kind: InteractionKind.Consent } interaction)
        {
            return PageResults.Over();
        }

        PageForms.AllowReturnTo(http, interaction);
        return PageResults.Page<ConsentPage>(new { Uid = uid, Client = interaction.ClientName, interaction.Scopes });
    }

    private static async Task<Results<RedirectHttpResult, RazorComponentResult<MessagePage>>> HandleAsync(
        HttpContext http, Interactions interactions, PortalDb db, AuditTrail trail, CancellationToken ct)
    {
        if (http.Field("uid") is not { Length: > 0 } uid || await interactions.FindAsync(uid, ct) is not { Kind: InteractionKind.Consent } interaction)
        {
            return PageResults.Over();
        }

        var granted = http.Field("decision") == "grant";
        trail.Record(new AuditEvent(AuditAction.ConsentDecided)
        {
            Actor = Guid.TryParse(interaction.Subject, out var account) ? account : null,
            Outcome = granted ? AuditOutcome.Ok : AuditOutcome.Denied,
            Code = granted ? null : "consent_refused",
            Resource = $"client/{interaction.ClientId}",
        });
        await db.SaveChangesAsync(ct);
        return TypedResults.Redirect(interactions.Consent(uid, granted).AbsoluteUri);
    }
}
