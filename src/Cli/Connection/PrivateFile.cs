namespace DataPortal.Cli.Connection;

/// <summary>Files that hold secrets: this user reads and writes them, and nobody else.</summary>
internal static class PrivateFile
{
    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    private const UnixFileMode Mine = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <exception cref="Failure">Others can read or write it: what it held is theirs too, perhaps.</exception>
    public static string? Read(string path)
    {
        if (!File.Exists(path))
            return null;
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & Others) != UnixFileMode.None)
        {
            throw new Failure(Failure.Refused, "file_exposed", Text.Of(
                $"{path} は他のユーザーが読めます。中の鍵は使いません。", $"{path} can be read by others, and so is not used."), [Text.Of("削除して、サインインし直してください。", "Delete it and sign in, or make the key, again."), "  rm " + path]);
        }

        return File.ReadAllText(path);
    }

    /// <summary>A new file, empty; refuses to overwrite one.</summary>
    public static FileStream Create(string path) => new(path, Options(FileMode.CreateNew));

    /// <summary>Replaces the file as a whole: a reader sees the old one or the new one, and a crash leaves one of them.</summary>
    public static void Replace(string path, byte[] content)
    {
        var folder = Path.GetDirectoryName(path)!;
        MakeFolder(folder);
        var next = Path.Combine(folder, $".{Path.GetFileName(path)}.{Environment.ProcessId}");
        File.Delete(next);
        using (var file = new FileStream(next, Options(FileMode.CreateNew)))
        {
            file.Write(content);
            file.Flush(flushToDisk: true);
        }

        File.Move(next, path, overwrite: true);
    }

    /// <summary>Waits until no other process of this user holds it. Released when disposed of, and by the system when the process ends.</summary>
    public static async Task<IDisposable> LockAsync(string path, CancellationToken ct)
    {
        MakeFolder(Path.GetDirectoryName(path)!);
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                var options = Options(FileMode.OpenOrCreate);
                options.Share = FileShare.None;
                return new FileStream(path, options);
            }
            catch (IOException) when (attempt < 600)
            {
                await Task.Delay(50, ct);
            }
        }
    }

    private static void MakeFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(folder);
        else
            File.SetUnixFileMode(Directory.CreateDirectory(folder, Mine | UnixFileMode.UserExecute).FullName, Mine | UnixFileMode.UserExecute);
    }

    private static FileStreamOptions Options(FileMode mode)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = Mine;
        return options;
    }
}
