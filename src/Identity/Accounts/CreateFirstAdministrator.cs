using System.ComponentModel.DataAnnotations;
using System.Data;
using DataPortal.Audit.Contracts;
using DataPortal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace DataPortal.Identity.Accounts;

/// <summary>The operator makes the first administrator. Every later one needs an administrator, and four eyes.</summary>
internal sealed class CreateFirstAdministrator(PortalDb db, AuditTrail trail, TimeProvider clock) : IFirstAdministrator
{
    private const int LongestEmail = 320;
    private const int LongestSubject = 255;

    public async Task<Refusal?> CreateAsync(string email, string? subject, CancellationToken ct)
    {
        var address = Account.Normalise(email);
        if (address.Length > LongestEmail || !new EmailAddressAttribute().IsValid(address))
        {
            return Refusal.Unprocessable("email_invalid", "This is not an e-mail address.");
        }

        if (subject is not null && (string.IsNullOrWhiteSpace(subject) || subject.Length > LongestSubject))
        {
            return Refusal.Unprocessable("subject_invalid", $"A subject has 1 to {LongestSubject} characters.");
        }

        // Serializable: of two commands run at once, both would otherwise find no administrator.
        await using var transaction = await db.Database.BeginTransactionAsync(IsolationLevel.Serializable, ct);
        if (await db.Set<AccountRole>().AnyAsync(r => r.Role == Roles.Admin, ct))
        {
            return Refusal.Conflict("administrator_exists", "There is an administrator already; further ones are made in the portal.");
        }

        if (await db.Set<Account>().AnyAsync(a => a.Email == address || (subject != null && a.Subject == subject), ct))
        {
            return Refusal.Conflict("account_exists", "There is an account with this address or subject already.");
        }

        var account = Account.Create(address, address, subject, [Roles.Admin], clock.GetUtcNow().UtcDateTime);
        db.Add(account);
        trail.Record(new AuditEvent(AuditAction.AccountCreated) { Resource = $"account/{account.Id}" });
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        return null;
    }
}
