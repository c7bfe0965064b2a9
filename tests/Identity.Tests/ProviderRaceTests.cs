using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using DataPortal.Identity.Provider;
using DataPortal.Kernel;
using DataPortal.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace DataPortal.Identity.Tests;

/// <summary>A portal as in production, with the bundled provider running beside it.</summary>
public abstract class ProviderPortal(DatabaseProvider provider) : PortalFixture(provider)
{
    /// <summary>Where everybody who is about to use up a refresh token waits for the others.</summary>
    internal Gate? Gate { get; set; }

    /// <summary>The defence off: whoever comes may use it up.</summary>
    internal bool IsCareless { get; set; }

    internal string ProviderUrl { get; private set; } = "";

    protected override void Configure(IDictionary<string, string?> settings)
    {
        EvaluationPortal.RequireNode();
        var port = EvaluationPortal.FreePort();
        ProviderUrl = $"http://localhost:{port.ToString(CultureInfo.InvariantCulture)}";
        settings["Oidc:Authority"] = ProviderUrl;
        settings["Provider:Start"] = "true";
        settings["Provider:Port"] = port.ToString(CultureInfo.InvariantCulture);
        settings["Provider:Portal"] = "http://localhost:1";
    }

    protected override void Customise(WebApplicationBuilder builder) =>
        builder.Services.AddScoped<ProviderStore>(services => ActivatorUtilities.CreateInstance<GatedStore>(services, this));

    /// <summary>The provider is killed; returns when its successor answers.</summary>
    internal async Task KillProviderAsync()
    {
        var running = Services.GetRequiredService<BundledProvider>();
        var before = running.ProcessId;
        using (var process = Process.GetProcessById(before))
        {
            process.Kill();
            await process.WaitForExitAsync();
        }

        using var http = new HttpClient();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (running.ProcessId == before || !await AnswersAsync())
        {
            await Task.Delay(50, patience.Token);
        }

        async Task<bool> AnswersAsync()
        {
            try
            {
                using var answer = await http.GetAsync(new Uri(ProviderUrl + "/jwks"), patience.Token);
                return answer.IsSuccessStatusCode;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        }
    }

    private sealed class GatedStore(PortalDb db, IDataProtectionProvider protection, TimeProvider clock, ILogger<ProviderStore> log, ProviderPortal portal)
        : ProviderStore(db, protection, clock, log)
    {
        public override async Task<StoreRefusal> ConsumeAsync(string model, string id, CancellationToken ct)
        {
            if (model == "RefreshToken" && portal.Gate is { } gate)
            {
                await gate.ArriveAsync(ct);
            }

            if (!portal.IsCareless)
            {
                return await base.ConsumeAsync(model, id, ct);
            }

            var (key, now) = (Hash(model, id), Now);
            await Db.Set<StoredRecord>().Where(r => r.Id == key).ExecuteUpdateAsync(r => r.SetProperty(x => x.ConsumedAt, now), ct);
            return StoreRefusal.None;
        }
    }
}

public sealed class SqliteProvider() : ProviderPortal(DatabaseProvider.Sqlite);

public sealed class PostgresProvider() : ProviderPortal(DatabaseProvider.Postgres);

/// <summary>The real provider over HTTP: what may be used once, used many times at once; and the provider killed in the middle of it all.</summary>
public abstract class ProviderRaceTests(ProviderPortal portal) : PortalTests(portal)
{
    private const int AtOnce = 50;

    [Fact]
    public Task A_refresh_token_used_by_many_at_once_never_leaves_two_live_families() => RaceAsync(rounds: 20);

    [Fact]
    [Trait("Category", "Full")]
    public Task A_refresh_token_used_by_many_at_once_never_leaves_two_live_families_in_200_rounds() => RaceAsync(rounds: 200);

    [Fact]
    public async Task Without_the_condition_a_copied_refresh_token_lives_on_beside_the_owners()
    {
        using var browser = new ProviderBrowser(portal.Services);
        var subject = (await portal.ActorAsync("Member")).Subject;
        portal.IsCareless = true;
        try
        {
            var (answered, live) = await RoundAsync(browser, subject, isGated: true);
            // All of them, unless the machine is so busy that the provider gave up waiting for some.
            Assert.InRange(live, 2, AtOnce);
            Assert.Equal(answered, live);
        }
        finally
        {
            portal.IsCareless = false;
        }
    }

    [Fact]
    public async Task Everything_that_is_good_once_is_good_once_however_many_come_with_it()
    {
        const int many = 20;
        using var browser = new ProviderBrowser(portal.Services);
        var subject = (await portal.ActorAsync("Member")).Subject;

        var requestUri = await browser.PushAsync();
        var uid = ProviderBrowser.UidOf(await browser.FollowAsync(browser.AuthorizePortal(requestUri)));
        var ticket = (await browser.TicketAsync(uid, subject)).AbsoluteUri;
        var backs = await Task.WhenAll(Enumerable.Range(0, many).Select(async _ =>
        {
            using var answer = await browser.GetAsync(ticket);
            return (answer.StatusCode, answer.Headers.Location);
        }));
        var accepted = Assert.Single(backs, b => b.StatusCode == HttpStatusCode.SeeOther);
        Assert.All(backs.Where(b => b != accepted), b => Assert.Equal(HttpStatusCode.BadRequest, b.StatusCode));
        var code = ProviderBrowser.Query(await browser.FollowAsync(accepted.Location!.ToString()))["code"];

        using var replayed = await browser.GetAsync(browser.AuthorizePortal(requestUri));
        Assert.Equal(HttpStatusCode.BadRequest, replayed.StatusCode);
        Assert.Contains("invalid_request_uri", await replayed.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        await OnceAsync("invalid_grant", _ => browser.RedeemAsync(code));

        var (deviceCode, userCode) = await browser.DeviceAsync();
        await browser.ApproveAsync(userCode, subject);
        await OnceAsync("invalid_grant", _ => browser.PollAsync(deviceCode));

        var assertion = await browser.AsPortalAsync(new(StringComparer.Ordinal) { ["token"] = "unknown" });
        await OnceAsync("invalid_client", _ => browser.PostAsync("/token/introspection", assertion), atLeast: 1);

        // Several good refresh tokens, one proof.
        var tokens = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            tokens.Add((await browser.ApproveDeviceAsync(subject))["refresh_token"]!.GetValue<string>());
        }

        var proof = browser.Proof("POST", browser.Issuer + "/token");
        await OnceAsync(
            "invalid_grant",
            i => browser.PostAsync("/token", new(StringComparer.Ordinal) { ["grant_type"] = "refresh_token", ["client_id"] = ProviderBrowser.CommandLine, ["refresh_token"] = tokens[i] }, proof: proof),
            tokens.Count,
            atLeast: 1);

        static async Task OnceAsync(string error, Func<int, Task<(HttpStatusCode Status, JsonObject Body)>> use, int times = many, int atLeast = 0)
        {
            var answers = await Task.WhenAll(Enumerable.Range(0, times).Select(use));
            // The second use of a code ends what the first one is about to get: then nobody has anything, which is as it should be.
            Assert.InRange(answers.Count(a => a.Status == HttpStatusCode.OK), atLeast, 1);
            Assert.All(answers.Where(a => a.Status != HttpStatusCode.OK), a => Assert.Equal(error, a.Body["error"]?.GetValue<string>()));
            Assert.NotEqual(HttpStatusCode.OK, (await use(0)).Status);
        }
    }

    [Fact]
    public async Task Nobody_notices_that_the_provider_was_killed_between_their_steps()
    {
        using var browser = new ProviderBrowser(portal.Services);
        var subject = (await portal.ActorAsync("Member")).Subject;
        var (deviceCode, userCode) = await browser.DeviceAsync();
        var requestUri = await browser.PushAsync();
        await portal.KillProviderAsync();
        var uid = ProviderBrowser.UidOf(await browser.FollowAsync(browser.AuthorizePortal(requestUri)));
        await portal.KillProviderAsync();
        var back = ProviderBrowser.Query(await browser.FollowAsync((await browser.TicketAsync(uid, subject)).AbsoluteUri));
        await browser.ApproveAsync(userCode, subject);
        await portal.KillProviderAsync();

        var (status, tokens) = await browser.RedeemAsync(back["code"]);
        Assert.True(status == HttpStatusCode.OK, tokens.ToJsonString());
        var (polled, granted) = await browser.PollAsync(deviceCode);
        Assert.True(polled == HttpStatusCode.OK, granted.ToJsonString());
        await portal.KillProviderAsync();
        Assert.Equal(HttpStatusCode.OK, (await browser.RefreshAsPortalAsync(tokens["refresh_token"]!.GetValue<string>())).Status);
        Assert.Equal(HttpStatusCode.OK, (await browser.RefreshAsync(granted["refresh_token"]!.GetValue<string>())).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await browser.RedeemAsync(back["code"])).Status); // what was used stays used
        ProviderBrowser.UidOf(await browser.FollowAsync(browser.AuthorizeCommandLine()), "/consent"); // and the session lives on
    }

    [Fact]
    public async Task Every_answer_that_goes_through_a_browser_names_the_issuer_errors_too()
    {
        using var browser = new ProviderBrowser(portal.Services);
        var subject = (await portal.ActorAsync("Member")).Subject;
        var uid = ProviderBrowser.UidOf(await browser.FollowAsync(browser.AuthorizePortal(await browser.PushAsync())));
        var denied = ProviderBrowser.Query(await browser.FollowAsync((await browser.AskAsync<Interactions, Uri>(i => Task.FromResult(i.Abort(uid)))).AbsoluteUri));
        var another = ProviderBrowser.UidOf(await browser.FollowAsync(browser.AuthorizePortal(await browser.PushAsync())));
        var granted = ProviderBrowser.Query(await browser.FollowAsync((await browser.TicketAsync(another, subject)).AbsoluteUri));
        using var stranger = new ProviderBrowser(portal.Services);
        var silent = ProviderBrowser.Query(await stranger.FollowAsync(stranger.AuthorizeCommandLine("&prompt=none")));
        Assert.Equal(("access_denied", "login_required", true), (denied["error"], silent["error"], granted.ContainsKey("code")));
        Assert.All([denied, granted, silent], answer => Assert.Equal(browser.Issuer, answer["iss"]));
    }

    private async Task RaceAsync(int rounds)
    {
        using var browser = new ProviderBrowser(portal.Services);
        var subject = (await portal.ActorAsync("Member")).Subject;
        for (var round = 0; round < rounds; round++)
        {
            // Half of the rounds as they come; half of them at the worst moment, when everybody has found the token good.
            var (answered, live) = await RoundAsync(browser, subject, isGated: round % 2 == 1);
            Assert.True(answered <= 1 && live <= 1, $"Round {round}: {answered} answered, {live} live.");
        }
    }

    /// <summary>One refresh token, used by all at once; then every token that came of it is tried.</summary>
    private async Task<(int Answered, int Live)> RoundAsync(ProviderBrowser browser, string subject, bool isGated)
    {
        var token = (await browser.ApproveDeviceAsync(subject))["refresh_token"]!.GetValue<string>();
        portal.Gate = isGated ? new Gate(AtOnce) : null;
        var answers = await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => browser.RefreshAsync(token)));
        portal.Gate = null;
        Assert.All(answers.Where(a => a.Status != HttpStatusCode.OK), a => Assert.Contains(a.Body["error"]?.GetValue<string>(), (string[])["invalid_grant", "temporarily_unavailable"]));

        var live = 0;
        var returned = answers.Where(a => a.Status == HttpStatusCode.OK).Select(a => a.Body["refresh_token"]!.GetValue<string>()).ToList();
        foreach (var one in returned)
        {
            live += (await browser.RefreshAsync(one)).Status == HttpStatusCode.OK ? 1 : 0;
        }

        Assert.NotEqual(HttpStatusCode.OK, (await browser.RefreshAsync(token)).Status);
        return (returned.Count, live);
    }
}

public sealed class ProviderRacesOnSqlite(SqliteProvider portal) : ProviderRaceTests(portal), IClassFixture<SqliteProvider>;

public sealed class ProviderRacesOnPostgres(PostgresProvider portal) : ProviderRaceTests(portal), IClassFixture<PostgresProvider>;
