using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using DataPortal.Identity.Accounts;
using DataPortal.Identity.People;
using DataPortal.Kernel;
using DataPortal.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace DataPortal.Identity.Tests;

/// <summary>The portal with a provider that is not ours: other keys (PS256), names, claim values and lifetimes. Only the configuration says so.</summary>
public sealed class PortalOfOthers(int port, ECDsa clientKey) : PortalFixture(DatabaseProvider.Sqlite)
{
    public const string Public = "https://portal.example";
    public const string Client = "research-portal";

    public string Authority { get; } = $"http://localhost:{port.ToString(CultureInfo.InvariantCulture)}";

    protected override void Configure(IDictionary<string, string?> settings)
    {
        var key = Path.Combine(Folder, "client.pem");
        File.WriteAllText(key, clientKey.ExportPkcs8PrivateKeyPem());
        settings["Oidc:Authority"] = Authority;
        settings["Oidc:PublicUrl"] = Public;
        settings["Oidc:ClientId"] = Client;
        settings["Oidc:ClientKeyFile"] = key;
        settings["Oidc:SecondFactorAcr:0"] = "gold";
    }
}

public sealed class OtherProviderTests : IAsyncLifetime
{
    private readonly ECDsa _clientKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private NodeScript? _provider;
    private PortalOfOthers? _portal;

    private PortalOfOthers Portal => _portal!;

    public async ValueTask InitializeAsync()
    {
        var port = EvaluationPortal.FreePort();
        var key = new ECDsaSecurityKey(_clientKey);
        var jwk = JsonWebKeyConverter.ConvertFromECDsaSecurityKey(key);
        _provider = await NodeScript.ServeAsync("other-provider.mjs", new JsonObject
        {
            ["port"] = port,
            ["portal"] = PortalOfOthers.Public,
            ["clientKey"] = new JsonObject { ["kty"] = "EC", ["crv"] = "P-256", ["x"] = jwk.X, ["y"] = jwk.Y, ["kid"] = Base64UrlEncoder.Encode(key.ComputeJwkThumbprint()) },
            ["accounts"] = new JsonArray(
                Known("ann|1", "ann@hospital.example", isVerified: true),
                Known("eve|2", "ann@hospital.example", isVerified: false),
                Known("bob|3", "bob@hospital.example", isVerified: true)),
        }.ToJsonString());
        _portal = new PortalOfOthers(port, _clientKey);
        await _portal.InitializeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_portal is not null)
        {
            await _portal.DisposeAsync();
        }

        if (_provider is not null)
        {
            await _provider.DisposeAsync();
        }

        _clientKey.Dispose();
    }

    [Fact]
    public async Task Sign_in_and_api_work_and_an_invitation_is_met_by_a_verified_address_only()
    {
        await Portal.WithDbAsync(async db =>
        {
            db.Add(Invitation.Make("Ann@Hospital.example", "Ann", "en", [Roles.Reviewer], "a token that nobody has", by: null, TimeProvider.System.GetUtcNow().UtcDateTime));
            return await db.SaveChangesAsync();
        });

        // The address is right, but nobody has checked that it is hers; and somebody verified whom nobody invited.
        Assert.Equal((HttpStatusCode.Forbidden, "account_unknown"), await SignInAsync("eve|2"));
        Assert.Equal((HttpStatusCode.Forbidden, "account_unknown"), await SignInAsync("bob|3"));
        Assert.False(await Portal.WithDbAsync(db => db.Set<Account>().AnyAsync()));

        Assert.Equal((HttpStatusCode.OK, null), await SignInAsync("ann|1"));
        var account = await Portal.WithDbAsync(db => db.Set<Account>().Include(a => a.Roles).SingleAsync());
        Assert.Equal(("ann|1", "ann@hospital.example", Roles.Reviewer), (account.Subject, account.Email, Assert.Single(account.Roles).Role));

        // From now on the subject decides, and there is no invitation left for anybody else with that address.
        Assert.Equal((HttpStatusCode.OK, null), await SignInAsync("ann|1"));
        Assert.Equal((HttpStatusCode.Forbidden, "account_unknown"), await SignInAsync("eve|2"));
        Assert.Equal(1, await Portal.WithDbAsync(db => db.Set<Account>().CountAsync()));

        // Its access token at the API; the control is a good token of an issuer that is not the configured one.
        var (status, me) = await MeAsync(await AccessTokenAsync("ann|1"));
        Assert.Equal((HttpStatusCode.OK, "ann@hospital.example"), (status, me["email"]!.GetValue<string>()));
        Assert.Equal(HttpStatusCode.Unauthorized, (await MeAsync(Portal.Issuer.Mint("ann|1"))).Status);
        Assert.Equal((HttpStatusCode.Forbidden, "account_disabled"), Problem(await MeAsync(await AccessTokenAsync("bob|3"))));
    }

    private static (HttpStatusCode, string?) Problem((HttpStatusCode Status, JsonObject Body) answer) => (answer.Status, answer.Body["code"]?.GetValue<string>());

    private static JsonObject Known(string sub, string email, bool isVerified) => new() { ["sub"] = sub, ["name"] = sub, ["email"] = email, ["email_verified"] = isVerified, ["acr"] = "gold" };

    /// <summary>The whole way of a new browser; then whether it is in.</summary>
    private async Task<(HttpStatusCode Status, string? Code)> SignInAsync(string sub)
    {
        using var browser = new Browser(Portal.Url);
        using var back = await browser.GetAsync((await AtProviderAsync(await browser.StartAsync(), sub)).PathAndQuery);
        return back.StatusCode == HttpStatusCode.Redirect ? (await browser.MeAsync(), null) : (back.StatusCode, await Browser.CodeAsync(back));
    }

    /// <summary>What a browser does there until it is sent back to the portal.</summary>
    private async Task<Uri> AtProviderAsync(Uri address, string sub)
    {
        Assert.StartsWith(Portal.Authority + "/", address.AbsoluteUri, StringComparison.Ordinal);
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() });
        for (var hop = 0; hop < 10; hop++)
        {
            var answer = await http.GetAsync(address);
            if (answer.StatusCode == HttpStatusCode.OK)
            {
                var action = Regex.Match(await answer.Content.ReadAsStringAsync(), "action=\"(?<to>[^\"]+)\"", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1)).Groups["to"].Value;
                answer.Dispose();
                answer = await http.PostAsync(new Uri(address, action), new FormUrlEncodedContent([new("sub", sub)]));
            }

            using (answer)
            {
                Assert.True(answer.Headers.Location is not null, $"{address}: {answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
                address = new Uri(address, answer.Headers.Location);
            }

            if (!address.AbsoluteUri.StartsWith(Portal.Authority + "/", StringComparison.Ordinal))
            {
                return address;
            }
        }

        throw new InvalidOperationException("Redirects do not end.");
    }

    /// <summary>As a program of that institution would get one.</summary>
    private async Task<string> AccessTokenAsync(string sub)
    {
        const string redirect = PortalOfOthers.Public + "/session/callback";
        var verifier = Base64UrlEncoder.Encode(RandomNumberGenerator.GetBytes(32));
        var challenge = Base64UrlEncoder.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(verifier)));
        var back = await AtProviderAsync(
            new Uri($"{Portal.Authority}/auth?client_id={PortalOfOthers.Client}&response_type=code&scope=openid%20portal&resource=urn:dataportal&redirect_uri={Uri.EscapeDataString(redirect)}&code_challenge={challenge}&code_challenge_method=S256"), sub);
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        using var http = new HttpClient();
        using var answer = await http.PostAsync(new Uri(Portal.Authority + "/token"), new FormUrlEncodedContent(new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["grant_type"] = "authorization_code",
            ["code"] = ProviderBrowser.Query(back)["code"],
            ["redirect_uri"] = redirect,
            ["code_verifier"] = verifier,
            ["client_id"] = PortalOfOthers.Client,
            ["client_assertion_type"] = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            ["client_assertion"] = new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
            {
                Issuer = PortalOfOthers.Client,
                Audience = Portal.Authority,
                IssuedAt = now,
                Expires = now.AddMinutes(1),
                SigningCredentials = new SigningCredentials(new ECDsaSecurityKey(_clientKey), SecurityAlgorithms.EcdsaSha256),
                Claims = new Dictionary<string, object>(StringComparer.Ordinal) { ["sub"] = PortalOfOthers.Client, ["jti"] = Guid.CreateVersion7().ToString() },
            }),
        }));
        var body = (await answer.Content.ReadFromJsonAsync<JsonObject>())!;
        Assert.True(answer.IsSuccessStatusCode, body.ToJsonString());
        return body["access_token"]!.GetValue<string>();
    }

    private async Task<(HttpStatusCode Status, JsonObject Body)> MeAsync(string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/me") { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", token) } };
        using var answer = await Portal.Anonymous.SendAsync(request);
        return (answer.StatusCode, (await answer.Content.ReadFromJsonAsync<JsonObject>())!);
    }
}
