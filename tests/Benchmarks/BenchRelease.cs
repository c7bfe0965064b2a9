using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using DataPortal.Releases.Building;
using DataPortal.Releases.Sealing;
using DataPortal.Releases.Vocabularies;
using DataPortal.Synthesis;

namespace DataPortal.Benchmarks;

/// <summary>Synthetic releases to measure on. Made by a process of their own, so that building them does not count as the memory of asking.</summary>
internal static class BenchRelease
{
    public const string BuildCommand = "build-release";

    private const int Seed = 42;

    /// <summary>The release of that many cases below <paramref name="data"/>; made when it is not there. Returns how many cases a second that took.</summary>
    public static (string Folder, double? CasesPerSecond) Make(string data, int cases)
    {
        var folder = Path.Combine(data, "bench", $"synthetic-{cases}");
        return Directory.Exists(folder) ? (folder, null) : (folder, BuildElsewhere(folder, cases));
    }

    /// <summary>How many cases a second are generated and sealed, measured on a release that is thrown away.</summary>
    public static double Measure(string data, int cases)
    {
        var folder = Path.Combine(data, "bench", $"measured-{Guid.CreateVersion7():N}");
        try
        {
            return BuildElsewhere(folder, cases);
        }
        finally
        {
            if (Directory.Exists(folder))
                Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Builds in this process and prints the seconds it took.</summary>
    public static int Build(string folder, int cases)
    {
        var start = Stopwatch.GetTimestamp();
        using var signer = ReleaseSigner.OpenOrCreate(Path.Combine(Path.GetDirectoryName(folder)!, "keys"));
        var name = Path.GetFileName(folder);
        using var builder = new ReleaseBuilder(
            new ReleaseSettings(folder, name, "synthetic", RandomNumberGenerator.GetBytes(32), signer, Vocabulary.Shipped, TimeProvider.System));
        var rows = new SyntheticRegistrations(cases, Seed);
        foreach (var assay in rows.Assays)
            builder.Declare(assay);
        foreach (var row in rows.MadeAhead(Environment.ProcessorCount))
            builder.Add(row);
        builder.Seal(SyntheticRegistrations.Cutoff);
        Console.WriteLine(Stopwatch.GetElapsedTime(start).TotalSeconds.ToString("F3", CultureInfo.InvariantCulture));
        return 0;
    }

    private static double BuildElsewhere(string folder, int cases)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(folder)!);
        using var process = Process.Start(new ProcessStartInfo("dotnet")
        {
            ArgumentList = { typeof(BenchRelease).Assembly.Location, BuildCommand, "--folder", folder, "--cases", cases.ToString(CultureInfo.InvariantCulture) },
            RedirectStandardOutput = true,
            UseShellExecute = false,
        })!;
        var seconds = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? cases / double.Parse(seconds, CultureInfo.InvariantCulture)
            : throw new InvalidOperationException($"Building the release of {cases} cases failed.");
    }
}
