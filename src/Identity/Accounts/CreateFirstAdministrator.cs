using System.ComponentModel.DataAnnotations;
using System.Data;
using DataPortal.Audit.Contracts;
using DataPortal.Identity.Credentials;
using DataPortal.Identity.People;
using DataPortal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace DataPortal.Identity.Accounts;

/// <summary>
/// The operator makes the first administrator. Every later one needs an administrator, and four eyes. The link to choose a password goes to the operator's console as well as
/// into a mail: at this point nothing may be set up that sends mails.
/// </summary>
internal sealed class CreateFirstAdministrator(PortalDb db, AuditTrail trail, AccountMails mails, TimeProvider clock) : IFirstAdministrator
{
    private const int LongestEmail = 320;
    private const int LongestSubject = 255;

    public async Task<FirstAdministrator> CreateAsync(string email, string? subject, CancellationToken ct)
    {
        var address = Account.Normalise(email);
        if (address.Length > LongestEmail || address.Any(c => char.IsControl(c) || char.IsWhiteSpace(c)) || !new EmailAddressAttribute().IsValid(address))
        {
            return Refused(Refusal.Unprocessable("email_invalid", "This is not an e-mail address."));
        }

        if (subject is not null && (string.IsNullOrWhiteSpace(subject) || subject.Length > LongestSubject))
        {
            return Refused(Refusal.Unprocessable("subject_invalid", $"A subject has 1 to {LongestSubject} characters."));
        }

        // Serializable: of two commands run at once, both would otherwise find no administrator.
        await using var transaction = await db.Database.BeginTransactionAsync(IsolationLevel.Serializable, ct);
        Uri? link = null;
        if (await db.Set<AccountRole>().AnyAsync(r => r.Role == Roles.Admin, ct))
        {
            link = subject is null ? await InviteAgainAsync(address, ct) : null;
            if (link is null)
            {
                return Refused(Refusal.Conflict("administrator_exists", "There is an administrator already; further ones are made in the portal."));
            }
        }
        else if (await db.Set<Account>().AnyAsync(a => a.Email == address || (subject != null && a.Subject == subject), ct))
        {
            return Refused(Refusal.Conflict("account_exists", "There is an account with this address or subject already."));
        }
        else
        {
            var account = Account.Create(address, address, subject, [Roles.Admin], clock.GetUtcNow().UtcDateTime);
            db.Add(account);
            trail.Record(new AuditEvent(AuditAction.AccountCreated) { Resource = $"account/{account.Id}" });
            link = subject is null ? Invite(account) : null;
        }

        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        return new FirstAdministrator(null, link);
    }

    private static FirstAdministrator Refused(Refusal refusal) => new(refusal, null);

    private Uri Invite(Account account)
    {
        var token = LinkToken.New();
        var invitation = Invitation.Make(account.Email, account.Name, "en", [Roles.Admin], token, by: null, clock.GetUtcNow().UtcDateTime, account.Id);
        db.Add(invitation);
        trail.Record(new AuditEvent(AuditAction.PersonInvited) { Resource = $"invitation/{invitation.Id}" });
        return mails.Invite(invitation, token);
    }

    /// <summary>The link got lost, or too old, and nobody can ask for a new one: the only administrator cannot come in.</summary>
    private async Task<Uri?> InviteAgainAsync(string address, CancellationToken ct)
    {
        if (await db.Set<Invitation>().SingleOrDefaultAsync(i => i.Email == address && i.InvitedBy == null && i.AccountId != null && i.AcceptedAt == null && i.WithdrawnAt == null, ct) is not { } invitation)
        {
            return null;
        }

        var token = LinkToken.New();
        invitation.Renew(token, clock.GetUtcNow().UtcDateTime);
        trail.Record(new AuditEvent(AuditAction.InvitationSentAgain) { Resource = $"invitation/{invitation.Id}" });
        return mails.Invite(invitation, token);
    }
}
