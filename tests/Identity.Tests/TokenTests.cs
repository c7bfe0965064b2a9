using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using DataPortal.Testing;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;

namespace DataPortal.Identity.Tests;

[Trait("Category", "Trust")]
public abstract class TokenTests(PortalFixture portal) : PortalTests(portal)
{
    public static TheoryData<string> Forgeries() => [.. Forge.Forgeries.Keys];

    public static TheoryData<string> Wreckage() => [.. Forge.Wreckage.Keys];

    [Theory]
    [MemberData(nameof(Forgeries))]
    public async Task A_token_altered_stolen_or_forged_is_refused(string kind)
    {
        var forge = await ForgeAsync();
        Assert.Equal(HttpStatusCode.OK, (await MeAsync(forge.Good())).StatusCode);
        await AssertRefusedAsync(Forge.Forgeries[kind](forge), kind.StartsWith("expired", StringComparison.Ordinal) ? "token_expired" : "token_invalid");
    }

    [Theory]
    [MemberData(nameof(Wreckage))]
    public async Task What_is_no_token_is_refused(string kind)
    {
        var forge = await ForgeAsync();
        await AssertRefusedAsync(Forge.Wreckage[kind](forge), "token_invalid");
    }

    [Fact]
    public void More_than_forty_kinds_are_tried() => Assert.InRange(Forge.Forgeries.Count, 40, int.MaxValue);

    [Fact]
    public Task A_thousand_good_tokens_are_accepted_every_one() => AcceptAsync(1_000);

    [Fact]
    [Trait("Category", "Full")]
    public Task Ten_thousand_good_tokens_are_accepted_every_one() => AcceptAsync(10_000);

    [Fact]
    public async Task Clocks_may_differ_by_a_minute()
    {
        var forge = await ForgeAsync();
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        Assert.Equal(HttpStatusCode.OK, (await MeAsync(forge.Mint(d => (d.IssuedAt, d.NotBefore, d.Expires) = (now.AddHours(-1), now.AddHours(-1), now.AddSeconds(-40))))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await MeAsync(forge.Mint(d => (d.IssuedAt, d.NotBefore) = (now.AddSeconds(40), now.AddSeconds(40))))).StatusCode);
    }

    [Fact]
    public async Task Further_audiences_scopes_and_the_long_type_do_no_harm()
    {
        var forge = await ForgeAsync();
        Assert.Equal(HttpStatusCode.OK, (await MeAsync(forge.Mint(d => d.Claims["scope"] = "openid portal profile"))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await MeAsync(forge.Mint(d => d.TokenType = "application/at+jwt"))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await MeAsync(forge.Mint(d =>
        {
            d.Audience = null;
            d.Audiences.Add("urn:dataportal");
            d.Audiences.Add("urn:elsewhere");
        }))).StatusCode);
    }

    [Fact]
    public async Task Without_a_token_both_schemes_are_told_and_no_error()
    {
        using var answer = await Portal.Anonymous.GetAsync(new Uri("/api/v1/me", UriKind.Relative));
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        // RFC 6750, 3.1, and RFC 9449, 7.2: a challenge for each way to show a token.
        Assert.Equal(
            [new AuthenticationHeaderValue("Bearer", "realm=\"portal\""), new AuthenticationHeaderValue("DPoP", "realm=\"portal\", algs=\"ES256 ES384 PS256 RS256\"")],
            answer.Headers.WwwAuthenticate);
        Assert.Equal("token_missing", await CodeAsync(answer));
    }

    [Theory]
    [InlineData("/api/v1/me?access_token={0}", null, "token_missing")]
    [InlineData("/api/v1/me?token={0}", null, "token_missing")]
    [InlineData("/api/v1/me", "Cookie: access_token={0}", "token_missing")]
    [InlineData("/api/v1/me", "X-Access-Token: {0}", "token_missing")]
    [InlineData("/api/v1/me", "Authorization: Basic {0}", "token_invalid")]
    [InlineData("/api/v1/me", "Authorization: DPoP {0}", "token_invalid")]
    [InlineData("/api/v1/me", "Authorization: {0}", "token_invalid")]
    [InlineData("/api/v1/me", "Authorization: Bearer", "token_invalid")]
    public async Task A_good_token_in_the_wrong_place_is_none(string path, string? header, string code)
    {
        var token = (await ForgeAsync()).Good();
        using var request = new HttpRequestMessage(HttpMethod.Get, string.Format(System.Globalization.CultureInfo.InvariantCulture, path, token));
        if (header?.Split(": ") is [var name, var value])
        {
            request.Headers.TryAddWithoutValidation(name, string.Format(System.Globalization.CultureInfo.InvariantCulture, value, token));
        }

        using var answer = await Portal.Anonymous.SendAsync(request);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal(code, await CodeAsync(answer));
    }

    /// <summary>Each token another one, every tenth bound to a key.</summary>
    private async Task AcceptAsync(int count)
    {
        var forge = await ForgeAsync();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var refused = 0;
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (i, _) =>
        {
            using var answer = i % 10 == 0
                ? await new Proof(Portal.Url, forge.Mint(d => d.Claims["cnf"] = new Dictionary<string, object>(StringComparer.Ordinal) { ["jkt"] = Proof.Thumbprint(key) }), key).AskAsync(Portal.Anonymous)
                : await MeAsync(forge.Good());
            if (answer.StatusCode != HttpStatusCode.OK)
            {
                Interlocked.Increment(ref refused);
            }
        });
        Assert.Equal(0, refused);
    }

    protected async Task<HttpResponseMessage> MeAsync(string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/me");
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + token);
        return await Portal.Anonymous.SendAsync(request);
    }

    [Fact]
    public async Task A_good_token_in_a_form_is_none()
    {
        using var form = new FormUrlEncodedContent([new("access_token", (await ForgeAsync()).Good())]);
        using var answer = await Portal.Anonymous.PostAsync(new Uri("/api/v1/exports", UriKind.Relative), form);
        Assert.Equal((HttpStatusCode.Unauthorized, "token_missing"), (answer.StatusCode, await CodeAsync(answer)));
    }

    [Fact]
    public async Task Two_headers_or_two_tokens_in_one_are_none()
    {
        var forge = await ForgeAsync();
        foreach (var values in new[] { ["Bearer " + forge.Good(), "Bearer " + forge.Good()], ["Bearer " + forge.Good(), "Basic eDp5"], new[] { $"Bearer {forge.Good()}, Bearer {forge.Good()}" } })
        {
            // The client would join them with commas; what is sent here is what an attacker's client sends.
            var lines = string.Concat(values.Select(v => $"Authorization: {v}\r\n"));
            Assert.StartsWith("HTTP/1.1 401", await RawAsync($"GET /api/v1/me HTTP/1.1\r\nHost: localhost\r\n{lines}Connection: close\r\n\r\n"), StringComparison.Ordinal);
        }

        Assert.StartsWith("HTTP/1.1 200", await RawAsync($"GET /api/v1/me HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {forge.Good()}\r\nConnection: close\r\n\r\n"), StringComparison.Ordinal);
    }

    private async Task<string> RawAsync(string request)
    {
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(Portal.Url.Host, Portal.Url.Port);
        await using var stream = tcp.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request));
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return await reader.ReadToEndAsync();
    }

    private async Task<Forge> ForgeAsync() => await Forge.WithPublicKeyAsync(Portal.Issuer, (await Portal.ActorAsync("Victim")).Subject);

    private async Task AssertRefusedAsync(string token, string code)
    {
        using var answer = await MeAsync(token);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal(code, await CodeAsync(answer));
        Assert.Equal(new AuthenticationHeaderValue("Bearer", $"realm=\"portal\", error=\"invalid_token\", error_description=\"{code}\""), Assert.Single(answer.Headers.WwwAuthenticate));
        Assert.DoesNotContain("IDX", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private static async Task<string?> CodeAsync(HttpResponseMessage answer) => (await answer.Content.ReadFromJsonAsync<JsonObject>())?["code"]?.GetValue<string>();
}

public sealed class TokenTestsOnSqlite(SqlitePortal portal) : TokenTests(portal), IClassFixture<SqlitePortal>;

public sealed class TokenTestsOnPostgres(PostgresPortal portal) : TokenTests(portal), IClassFixture<PostgresPortal>;

/// <summary>The portal with every check of a token switched off.</summary>
public sealed class UndefendedPortal() : PortalFixture(Kernel.DatabaseProvider.Sqlite)
{
    protected override void Customise(WebApplicationBuilder builder) =>
        builder.Services.PostConfigure<JwtBearerOptions>(JwtBearerDefaults.AuthenticationScheme, bearer =>
        {
            var check = bearer.TokenValidationParameters;
            check.SignatureValidator = (token, _) => new JsonWebToken(token);
            check.RequireSignedTokens = check.RequireExpirationTime = false;
            check.ValidateIssuer = check.ValidateAudience = check.ValidateLifetime = check.ValidateIssuerSigningKey = false;
            check.ValidAlgorithms = check.ValidTypes = null;
            check.IssuerValidator = null;
            bearer.Events.OnTokenValidated = _ => Task.CompletedTask;
        });
}

/// <summary>The control: what is refused above gets in once the checks are off, so it is the checks that refuse it.</summary>
[Trait("Category", "Trust")]
public sealed class UndefendedTokenTests(UndefendedPortal portal) : PortalTests(portal), IClassFixture<UndefendedPortal>
{
    public static TheoryData<string> Forgeries() => [.. Forge.Forgeries.Keys];

    [Theory]
    [MemberData(nameof(Forgeries))]
    public async Task The_same_token_gets_in(string kind)
    {
        var forge = await Forge.WithPublicKeyAsync(Portal.Issuer, (await Portal.ActorAsync("Victim")).Subject);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/me");
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + Forge.Forgeries[kind](forge));
        using var answer = await Portal.Anonymous.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }
}
