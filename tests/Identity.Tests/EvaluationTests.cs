using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using DataPortal.Identity.Accounts;
using DataPortal.Identity.Contracts;
using DataPortal.Identity.Provider;
using DataPortal.Kernel;
using DataPortal.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace DataPortal.Identity.Tests;

public sealed class EvaluationTests : IDisposable
{
    private readonly string _folder = EvaluationPortal.NewFolder();
    private readonly int _port = EvaluationPortal.FreePort();

    public EvaluationTests() => EvaluationPortal.RequireNode();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Every_demo_client_gets_a_token_and_stands_for_its_account()
    {
        await using var portal = await EvaluationPortal.StartedAsync(_folder, _port);
        foreach (var (name, roles) in (IEnumerable<(string, string[])>)
        [
            ("researcher", []), ("pharma", []), ("unpaid", []), ("summary", []), ("explorer", []), ("hospital", ["hospital"]), ("reviewer", ["reviewer"]),
            ("steward", ["steward"]), ("finance", ["finance"]), ("admin", ["admin"]), ("auditor", ["auditor"]),
        ])
        {
            var (status, me) = await portal.GetAsync("/api/v1/me", await portal.TokenAsync(name));
            Assert.Equal(HttpStatusCode.OK, status);
            Assert.Equal(name, me["name"]!.GetValue<string>());
            Assert.Equal(roles, me["roles"]!.AsArray().Select(r => r!.GetValue<string>()));
            Assert.True(me["demo"]!.GetValue<bool>());
        }
    }

    [Fact]
    public async Task The_demo_file_says_where_everything_is_and_is_for_its_owner_only()
    {
        await using var portal = await EvaluationPortal.StartedAsync(_folder, _port);
        var demo = portal.DemoFile();
        Assert.Equal(["url", "issuer", "accounts", "clients"], demo.Select(m => m.Key));
        Assert.Equal($"http://localhost:{_port}", demo["url"]!.GetValue<string>());
        Assert.Equal($"http://localhost:{_port + 1}", demo["issuer"]!.GetValue<string>());
        foreach (var account in demo["accounts"]!.AsArray())
        {
            Assert.Equal(["name", "email", "password", "totp_secret", "roles", "projects"], account!.AsObject().Select(m => m.Key));
        }

        var clients = demo["clients"]!.AsArray();
        Assert.Equal(11, clients.Count);
        Assert.All(clients, client => Assert.Equal(["name", "client_id", "client_secret"], client!.AsObject().Select(m => m.Key)));
        var secrets = clients.Select(c => c!["client_secret"]!.GetValue<string>()).ToList();
        Assert.Equal(11, secrets.Distinct(StringComparer.Ordinal).Count());
        Assert.All(secrets, secret => Assert.InRange(secret.Length, 43, 200));

        // The database has no use for a secret, and holds none.
        var database = await File.ReadAllBytesAsync(Path.Combine(_folder, "portal.db"));
        var log = File.Exists(Path.Combine(_folder, "portal.db-wal")) ? await File.ReadAllBytesAsync(Path.Combine(_folder, "portal.db-wal")) : [];
        Assert.All(secrets, secret => Assert.True(database.AsSpan().IndexOf(System.Text.Encoding.ASCII.GetBytes(secret)) < 0 && log.AsSpan().IndexOf(System.Text.Encoding.ASCII.GetBytes(secret)) < 0));

        Assert.SkipWhen(OperatingSystem.IsWindows(), "no file modes");
        foreach (var file in new[] { "demo.json", "openid-provider.json" })
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, Mode(Path.Combine(_folder, file)));
        }
    }

    [Fact]
    public async Task Secrets_keys_and_accounts_outlive_a_restart_and_each_folder_has_its_own()
    {
        string token;
        System.Text.Json.Nodes.JsonObject before;
        await using (var first = await EvaluationPortal.StartedAsync(_folder, _port))
        {
            token = await first.TokenAsync("researcher");
            before = first.DemoFile();
        }

        await using var second = await EvaluationPortal.StartedAsync(_folder, _port);
        Assert.Equal(before.ToJsonString(), second.DemoFile().ToJsonString());
        Assert.Equal(HttpStatusCode.OK, (await second.GetAsync("/api/v1/me", token)).Status);

        var elsewhere = EvaluationPortal.NewFolder();
        try
        {
            await using var other = await EvaluationPortal.StartedAsync(elsewhere, EvaluationPortal.FreePort());
            Assert.NotEqual(before["clients"]![0]!["client_secret"]!.GetValue<string>(), other.DemoFile()["clients"]![0]!["client_secret"]!.GetValue<string>());
            Assert.Equal(HttpStatusCode.Unauthorized, (await other.GetAsync("/api/v1/me", token)).Status);
        }
        finally
        {
            Directory.Delete(elsewhere, recursive: true);
        }
    }

    [Fact]
    public async Task The_same_token_database_and_provider_get_nobody_into_production()
    {
        await using var evaluation = await EvaluationPortal.StartedAsync(_folder, _port);
        var token = await evaluation.TokenAsync("admin");
        Assert.Equal(HttpStatusCode.OK, (await evaluation.GetAsync("/api/v1/me", token)).Status);

        await using var production = await EvaluationPortal.BuildAsync(_folder, _port, isEvaluation: false, listenOn: 0);
        await production.StartAsync();
        var (status, body) = await production.GetAsync("/api/v1/me", token);
        Assert.Equal(HttpStatusCode.Forbidden, status);
        Assert.Equal("account_disabled", body["code"]!.GetValue<string>());
    }

    [Fact]
    public async Task Outside_evaluation_mode_the_steps_make_nothing()
    {
        await using (var production = await EvaluationPortal.BuildAsync(_folder, _port, isEvaluation: false))
        {
            await Assert.ThrowsAsync<InvalidOperationException>(() => production.PrepareAsync());
            await using var scope = production.Services.CreateAsyncScope();
            var demo = scope.ServiceProvider.GetRequiredService<IDemoAccounts>();
            await Assert.ThrowsAsync<InvalidOperationException>(() => demo.FindAsync("researcher", CancellationToken.None));
            Assert.False(await scope.ServiceProvider.GetRequiredService<PortalDb>().Set<Account>().AnyAsync());
            Assert.False(File.Exists(Path.Combine(_folder, "demo.json")));
            Assert.False(File.Exists(Path.Combine(_folder, "openid-provider.json")));
            Assert.Null(production.Services.GetRequiredService<BundledProvider>().IsRunning);
        }

        await using var evaluation = await EvaluationPortal.BuildAsync(_folder, _port);
        await evaluation.PrepareAsync();
        await using var control = evaluation.Services.CreateAsyncScope();
        Assert.NotEqual(Guid.Empty, await control.ServiceProvider.GetRequiredService<IDemoAccounts>().FindAsync("researcher", CancellationToken.None));
    }

    [Fact]
    public async Task A_killed_provider_is_started_again()
    {
        await using var portal = await EvaluationPortal.StartedAsync(_folder, _port);
        var provider = portal.Services.GetRequiredService<BundledProvider>();
        var killed = provider.ProcessId;
        using (var process = Process.GetProcessById(killed))
        {
            process.Kill();
        }

        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (true)
        {
            try
            {
                var (status, _) = await portal.GetAsync("/api/v1/me", await portal.TokenAsync("researcher"));
                Assert.Equal(HttpStatusCode.OK, status);
                break;
            }
            catch (HttpRequestException)
            {
                await Task.Delay(50, patience.Token);
            }
        }

        Assert.NotEqual(killed, provider.ProcessId);
        Assert.True(provider.IsRunning);
    }

    [Fact]
    public async Task The_provider_ends_with_the_portal()
    {
        int id;
        await using (var portal = await EvaluationPortal.StartedAsync(_folder, _port))
        {
            id = portal.Services.GetRequiredService<BundledProvider>().ProcessId;
            Assert.NotNull(Process.GetProcessById(id));
        }

        Assert.Throws<ArgumentException>(() => Process.GetProcessById(id));
    }

    [Fact]
    public async Task Missing_node_is_told_with_the_way_to_get_it()
    {
        var message = await FailureAsync(services => services.Configure<BundledProviderOptions>(o => o.Node = "no-such-node"));
        Assert.Contains("Node 20 or later is needed", message, StringComparison.Ordinal);
        Assert.Contains("no-such-node", message, StringComparison.Ordinal);
        Assert.Contains("nodejs.org", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Missing_packages_are_told_with_the_command_to_install_them()
    {
        var bare = Path.Combine(_folder, "bare");
        Directory.CreateDirectory(Path.Combine(bare, "src"));
        await File.WriteAllTextAsync(Path.Combine(bare, "src", "main.js"), "");
        var message = await FailureAsync(services => services.Configure<BundledProviderOptions>(o => o.Folder = bare));
        Assert.Contains($"run `npm ci` in {bare}", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_provider_is_told()
    {
        var message = await FailureAsync(services => services.Configure<BundledProviderOptions>(o => o.Folder = Path.Combine(_folder, "nowhere")));
        Assert.Contains("was not found", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_taken_port_is_told_with_the_reason()
    {
        using var taken = new TcpListener(IPAddress.Loopback, _port + 1);
        taken.Start();
        var message = await FailureAsync(_ => { });
        Assert.Contains("EADDRINUSE", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_damaged_demo_file_is_told_and_left_as_it_is()
    {
        var path = Path.Combine(_folder, "demo.json");
        await File.WriteAllTextAsync(path, "{\"url\": ");
        Assert.Contains("demo.json is damaged", await FailureAsync(_ => { }), StringComparison.Ordinal);
        Assert.Equal("{\"url\": ", await File.ReadAllTextAsync(path));
    }

    private async Task<string> FailureAsync(Action<IServiceCollection> customise)
    {
        await using var portal = await EvaluationPortal.BuildAsync(_folder, _port, customise: customise);
        return (await Assert.ThrowsAsync<InvalidOperationException>(() => portal.PrepareAsync())).Message;
    }

    private static UnixFileMode Mode(string path) => OperatingSystem.IsWindows() ? default : File.GetUnixFileMode(path);
}
