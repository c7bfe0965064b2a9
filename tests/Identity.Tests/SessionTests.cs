using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using DataPortal.Host;
using DataPortal.Identity.Sessions;
using DataPortal.Kernel;
using DataPortal.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.Tokens;

namespace DataPortal.Identity.Tests;

/// <summary>What a session lives through, and what ends it: on this node and on every other.</summary>
[Trait("Category", "Trust")]
public abstract class SessionTests(SignInPortal portal) : PortalTests(portal)
{
    private FakeAuthority Authority => portal.Authority;

    [Fact]
    public async Task A_session_is_known_to_every_node_and_ends_on_every_node()
    {
        var (browser, actor) = await SignedInAsync();
        await using var node = await SecondNodeAsync();
        using var there = Elsewhere(browser, node);
        Assert.Equal(HttpStatusCode.OK, await there.MeAsync());
        Assert.Equal(HttpStatusCode.OK, await browser.MeAsync());

        // And the other way round: what the second node signs in, the first one knows.
        using var begun = new Browser(new Uri(node.Urls.Single()));
        using var signedIn = await begun.SignInAsync(Authority, new Person(actor.Subject));
        using var here = Elsewhere(begun, portal.Url);
        Assert.Equal(HttpStatusCode.OK, await here.MeAsync());

        using var disabled = Bearer(Token(actor));
        using var alsoThere = Bearer(Token(actor), new Uri(node.Urls.Single()));
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (await StatusAsync(disabled), await StatusAsync(alsoThere)));
        await portal.WithDbAsync(db => db.Database.ExecuteSqlAsync($"UPDATE identity_accounts SET is_disabled = {true} WHERE id = {actor.AccountId}"));
        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.Forbidden), (await browser.MeAsync(), await there.MeAsync()));
        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.Forbidden), (await StatusAsync(disabled), await StatusAsync(alsoThere)));
    }

    [Fact]
    public async Task A_session_survives_the_node_that_began_it()
    {
        var actor = await portal.ActorAsync("Member");
        var first = await SecondNodeAsync();
        using var browser = new Browser(new Uri(first.Urls.Single()));
        using var signedIn = await browser.SignInAsync(Authority, new Person(actor.Subject));
        Assert.Equal(HttpStatusCode.OK, await browser.MeAsync());
        await first.StopAsync();
        await first.DisposeAsync();
        await using var next = await SecondNodeAsync();
        using var again = Elsewhere(browser, next);
        Assert.Equal(HttpStatusCode.OK, await again.MeAsync());
    }

    [Fact]
    public async Task Signing_out_ends_it_here_and_leads_to_the_authority_and_a_stolen_cookie_is_worthless()
    {
        var (browser, actor) = await SignedInAsync();
        using var thief = browser.Copy();
        Assert.Equal(HttpStatusCode.OK, await thief.MeAsync());
        using var answer = await browser.SendAsync(HttpMethod.Post, "/session/end", null, ("X-CSRF-Token", await browser.CsrfAsync()));

        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        var query = System.Web.HttpUtility.ParseQueryString(answer.Headers.Location!.Query);
        Assert.Equal(FakeAuthority.Realm + "/logout", answer.Headers.Location.GetLeftPart(UriPartial.Path));
        Assert.Equal(actor.Subject, new Microsoft.IdentityModel.JsonWebTokens.JsonWebToken(query["id_token_hint"]).Subject);
        Assert.Equal((SignInPortal.Public + "/", "portal"), (query["post_logout_redirect_uri"], query["client_id"]));
        Assert.Null(browser.Session);
        using var refused = await thief.GetAsync("/api/v1/me");
        Assert.Equal((HttpStatusCode.Unauthorized, "session_ended"), (refused.StatusCode, await Browser.CodeAsync(refused)));
    }

    [Fact]
    public async Task A_script_gets_the_next_address_as_json()
    {
        var (browser, _) = await SignedInAsync();
        using var answer = await browser.SendAsync(HttpMethod.Post, "/session/end", null, ("X-CSRF-Token", await browser.CsrfAsync()), ("Accept", "application/json"));
        Assert.StartsWith(FakeAuthority.Realm + "/logout?", (string?)(await answer.Content.ReadFromJsonAsync<JsonObject>())!["next"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("last_seen_at", 59, true)]
    [InlineData("last_seen_at", 61, false)]
    [InlineData("ends_at", 1, false)]
    public async Task A_session_ends_when_idle_for_an_hour_and_at_its_end(string column, int minutes, bool isGood)
    {
        var (browser, actor) = await SignedInAsync();
        var at = Now.AddMinutes(-minutes);
        await ChangeAsync(actor, column, at);
        Assert.Equal(isGood ? HttpStatusCode.OK : HttpStatusCode.Unauthorized, await browser.MeAsync());
        await portal.Services.GetServices<IHostedService>().OfType<SweepSessions>().Single().SweepAsync(TestContext.Current.CancellationToken);
        Assert.Equal(isGood ? 1 : 0, await portal.WithDbAsync(db => db.Set<Session>().CountAsync(s => s.AccountId == actor.AccountId)));
    }

    [Fact]
    public async Task When_it_was_used_is_written_once_a_minute_at_most()
    {
        var (browser, actor) = await SignedInAsync();
        async Task<DateTime> SeenAsync() => await portal.WithDbAsync(db => db.Set<Session>().Where(s => s.AccountId == actor.AccountId).Select(s => s.LastSeenAt).SingleAsync());
        var first = await SeenAsync();
        await browser.MeAsync();
        Assert.Equal(first, await SeenAsync());
        await ChangeAsync(actor, "last_seen_at", Now.AddMinutes(-2));
        await browser.MeAsync();
        Assert.InRange(await SeenAsync(), first, Now);
    }

    [Fact]
    public async Task Signing_out_everywhere_ends_all_sessions_and_all_tokens_of_before()
    {
        var (browser, actor) = await SignedInAsync();
        using var phone = new Browser(portal.Url);
        using var also = await phone.SignInAsync(Authority, new Person(actor.Subject));
        using var token = Bearer(Token(actor));
        using var stranger = (await SignedInAsync()).Browser;
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(token));
        var sessions = await WithSessionsAsync(s => s.ListAsync(actor.AccountId, TestContext.Current.CancellationToken));
        Assert.Equal(2, sessions.Count);
        Assert.False(await WithSessionsAsync(s => s.EndAsync(Guid.CreateVersion7(), sessions[0].Id, TestContext.Current.CancellationToken)));
        Assert.True(await WithSessionsAsync(s => s.EndAsync(actor.AccountId, sessions[0].Id, TestContext.Current.CancellationToken)));
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Unauthorized), (await browser.MeAsync(), await phone.MeAsync()));

        await WithSessionsAsync(async s =>
        {
            await s.EndAllAsync(actor.AccountId, TestContext.Current.CancellationToken);
            return true;
        });
        Assert.Equal(HttpStatusCode.Unauthorized, await browser.MeAsync());
        using var refused = await token.GetAsync(new Uri("/api/v1/me", UriKind.Relative));
        Assert.Equal((HttpStatusCode.Unauthorized, "token_revoked"), (refused.StatusCode, await Browser.CodeAsync(refused)));
        Assert.Contains("invalid_token", refused.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, await stranger.MeAsync());

        using var later = Bearer(Token(actor, issuedIn: TimeSpan.FromSeconds(2)));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(later));
        using var back = await browser.SignInAsync(Authority, new Person(actor.Subject));
        Assert.Equal(HttpStatusCode.OK, await browser.MeAsync());
    }

    public static TheoryData<string> BadLogouts() => [.. Forged.Keys];

    private static Dictionary<string, Action<SecurityTokenDescriptor>> Forged { get; } = new(StringComparer.Ordinal)
    {
        ["another type"] = d => d.TokenType = "JWT",
        ["type of an access token"] = d => d.TokenType = "at+jwt",
        ["another issuer"] = d => d.Issuer = "https://elsewhere.example",
        ["another audience"] = d => d.Audience = "urn:dataportal",
        ["no event"] = d => d.Claims.Remove("events"),
        ["another event"] = d => d.Claims["events"] = new Dictionary<string, object>(StringComparer.Ordinal) { ["http://elsewhere.example"] = new Dictionary<string, object>(StringComparer.Ordinal) },
        ["an event that is a word"] = d => d.Claims["events"] = "http://schemas.openid.net/event/backchannel-logout",
        ["a nonce"] = d => d.Claims["nonce"] = "n",
        ["nobody named"] = d => { d.Claims.Remove("sub"); d.Claims.Remove("sid"); },
        ["no id"] = d => d.Claims.Remove("jti"),
        ["no time"] = d => d.IssuedAt = null,
        ["of yesterday"] = d => d.IssuedAt = Now.AddDays(-1),
        ["of tomorrow"] = d => d.IssuedAt = Now.AddDays(1),
        ["expired"] = d => d.Expires = Now.AddMinutes(-2),
        ["a forger's key"] = d => d.SigningCredentials = new SigningCredentials(new ECDsaSecurityKey(System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP256)) { KeyId = d.SigningCredentials.Kid }, SecurityAlgorithms.EcdsaSha256),
    };

    [Theory]
    [MemberData(nameof(BadLogouts))]
    public async Task A_forged_logout_ends_nothing(string kind)
    {
        var (browser, actor) = await SignedInAsync();
        using var refused = await LogOutAsync(LogoutToken(actor, Forged[kind]));
        Assert.Equal((HttpStatusCode.BadRequest, "logout_token_invalid"), (refused.StatusCode, await Browser.CodeAsync(refused)));
        Assert.Equal(HttpStatusCode.OK, await browser.MeAsync());

        using var control = await LogOutAsync(LogoutToken(actor));
        Assert.Equal(HttpStatusCode.OK, control.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, await browser.MeAsync());
    }

    [Fact]
    public async Task The_authority_ends_the_session_it_names_once()
    {
        var person = new Person((await portal.ActorAsync("Member")).Subject);
        using var desk = new Browser(portal.Url);
        using var phone = new Browser(portal.Url);
        using var first = await desk.SignInAsync(Authority, person);
        using var second = await phone.SignInAsync(Authority, person with { Sid = "phone" + person.Subject });
        var token = LogoutToken(null, d => (d.Claims["sub"], d.Claims["sid"]) = (person.Subject, "phone" + person.Subject));
        using var ended = await LogOutAsync(token);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Unauthorized), (await desk.MeAsync(), await phone.MeAsync()));
        Assert.True(ended.Headers.CacheControl!.NoStore);
        using var replayed = await LogOutAsync(token);
        Assert.Equal(HttpStatusCode.BadRequest, replayed.StatusCode);
        foreach (var nothing in new[] { "", "token", "a.b.c" })
        {
            using var empty = await LogOutAsync(nothing);
            Assert.Equal(HttpStatusCode.BadRequest, empty.StatusCode);
        }
    }

    private static DateTime Now => TimeProvider.System.GetUtcNow().UtcDateTime;

    private static async Task<HttpStatusCode> StatusAsync(HttpClient http)
    {
        using var answer = await http.GetAsync(new Uri("/api/v1/me", UriKind.Relative));
        return answer.StatusCode;
    }

    private static Browser Elsewhere(Browser browser, WebApplication node) => Elsewhere(browser, new Uri(node.Urls.Single()));

    private static Browser Elsewhere(Browser browser, Uri node)
    {
        var there = new Browser(node);
        there.Cookies["__Host-portal"] = browser.Session!;
        return there;
    }

    private async Task<(Browser Browser, Actor Actor)> SignedInAsync()
    {
        var actor = await portal.ActorAsync("Member");
        var browser = new Browser(portal.Url);
        using var answer = await browser.SignInAsync(Authority, new Person(actor.Subject));
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        return (browser, actor);
    }

    private async Task<WebApplication> SecondNodeAsync()
    {
        var app = PortalApplication.Build(new ConfigurationBuilder().AddInMemoryCollection(portal.Settings).Build(), new RunMode(IsEvaluation: false), builder =>
        {
            builder.Logging.ClearProviders();
            portal.Join(builder);
        });
        await app.StartAsync();
        return app;
    }

    private string Token(Actor actor, TimeSpan issuedIn = default) => Authority.TokenOf(actor.Subject, d => d.IssuedAt = Now + issuedIn);

    private string LogoutToken(Actor? actor, Action<SecurityTokenDescriptor>? change = null) => Authority.Sign(d =>
    {
        d.TokenType = "logout+jwt";
        d.Claims["jti"] = Guid.CreateVersion7().ToString();
        d.Claims["events"] = new Dictionary<string, object>(StringComparer.Ordinal) { ["http://schemas.openid.net/event/backchannel-logout"] = new Dictionary<string, object>(StringComparer.Ordinal) };
        if (actor is not null)
        {
            d.Claims["sub"] = actor.Subject;
        }

        change?.Invoke(d);
    });

    private HttpClient Bearer(string token, Uri? node = null) =>
        new() { BaseAddress = node ?? portal.Url, DefaultRequestHeaders = { Authorization = new("Bearer", token) } };

    private Task<HttpResponseMessage> LogOutAsync(string token) =>
        portal.Anonymous.PostAsync(new Uri("/session/backchannel-logout", UriKind.Relative), new FormUrlEncodedContent([new("logout_token", token)]));

    private Task<int> ChangeAsync(Actor actor, string column, DateTime at) => portal.WithDbAsync(db => column == "ends_at"
        ? db.Set<Session>().Where(s => s.AccountId == actor.AccountId).ExecuteUpdateAsync(s => s.SetProperty(x => x.EndsAt, at))
        : db.Set<Session>().Where(s => s.AccountId == actor.AccountId).ExecuteUpdateAsync(s => s.SetProperty(x => x.LastSeenAt, at)));

    private async Task<T> WithSessionsAsync<T>(Func<AccountSessions, Task<T>> use)
    {
        await using var scope = portal.Services.CreateAsyncScope();
        return await use(scope.ServiceProvider.GetRequiredService<AccountSessions>());
    }
}

public sealed class SessionTestsOnSqlite(SqliteSignIn portal) : SessionTests(portal), IClassFixture<SqliteSignIn>;

public sealed class SessionTestsOnPostgres(PostgresSignIn portal) : SessionTests(portal), IClassFixture<PostgresSignIn>;
