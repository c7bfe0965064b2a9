using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace DataPortal.Releases.Sealing;

/// <summary>The last steps of sealing: hash, sign, make visible.</summary>
internal static class ReleaseFiles
{
    public const string SignatureFile = "manifest.sig";

    public static ManifestFile Describe(string folder, string path)
    {
        using var stream = File.OpenRead(path);
        return new ManifestFile(Path.GetRelativePath(folder, path).Replace('\\', '/'), stream.Length, Convert.ToHexStringLower(SHA256.HashData(stream)));
    }

    public static void Sign(string folder, Manifest manifest, ReleaseSigner signer)
    {
        var bytes = manifest.ToBytes();
        WriteDurably(Path.Combine(folder, Manifest.FileName), bytes);
        WriteDurably(Path.Combine(folder, SignatureFile), SignatureText(signer.KeyId, signer.Sign(bytes)));
    }

    /// <summary>The signature file's one and only form, so that any changed byte shows: <c>es256 KEYID BASE64\n</c>.</summary>
    public static byte[] SignatureText(string keyId, byte[] signature) => System.Text.Encoding.ASCII.GetBytes($"es256 {keyId} {Convert.ToBase64String(signature)}\n");

    public static void Publish(string from, string to)
    {
        foreach (var folder in Directory.EnumerateDirectories(from, "*", SearchOption.AllDirectories))
            FlushFolder(folder);
        FlushFolder(from);
        Directory.Move(from, to);
        FlushFolder(Path.GetDirectoryName(Path.GetFullPath(to))!);
    }

    private static void WriteDurably(string path, byte[] bytes)
    {
        using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write);
        file.Write(bytes);
        file.Flush(flushToDisk: true);
    }

    // A rename is durable only once the folder that names it is on the disk; .NET has no call for that.
    private static void FlushFolder(string path)
    {
        if (!OperatingSystem.IsLinux())
            return;
        var descriptor = NativeMethods.open(path, NativeMethods.ReadOnlyDirectory);
        if (descriptor < 0)
            throw new IOException($"The folder '{path}' cannot be opened to be flushed.");
        try
        {
            if (NativeMethods.fsync(descriptor) != 0)
                throw new IOException($"The folder '{path}' cannot be flushed.");
        }
        finally
        {
            _ = NativeMethods.close(descriptor);
        }
    }

    private static class NativeMethods
    {
        public const int ReadOnlyDirectory = 0x10000; // O_RDONLY | O_DIRECTORY

        [DllImport("libc", SetLastError = true, CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int open(string path, int flags);

        [DllImport("libc", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int fsync(int descriptor);

        [DllImport("libc", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int close(int descriptor);
    }
}
