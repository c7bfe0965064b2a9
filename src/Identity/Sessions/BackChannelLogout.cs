using System.Text.Json;
using DataPortal.Audit.Contracts;
using DataPortal.Identity.Tokens;
using DataPortal.Kernel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;

namespace DataPortal.Identity.Sessions;

/// <summary>The authority says that somebody signed out there (OpenID Connect Back-Channel Logout 1.0): their sessions here end too.</summary>
internal static class BackChannelLogout
{
    private const string Event = "http://schemas.openid.net/event/backchannel-logout";
    private const string Code = "logout_token_invalid";

    /// <summary>How long after its issue a token is taken; as long it is remembered.</summary>
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(5);

    public static void Map(RouteGroupBuilder session) => session
        .MapPost("/backchannel-logout", HandleAsync)
        .WithName("BackChannelLogout")
        .WithSummary("The OpenID provider ends sessions")
        .AllowAnonymous()
        .DisableAntiforgery()
        .NotAudited("Anybody may call it; each session that a valid token ends is entered by the handler.");

    private static async Task<Results<Ok, ProblemHttpResult>> HandleAsync(
        HttpContext http, [FromForm(Name = "logout_token")] string? logoutToken, PortalDb db, IdTokens tokens, UsedIds used, AuditTrail trail, ILoggerFactory log, CancellationToken ct)
    {
        http.Response.Headers.CacheControl = "no-store";
        JsonWebToken token;
        try
        {
            token = await tokens.ValidateSignatureAsync(logoutToken ?? "", type => string.Equals(type, "logout+jwt", StringComparison.OrdinalIgnoreCase), requireExpiry: false, ct);
            await CheckAsync(token, used, ct);
        }
        catch (SignInFailedException e)
        {
            log.CreateLogger(typeof(BackChannelLogout)).LogoutTokenRefused(e);
            return new Refusal(Code, "The logout token is not valid here.", StatusCodes.Status400BadRequest).ToProblem();
        }

        var sid = token.TryGetPayloadValue<string>("sid", out var named) ? named : null;
        var subject = string.IsNullOrEmpty(token.Subject) ? null : token.Subject;
        var sessions = await db.Set<Session>().Where(s => (sid == null || s.ProviderSession == sid) && (subject == null || s.Subject == subject)).ToListAsync(ct);
        foreach (var session in sessions)
        {
            trail.Record(new AuditEvent(AuditAction.SessionEnded) { Actor = session.AccountId, Resource = $"session/{session.Id}" });
        }

        db.RemoveRange(sessions);
        await db.SaveChangesAsync(ct);
        return TypedResults.Ok();
    }

    /// <summary>Section 2.6, beyond signature, issuer, audience and expiry.</summary>
    private static async Task CheckAsync(JsonWebToken token, UsedIds used, CancellationToken ct)
    {
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        var isLogout = token.TryGetPayloadValue<JsonElement>("events", out var events) && events.ValueKind == JsonValueKind.Object
            && events.TryGetProperty(Event, out var happened) && happened.ValueKind == JsonValueKind.Object;
        var isFresh = token.TryGetPayloadValue<long>("iat", out _) && token.IssuedAt <= now + AccessTokens.Skew && token.IssuedAt >= now - Life;
        var namesSomebody = !string.IsNullOrEmpty(token.Subject) || (token.TryGetPayloadValue<string>("sid", out var sid) && !string.IsNullOrEmpty(sid));
        if (!isLogout || !isFresh || !namesSomebody || token.TryGetPayloadValue<object>("nonce", out _) || string.IsNullOrEmpty(token.Id))
        {
            throw new SignInFailedException("This is no logout token of now.");
        }

        if (!await used.TryUseAsync("logout", token.Id, now + Life + AccessTokens.Skew, ct))
        {
            throw new SignInFailedException("The logout token was shown before.");
        }
    }
}
