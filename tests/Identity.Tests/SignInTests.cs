using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using DataPortal.Identity.Accounts;
using DataPortal.Identity.Sessions;
using DataPortal.Kernel;
using DataPortal.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.IdentityModel.Tokens;

namespace DataPortal.Identity.Tests;

/// <summary>People sign in with a browser at the configured authority; and everything that somebody between them could do to their way.</summary>
[Trait("Category", "Trust")]
public abstract class SignInTests(SignInPortal portal) : PortalTests(portal)
{
    private FakeAuthority Authority => portal.Authority;

    [Fact]
    public async Task Somebody_signs_in_and_comes_back_to_where_they_were()
    {
        var (browser, actor) = await NewAsync();
        using var answer = await browser.SignInAsync(Authority, new Person(actor.Subject), "?return=%2Fdocs%3Fa%3Db");

        Assert.Equal((HttpStatusCode.Redirect, "/docs?a=b"), (answer.StatusCode, answer.Headers.Location!.OriginalString));
        Assert.Equal(HttpStatusCode.OK, await browser.MeAsync());
        Assert.Equal(SignInPortal.Public + "/session/callback", Authority.Asked["redirect_uri"]);
        var cookie = Assert.Single(browser.SetCookies, c => c.StartsWith("__Host-portal=", StringComparison.Ordinal)).ToLowerInvariant();
        Assert.All((string[])["; secure", "; httponly", "; samesite=lax", "; path=/"], part => Assert.Contains(part, cookie, StringComparison.Ordinal));
        Assert.DoesNotContain("; domain", cookie, StringComparison.Ordinal);

        // What the browser holds is a key; what the database holds is its hash; the tokens are in neither as they came.
        var row = await SessionOfAsync(actor);
        Assert.Equal((actor.Subject, "portal", "urn:dataportal:acr:mfa", "pwd otp mfa"), (row.Subject, row.ClientId, row.Acr, row.Amr));
        Assert.DoesNotContain(row.KeyHash, browser.Session!, StringComparison.Ordinal);
        Assert.DoesNotContain("eyJ", row.IdToken, StringComparison.Ordinal);
        Assert.Equal(1, await EntriesAsync("session.started", actor));
    }

    [Fact]
    public async Task An_authority_without_pushed_requests_is_asked_in_the_open()
    {
        await using var plain = new SqliteSignIn();
        plain.Authority.OffersPar = false;
        await plain.InitializeAsync();
        var actor = await plain.ActorAsync("Member");
        using var browser = new Browser(plain.Url);
        using var answer = await browser.SignInAsync(plain.Authority, new Person(actor.Subject));
        Assert.Equal(HttpStatusCode.OK, await browser.MeAsync());
    }

    [Fact]
    public async Task Without_a_public_address_nobody_is_sent_anywhere()
    {
        await using var unset = new SqlitePortal();
        await unset.InitializeAsync();
        using var browser = new Browser(unset.Url);
        using var answer = await browser.GetAsync("/session/start");
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "sign_in_not_configured"), (answer.StatusCode, await Browser.CodeAsync(answer)));
    }

    public static TheoryData<string> BadIdTokens() => [.. Spoiled.Keys];

    private static Dictionary<string, (Action<SecurityTokenDescriptor>? Change, Action<JsonObject>? Rewrite)> Spoiled { get; } = new(StringComparer.Ordinal)
    {
        ["another nonce"] = (d => d.Claims["nonce"] = "another", null),
        ["no nonce"] = (d => d.Claims.Remove("nonce"), null),
        ["another issuer"] = (d => d.Issuer = "https://elsewhere.example", null),
        ["the issuer with a slash"] = (d => d.Issuer += "/", null),
        ["another audience"] = (d => d.Audience = "another", null),
        ["no audience"] = (d => d.Audience = null, null),
        ["two audiences and no azp"] = (d => { d.Audience = null; d.Audiences.Add("portal"); d.Audiences.Add("another"); }, null),
        ["an azp that is another"] = (d => d.Claims["azp"] = "another", null),
        ["expired"] = (d => (d.IssuedAt, d.NotBefore, d.Expires) = (Now.AddHours(-1), Now.AddHours(-1), Now.AddMinutes(-2)), null),
        ["no expiry"] = (d => d.Expires = null, null),
        ["from the future"] = (d => d.IssuedAt = Now.AddMinutes(5), null),
        ["no subject"] = (d => d.Claims.Remove("sub"), null),
        ["an empty subject"] = (d => d.Claims["sub"] = "", null),
        ["another token's hash"] = (d => d.Claims["at_hash"] = Base64UrlEncoder.Encode(SHA256.HashData("another"u8)[..16]), null),
        ["the type of an access token"] = (d => d.TokenType = "at+jwt", null),
        ["the type of a logout token"] = (d => d.TokenType = "logout+jwt", null),
        ["a forger's key under the good kid"] = (d => d.SigningCredentials = new SigningCredentials(new ECDsaSecurityKey(ECDsa.Create(ECCurve.NamedCurves.nistP256)) { KeyId = d.SigningCredentials.Kid }, SecurityAlgorithms.EcdsaSha256), null),
        ["a forger's key under its own kid"] = (d => d.SigningCredentials = new SigningCredentials(new ECDsaSecurityKey(ECDsa.Create(ECCurve.NamedCurves.nistP256)) { KeyId = "mine" }, SecurityAlgorithms.EcdsaSha256), null),
        ["HS256"] = (d => d.SigningCredentials = new SigningCredentials(new SymmetricSecurityKey(new byte[32]) { KeyId = d.SigningCredentials.Kid }, SecurityAlgorithms.HmacSha256), null),
        ["a critical extension"] = (d => d.AdditionalHeaderClaims = new Dictionary<string, object>(StringComparer.Ordinal) { ["crit"] = new[] { "b64" }, ["b64"] = true }, null),
        ["alg none"] = (null, a => a["id_token"] = Unsigned((string)a["id_token"]!)),
        ["another name in the payload"] = (null, a => a["id_token"] = Altered((string)a["id_token"]!)),
        ["no id_token"] = (null, a => a.Remove("id_token")),
        ["an id_token that is a number"] = (null, a => a["id_token"] = 1),
        ["an id_token that is no token"] = (null, a => a["id_token"] = "token"),
        ["no access token"] = (null, a => a.Remove("access_token")),
        ["an error"] = (null, a => { a.Clear(); a["error"] = "server_error"; }),
    };

    [Theory]
    [MemberData(nameof(BadIdTokens))]
    public async Task An_answer_that_does_not_hold_signs_nobody_in(string kind)
    {
        var (browser, actor) = await NewAsync();
        (Authority.Change, Authority.Rewrite) = Spoiled[kind];
        try
        {
            using var answer = await browser.SignInAsync(Authority, new Person(actor.Subject));
            Assert.Equal((HttpStatusCode.BadRequest, "sign_in_failed"), (answer.StatusCode, await Browser.CodeAsync(answer)));
            Assert.Null(browser.Session);
        }
        finally
        {
            (Authority.Change, Authority.Rewrite) = (null, null);
        }

        using var control = await browser.SignInAsync(Authority, new Person(actor.Subject));
        Assert.Equal(HttpStatusCode.Redirect, control.StatusCode);
    }

    [Theory]
    [InlineData("another")]
    [InlineData("missing")]
    [InlineData("twice")]
    [InlineData("empty")]
    [InlineData("with a slash")]
    public async Task An_answer_of_another_issuer_is_refused(string kind)
    {
        var (browser, actor) = await NewAsync();
        var good = Authority.Authorise(await browser.StartAsync(), new Person(actor.Subject)).PathAndQuery;
        var iss = "&iss=" + Uri.EscapeDataString(FakeAuthority.Realm);
        var bad = kind switch
        {
            "another" => good.Replace(iss, "&iss=https%3A%2F%2Felsewhere.example", StringComparison.Ordinal),
            "missing" => good.Replace(iss, "", StringComparison.Ordinal),
            "twice" => good + iss,
            "empty" => good.Replace(iss, "&iss=", StringComparison.Ordinal),
            _ => good + "%2F",
        };
        using var answer = await browser.GetAsync(bad);
        Assert.Equal((HttpStatusCode.BadRequest, "sign_in_failed"), (answer.StatusCode, await Browser.CodeAsync(answer)));

        // Refused before the code was shown to anybody: the true answer still is good.
        using var control = await browser.GetAsync(good);
        Assert.Equal(HttpStatusCode.Redirect, control.StatusCode);
    }

    [Fact]
    public async Task An_answer_is_good_once_even_with_its_cookies_put_back()
    {
        var (browser, actor) = await NewAsync();
        var address = Authority.Authorise(await browser.StartAsync(), new Person(actor.Subject)).PathAndQuery;
        using var thief = browser.Copy();
        using var first = await browser.GetAsync(address);
        Assert.Equal(HttpStatusCode.Redirect, first.StatusCode);

        using var replayed = await thief.GetAsync(address);
        Assert.Equal((HttpStatusCode.BadRequest, "sign_in_failed"), (replayed.StatusCode, await Browser.CodeAsync(replayed)));

        // With a code that was not used yet it is the state that is refused.
        using var other = new Browser(portal.Url);
        var unused = Authority.Authorise(await other.StartAsync(), new Person(actor.Subject)).Query.Split('&')[0];
        using var again = await thief.GetAsync("/session/callback" + unused + address[address.IndexOf('&', StringComparison.Ordinal)..]);
        Assert.Equal(HttpStatusCode.BadRequest, again.StatusCode);
        Assert.Null(thief.Session);
    }

    [Fact]
    public async Task A_code_of_another_sign_in_does_not_fit()
    {
        var (browser, actor) = await NewAsync();
        using var attacker = new Browser(portal.Url);
        var stolen = Authority.Authorise(await attacker.StartAsync(), new Person(actor.Subject)).Query.Split('&')[0];
        var own = Authority.Authorise(await browser.StartAsync(), new Person(actor.Subject)).PathAndQuery;
        using var answer = await browser.GetAsync("/session/callback" + stolen + own[own.IndexOf('&', StringComparison.Ordinal)..]);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public async Task Nobody_is_signed_in_by_an_answer_that_another_browser_asked_for()
    {
        var attacker = await portal.ActorAsync("Attacker");
        using var theirs = new Browser(portal.Url);
        var address = Authority.Authorise(await theirs.StartAsync(), new Person(attacker.Subject)).PathAndQuery;
        using var victim = new Browser(portal.Url);
        using var answer = await victim.GetAsync(address);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Null(victim.Session);
        using var control = await theirs.GetAsync(address);
        Assert.Equal(HttpStatusCode.Redirect, control.StatusCode);
    }

    [Theory]
    [InlineData("/session/callback")]
    [InlineData("/session/callback?code=x")]
    [InlineData("/session/callback?state=x&code=x&iss=https%3A%2F%2Fauthority.example%2Frealm")]
    public async Task An_answer_without_a_state_of_ours_is_refused(string address)
    {
        using var browser = new Browser(portal.Url);
        using var answer = await browser.GetAsync(address);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public async Task Who_does_not_want_to_is_not_signed_in()
    {
        var (browser, _) = await NewAsync();
        using var answer = await browser.GetAsync(Authority.Refuse(await browser.StartAsync()).PathAndQuery);
        Assert.Equal((HttpStatusCode.Forbidden, "sign_in_denied"), (answer.StatusCode, await Browser.CodeAsync(answer)));
    }

    [Fact]
    public async Task A_session_planted_beforehand_is_not_the_one_that_is_signed_in()
    {
        var attacker = await portal.ActorAsync("Attacker");
        using var theirs = new Browser(portal.Url);
        using var own = await theirs.SignInAsync(Authority, new Person(attacker.Subject));
        var (victim, actor) = await NewAsync();
        victim.Cookies["__Host-portal"] = theirs.Session!;

        using var answer = await victim.SignInAsync(Authority, new Person(actor.Subject));

        Assert.Equal(HttpStatusCode.OK, await victim.MeAsync());
        Assert.NotEqual(theirs.Session, victim.Session);
        Assert.Equal(HttpStatusCode.Unauthorized, await theirs.MeAsync());
    }

    [Fact]
    public async Task A_stranger_is_told_so_and_an_address_alone_makes_nobody_somebody_else()
    {
        var victim = await portal.ActorAsync("Victim");
        var email = await portal.WithDbAsync(db => db.Set<Account>().Where(a => a.Id == victim.AccountId).Select(a => a.Email).SingleAsync());
        using var browser = new Browser(portal.Url);
        foreach (bool? isVerified in new bool?[] { null, false, true })
        {
            using var answer = await browser.SignInAsync(Authority, new Person("stranger-" + isVerified) { Email = email, IsEmailVerified = isVerified });
            Assert.Equal((HttpStatusCode.Forbidden, "account_unknown"), (answer.StatusCode, await Browser.CodeAsync(answer)));
            Assert.Null(browser.Session);
        }

        using var page = await browser.GetAsync(Authority.Authorise(await browser.StartAsync(), new Person("<script>")).PathAndQuery, ("Accept", "text/html"));
        Assert.Equal("text/html", page.Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public async Task A_disabled_account_does_not_get_in_and_one_that_is_in_gets_out()
    {
        var (browser, actor) = await NewAsync();
        using var before = await browser.SignInAsync(Authority, new Person(actor.Subject));
        Assert.Equal(HttpStatusCode.OK, await browser.MeAsync());
        await portal.WithDbAsync(db => db.Set<Account>().Where(a => a.Id == actor.AccountId).ExecuteUpdateAsync(a => a.SetProperty(x => x.IsDisabled, true)));
        Assert.Equal(HttpStatusCode.Forbidden, await browser.MeAsync());
        using var answer = await browser.SignInAsync(Authority, new Person(actor.Subject));
        Assert.Equal((HttpStatusCode.Forbidden, "account_disabled"), (answer.StatusCode, await Browser.CodeAsync(answer)));
    }

    [Theory]
    [InlineData("Host", "forger.example")]
    [InlineData("X-Forwarded-Host", "forger.example")]
    [InlineData("X-Forwarded-Proto", "ftp")]
    [InlineData("Forwarded", "host=forger.example")]
    [InlineData("X-Original-URL", "https://forger.example/")]
    public async Task Headers_do_not_say_where_the_authority_sends_people(string header, string value)
    {
        var (browser, actor) = await NewAsync();
        using var start = await browser.GetAsync("/session/start", (header, value));
        Authority.Authorise(start.Headers.Location!, new Person(actor.Subject));
        Assert.Equal(SignInPortal.Public + "/session/callback", Authority.Asked["redirect_uri"]);
    }

    [Theory]
    [InlineData("%2Fa%0d%0aSet-Cookie:%20a=b")]
    [InlineData("%2Fa%0aLocation:%20https:%2F%2Fforger.example")]
    [InlineData("https%3A%2F%2Fforger.example")]
    [InlineData("%2F%2Fforger.example")]
    [InlineData("%2F%5Cforger.example")]
    [InlineData("%2Fa&return=%2F%2Fforger.example")]
    public async Task Nobody_is_sent_elsewhere(string back)
    {
        using var browser = new Browser(portal.Url);
        using var answer = await browser.GetAsync("/session/start?return=" + back);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Null(answer.Headers.Location);
        Assert.Empty(browser.SetCookies);
    }

    [Fact]
    public async Task Step_up_asks_the_person_again_and_only_that_counts()
    {
        var (browser, actor) = await NewAsync();
        var earlier = new Person(actor.Subject) { SignedInAgo = TimeSpan.FromHours(1) };
        using var first = await browser.SignInAsync(Authority, earlier);
        Assert.False(Authority.Asked.ContainsKey("max_age"));
        var before = browser.Session;
        using var refused = await DecideAsync(browser);
        Assert.Equal((HttpStatusCode.Unauthorized, "step_up_required"), (refused.StatusCode, await Browser.CodeAsync(refused)));
        Assert.Contains("insufficient_user_authentication", refused.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
        using var page = await browser.GetAsync("/planted/page", ("Accept", "text/html"));
        Assert.Equal("/session/start?return=%2Fplanted%2Fpage&step_up=1", page.Headers.Location?.OriginalString);

        // An authority that did not ask again is caught by the time it names.
        using var stale = await browser.SignInAsync(Authority, earlier, "?step_up=1");
        Assert.Equal("sign_in_failed", await Browser.CodeAsync(stale));
        Assert.Equal(("login", "0", "urn:dataportal:acr:mfa"), (Authority.Asked["prompt"], Authority.Asked["max_age"], Authority.Asked["acr_values"]));
        using var still = await DecideAsync(browser);
        Assert.Equal(HttpStatusCode.Unauthorized, still.StatusCode);

        // Fresh, but without the second factor.
        using var weak = await browser.SignInAsync(Authority, new Person(actor.Subject) { Acr = "urn:dataportal:acr:password", Amr = ["pwd"] }, "?step_up=1");
        using var notEnough = await DecideAsync(browser);
        Assert.Equal(HttpStatusCode.Unauthorized, notEnough.StatusCode);

        using var fresh = await browser.SignInAsync(Authority, new Person(actor.Subject), "?step_up=1");
        using var decided = await DecideAsync(browser);
        Assert.Equal(HttpStatusCode.NoContent, decided.StatusCode);
        Assert.NotEqual(before, browser.Session);
    }

    [Theory]
    [InlineData("urn:dataportal:acr:password", "pwd", HttpStatusCode.Forbidden)]
    [InlineData("urn:dataportal:acr:password", "pwd mfa", HttpStatusCode.OK)]
    [InlineData("urn:dataportal:acr:mfa", "pwd", HttpStatusCode.OK)]
    [InlineData("urn:dataportal:acr:mfa2", "otp", HttpStatusCode.Forbidden)]
    public async Task Staff_need_a_second_factor_by_acr_or_amr(string acr, string amr, HttpStatusCode expected)
    {
        var (browser, actor) = await NewAsync(Roles.Auditor);
        using var signedIn = await browser.SignInAsync(Authority, new Person(actor.Subject) { Acr = acr, Amr = amr.Split(' ') });
        using var answer = await browser.GetAsync("/api/v1/audit");
        Assert.Equal(expected, answer.StatusCode);
        if (expected == HttpStatusCode.Forbidden)
        {
            Assert.Equal("mfa_required", await Browser.CodeAsync(answer));
        }
    }

    private static DateTime Now => TimeProvider.System.GetUtcNow().UtcDateTime;

    private static string Unsigned(string token) =>
        Base64UrlEncoder.Encode("{\"alg\":\"none\",\"typ\":\"JWT\"}") + "." + token.Split('.')[1] + ".";

    private static string Altered(string token)
    {
        var parts = token.Split('.');
        var body = JsonNode.Parse(Encoding.UTF8.GetString(Base64UrlEncoder.DecodeBytes(parts[1])))!;
        body["sub"] = "another";
        return $"{parts[0]}.{Base64UrlEncoder.Encode(body.ToJsonString())}.{parts[2]}";
    }

    private static async Task<HttpResponseMessage> DecideAsync(Browser browser) =>
        await browser.SendAsync(HttpMethod.Post, "/api/v1/planted/decision", null, ("X-CSRF-Token", await browser.CsrfAsync()));

    private async Task<(Browser, Actor)> NewAsync(params string[] roles) => (new Browser(portal.Url), await portal.ActorAsync("Member", roles));

    private Task<Session> SessionOfAsync(Actor actor) => portal.WithDbAsync(db => db.Set<Session>().AsNoTracking().SingleAsync(s => s.AccountId == actor.AccountId));

    private Task<int> EntriesAsync(string action, Actor actor) => portal.WithDbAsync(async db => (await db.Database
        .SqlQuery<Guid>($"SELECT id AS \"Value\" FROM audit_entries WHERE action = {action} AND actor = {actor.AccountId}").ToListAsync()).Count);
}

public sealed class SignInTestsOnSqlite(SqliteSignIn portal) : SignInTests(portal), IClassFixture<SqliteSignIn>;

public sealed class SignInTestsOnPostgres(PostgresSignIn portal) : SignInTests(portal), IClassFixture<PostgresSignIn>;
