using System.CommandLine;
using System.Globalization;
using DataPortal.Catalogue.Contracts;
using DataPortal.Kernel;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace DataPortal.Host.Serving;

/// <summary><c>evaluate --data DIR --port N</c>: everything in one folder, on loopback only, with demo accounts.</summary>
internal static class Evaluate
{
    private const int DefaultPort = 5080;
    private const int DefaultCases = 100_000;
    private const int DefaultSeed = 42;

    public static Command Command()
    {
        var data = new Option<DirectoryInfo>("--data") { Description = "Folder for everything that evaluation mode keeps.", Required = true };
        var port = new Option<int>("--port") { Description = "Port on loopback; the OpenID provider takes the next one.", DefaultValueFactory = _ => DefaultPort };
        var cases = new Option<int>("--cases") { Description = "Cases of the release made up in an empty folder.", DefaultValueFactory = _ => DefaultCases };
        var seed = new Option<int>("--seed") { Description = "Seed of what is made up.", DefaultValueFactory = _ => DefaultSeed };
        var command = new Command("evaluate", "Evaluation mode: what `portal up` starts.") { data, port, cases, seed };
        command.SetAction((arguments, ct) => Failure.ReportAsync(() =>
            RunAsync(arguments.GetRequiredValue(data), arguments.GetValue(port), arguments.GetValue(cases), arguments.GetValue(seed), ct)));
        return command;
    }

    private static async Task RunAsync(DirectoryInfo data, int port, int cases, int seed, CancellationToken ct)
    {
        if (port is < 1 or >= 65535)
        {
            throw Failure.BadInput("port_invalid", $"--port {port}: choose 1 to 65534.");
        }

        await using var app = Build(data, port, builder => builder.Services.AddSingleton<IEvaluationRegistrations>(new MadeUpRegistrations(cases)));
        await PrepareAsync(app.Services, data, port, seed, ct);
        await app.StartAsync(ct);
        await app.WaitForShutdownAsync(ct);
    }

    /// <summary>Nothing here comes from a file or the environment: evaluation mode cannot be talked into listening elsewhere.</summary>
    internal static WebApplication Build(DirectoryInfo data, int port, Action<WebApplicationBuilder>? customise = null)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["Database:Provider"] = "sqlite",
            ["Database:ConnectionString"] = new SqliteConnectionStringBuilder { DataSource = DatabaseFile(data) }.ConnectionString,
            ["Data:Directory"] = data.FullName,
            ["Server:Urls:0"] = UrlOf(port),
            ["Oidc:Authority"] = UrlOf(port + 1),
            ["Provider:Portal"] = UrlOf(port),
            // A page of another site must not reach the portal through a name that resolves to loopback.
            ["AllowedHosts"] = "localhost;127.0.0.1;[::1]",
        }).Build();
        return PortalApplication.Build(configuration, new RunMode(IsEvaluation: true), customise);
    }

    internal static async Task PrepareAsync(IServiceProvider services, DirectoryInfo data, int port, int seed, CancellationToken ct)
    {
        data.Create();
        await OpenDatabaseAsync(services, data, ct);
        await Serve.RequireSoundAsync(services, ct);
        foreach (var step in services.GetServices<IEvaluationSetup>().OrderBy(s => s.Order))
        {
            await using var scope = services.CreateAsyncScope();
            await step.PrepareAsync(new EvaluationContext(data.FullName, new Uri(UrlOf(port)), new Uri(UrlOf(port + 1)), scope.ServiceProvider, seed), ct);
        }
    }

    private static async Task OpenDatabaseAsync(IServiceProvider services, DirectoryInfo data, CancellationToken ct)
    {
        await using var scope = services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<PortalDb>();
        if (File.Exists(DatabaseFile(data)))
        {
            await RefuseForeignAsync(db, data, ct);
        }

        await db.Database.MigrateAsync(ct);
        if (await db.ReadOriginAsync(ct) is null)
        {
            await db.WriteOriginAsync(PortalOrigin.Evaluation, ct);
        }
    }

    private static async Task RefuseForeignAsync(PortalDb db, DirectoryInfo data, CancellationToken ct)
    {
        bool isOwn;
        try
        {
            // Tables without a mark are a first start that was interrupted: nothing is served before the mark, so nothing is kept there.
            isOwn = await db.ReadOriginAsync(ct) is null or PortalOrigin.Evaluation;
        }
        catch (SqliteException)
        {
            isOwn = false;
        }

        if (!isOwn)
        {
            throw Failure.Conflict("database_not_of_evaluation", $"{DatabaseFile(data)} was not made by evaluation mode, and is left as it is. Choose another folder.");
        }
    }

    private static string DatabaseFile(DirectoryInfo data) => Path.Combine(data.FullName, "portal.db");

    private static string UrlOf(int port) => "http://localhost:" + port.ToString(CultureInfo.InvariantCulture);
}
