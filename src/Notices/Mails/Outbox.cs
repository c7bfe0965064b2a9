using System.Net.Mail;
using System.Text.Json;
using DataPortal.Kernel;
using DataPortal.Notices.Contracts;
using Microsoft.AspNetCore.DataProtection;

namespace DataPortal.Notices.Mails;

/// <summary>Mails in, encrypted; the sender takes them out again.</summary>
internal sealed class Outbox(PortalDb db, MailSeal seal, TimeProvider clock) : IMailbox
{
    private const int LongestSubject = 200;

    public void Post(Mail mail)
    {
        Require(mail);
        db.Add(OutgoingMail.Make(Guid.CreateVersion7(), seal.Close(mail), clock.GetUtcNow().UtcDateTime));
    }

    /// <summary>A line break in an address or a subject would let whoever chose it write headers, and with them mails, of their own.</summary>
    private static void Require(Mail mail)
    {
        if (mail.To.Any(char.IsControl) || !MailAddress.TryCreate(mail.To, out var address) || !string.Equals(address.Address, mail.To, StringComparison.Ordinal))
        {
            throw new ArgumentException("The recipient is not one plain address.", nameof(mail));
        }

        if (mail.Subject.Length is 0 or > LongestSubject || mail.Subject.Any(c => char.IsControl(c) || c is '\u2028' or '\u2029'))
        {
            throw new ArgumentException("The subject is not one line.", nameof(mail));
        }
    }
}

/// <summary>The encryption of the outbox: a link in a mail is as good as a password while it lasts.</summary>
internal sealed class MailSeal(IDataProtectionProvider protection)
{
    private readonly IDataProtector _protector = protection.CreateProtector("DataPortal.Notices.Mails");

    public string Close(Mail mail) => _protector.Protect(JsonSerializer.Serialize(mail));

    public Mail Open(string content) => JsonSerializer.Deserialize<Mail>(_protector.Unprotect(content))!;
}
