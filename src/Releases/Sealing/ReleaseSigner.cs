using System.Security.Cryptography;

namespace DataPortal.Releases.Sealing;

/// <summary>Signs manifests: ECDSA over P-256 with SHA-256. The key's id is the first 16 hexadecimal digits of the SHA-256 of its public part (SubjectPublicKeyInfo).</summary>
public sealed class ReleaseSigner : IDisposable
{
    private readonly ECDsa key;

    private ReleaseSigner(ECDsa key) => this.key = key;

    public string KeyId => IdOf(key);

    public string PublicKeyPem => key.ExportSubjectPublicKeyInfoPem() + "\n";

    /// <summary>The key in <c>folder/release-signing.key</c> (PKCS #8 PEM, readable by the owner alone); made there, with its public part as <c>KEYID.pub</c>, when there is none.</summary>
    public static ReleaseSigner OpenOrCreate(string folder)
    {
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, "release-signing.key");
        if (!File.Exists(path))
        {
            using var fresh = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            using var writer = new StreamWriter(path, options);
            writer.Write(fresh.ExportPkcs8PrivateKeyPem());
        }

        var opened = ECDsa.Create();
        opened.ImportFromPem(File.ReadAllText(path));
        var signer = new ReleaseSigner(opened);
        var publicPath = Path.Combine(folder, signer.KeyId + ".pub");
        if (!File.Exists(publicPath))
            File.WriteAllText(publicPath, signer.PublicKeyPem);
        return signer;
    }

    /// <summary>Signature in IEEE P1363 form (r ‖ s, 64 bytes).</summary>
    public byte[] Sign(ReadOnlySpan<byte> data) => key.SignData(data, HashAlgorithmName.SHA256);

    public void Dispose() => key.Dispose();

    internal static string IdOf(ECDsa key) => Convert.ToHexStringLower(SHA256.HashData(key.ExportSubjectPublicKeyInfo()))[..16];
}
