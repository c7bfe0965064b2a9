using System.Security.Cryptography;
using System.Text;

namespace DataPortal.Releases.Sealing;

/// <summary>What a verification found. Empty <paramref name="Problems"/>: every byte is as it was sealed, by a key that the caller trusts.</summary>
public sealed record Verification(string? Release, string? KeyId, int Files, long Bytes, IReadOnlyList<string> Problems)
{
    public bool Holds => Problems.Count == 0;
}

/// <summary>Checks a release folder against its signed manifest. Needs no portal and no database.</summary>
public static class ReleaseVerifier
{
    /// <summary>Checks the signature under one of <paramref name="publicKeys"/> (PEM texts), each file's size and SHA-256, and that no file is missing or added.</summary>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    public static Verification Verify(string folder, IEnumerable<string> publicKeys, IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        if (!Directory.Exists(folder))
            throw new DirectoryNotFoundException($"There is no folder '{folder}'.");
        var problems = new List<string>();
        var manifestPath = Path.Combine(folder, Manifest.FileName);
        var signaturePath = Path.Combine(folder, ReleaseFiles.SignatureFile);
        if (!File.Exists(manifestPath) || !File.Exists(signaturePath))
            return new Verification(null, null, 0, 0, [$"{(File.Exists(manifestPath) ? ReleaseFiles.SignatureFile : Manifest.FileName)} is missing."]);

        var bytes = File.ReadAllBytes(manifestPath);
        var keyId = CheckSignature(bytes, File.ReadAllBytes(signaturePath), publicKeys, problems);
        Manifest manifest;
        try
        {
            manifest = Manifest.Parse(bytes);
        }
        catch (ReleaseException e)
        {
            problems.Add(e.Message);
            return new Verification(null, keyId, 0, 0, problems);
        }

        var known = manifest.Files.Select(f => f.Path).Append(Manifest.FileName).Append(ReleaseFiles.SignatureFile).ToHashSet(StringComparer.Ordinal);
        foreach (var path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Select(p => Path.GetRelativePath(folder, p).Replace('\\', '/')))
        {
            if (!known.Contains(path))
                problems.Add($"{path} is not in the manifest.");
        }

        long total = Math.Max(1, manifest.Files.Sum(f => f.Bytes)), seen = 0;
        foreach (var file in manifest.Files)
        {
            cancellation.ThrowIfCancellationRequested();
            CheckFile(folder, file, problems);
            progress?.Report((seen += file.Bytes) / (double)total);
        }

        return new Verification(manifest.Name, keyId, manifest.Files.Count, manifest.Files.Sum(f => f.Bytes), problems);
    }

    private static void CheckFile(string folder, ManifestFile file, List<string> problems)
    {
        // A path that leaves the folder is a forged manifest, whatever it hashes to.
        var full = Path.GetFullPath(Path.Combine(folder, file.Path));
        if (!full.StartsWith(Path.GetFullPath(folder) + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            problems.Add($"{file.Path} lies outside the folder.");
        else if (!File.Exists(full))
            problems.Add($"{file.Path} is missing.");
        else if (ReleaseFiles.Describe(folder, full) is var found && found.Bytes != file.Bytes)
            problems.Add($"{file.Path} has {found.Bytes} bytes instead of {file.Bytes}.");
        else if (found.Sha256 != file.Sha256)
            problems.Add($"{file.Path} has been changed: its SHA-256 is not the sealed one.");
    }

    private static string? CheckSignature(byte[] manifest, byte[] signatureFile, IEnumerable<string> publicKeys, List<string> problems)
    {
        var parts = Encoding.ASCII.GetString(signatureFile).TrimEnd('\n').Split(' ');
        var signature = new byte[128];
        // The file must be byte for byte what signing writes: base64 has several spellings of the same bytes.
        if (parts is not ["es256", _, _] || !Convert.TryFromBase64String(parts[2], signature, out var length)
            || !ReleaseFiles.SignatureText(parts[1], signature[..length]).AsSpan().SequenceEqual(signatureFile))
        {
            problems.Add($"{ReleaseFiles.SignatureFile} is not a signature in the expected form.");
            return null;
        }

        foreach (var pem in publicKeys)
        {
            using var key = ECDsa.Create();
            key.ImportFromPem(pem);
            if (ReleaseSigner.IdOf(key) != parts[1])
                continue;
            if (!key.VerifyData(manifest, signature.AsSpan(0, length), HashAlgorithmName.SHA256))
                problems.Add($"The signature of key {parts[1]} does not fit manifest.json.");
            return parts[1];
        }

        problems.Add($"No public key with the id {parts[1]} was given: the origin of the release is not proven.");
        return parts[1];
    }
}
