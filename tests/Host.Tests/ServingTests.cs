using System.Diagnostics;
using System.Text.Json;
using DataPortal.Host.Serving;
using DataPortal.Kernel;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace DataPortal.Host.Tests;

public sealed class ServingTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("portal-serving-");

    private string _errors = "";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string DatabaseFile => Path.Combine(_folder.FullName, "production.db");

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public void Every_mistake_of_a_configuration_is_listed_at_once()
    {
        var file = Write("""
            {
              "Database": { "Provider": "oracle" },
              "Data": { "Directroy": "/srv" },
              "Server": { "Urls": ["ftp://x"], "TrustedProxies": ["proxy"] },
              "Audit": { "WriteTimeoutSeconds": 0 },
              "Oidc": { "Authority": "http://elsewhere.example.org" },
              "Servre": { "x": 1 }
            }
            """);

        var failure = Assert.Throws<Failure>(() => ConfigurationFile.Build(file));

        Assert.Equal(("configuration_invalid", 2), (failure.Code, failure.ExitCode));
        foreach (var mistake in new[] { "Database:Provider", "Database:ConnectionString", "Data:Directroy", "Data:Directory", "Server:Urls", "Server:TrustedProxies", "Audit:WriteTimeoutSeconds", "Oidc:Authority", "Servre" })
        {
            Assert.Contains(mistake, failure.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("{ not json", "configuration_unreadable")]
    [InlineData("""{ "Evaluation": { "Accounts": true } }""", "evaluation_in_production")]
    public void A_file_that_cannot_be_meant_is_refused(string text, string code) =>
        Assert.Equal(code, Assert.Throws<Failure>(() => ConfigurationFile.Build(Write(text))).Code);

    [Fact]
    public void A_file_that_is_not_there_is_named()
    {
        var failure = Assert.Throws<Failure>(() => ConfigurationFile.Build(new FileInfo(Path.Combine(_folder.FullName, "absent.json"))));

        Assert.Equal("configuration_missing", failure.Code);
        Assert.Contains("absent.json", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unmigrated_database_is_not_served_and_a_migrated_one_is()
    {
        await using var app = ConfigurationFile.Build(Write(Sound()));

        var failure = await Assert.ThrowsAsync<Failure>(() => Serve.RequireMigratedAsync(app.Services, Ct));
        Assert.Equal(("database_not_migrated", 5), (failure.Code, failure.ExitCode));

        Assert.True(await Migrate.ApplyAsync(app.Services, Ct) > 0);
        Assert.Equal(0, await Migrate.ApplyAsync(app.Services, Ct));
        await Serve.RequireMigratedAsync(app.Services, Ct);
    }

    [Fact]
    public async Task A_database_of_evaluation_mode_is_neither_migrated_nor_served()
    {
        await PrepareEvaluationAsync(_folder);
        File.Copy(Path.Combine(_folder.FullName, "portal.db"), DatabaseFile);
        await using var app = ConfigurationFile.Build(Write(Sound()));

        Assert.Equal("database_of_evaluation", (await Assert.ThrowsAsync<Failure>(() => Serve.RequireMigratedAsync(app.Services, Ct))).Code);
        Assert.Equal("database_of_evaluation", (await Assert.ThrowsAsync<Failure>(() => Migrate.ApplyAsync(app.Services, Ct))).Code);
    }

    [Fact]
    public async Task Evaluation_mode_prepares_a_folder_of_its_own_again_and_again()
    {
        Assert.Equal(["first", "second"], await PrepareEvaluationAsync(_folder));
        Assert.Equal(["first", "second"], await PrepareEvaluationAsync(_folder));
    }

    [Fact]
    public async Task Evaluation_mode_finishes_a_first_start_that_was_interrupted()
    {
        await using (var app = Evaluate.Build(_folder, 5080))
        {
            await using var scope = app.Services.CreateAsyncScope();
            await scope.ServiceProvider.GetRequiredService<PortalDb>().Database.MigrateAsync(Ct);
        }

        Assert.Equal(["first", "second"], await PrepareEvaluationAsync(_folder));
    }

    [Fact]
    public async Task The_first_administrator_is_made_once()
    {
        var config = Write(Sound());
        await using (var app = ConfigurationFile.Build(config))
        {
            await Migrate.ApplyAsync(app.Services, Ct);
        }

        Assert.Equal(0, await RunAsync("bootstrap-admin", "--config", config.FullName, "--email", "first@example.org"));
        Assert.Equal(5, await RunAsync("bootstrap-admin", "--config", config.FullName, "--email", "second@example.org"));
        Assert.Contains("error: administrator_exists: ", _errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_verb_that_cannot_go_on_says_why_and_ends_with_the_code_for_it()
    {
        var config = Write(Sound());

        Assert.Equal(5, await RunAsync("serve", "--config", config.FullName));
        Assert.Contains("error: database_not_migrated: ", _errors, StringComparison.Ordinal);
        Assert.Equal(0, await RunAsync("migrate", "--config", config.FullName));
        Assert.Equal(2, await RunAsync("serve", "--config", config.FullName + ".absent"));
        Assert.Contains("error: configuration_missing: ", _errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Evaluation_mode_leaves_a_database_alone_that_is_not_its_own()
    {
        await using (var app = ConfigurationFile.Build(Write(Sound())))
        {
            await Migrate.ApplyAsync(app.Services, Ct);
        }

        SqliteConnection.ClearAllPools();
        var foreign = Path.Combine(_folder.FullName, "portal.db");
        File.Move(DatabaseFile, foreign);
        var before = await File.ReadAllBytesAsync(foreign, Ct);

        var failure = await Assert.ThrowsAsync<Failure>(() => PrepareEvaluationAsync(_folder));

        Assert.Equal(("database_not_of_evaluation", 5), (failure.Code, failure.ExitCode));
        SqliteConnection.ClearAllPools();
        Assert.Equal(before, await File.ReadAllBytesAsync(foreign, Ct));
    }

    [Fact]
    public async Task Evaluation_mode_leaves_a_file_alone_that_is_no_portal_database()
    {
        var foreign = Path.Combine(_folder.FullName, "portal.db");
        await File.WriteAllTextAsync(foreign, "somebody's notes", Ct);

        Assert.Equal("database_not_of_evaluation", (await Assert.ThrowsAsync<Failure>(() => PrepareEvaluationAsync(_folder))).Code);
        Assert.Equal("somebody's notes", await File.ReadAllTextAsync(foreign, Ct));
    }

    [Fact]
    public async Task Evaluation_mode_listens_on_loopback_only()
    {
        await using var app = Evaluate.Build(_folder, 5080);

        Assert.Equal("http://localhost:5080", app.Configuration["Server:Urls:0"]);
        Assert.All(app.Configuration["AllowedHosts"]!.Split(';'), host => Assert.Contains(host, new[] { "localhost", "127.0.0.1", "[::1]" }));
    }

    [Fact]
    public async Task On_postgres_the_owner_must_be_another_role_than_the_one_that_runs()
    {
        var same = "Host=/nowhere;Username=one;Database=x";
        await using var app = ConfigurationFile.Build(Write(Sound("Postgres", same, same)));
        await using var without = ConfigurationFile.Build(Write(Sound("Postgres", same, null)));

        Assert.Equal("owner_runs_portal", (await Assert.ThrowsAsync<Failure>(() => Migrate.ApplyAsync(app.Services, Ct))).Code);
        Assert.Equal("owner_missing", (await Assert.ThrowsAsync<Failure>(() => Migrate.ApplyAsync(without.Services, Ct))).Code);
    }

    private static async Task<IReadOnlyList<string>> PrepareEvaluationAsync(DirectoryInfo folder)
    {
        var ran = new List<string>();
        await using var app = Evaluate.Build(folder, 5080, builder =>
        {
            // The modules' own steps start other programs; their tests are beside them.
            builder.Services.RemoveAll<IEvaluationSetup>();
            builder.Services.AddSingleton<IEvaluationSetup>(new Step("second", 2, ran));
            builder.Services.AddSingleton<IEvaluationSetup>(new Step("first", 1, ran));
        });
        await Evaluate.PrepareAsync(app.Services, folder, 5080, 42, Ct);
        SqliteConnection.ClearAllPools();
        return ran;
    }

    /// <summary>As a program of its own: exit codes and streams are what scripts rely on.</summary>
    private async Task<int> RunAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(PortalApplication).Assembly.Location, .. arguments]) { RedirectStandardError = true, RedirectStandardOutput = true, UseShellExecute = false };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(Ct);
        _errors = await process.StandardError.ReadToEndAsync(Ct);
        await output;
        await process.WaitForExitAsync(Ct);
        return process.ExitCode;
    }

    private string Sound(string provider = "Sqlite", string? connection = null, string? owner = null) => JsonSerializer.Serialize(new
    {
        Database = new { Provider = provider, ConnectionString = connection ?? $"Data Source={DatabaseFile}", OwnerConnectionString = owner },
        Data = new { Directory = Path.Combine(_folder.FullName, "data") },
        Server = new { Urls = new[] { "http://127.0.0.1:0" } },
        Oidc = new { Authority = "https://login.example.org" },
    });

    private FileInfo Write(string text)
    {
        var file = new FileInfo(Path.Combine(_folder.FullName, $"{Guid.CreateVersion7():N}.json"));
        File.WriteAllText(file.FullName, text);
        return file;
    }

    private sealed class Step(string name, int order, List<string> ran) : IEvaluationSetup
    {
        public int Order => order;

        public Task PrepareAsync(EvaluationContext context, CancellationToken ct)
        {
            ran.Add(name);
            return Task.CompletedTask;
        }
    }
}
