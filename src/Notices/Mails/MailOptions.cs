using System.ComponentModel.DataAnnotations;

namespace DataPortal.Notices.Mails;

/// <summary>Configuration section <c>Mail</c>. Without a host and without a pickup folder mails wait in the outbox.</summary>
internal sealed class MailOptions : IValidatableObject
{
    public const string Section = "Mail";

    /// <summary>The relay that takes the portal's mail.</summary>
    public string? Host { get; set; }

    [Range(1, 65535)]
    public int Port { get; set; } = 587;

    /// <summary>The address mails come from.</summary>
    [EmailAddress]
    public string From { get; set; } = "portal@localhost.invalid";

    public string? User { get; set; }

    /// <summary>A file with the relay's password on its first line: the configuration itself holds no secrets.</summary>
    public string? PasswordFile { get; set; }

    /// <summary>STARTTLS; a relay that does not offer it gets no mail.</summary>
    public bool UseTls { get; set; } = true;

    /// <summary>Mails are written here as <c>.eml</c> files instead of being sent.</summary>
    public string? PickupFolder { get; set; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!string.IsNullOrEmpty(Host) && !string.IsNullOrEmpty(PickupFolder))
        {
            yield return new ValidationResult("name a host or a pickup folder, not both.", [nameof(PickupFolder)]);
        }

        if (!string.IsNullOrEmpty(User) && string.IsNullOrEmpty(PasswordFile))
        {
            yield return new ValidationResult("a user needs a password file.", [nameof(PasswordFile)]);
        }

        if (!string.IsNullOrEmpty(User) && !UseTls)
        {
            yield return new ValidationResult("a password is not sent without TLS.", [nameof(UseTls)]);
        }
    }
}
