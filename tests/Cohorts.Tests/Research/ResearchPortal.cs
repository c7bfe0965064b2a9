using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using DataPortal.Access.Contracts;
using DataPortal.Catalogue.Contracts;
using DataPortal.Kernel;
using DataPortal.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace DataPortal.Research.Tests;

/// <summary>An answer, read.</summary>
internal sealed record Answer(HttpStatusCode Status, JsonNode? Body, HttpResponseMessage Message)
{
    public string? Code => (string?)Body?["code"];
}

/// <summary>The portal with one published release, which is the default one, and projects to ask it for.</summary>
public abstract class ResearchPortal(DatabaseProvider provider) : PortalFixture(provider), IAsyncLifetime
{
    public const string Release = "research";

    internal const DataPermission Usual = DataPermission.Summary | DataPermission.Records | DataPermission.Download;

    private IReadOnlyCollection<ulong> _withdrawn = [];

    async ValueTask IAsyncLifetime.InitializeAsync()
    {
        await InitializeAsync();
        if (Unavailable is null)
        {
            await PublishAsync();
        }
    }

    /// <summary>An account that belongs to a new project, active and exempt from the fee.</summary>
    internal async Task<Actor> MemberAsync(string name, DataPermission permissions, string state = "Active", string feeClass = "Exempt")
    {
        var actor = await ActorAsync(name);
        await JoinAsync(actor, await ProjectAsync(state, feeClass), permissions);
        return actor;
    }

    /// <summary>A new project; its id, which is also its name's end.</summary>
    internal async Task<Guid> ProjectAsync(string state = "Active", string feeClass = "Exempt")
    {
        var (id, organisation, now) = (Guid.CreateVersion7(), Guid.CreateVersion7(), TimeProvider.System.GetUtcNow().UtcDateTime);
        var (name, from, until) = (NameOf(id), DateOnly.FromDateTime(now.AddDays(-10)), DateOnly.FromDateTime(now.AddDays(300)));
        var reason = feeClass == "Exempt" ? "Public funds" : null;
        // The purpose under which Access keeps projects' keys; the database holds them encrypted.
        var key = Services.GetRequiredService<IDataProtectionProvider>().CreateProtector("DataPortal.Access.ProjectKey.v1").Protect(RandomNumberGenerator.GetBytes(Pseudonyms.KeyLength));
        await WithDbAsync(async db =>
        {
            await db.Database.ExecuteSqlAsync($"INSERT INTO access_organisations (id, name, kind, created_at) VALUES ({organisation}, {"Organisation of " + name}, {"Academic"}, {now})");
            return await db.Database.ExecuteSqlAsync(
                $"INSERT INTO access_projects (id, name, title, organisation_id, state, fee_class, exemption_reason, agreement_from, agreement_until, covers_every_release, protected_key, created_at, version) VALUES ({id}, {name}, {"Title"}, {organisation}, {state}, {feeClass}, {reason}, {from}, {until}, {true}, {key}, {now}, {Guid.CreateVersion7()})");
        });
        return id;
    }

    internal static string NameOf(Guid project) => "p-" + project.ToString("N");

    internal async Task JoinAsync(Actor actor, Guid project, DataPermission permissions)
    {
        await WithDbAsync(db => db.Database.ExecuteSqlAsync(
            $"INSERT INTO access_memberships (project_id, account_id, permissions, granted_at) VALUES ({project}, {actor.AccountId}, {permissions.ToString()}, {TimeProvider.System.GetUtcNow().UtcDateTime})"));
        await MeetObligationsAsync(actor);
    }

    internal Task<int> SuspendAsync(Actor actor) => WithDbAsync(db => db.Database.ExecuteSqlAsync(
        $"UPDATE access_projects SET state = {"Suspended"}, suspension_reason = {"overdue"} WHERE id IN (SELECT project_id FROM access_memberships WHERE account_id = {actor.AccountId})"));

    internal static Task<Answer> PostAsync(Actor actor, string path, object body) => SendAsync(actor, HttpMethod.Post, path, JsonContent.Create(body));

    internal static Task<Answer> GetAsync(Actor actor, string path) => SendAsync(actor, HttpMethod.Get, path, null);

    internal static async Task<Answer> SendAsync(Actor actor, HttpMethod method, string path, HttpContent? content, Action<HttpRequestMessage>? change = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative)) { Content = content };
        change?.Invoke(request);
        var answer = await actor.Http.SendAsync(request);
        var isJson = answer.Content.Headers.ContentType?.MediaType?.EndsWith("json", StringComparison.Ordinal) == true;
        return new Answer(answer.StatusCode, isJson ? JsonNode.Parse(await answer.Content.ReadAsStringAsync()) : null, answer);
    }

    /// <summary>Entries of the audit trail for an account and action, as (outcome, code, query, query_hash, rows).</summary>
    internal Task<List<AuditRow>> AuditAsync(Actor actor, string action) => WithDbAsync(db => db.Database.SqlQuery<AuditRow>(
        $"SELECT outcome AS \"Outcome\", code AS \"Code\", query AS \"Query\", query_hash AS \"QueryHash\", rows AS \"Rows\" FROM audit_entries WHERE actor = {actor.AccountId} AND action = {action} ORDER BY id").ToListAsync());

    internal sealed record AuditRow(string Outcome, string? Code, string? Query, string? QueryHash, long? Rows);

    /// <summary>Withdraws one case with KRAS G12C, until the result is disposed of: the other tests count on it.</summary>
    internal IDisposable WithdrawOne(out ulong caseId)
    {
        var release = DataPortal.Releases.Release.Open(Path.Combine(Services.GetRequiredService<IOptions<DataDirectory>>().Value.Releases, Release));
        var genes = release.Column("alteration.gene");
        var number = Enumerable.Range(0, release.Cases).First(n =>
        {
            var rows = release.Table("alteration").RowsOfCase(n);
            return Enumerable.Range(rows.Start.Value, rows.End.Value - rows.Start.Value).Any(row => genes.Text(row) == "KRAS");
        });
        caseId = release.CaseId(number);
        _withdrawn = [caseId];
        return new Restoration(this);
    }

    protected override void Customise(WebApplicationBuilder builder)
    {
        var store = builder.Services.Last(s => s.ServiceType == typeof(IReleases)).ImplementationType!;
        builder.Services.AddScoped(store);
        builder.Services.AddScoped<IReleases>(provider => new ReleasesWithWithdrawals((IReleases)provider.GetRequiredService(store), this));
    }

    protected override void Configure(IDictionary<string, string?> settings) => settings["Exports:ChunkCases"] = "7";

    private async Task PublishAsync()
    {
        var data = Services.GetRequiredService<IOptions<DataDirectory>>().Value;
        Directory.CreateDirectory(data.Releases);
        var manifest = ResearchRelease.Build(Path.Combine(data.Releases, Release), data.Keys, Release);
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        await WithDbAsync(async db =>
        {
            await db.Database.ExecuteSqlAsync(
                $"INSERT INTO catalogue_releases (id, name, source, state, cases, patients, data_cutoff, created_at, sealed_at, published_at, version) VALUES ({Guid.CreateVersion7()}, {Release}, {"test"}, {"Published"}, {manifest.Cases}, {manifest.Patients}, {manifest.DataCutoff}, {now}, {now}, {now}, {Guid.CreateVersion7()})");
            return await db.Database.ExecuteSqlAsync($"INSERT INTO catalogue_default_release (id, release) VALUES ({1}, {Release})");
        });
    }

    private sealed class Restoration(ResearchPortal portal) : IDisposable
    {
        public void Dispose() => portal._withdrawn = [];
    }

    /// <summary>The portal's own releases; the portal cannot take withdrawals yet, so they are added here.</summary>
    private sealed class ReleasesWithWithdrawals(IReleases inner, ResearchPortal portal) : IReleases
    {
        public ValueTask<DataPortal.Releases.Release?> FindAsync(string name, CancellationToken ct) => inner.FindAsync(name, ct);

        public Task<string?> DefaultAsync(CancellationToken ct) => inner.DefaultAsync(ct);

        public Task<IReadOnlyList<PublishedRelease>> ListAsync(CancellationToken ct) => inner.ListAsync(ct);

        public IReadOnlyCollection<ulong> WithdrawnCases(string release) => portal._withdrawn;
    }
}

public sealed class SqliteResearch() : ResearchPortal(DatabaseProvider.Sqlite);

public sealed class PostgresResearch() : ResearchPortal(DatabaseProvider.Postgres);
