using System.Globalization;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using DataPortal.Audit.Contracts;
using DataPortal.Kernel;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace DataPortal.Identity.Sessions;

/// <summary>
/// Sessions in the database, read anew at each request: every node knows them, they outlive a node, and whatever ends one ends it at the next
/// request. The cookie holds nothing but the key.
/// </summary>
internal sealed class SessionStore(IHttpContextAccessor http, IDataProtectionProvider protection, IOptions<SessionOptions> options, TimeProvider clock) : ITicketStore
{
    public const string AccountIdItem = "account";
    public const string IdTokenName = "id_token";

    private const int KeyBytes = 32;
    private const int LongestAgent = 400;
    private static readonly TimeSpan SeenEvery = TimeSpan.FromMinutes(1);

    private readonly IDataProtector _idTokens = protection.CreateProtector("DataPortal.Identity.Sessions", IdTokenName);

    private HttpContext Context => http.HttpContext ?? throw new InvalidOperationException("Sessions exist within requests only.");

    private PortalDb Db => Context.RequestServices.GetRequiredService<PortalDb>();

    public static string HashOf(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));

    /// <summary>A new key for each sign-in: one that somebody planted beforehand would let them in too.</summary>
    public async Task<string> StoreAsync(AuthenticationTicket ticket)
    {
        var key = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(KeyBytes));
        var principal = ticket.Principal;
        var signIn = new SignIn(
            principal.FindFirstValue("sub")!, principal.FindFirstValue("sid"), principal.FindFirstValue("client_id")!, principal.FindFirstValue("acr"),
            [.. principal.FindAll("amr").Select(c => c.Value)], InstantOf(principal.FindFirstValue("auth_time")));
        var agent = Context.Request.Headers.UserAgent.ToString().Replace('\0', ' ');
        var caller = (agent.Length switch { 0 => null, > LongestAgent => agent[..LongestAgent], _ => agent }, Context.Connection.RemoteIpAddress?.ToString());
        if (SessionScheme.KeyOf(Context) is { } before)
        {
            // The one that this browser had: a fresh sign-in takes its place.
            var old = HashOf(before);
            Db.RemoveRange(await Db.Set<Session>().Where(s => s.KeyHash == old).ToListAsync(Context.RequestAborted));
        }

        var account = Guid.Parse(ticket.Properties.Items[AccountIdItem]!);
        Context.RequestServices.GetRequiredService<AuditTrail>().Record(new AuditEvent(AuditAction.SessionStarted) { Actor = account });
        Db.Add(Session.Start(
            HashOf(key), account, signIn, _idTokens.Protect(ticket.Properties.GetTokenValue(IdTokenName)!), caller,
            clock.GetUtcNow().UtcDateTime, options.Value.Longest));
        await Db.SaveChangesAsync(Context.RequestAborted);
        return key;
    }

    /// <summary>The handler would do this for a session that it saw at the start of the request. What a session says is fixed when it begins.</summary>
    public Task RenewAsync(string key, AuthenticationTicket ticket) => throw new InvalidOperationException("A session is never renewed: a new sign-in is a new session.");

    public async Task<AuthenticationTicket?> RetrieveAsync(string key)
    {
        var hash = HashOf(key);
        var found = await (
            from session in Db.Set<Session>().AsNoTracking()
            join account in Db.Set<Accounts.Account>() on session.AccountId equals account.Id
            where session.KeyHash == hash
            select new { Session = session, account.Subject, account.SignedOutAt }).SingleOrDefaultAsync(Context.RequestAborted);
        var now = clock.GetUtcNow().UtcDateTime;
        if (found is null || found.Session.IsOver(now, options.Value.Idle) || found.Session.SignedInAt <= found.SignedOutAt)
        {
            return null;
        }

        if (now - found.Session.LastSeenAt >= SeenEvery)
        {
            await Db.Set<Session>().Where(s => s.Id == found.Session.Id && s.LastSeenAt < now)
                .ExecuteUpdateAsync(s => s.SetProperty(x => x.LastSeenAt, now), Context.RequestAborted);
        }

        return TicketOf(found.Session, found.Subject);
    }

    public Task RemoveAsync(string key) => Db.Set<Session>().Where(s => s.KeyHash == HashOf(key)).ExecuteDeleteAsync(Context.RequestAborted);

    /// <summary>What the authority wants to see when the person signs out there too; null when it was protected under a key that is lost.</summary>
    public string? IdTokenOf(Session session)
    {
        try
        {
            return _idTokens.Unprotect(session.IdToken);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private static AuthenticationTicket TicketOf(Session session, string subject)
    {
        var identity = new ClaimsIdentity(SessionScheme.Name, "sub", null);
        identity.AddClaim(new Claim("sub", subject));
        identity.AddClaim(new Claim("client_id", session.ClientId));
        identity.AddClaim(new Claim(SessionScheme.IdClaim, session.Id.ToString("D")));
        if (session.Acr is not null)
        {
            identity.AddClaim(new Claim("acr", session.Acr));
        }

        identity.AddClaims(session.Amr.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(amr => new Claim("amr", amr)));
        if (session.AuthenticatedAt is { } at)
        {
            identity.AddClaim(new Claim("auth_time", new DateTimeOffset(at).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)));
        }

        return new AuthenticationTicket(new ClaimsPrincipal(identity), new AuthenticationProperties { ExpiresUtc = new DateTimeOffset(session.EndsAt) }, SessionScheme.Name);
    }

    private static DateTime? InstantOf(string? seconds) =>
        long.TryParse(seconds, NumberStyles.None, CultureInfo.InvariantCulture, out var at) ? DateTimeOffset.FromUnixTimeSeconds(at).UtcDateTime : null;
}
