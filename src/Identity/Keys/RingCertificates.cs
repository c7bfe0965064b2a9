using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Xml.Linq;
using DataPortal.Kernel;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace DataPortal.Identity.Keys;

/// <summary>The certificates of the ring, read when they are first needed: at registration the configuration is not yet known to be sound.</summary>
internal sealed class RingCertificates(IOptions<KeyOptions> options, IOptions<DataDirectory> data, ILoggerFactory log) : IDisposable
{
    private const int KeyBits = 3072;
    private const int YearsOfLife = 100;

    private readonly Lazy<IReadOnlyList<X509Certificate2>> _all = new(() => Load(options.Value, data.Value));
    private ServiceProvider? _opening;

    /// <summary>Protects new keys under the present certificate.</summary>
    public IXmlEncryptor Encryptor => new RingEncryptor(new CertificateXmlEncryptor(_all.Value[0], log));

    /// <summary>What the framework's decryptor asks for its certificates.</summary>
    public IServiceProvider Opening => _opening ??= OpeningWith([.. _all.Value]);

    public void Dispose()
    {
        _opening?.Dispose();
        if (_all.IsValueCreated)
        {
            foreach (var certificate in _all.Value)
            {
                certificate.Dispose();
            }
        }
    }

    private static ServiceProvider OpeningWith(X509Certificate2[] certificates)
    {
        var services = new ServiceCollection();
        services.AddDataProtection().UnprotectKeysWithAnyCertificate(certificates);
        return services.BuildServiceProvider();
    }

    private static List<X509Certificate2> Load(KeyOptions keys, DataDirectory data)
    {
        var password = keys.PasswordFile is { } file ? File.ReadAllText(file).TrimEnd('\r', '\n') : null;
        var present = keys.CertificateFile is { } named ? Open(named, password) : Own(Path.Combine(data.Keys, "ring.pfx"));
        return [present, .. keys.OldCertificateFiles.Select(old => Open(old, password))];
    }

    private static X509Certificate2 Open(string file, string? password)
    {
        var certificate = X509CertificateLoader.LoadPkcs12FromFile(file, password);
        using var key = certificate.GetRSAPrivateKey();
        return key is not null ? certificate : throw new CryptographicException($"{file} holds no RSA key.");
    }

    private static X509Certificate2 Own(string file)
    {
        if (!File.Exists(file))
        {
            PrivateFolder(Path.GetDirectoryName(file)!);
            var temporary = $"{file}.{Guid.CreateVersion7():N}";
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            using (var stream = new FileStream(temporary, options))
            {
                stream.Write(SelfSigned());
                stream.Flush(flushToDisk: true);
            }

            try
            {
                // Not over another's: of two nodes that start at once on one folder, both must use the same certificate.
                File.Move(temporary, file, overwrite: false);
            }
            catch (IOException) when (File.Exists(file))
            {
                File.Delete(temporary);
            }
        }

        return Open(file, null);
    }

    private static byte[] SelfSigned()
    {
        using var key = RSA.Create(KeyBits);
        var request = new CertificateRequest("CN=DataPortal key ring", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pss);
        var now = TimeProvider.System.GetUtcNow();
        // It proves nothing to anybody and is only a key: were it to expire, nothing would be won.
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddYears(YearsOfLife));
        return certificate.Export(X509ContentType.Pkcs12);
    }

    private static void PrivateFolder(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }
}

/// <summary>The framework's encryption, naming our decryptor, since the framework's own takes its certificates at registration only.</summary>
internal sealed class RingEncryptor(CertificateXmlEncryptor inner) : IXmlEncryptor
{
    public EncryptedXmlInfo Encrypt(XElement plaintextElement) => new(inner.Encrypt(plaintextElement).EncryptedElement, typeof(RingDecryptor));
}

/// <summary>Its name stands beside every key in the database, so it must keep name and namespace for good.</summary>
internal sealed class RingDecryptor(IServiceProvider services) : IXmlDecryptor
{
    private readonly EncryptedXmlDecryptor _inner = new(services.GetRequiredService<RingCertificates>().Opening);

    public XElement Decrypt(XElement encryptedElement) => _inner.Decrypt(encryptedElement);
}
