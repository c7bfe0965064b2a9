using System.Security.Cryptography;
using System.Text;
using DataPortal.Kernel;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;

namespace DataPortal.Identity.Credentials;

/// <summary>
/// The framework's store on the portal's database. It would keep authenticator keys and recovery codes in the clear: here both are encrypted, and the codes
/// are hashes besides.
/// </summary>
internal sealed class CredentialStore(PortalDb db, IDataProtectionProvider protection, IdentityErrorDescriber describer)
    : UserOnlyStore<Credential, PortalDb, Guid, IdentityUserClaim<Guid>, IdentityUserLogin<Guid>, CredentialToken, CredentialPasskey>(db, describer)
{
    private readonly IDataProtector _protector = protection.CreateProtector("DataPortal.Identity.CredentialTokens");

    public override Task SetTokenAsync(Credential user, string loginProvider, string name, string? value, CancellationToken cancellationToken) =>
        base.SetTokenAsync(user, loginProvider, name, value is null ? null : _protector.Protect(value), cancellationToken);

    public override async Task<string?> GetTokenAsync(Credential user, string loginProvider, string name, CancellationToken cancellationToken) =>
        await base.GetTokenAsync(user, loginProvider, name, cancellationToken) is { Length: > 0 } value ? _protector.Unprotect(value) : null;

    public override Task ReplaceCodesAsync(Credential user, IEnumerable<string> recoveryCodes, CancellationToken cancellationToken) =>
        base.ReplaceCodesAsync(user, recoveryCodes.Select(Hash), cancellationToken);

    public override Task<bool> RedeemCodeAsync(Credential user, string code, CancellationToken cancellationToken) =>
        base.RedeemCodeAsync(user, Hash(code), cancellationToken);

    // The framework writes the rest of the codes back through ReplaceCodesAsync: what is a hash already stays as it is.
    private static string Hash(string code) =>
        code.StartsWith("h:", StringComparison.Ordinal) ? code : "h:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Normalise(code))));

    /// <summary>Codes are typed from paper: case, blanks and dashes do not matter.</summary>
    private static string Normalise(string code) => new([.. code.Where(char.IsLetterOrDigit).Select(char.ToUpperInvariant)]);
}
