using DataPortal.Identity.Accounts;
using DataPortal.Identity.Credentials;
using DataPortal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace DataPortal.Identity.People;

/// <param name="Id">The account.</param>
/// <param name="Name">Display name.</param>
/// <param name="Email">Address; lower-case.</param>
/// <param name="Roles">Roles in the portal, sorted.</param>
/// <param name="State"><c>active</c> or <c>disabled</c>.</param>
/// <param name="SecondFactor"><c>app</c>, <c>passkey</c>, both or none; null where another provider signs the person in.</param>
/// <param name="Locale">Language of mails.</param>
/// <param name="Demo">True for the accounts of evaluation mode.</param>
/// <param name="CreatedAt">UTC.</param>
internal sealed record PersonResponse(
    Guid Id, string Name, string Email, IReadOnlyList<string> Roles, string State, IReadOnlyList<string>? SecondFactor, string? Locale, bool Demo, DateTime CreatedAt)
{
    public static async Task<IReadOnlyList<PersonResponse>> FromAsync(PortalDb db, IReadOnlyList<Account> accounts, CancellationToken ct)
    {
        var ids = accounts.Select(a => a.Id).ToList();
        var apps = await db.Set<Credential>().AsNoTracking().Where(c => ids.Contains(c.Id)).ToDictionaryAsync(c => c.Id, c => c.TwoFactorEnabled, ct);
        var passkeys = (await db.Set<CredentialPasskey>().Where(p => ids.Contains(p.UserId)).Select(p => p.UserId).Distinct().ToListAsync(ct)).ToHashSet();
        return [.. accounts.Select(a => new PersonResponse(
            a.Id,
            a.Name,
            a.Email,
            [.. a.Roles.Select(r => r.Role).Order(StringComparer.Ordinal)],
            a.IsDisabled ? "disabled" : "active",
            apps.TryGetValue(a.Id, out var hasApp) ? Factors(hasApp, passkeys.Contains(a.Id)) : null,
            a.Locale,
            a.IsDemo,
            a.CreatedAt))];
    }

    private static List<string> Factors(bool hasApp, bool hasPasskey)
    {
        var factors = new List<string>();
        if (hasApp)
        {
            factors.Add("app");
        }

        if (hasPasskey)
        {
            factors.Add("passkey");
        }

        return factors;
    }
}
