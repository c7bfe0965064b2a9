using System.Text;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace DataPortal.Identity.Credentials;

/// <summary>PBKDF2 of the framework over the password in NFC: keyboards differ in whether they send か゛ as one character or two.</summary>
internal sealed class NormalisingHasher(IOptions<PasswordHasherOptions> options) : PasswordHasher<Credential>(options)
{
    /// <summary>OWASP's recommendation for PBKDF2 with HMAC-SHA512, which is what the framework's version 3 is.</summary>
    public const int Iterations = 210_000;

    private readonly Lock _gate = new();
    private string? _decoy;

    public override string HashPassword(Credential user, string password) => base.HashPassword(user, Normalise(password));

    public override PasswordVerificationResult VerifyHashedPassword(Credential user, string hashedPassword, string providedPassword) =>
        base.VerifyHashedPassword(user, hashedPassword, Normalise(providedPassword));

    /// <summary>For an address nobody has: takes the time that a wrong password takes.</summary>
    public void VerifyNothing(string providedPassword)
    {
        string decoy;
        lock (_gate)
        {
            decoy = _decoy ??= base.HashPassword(null!, Convert.ToBase64String(System.Security.Cryptography.RandomNumberGenerator.GetBytes(32)));
        }

        base.VerifyHashedPassword(null!, decoy, Normalise(providedPassword));
    }

    /// <summary>A lone surrogate has no normal form, and makes the framework throw.</summary>
    public static string Normalise(string password) => !IsWellFormed(password) || password.IsNormalized() ? password : password.Normalize(NormalizationForm.FormC);

    public static bool IsWellFormed(string text)
    {
        try
        {
            _ = new UTF8Encoding(false, throwOnInvalidBytes: true).GetByteCount(text);
            return true;
        }
        catch (EncoderFallbackException)
        {
            return false;
        }
    }
}
