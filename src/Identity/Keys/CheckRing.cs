using System.Security.Cryptography;
using System.Xml.Linq;
using DataPortal.Kernel;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.Options;

namespace DataPortal.Identity.Keys;

/// <summary>
/// Before the portal listens: every key of the ring can be opened. One that cannot would be passed over in silence and a new one made, and what it
/// protects (projects' pseudonym keys) would seem lost, although only a certificate is missing. And there is a first one: made at the first use, it
/// could fall into somebody's transaction, which on SQLite would wait for itself.
/// </summary>
internal sealed class CheckRing(IKeyManager keys, IDataProtectionProvider protection, StoredKeys stored, RingCertificates certificates, IOptions<DataDirectory> data) : IStartCheck
{
    private static readonly XNamespace DataProtection = "http://schemas.asp.net/2015/03/dataProtection";

    public Task<Refusal?> CheckAsync(CancellationToken ct)
    {
        try
        {
            TakeOver(Path.Combine(data.Value.Keys, "ring"));
            var locked = keys.GetAllKeys().Where(key => !Opens(key)).Select(key => key.KeyId.ToString("D")).ToList();
            if (locked.Count == 0)
            {
                protection.CreateProtector("DataPortal.Identity.Keys.First").Protect([]);
            }

            return Task.FromResult(locked.Count == 0 ? null : Refusal.Conflict(
                "key_ring_locked",
                $"The database holds {locked.Count} data-protection key(s) that the configured certificate cannot open, the first is {locked[0]}. Name the certificate they were made under in Keys:CertificateFile or Keys:OldCertificateFiles. Nothing was changed."));
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            return Task.FromResult<Refusal?>(Refusal.Conflict("key_ring_locked", $"The certificate of the data-protection keys cannot be read: {e.Message} Nothing was changed."));
        }
    }

    private static bool Opens(IKey key)
    {
        try
        {
            return key.CreateEncryptor() is not null;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // Whatever the framework makes of a wrong key or a missing class: it does not open.
            return false;
        }
    }

    /// <summary>Portals before the ring was in the database kept it, unencrypted, in a folder. The files stay until an operator deletes them.</summary>
    private void TakeOver(string folder)
    {
        if (!Directory.Exists(folder))
        {
            return;
        }

        var known = stored.GetAllElements().Select(e => (string?)e.Attribute("id")).ToHashSet(StringComparer.Ordinal);
        foreach (var file in Directory.EnumerateFiles(folder, "key-*.xml").Order(StringComparer.Ordinal))
        {
            var key = XElement.Load(file);
            if (known.Contains((string?)key.Attribute("id")))
            {
                continue;
            }

            foreach (var secret in key.Descendants().Where(e => (bool?)e.Attribute(DataProtection + "requiresEncryption") == true).ToList())
            {
                var encrypted = certificates.Encryptor.Encrypt(new XElement(secret));
                secret.ReplaceWith(new XElement(DataProtection + "encryptedSecret", new XAttribute("decryptorType", encrypted.DecryptorType.AssemblyQualifiedName!), encrypted.EncryptedElement));
            }

            stored.StoreElement(key, Path.GetFileNameWithoutExtension(file));
        }
    }
}
