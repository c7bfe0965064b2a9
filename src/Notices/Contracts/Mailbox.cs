using DataPortal.Kernel;

namespace DataPortal.Notices.Contracts;

/// <summary>A mail in plain text. Links in it may be secrets: the outbox keeps it encrypted, and only until it is sent.</summary>
/// <param name="To">One address.</param>
/// <param name="Subject">One line.</param>
/// <param name="Body">Plain text.</param>
public sealed record Mail(string To, string Subject, string Body);

/// <summary>The outbox.</summary>
public interface IMailbox
{
    /// <summary>Adds the mail to the same <see cref="PortalDb"/>: it is sent if and only if the next <c>SaveChanges</c> commits.</summary>
    void Post(Mail mail);
}
