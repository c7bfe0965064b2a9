using System.ComponentModel.DataAnnotations;

namespace DataPortal.Identity.Keys;

/// <summary>Configuration section <c>Keys</c>: the certificate under which the data-protection ring lies in the database. Nodes share one.</summary>
internal sealed class KeyOptions : IValidatableObject
{
    public const string Section = "Keys";

    /// <summary>PKCS #12 with an RSA key. Without it one is made in the data folder, which serves a single node, or several on one folder.</summary>
    public string? CertificateFile { get; set; }

    /// <summary>Holds the password of every file named here; without it they have none.</summary>
    public string? PasswordFile { get; set; }

    /// <summary>Certificates of earlier days: they open older keys, and protect nothing new.</summary>
    public string[] OldCertificateFiles { get; set; } = [];

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        string?[] files = [CertificateFile, PasswordFile, .. OldCertificateFiles];
        foreach (var file in files.Where(f => f is not null && !File.Exists(f)))
        {
            yield return new ValidationResult($"there is no file {file}.", [nameof(CertificateFile)]);
        }
    }
}
