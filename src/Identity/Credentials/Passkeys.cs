using System.Security.Cryptography;
using System.Text;
using DataPortal.Identity.Accounts;
using DataPortal.Identity.Pages;
using DataPortal.Kernel;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace DataPortal.Identity.Credentials;

/// <summary>
/// Passkeys, by the framework's WebAuthn handler. What the handler must remember between challenge and answer lies in a short-lived encrypted cookie, bound to what it was
/// made for; an answer is taken once.
/// </summary>
internal sealed class Passkeys(
    PortalDb db, IPasskeyHandler<Credential> handler, UserManager<Credential> users, IDataProtectionProvider protection, PortalAddress portal, TimeProvider clock)
{
    public const int MostPerAccount = 10;
    private const int LongestAnswer = 16 * 1024;
    private static readonly TimeSpan ChallengeLife = TimeSpan.FromMinutes(5);

    private readonly ITimeLimitedDataProtector _protector = protection.CreateProtector("DataPortal.Identity.PasskeyChallenges").ToTimeLimitedDataProtector();

    /// <summary>Any passkey of anybody: the answer says whose it is, and the question tells nobody which accounts have one.</summary>
    public async Task<string> AskAsync(HttpContext http, string uid)
    {
        var options = await handler.MakeRequestOptionsAsync(null, http);
        Remember(http, "use:" + uid, options.AssertionState);
        return options.RequestOptionsJson;
    }

    public async Task<string> OfferAsync(HttpContext http, Account account)
    {
        var options = await handler.MakeCreationOptionsAsync(
            new PasskeyUserEntity { Id = account.Id.ToString("D"), Name = account.Email, DisplayName = account.Name }, http);
        Remember(http, "add:" + account.Id, options.AttestationState);
        return options.CreationOptionsJson;
    }

    /// <summary>Whose passkey answered; null when the answer does not hold.</summary>
    public async Task<(Credential Credential, bool IsUserVerified)?> AnswerAsync(HttpContext http, string uid, string? answer, CancellationToken ct)
    {
        if (Recall(http, "use:" + uid) is not { } state || answer is null or { Length: > LongestAnswer })
        {
            return null;
        }

        var result = await handler.PerformAssertionAsync(new PasskeyAssertionContext { HttpContext = http, CredentialJson = answer, AssertionState = state });
        if (!result.Succeeded || !await UseAsync(state, ct))
        {
            return null;
        }

        await users.AddOrUpdatePasskeyAsync(result.User, result.Passkey);
        return (result.User, result.Passkey.IsUserVerified);
    }

    /// <summary>Adds the passkey; what <paramref name="beside"/> adds to the database is saved with it.</summary>
    public async Task<bool> AddAsync(HttpContext http, Account account, Credential credential, string? answer, string name, Action beside, CancellationToken ct)
    {
        if (Recall(http, "add:" + account.Id) is not { } state || answer is null or { Length: > LongestAnswer })
        {
            return false;
        }

        var result = await handler.PerformAttestationAsync(new PasskeyAttestationContext { HttpContext = http, CredentialJson = answer, AttestationState = state });
        if (!result.Succeeded || result.UserEntity.Id != account.Id.ToString("D") || !await UseAsync(state, ct))
        {
            return false;
        }

        result.Passkey.Name = name;
        beside();
        return (await users.AddOrUpdatePasskeyAsync(credential, result.Passkey)).Succeeded;
    }

    public Task<bool> AnyAsync(Guid accountId, CancellationToken ct) => db.Set<CredentialPasskey>().AnyAsync(p => p.UserId == accountId, ct);

    private async Task<bool> UseAsync(string state, CancellationToken ct)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(state)));
        var until = clock.GetUtcNow().UtcDateTime.AddDays(1);
        return await db.Database.ExecuteSqlAsync($"INSERT INTO identity_used_proofs (hash, expires_at) VALUES ({hash}, {until}) ON CONFLICT (hash) DO NOTHING", ct) == 1;
    }

    private void Remember(HttpContext http, string purpose, string? state) =>
        http.Response.Cookies.Append(CookieName, _protector.Protect(purpose + "\n" + state, ChallengeLife), Cookie);

    private string? Recall(HttpContext http, string purpose)
    {
        if (http.Request.Cookies[CookieName] is not { Length: > 0 } value)
        {
            return null;
        }

        http.Response.Cookies.Delete(CookieName, Cookie);
        try
        {
            var text = _protector.Unprotect(value);
            return text.StartsWith(purpose + "\n", StringComparison.Ordinal) ? text[(purpose.Length + 1)..] : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private string CookieName => portal.IsHttps ? "__Host-passkey" : "passkey";

    private CookieOptions Cookie => new() { Path = "/", HttpOnly = true, Secure = portal.IsHttps, SameSite = SameSiteMode.Strict, IsEssential = true };
}
