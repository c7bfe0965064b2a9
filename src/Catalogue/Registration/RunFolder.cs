namespace DataPortal.Catalogue.Registration;

/// <summary>
/// The files of one registration. While a process works on it, it holds the lock file: the system lets go of it when the process dies, however it dies, so that
/// an interrupted registration can be told from one at work.
/// </summary>
internal sealed class RunFolder : IDisposable
{
    private const string LockFile = "lock";

    private readonly FileStream held;

    private RunFolder(string path, FileStream held) => (Path, this.held) = (path, held);

    public string Path { get; }

    public string Upload => System.IO.Path.Combine(Path, "upload.zip");

    public string Unpacked => System.IO.Path.Combine(Path, "unpacked");

    public string Findings => FindingsIn(Path);

    public static string FindingsIn(string folder) => System.IO.Path.Combine(folder, "findings.ndjson");

    /// <exception cref="IOException">The folder cannot be made, or another process holds it.</exception>
    public static RunFolder Take(string path)
    {
        Directory.CreateDirectory(path);
        return new RunFolder(path, new FileStream(System.IO.Path.Combine(path, LockFile), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0));
    }

    /// <summary>Null when a process is at work on it.</summary>
    public static RunFolder? TryTake(string path)
    {
        try
        {
            return Take(path);
        }
        catch (IOException e) when (!DiskFull.Is(e))
        {
            return null;
        }
    }

    /// <summary>Ends the work: the data go, the findings stay.</summary>
    public void KeepFindings()
    {
        File.Delete(Upload);
        if (Directory.Exists(Unpacked))
            Directory.Delete(Unpacked, recursive: true);
        held.Dispose();
        File.Delete(System.IO.Path.Combine(Path, LockFile));
    }

    public void Remove()
    {
        held.Dispose();
        if (Directory.Exists(Path))
            Directory.Delete(Path, recursive: true);
    }

    public void Dispose() => held.Dispose();
}
