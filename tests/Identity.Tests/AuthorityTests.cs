using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using System.Threading.RateLimiting;
using DataPortal.Identity.Tokens;
using DataPortal.Kernel;
using DataPortal.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.Tokens;

namespace DataPortal.Identity.Tests;

/// <summary>A portal whose OpenID provider lives in this process, so that it can change its keys, count the requests, and be down.</summary>
public sealed class PortalWithOwnAuthority(bool limitsFetches = true) : PortalFixture(DatabaseProvider.Sqlite)
{
    public const string Realm = "https://authority.example/realm";

    public OwnAuthority Authority { get; } = new();

    protected override void Configure(IDictionary<string, string?> settings) => settings["Oidc:Authority"] = Realm;

    protected override void Customise(WebApplicationBuilder builder)
    {
        builder.Services.AddHttpClient(AccessTokens.HttpClient).ConfigurePrimaryHttpMessageHandler(() => Authority);
        if (!limitsFetches)
        {
            builder.Services.AddKeyedSingleton<RateLimiter>(AuthorityMetadata.Fetches, new ConcurrencyLimiter(new ConcurrencyLimiterOptions { PermitLimit = 100 }));
        }
    }
}

public sealed class OwnAuthority : HttpMessageHandler
{
    private int _requests;

    public ECDsaSecurityKey Key { get; private set; } = NewKey();

    public bool IsDown { get; set; }

    public int Requests => _requests;

    public void Rotate() => Key = NewKey();

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _requests);
        if (IsDown)
        {
            return Task.FromResult(new HttpResponseMessage(HttpStatusCode.BadGateway));
        }

        var jwk = JsonWebKeyConverter.ConvertFromECDsaSecurityKey(Key);
        var body = request.RequestUri!.AbsolutePath.EndsWith("/jwks", StringComparison.Ordinal)
            ? new JsonObject { ["keys"] = new JsonArray(new JsonObject { ["kty"] = "EC", ["crv"] = "P-256", ["x"] = jwk.X, ["y"] = jwk.Y, ["kid"] = Key.KeyId, ["use"] = "sig" }) }
            : new JsonObject { ["issuer"] = PortalWithOwnAuthority.Realm, ["jwks_uri"] = PortalWithOwnAuthority.Realm + "/jwks" };
        return Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = JsonContent.Create(body) });
    }

    private static ECDsaSecurityKey NewKey() => new(ECDsa.Create(ECCurve.NamedCurves.nistP256)) { KeyId = Guid.CreateVersion7().ToString("N") };
}

public sealed class AuthorityTests
{
    [Fact]
    public async Task A_new_key_is_fetched_when_a_token_names_it_and_the_old_one_is_good_no_more()
    {
        await using var portal = new PortalWithOwnAuthority();
        await portal.InitializeAsync();
        var subject = (await portal.ActorAsync("Member")).Subject;
        var old = Mint(portal, subject);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(portal, old));

        portal.Authority.Rotate();
        var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        while (await StatusAsync(portal, Mint(portal, subject)) != HttpStatusCode.OK)
        {
            await Task.Delay(50, patience.Token);
        }

        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(portal, old));
    }

    [Fact]
    public async Task Several_rotations_in_a_row_are_noticed_at_once()
    {
        await using var portal = new PortalWithOwnAuthority();
        await portal.InitializeAsync();
        var subject = (await portal.ActorAsync("Member")).Subject;
        for (var i = 0; i < AuthorityMetadata.FetchesAtOnce; i++)
        {
            Assert.Equal(HttpStatusCode.OK, await StatusAsync(portal, Mint(portal, subject)));
            portal.Authority.Rotate();
            Assert.Equal(HttpStatusCode.OK, await StatusAsync(portal, Mint(portal, subject)));
        }
    }

    [Fact]
    public async Task Made_up_key_names_do_not_become_a_flood_on_the_provider_and_hide_no_rotation()
    {
        await using var portal = new PortalWithOwnAuthority();
        await portal.InitializeAsync();
        var subject = (await portal.ActorAsync("Member")).Subject;
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(portal, Mint(portal, subject)));
        var watch = Stopwatch.StartNew();
        var before = portal.Authority.Requests;
        await MakeUpAsync(portal, subject, 200);

        // Discovery and keys are a request each.
        var allowed = 2 * (AuthorityMetadata.FetchesAtOnce + 1 + (int)(watch.Elapsed / AuthorityMetadata.OneMoreEvery));
        Assert.InRange(portal.Authority.Requests - before, 2, allowed);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(portal, Mint(portal, subject)));

        portal.Authority.Rotate();
        watch.Restart();
        while (await StatusAsync(portal, Mint(portal, subject)) != HttpStatusCode.OK)
        {
            Assert.True(watch.Elapsed < AuthorityMetadata.OneMoreEvery * 2, "The flood hides the rotation.");
            await MakeUpAsync(portal, subject, 20);
        }

        TestContext.Current.TestOutputHelper!.WriteLine($"A rotation during the flood was noticed after {watch.Elapsed.TotalSeconds:0.0} s.");
    }

    /// <summary>The control.</summary>
    [Fact]
    public async Task Without_the_limit_they_do_become_a_flood()
    {
        await using var portal = new PortalWithOwnAuthority(limitsFetches: false);
        await portal.InitializeAsync();
        var subject = (await portal.ActorAsync("Member")).Subject;
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(portal, Mint(portal, subject)));
        var before = portal.Authority.Requests;
        await MakeUpAsync(portal, subject, 200);
        Assert.Equal(400, portal.Authority.Requests - before);
    }

    [Fact]
    public async Task A_provider_that_is_down_is_our_failure_and_not_the_callers()
    {
        await using var portal = new PortalWithOwnAuthority();
        portal.Authority.IsDown = true;
        await portal.InitializeAsync();
        var subject = (await portal.ActorAsync("Member")).Subject;
        using var answer = await GetAsync(portal, Mint(portal, subject));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal("authority_unavailable", (await answer.Content.ReadFromJsonAsync<JsonObject>())!["code"]!.GetValue<string>());
        using var ready = await portal.Anonymous.GetAsync(new Uri("/readyz", UriKind.Relative));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);

        portal.Authority.IsDown = false;
        var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        while (await StatusAsync(portal, Mint(portal, subject)) != HttpStatusCode.OK)
        {
            await Task.Delay(50, patience.Token);
        }
    }

    [Theory]
    [InlineData("http://authority.example", false)]
    [InlineData("ftp://authority.example", false)]
    [InlineData("authority.example", false)]
    [InlineData("", false)]
    [InlineData("https://authority.example", true)]
    [InlineData("http://localhost:5081", true)]
    public void Keys_come_over_https_or_from_this_machine(string authority, bool isGood)
    {
        var mistakes = new OidcOptions { Authority = authority }.Validate(new System.ComponentModel.DataAnnotations.ValidationContext(new object()));
        Assert.Equal(isGood, !mistakes.Any());
    }

    private static async Task MakeUpAsync(PortalWithOwnAuthority portal, string subject, int times)
    {
        for (var i = 0; i < times; i++)
        {
            Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(portal, Mint(portal, subject, new ECDsaSecurityKey(portal.Authority.Key.ECDsa) { KeyId = "made-up-" + Guid.CreateVersion7() })));
        }
    }

    private static string Mint(PortalWithOwnAuthority portal, string subject, ECDsaSecurityKey? key = null) => portal.Issuer.Mint(subject, change: d =>
    {
        d.Issuer = PortalWithOwnAuthority.Realm;
        d.SigningCredentials = new SigningCredentials(key ?? portal.Authority.Key, SecurityAlgorithms.EcdsaSha256);
    });

    private static async Task<HttpStatusCode> StatusAsync(PortalFixture portal, string token)
    {
        using var answer = await GetAsync(portal, token);
        return answer.StatusCode;
    }

    private static async Task<HttpResponseMessage> GetAsync(PortalFixture portal, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/me");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return await portal.Anonymous.SendAsync(request);
    }
}
