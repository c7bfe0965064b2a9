using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;

namespace DataPortal.Identity.Pages;

/// <summary>How far somebody is with signing in: a cookie, encrypted, good for a quarter of an hour and for one interaction. Nothing of it is in the address.</summary>
internal sealed class SignInState(IDataProtectionProvider protection, PortalAddress portal)
{
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(15);

    private readonly ITimeLimitedDataProtector _protector = protection.CreateProtector("DataPortal.Identity.SignInState").ToTimeLimitedDataProtector();

    public enum Step
    {
        /// <summary>The password was right; a second factor is still to come.</summary>
        Password,

        /// <summary>The password was right, and a second factor must be set up before going on.</summary>
        Enrolling,

        /// <summary>The second factor was set up just now; its recovery codes are being shown.</summary>
        Enrolled,
    }

    /// <param name="Uid">The interaction.</param>
    /// <param name="AccountId">Who it is.</param>
    /// <param name="Reached">How far.</param>
    /// <param name="Stamp">The credential's stamp: a password changed meanwhile ends this.</param>
    public sealed record Progress(string Uid, Guid AccountId, Step Reached, string Stamp);

    public void Write(HttpContext http, Progress progress) =>
        http.Response.Cookies.Append(CookieName, _protector.Protect(JsonSerializer.Serialize(progress), Life), Cookie);

    public Progress? Read(HttpContext http, string? uid)
    {
        if (http.Request.Cookies[CookieName] is not { Length: > 0 } value)
        {
            return null;
        }

        try
        {
            var progress = JsonSerializer.Deserialize<Progress>(_protector.Unprotect(value));
            return progress is not null && string.Equals(progress.Uid, uid, StringComparison.Ordinal) ? progress : null;
        }
        catch (Exception e) when (e is CryptographicException or JsonException)
        {
            return null;
        }
    }

    public void Clear(HttpContext http) => http.Response.Cookies.Delete(CookieName, Cookie);

    private string CookieName => portal.IsHttps ? "__Host-sign-in" : "sign-in";

    private CookieOptions Cookie => new() { Path = "/", HttpOnly = true, Secure = portal.IsHttps, SameSite = SameSiteMode.Lax, IsEssential = true };
}
