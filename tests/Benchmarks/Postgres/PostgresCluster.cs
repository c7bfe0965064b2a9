using System.Diagnostics;

namespace DataPortal.Benchmarks.Postgres;

/// <summary>A throw-away PostgreSQL cluster in a folder of its own, reached through a Unix socket there. Disposing stops it and removes the folder.</summary>
internal sealed class PostgresCluster : IDisposable
{
    private readonly string folder = Path.Combine(Path.GetTempPath(), $"portal-bench-{Guid.CreateVersion7():N}");
    private readonly string programs;

    public PostgresCluster()
    {
        // The folder alone proves nothing: the client's package makes it too.
        programs = (Directory.Exists("/usr/lib/postgresql") ? Directory.GetDirectories("/usr/lib/postgresql") : [])
            .Order(StringComparer.Ordinal).Select(d => Path.Combine(d, "bin")).LastOrDefault(d => File.Exists(Path.Combine(d, "initdb")))
            ?? throw new InvalidOperationException("PostgreSQL is not installed (no /usr/lib/postgresql/*/bin/initdb). On Debian: apt-get install postgresql-15.");
        Directory.CreateDirectory(folder);
        if (Environment.IsPrivilegedProcess)
            Run("chown", "postgres", folder);
        AsOwner("initdb", "-D", Data, "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C");
        AsOwner("pg_ctl", "-D", Data, "-w", "-l", Path.Combine(folder, "log"), "-o",
            $"-k {folder} -c listen_addresses='' -c shared_buffers=4GB -c work_mem=256MB -c maintenance_work_mem=1GB -c max_parallel_workers_per_gather=2 "
            + "-c max_parallel_workers=2 -c fsync=off -c full_page_writes=off -c max_wal_size=8GB -c jit=on", "start");
    }

    public string ConnectionString => $"Host={folder};Username=postgres;Database=postgres;Command Timeout=0;Pooling=false";

    private string Data => Path.Combine(folder, "data");

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
        // Output goes nowhere: the server would keep a pipe open for ever.
        var start = new ProcessStartInfo("/bin/sh") { UseShellExecute = false, WorkingDirectory = "/" };
        foreach (var argument in (string[])["-c", "exec \"$@\" >/dev/null 2>&1", "sh", program, .. arguments])
            start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{Path.GetFileName(program)} ended with code {process.ExitCode}.");
    }
}
