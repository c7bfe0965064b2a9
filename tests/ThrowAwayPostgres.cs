using System.Diagnostics;

namespace DataPortal.Testing;

/// <summary>
/// A throw-away PostgreSQL cluster in a temporary folder, reached through a Unix socket there and by nothing else. Disposing stops it and removes the
/// folder. Compiled into the tests' fixtures and into the benchmarks.
/// </summary>
internal sealed class ThrowAwayPostgres : IDisposable
{
    private readonly string programs;
    private readonly string folder = Directory.CreateTempSubdirectory("portal-postgres-").FullName;

    /// <param name="programs">The folder of <c>initdb</c> and <c>pg_ctl</c>: see <see cref="FindPrograms"/>.</param>
    /// <param name="locale">Locale of the databases.</param>
    /// <param name="settings">Options of the server, each as <c>-c name=value</c>.</param>
    public ThrowAwayPostgres(string programs, string locale, string settings)
    {
        this.programs = programs;
        if (Environment.IsPrivilegedProcess)
            Run("chown", "postgres", folder);
        AsOwner("initdb", "-D", Data, "-A", "trust", "-U", "postgres", "-E", "UTF8", $"--locale={locale}", "--no-sync");
        AsOwner("pg_ctl", "-D", Data, "-w", "-l", Path.Combine(folder, "log"), "-o", $"-k {folder} -c listen_addresses='' -c fsync=off -c full_page_writes=off {settings}", "start");
    }

    /// <summary>As its administrator.</summary>
    public string ConnectionString => $"Host={folder};Username=postgres;Database=postgres";

    private string Data => Path.Combine(folder, "data");

    /// <summary>The newest server installed; null when there is none. The folder alone proves nothing: the client's package makes it too.</summary>
    public static string? FindPrograms() => (Directory.Exists("/usr/lib/postgresql") ? Directory.GetDirectories("/usr/lib/postgresql") : [])
        .Order(StringComparer.Ordinal).Select(version => Path.Combine(version, "bin")).LastOrDefault(bin => File.Exists(Path.Combine(bin, "initdb")));

    public void Dispose()
    {
        AsOwner("pg_ctl", "-D", Data, "-m", "immediate", "stop");
        Directory.Delete(folder, recursive: true);
    }

    // PostgreSQL refuses to run as root.
    private void AsOwner(string program, params string[] arguments)
    {
        var path = Path.Combine(programs, program);
        if (Environment.IsPrivilegedProcess)
            Run("runuser", ["-u", "postgres", "--", path, .. arguments]);
        else
            Run(path, arguments);
    }

    private static void Run(string program, params string[] arguments)
    {
        // Output goes nowhere: the server inherits a pipe and would keep it open for its life.
        var start = new ProcessStartInfo("/bin/sh") { UseShellExecute = false, WorkingDirectory = "/" };
        foreach (var argument in (string[])["-c", "exec \"$@\" >/dev/null 2>&1", "sh", program, .. arguments])
            start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with code {process.ExitCode}.");
    }
}
