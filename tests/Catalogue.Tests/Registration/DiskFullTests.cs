using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using DataPortal.Kernel;
using DataPortal.Testing;

namespace DataPortal.Catalogue.Tests.Registration;

/// <summary>The portal with its data on a file system of 24 MB of its own; the database lies elsewhere.</summary>
public sealed class SmallDiskPortal() : PortalFixture(DatabaseProvider.Sqlite)
{
    /// <summary>Why there is no such file system; null when there is.</summary>
    public string? NoDisk { get; private set; }

    public string Data => Path.Combine(Folder, "data");

    public void Unmount()
    {
        if (NoDisk is null)
            Run("umount", "-l", Data);
    }

    protected override void Configure(IDictionary<string, string?> settings)
    {
        Directory.CreateDirectory(Data);
        NoDisk = !OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess ? "A file system of its own can be mounted by root only."
            : Run("mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", Data) ? null : "No tmpfs can be mounted here.";
    }

    private static bool Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}

public sealed class DiskFullTests(SmallDiskPortal portal) : IClassFixture<SmallDiskPortal>, IDisposable
{
    public void Dispose() => portal.Unmount();

    [Fact]
    public async Task A_full_disk_fails_the_registration_leaves_nothing_and_the_portal_goes_on()
    {
        Assert.SkipWhen(portal.NoDisk is not null, portal.NoDisk ?? "");
        var steward = await portal.ActorAsync("steward", Roles.Steward);
        Assert.Equal("done", (await steward.RegisterAsync(Zips.Cases(10), Stewardship.NewName())).GetProperty("state").GetString());
        var before = Left();

        // Too large as it is sent.
        using var refused = await steward.SubmitAsync(Zips.Of(("registrations.ndjson", Noise(48))), Stewardship.NewName());
        Assert.Equal(HttpStatusCode.InsufficientStorage, refused.StatusCode);
        Assert.Equal("disk_full", await refused.CodeAsync());
        Assert.Equal(before, Left());

        // Fits as it is sent, but not unpacked; then unpacked, but not beside the release that is built of it.
        foreach (var bytes in new[] { new string(' ', 40 << 20), Codes(1_400) })
        {
            var run = await steward.RegisterAsync(Zips.Of(("registrations.ndjson", bytes)), Stewardship.NewName());
            Assert.Equal("disk_full", run.GetProperty("code").GetString());
            Assert.Equal(before, Left());
        }

        using var alive = await portal.Anonymous.GetAsync(new Uri("/healthz", UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, alive.StatusCode);
        Assert.Equal("done", (await steward.RegisterAsync(Zips.Cases(10), Stewardship.NewName())).GetProperty("state").GetString());
    }

    /// <summary>Every file except findings, which are kept and tell why.</summary>
    private List<string> Left() => [.. Directory.GetFiles(portal.Data, "*", SearchOption.AllDirectories).Where(f => !f.EndsWith("findings.ndjson", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    private static string Noise(int megabytes) => Convert.ToBase64String(RandomNumberGenerator.GetBytes(megabytes * 768 * 1024));

    /// <summary>Cases with codes of which no two are alike: about 10 KB each in the file, and about as much again in the release's vocabulary.</summary>
    private static string Codes(int cases)
    {
        var lines = new StringBuilder();
        for (var i = 0; i < cases; i++)
        {
            lines.Append("{\"registration_id\":\"R").Append(i).Append("\",\"alterations\":[");
            for (var j = 0; j < 20; j++)
                lines.Append(j == 0 ? "" : ",").Append("{\"cdna\":\"").Append(i).Append('-').Append(j).Append('x', 480).Append("\"}");
            lines.Append("]}\n");
        }

        return lines.ToString();
    }
}
