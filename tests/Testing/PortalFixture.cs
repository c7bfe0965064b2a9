using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using DataPortal.Host;
using DataPortal.Host.Serving;
using DataPortal.Kernel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.Tokens;
using Xunit;

namespace DataPortal.Testing;

/// <summary>
/// The whole portal, in this process, on a loopback port and a database of its own, put together as in production. Subclass it to add services
/// or planted endpoints; give each test class one by <c>IClassFixture</c>.
/// </summary>
public abstract class PortalFixture(DatabaseProvider provider) : IAsyncLifetime
{
    private readonly List<Actor> _actors = [];
    private TestDatabase? _database;
    private WebApplication? _app;
    private TestIssuer? _issuer;

    public DatabaseProvider Provider { get; } = provider;

    /// <summary>Why the tests cannot run here; null when they can.</summary>
    public string? Unavailable { get; private set; }

    public string Folder { get; } = Directory.CreateTempSubdirectory("portal-test-").FullName;

    public Uri Url => new(App.Urls.First());

    public TestIssuer Issuer => _issuer!;

    public DatabaseOptions Database => _database!.Options;

    public IServiceProvider Services => App.Services;

    /// <summary>Everything that is routed, planted endpoints included.</summary>
    public IReadOnlyList<Endpoint> Endpoints => Services.GetRequiredService<EndpointDataSource>().Endpoints;

    /// <summary>Without a token.</summary>
    public HttpClient Anonymous { get; private set; } = null!;

    private WebApplication App => _app ?? throw new InvalidOperationException("The portal is not running.");

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync(Provider, Folder);
        if (_database is null)
        {
            Unavailable = (await PostgresCluster.GetAsync()).Unavailable;
            return;
        }

        _issuer = await TestIssuer.GetAsync();
        var settings = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["Database:Provider"] = Provider.ToString(),
            ["Database:ConnectionString"] = Database.ConnectionString,
            ["Database:OwnerConnectionString"] = Database.OwnerConnectionString,
            ["Data:Directory"] = Path.Combine(Folder, "data"),
            ["Server:Urls:0"] = "http://127.0.0.1:0",
            ["Oidc:Authority"] = _issuer.Authority,
        };
        Configure(settings);
        _app = PortalApplication.Build(new ConfigurationBuilder().AddInMemoryCollection(settings).Build(), new RunMode(IsEvaluation: false), builder =>
        {
            builder.Logging.ClearProviders();
            Customise(builder);
        });
        Map(_app);
        await Migrate.ApplyAsync(_app.Services, CancellationToken.None);
        await _app.StartAsync();
        Anonymous = new HttpClient { BaseAddress = Url };
    }

    /// <summary>Skips the test that calls it when the database is not there. <see cref="PortalTests"/> calls it for every test.</summary>
    public void RequireAvailable() => Assert.SkipWhen(Unavailable is not null, Unavailable ?? "");

    /// <summary>A new account with these roles, and a client that is signed in as it.</summary>
    public async Task<Actor> ActorAsync(string name, params string[] roles)
    {
        var id = Guid.CreateVersion7();
        var subject = id.ToString("D");
        var email = $"{name}.{id:N}@example.org".ToLowerInvariant();
        await WithDbAsync(async db =>
        {
            await db.Database.ExecuteSqlAsync(
                $"INSERT INTO identity_accounts (id, subject, name, email, is_disabled, is_demo, created_at) VALUES ({id}, {subject}, {name}, {email}, {false}, {false}, {TimeProvider.System.GetUtcNow().UtcDateTime})");
            foreach (var role in roles)
            {
                await db.Database.ExecuteSqlAsync($"INSERT INTO identity_account_roles (account_id, role) VALUES ({id}, {role})");
            }

            return true;
        });
        return Track(new Actor(name, id, subject, Url, TokenOf(subject)));
    }

    /// <summary>The same account with another token: <paramref name="change"/> says what the provider knows of this sign-in.</summary>
    public Actor SignedInAgain(Actor actor, Action<SecurityTokenDescriptor> change) => Track(new Actor(actor.Name, actor.AccountId, actor.Subject, Url, Issuer.Mint(actor.Subject, change: change)));

    /// <summary>A program by its <c>client_id</c>, with a token of its own.</summary>
    public Actor Program(Actor owner, string clientId) => Track(new Actor(owner.Name + "'s program", owner.AccountId, clientId, Url, Issuer.Mint(clientId, clientId, d =>
    {
        d.Claims.Remove("acr");
        d.Claims.Remove("auth_time");
    })));

    private Actor Track(Actor actor)
    {
        _actors.Add(actor);
        return actor;
    }

    /// <summary>What every member owes before access opens: the pledge of each of their projects, signed, and a training, recorded by an administrator.</summary>
    public async Task MeetObligationsAsync(Actor member)
    {
        await SignPledgesAsync(member);
        await RecordTrainingAsync(member, TokyoDay.Today(TimeProvider.System));
    }

    /// <summary>The member signs whatever pledge is still open.</summary>
    public static async Task SignPledgesAsync(Actor member)
    {
        var projects = await member.Http.GetFromJsonAsync<JsonObject>(new Uri("/api/v1/projects", UriKind.Relative));
        foreach (var project in projects!["items"]!.AsArray())
        {
            var path = new Uri($"/api/v1/projects/{project!["id"]}/pledge", UriKind.Relative);
            var pledge = await member.Http.GetFromJsonAsync<JsonObject>(path);
            if (pledge!["signedAt"] is null)
            {
                using var answer = await member.Http.PostAsJsonAsync(path, new { version = pledge["version"]!.GetValue<string>(), language = "en" });
                answer.EnsureSuccessStatusCode();
            }
        }
    }

    /// <summary>Once for each member and day: a second record of the same course on the same day is refused, and that is well.</summary>
    public async Task RecordTrainingAsync(Actor member, DateOnly completedOn)
    {
        using var officer = await ActorAsync("Training officer", Roles.Admin);
        using var answer = await officer.Http.PostAsJsonAsync(
            new Uri("/api/v1/trainings", UriKind.Relative), new { account = member.AccountId, course = "Handling of patients' data", completedOn, certificate = "T-1" });
        if (answer.StatusCode != HttpStatusCode.Conflict)
        {
            answer.EnsureSuccessStatusCode();
        }
    }

    public async Task<T> WithDbAsync<T>(Func<PortalDb, Task<T>> use)
    {
        await using var scope = Services.CreateAsyncScope();
        return await use(scope.ServiceProvider.GetRequiredService<PortalDb>());
    }

    /// <summary>As the owner of the tables, who may do what the portal must not.</summary>
    public async Task<T> AsOwnerAsync<T>(Func<PortalDb, Task<T>> use)
    {
        var options = new DbContextOptionsBuilder<PortalDb>();
        options.UsePortalDatabase(new DatabaseOptions { Provider = Provider, ConnectionString = Database.OwnerConnectionString ?? Database.ConnectionString });
        await using var db = new PortalDb(options.Options, Services.GetRequiredService<PortalEntities>());
        return await use(db);
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        _actors.ForEach(a => a.Dispose());
        if (_app is not null)
        {
            Anonymous.Dispose();
            await _app.StopAsync();
            await _app.DisposeAsync();
        }

        if (_database is not null)
        {
            await _database.DisposeAsync();
        }

        Directory.Delete(Folder, recursive: true);
    }

    /// <summary>A good token, of whichever provider the portal trusts.</summary>
    protected virtual string TokenOf(string subject) => Issuer.Mint(subject);

    /// <summary>Further keys of the configuration.</summary>
    protected virtual void Configure(IDictionary<string, string?> settings)
    {
    }

    protected virtual void Customise(WebApplicationBuilder builder)
    {
    }

    /// <summary>Endpoints beside the portal's own, planted by a test.</summary>
    protected virtual void Map(IEndpointRouteBuilder routes)
    {
    }
}

/// <summary>The portal as it is, on SQLite.</summary>
public sealed class SqlitePortal() : PortalFixture(DatabaseProvider.Sqlite);

/// <summary>The portal as it is, on PostgreSQL.</summary>
public sealed class PostgresPortal() : PortalFixture(DatabaseProvider.Postgres);

/// <summary>Base of a suite that runs on both databases: one abstract class of tests, and beneath it one sealed class per database.</summary>
public abstract class PortalTests
{
    protected PortalTests(PortalFixture portal)
    {
        portal.RequireAvailable();
        Portal = portal;
    }

    protected PortalFixture Portal { get; }
}
