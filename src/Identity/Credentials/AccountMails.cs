using System.Globalization;
using DataPortal.Identity.Accounts;
using DataPortal.Identity.Pages;
using DataPortal.Identity.People;
using DataPortal.Notices.Contracts;

namespace DataPortal.Identity.Credentials;

/// <summary>What people are told by mail about their account. Posted with the change itself, so that neither happens without the other.</summary>
internal sealed class AccountMails(IMailbox mailbox, PortalAddress portal)
{
    public Uri Invite(Invitation invitation, string token)
    {
        var link = portal.Link("/invitation?token=" + token);
        Post(invitation.Email, invitation.Locale, "Invitation", invitation.Name, link, invitation.ExpiresAt.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture));
        return link;
    }

    public void ResetPassword(Account account, string token) =>
        Post(account.Email, account.Locale, "Reset", account.Name, portal.Link("/reset-password?token=" + token));

    public void ProveAddress(Account account, string email, string token) =>
        Post(email, account.Locale, "NewAddress", account.Name, portal.Link("/new-address?token=" + token));

    /// <summary>Something changed that lets people in. <paramref name="what"/> is a key below <c>Mail.Changed</c>.</summary>
    public void Changed(Account account, string what, string? to = null) =>
        Post(to ?? account.Email, account.Locale, "Changed", account.Name, Texts.In(account.Locale, "Mail.Changed." + what), portal.Link("/account"));

    private void Post(string to, string? locale, string which, params object[] values) => mailbox.Post(new Mail(
        to, Texts.In(locale, $"Mail.{which}.Subject"), string.Format(CultureInfo.InvariantCulture, Texts.In(locale, $"Mail.{which}.Body"), values)));
}
