using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using DataPortal.Identity.Accounts;
using DataPortal.Identity.Provider;
using DataPortal.Identity.Tokens;
using DataPortal.Kernel;
using DataPortal.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace DataPortal.Identity.Tests;

/// <summary>One person's browser, and the programs that send it to the bundled provider. The portal's sign-in page is played by <see cref="Interactions"/>.</summary>
internal sealed class ProviderBrowser : IDisposable
{
    public const string CommandLine = "portal-cli";
    public const string Loopback = "http://127.0.0.1:49152/callback";
    public const string Scopes = "openid profile email portal";

    private readonly IServiceProvider _services;
    private readonly HttpClient _http;

    public ProviderBrowser(EvaluationPortal portal)
        : this(portal.Services)
    {
    }

    /// <param name="services">Of the portal whose provider it is.</param>
    /// <param name="at">One of several providers behind the same issuer; null for the one at the issuer's address.</param>
    public ProviderBrowser(IServiceProvider services, Uri? at = null)
    {
        _services = services;
        Cookies = new CookieContainer();
        _http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = true, CookieContainer = Cookies }) { BaseAddress = at ?? new Uri(Issuer) };
    }

    public CookieContainer Cookies { get; }

    public string Issuer => _services.GetRequiredService<IOptions<OidcOptions>>().Value.Authority;

    public string Portal => _services.GetRequiredService<IOptions<ProviderOptions>>().Value.Portal!;

    public string Callback => Portal + "/session/callback";

    /// <summary>The key of a program's DPoP proofs.</summary>
    public ECDsa ProofKey { get; } = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public string Verifier { get; } = Base64UrlEncoder.Encode(RandomNumberGenerator.GetBytes(32));

    public string Challenge => Base64UrlEncoder.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(Verifier)));

    public void Dispose()
    {
        ProofKey.Dispose();
        _http.Dispose();
    }

    /// <param name="name">A demo account's name, or the subject itself.</param>
    public async Task<string> SubjectAsync(string name = "researcher")
    {
        await using var scope = _services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<PortalDb>().Set<Account>().Where(a => a.Email == name + "@demo.invalid" || a.Subject == name).Select(a => a.Subject).SingleAsync();
    }

    public async Task<T> AskAsync<TService, T>(Func<TService, Task<T>> ask)
        where TService : notnull
    {
        await using var scope = _services.CreateAsyncScope();
        return await ask(scope.ServiceProvider.GetRequiredService<TService>());
    }

    public Task<HttpResponseMessage> GetAsync(string path) => _http.GetAsync(new Uri(path, UriKind.RelativeOrAbsolute));

    public async Task<(HttpStatusCode Status, JsonObject Body)> PostAsync(string path, Dictionary<string, string> form, bool withProof = false, string? proof = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new FormUrlEncodedContent(form) };
        if (proof is not null || withProof)
        {
            request.Headers.Add("DPoP", proof ?? Proof("POST", Issuer + path));
        }

        using var answer = await _http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        return (answer.StatusCode, text.Length == 0 ? [] : JsonNode.Parse(text)!.AsObject());
    }

    public string Proof(string method, string url, string? accessToken = null)
    {
        var key = new ECDsaSecurityKey(ProofKey);
        var jwk = JsonWebKeyConverter.ConvertFromECDsaSecurityKey(new ECDsaSecurityKey(ECDsa.Create(ProofKey.ExportParameters(includePrivateParameters: false))));
        var claims = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["jti"] = Guid.CreateVersion7().ToString(), ["htm"] = method, ["htu"] = url, ["iat"] = EpochTime.GetIntDate(TimeProvider.System.GetUtcNow().UtcDateTime),
        };
        if (accessToken is not null)
        {
            claims["ath"] = Base64UrlEncoder.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(accessToken)));
        }

        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
        {
            SigningCredentials = new SigningCredentials(key, SecurityAlgorithms.EcdsaSha256),
            TokenType = "dpop+jwt",
            AdditionalHeaderClaims = new Dictionary<string, object>(StringComparer.Ordinal)
            {
                ["jwk"] = new Dictionary<string, string>(StringComparer.Ordinal) { ["kty"] = "EC", ["crv"] = "P-256", ["x"] = jwk.X, ["y"] = jwk.Y },
            },
            Claims = claims,
        });
    }

    /// <summary>The portal's own proof of who it is, added to a form.</summary>
    public async Task<Dictionary<string, string>> AsPortalAsync(Dictionary<string, string> form, string? audience = null)
    {
        var key = await AskAsync<ClientKey, JsonWebKey>(k => k.GetAsync(CancellationToken.None));
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        form["client_id"] = "portal";
        form["client_assertion_type"] = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
        form["client_assertion"] = new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
        {
            Issuer = "portal",
            Audience = audience ?? Issuer,
            IssuedAt = now,
            Expires = now.AddSeconds(60),
            SigningCredentials = new SigningCredentials(key, SecurityAlgorithms.EcdsaSha256),
            Claims = new Dictionary<string, object>(StringComparer.Ordinal) { ["sub"] = "portal", ["jti"] = Guid.CreateVersion7().ToString() },
        });
        return form;
    }

    public async Task<string> PushAsync(Dictionary<string, string>? more = null)
    {
        var form = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["response_type"] = "code", ["redirect_uri"] = Callback, ["scope"] = Scopes, ["state"] = "s", ["nonce"] = "n",
            ["code_challenge"] = Challenge, ["code_challenge_method"] = "S256",
        };
        foreach (var (name, value) in more ?? [])
        {
            form[name] = value;
        }

        var (status, body) = await PostAsync("/request", await AsPortalAsync(form));
        Assert.True(status == HttpStatusCode.Created, body.ToJsonString());
        return body["request_uri"]!.GetValue<string>();
    }

    /// <summary>Follows the provider's redirects until they lead elsewhere; the address there.</summary>
    public async Task<Uri> FollowAsync(string address)
    {
        var next = new Uri(new Uri(Issuer), address);
        for (var hop = 0; hop < 10; hop++)
        {
            using var answer = await _http.GetAsync(next);
            Assert.True(answer.Headers.Location is not null, $"{next} gave {answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
            next = new Uri(next, answer.Headers.Location);
            if (!next.AbsoluteUri.StartsWith(Issuer + "/", StringComparison.Ordinal))
            {
                return next;
            }
        }

        throw new InvalidOperationException("Redirects do not end.");
    }

    /// <summary>The interaction that the portal's page was called with.</summary>
    public static string UidOf(Uri page, string path = "/sign-in")
    {
        Assert.Equal(path, page.AbsolutePath);
        return Query(page)["uid"];
    }

    public static Dictionary<string, string> Query(Uri address) => Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(address.Query.Length > 0 ? address.Query : address.Fragment.TrimStart('#')).ToDictionary(p => p.Key, p => p.Value.ToString(), StringComparer.Ordinal);

    /// <summary>The ticket with which the portal's page sends the browser back.</summary>
    public async Task<Uri> TicketAsync(string uid, string name = "researcher", string acr = Acr.SecondFactor, DateTime? at = null)
    {
        var subject = await SubjectAsync(name);
        return await AskAsync<Interactions, Uri>(i => Task.FromResult(i.SignIn(uid, new SignedIn(subject, ["pwd", "otp", "mfa"], acr, at ?? TimeProvider.System.GetUtcNow().UtcDateTime))));
    }

    public string AuthorizePortal(string requestUri) => $"/auth?client_id=portal&request_uri={Uri.EscapeDataString(requestUri)}";

    public string AuthorizeCommandLine(string more = "") =>
        $"/auth?client_id={CommandLine}&response_type=code&redirect_uri={Uri.EscapeDataString(Loopback)}&scope={Uri.EscapeDataString(Scopes)}&state=s&code_challenge={Challenge}&code_challenge_method=S256{more}";

    /// <summary>The portal's pages sign somebody in; the code that comes back.</summary>
    public async Task<string> SignInAsync(string name = "researcher")
    {
        var uid = UidOf(await FollowAsync(AuthorizePortal(await PushAsync())));
        var back = Query(await FollowAsync((await TicketAsync(uid, name)).AbsoluteUri));
        Assert.True(back.ContainsKey("code"), string.Join(' ', back));
        return back["code"];
    }

    public async Task<(HttpStatusCode Status, JsonObject Body)> RedeemAsync(string code) => await PostAsync("/token", await AsPortalAsync(new(StringComparer.Ordinal)
    {
        ["grant_type"] = "authorization_code", ["code"] = code, ["redirect_uri"] = Callback, ["code_verifier"] = Verifier,
    }));

    public async Task<(HttpStatusCode Status, JsonObject Body)> RefreshAsPortalAsync(string refreshToken) => await PostAsync("/token", await AsPortalAsync(new(StringComparer.Ordinal)
    {
        ["grant_type"] = "refresh_token", ["refresh_token"] = refreshToken,
    }));

    /// <summary>Starts the command line's sign-in by a code.</summary>
    public async Task<(string DeviceCode, string UserCode)> DeviceAsync(params (string Name, string Value)[] more)
    {
        var form = new Dictionary<string, string>(StringComparer.Ordinal) { ["client_id"] = CommandLine, ["scope"] = Scopes };
        foreach (var (name, value) in more)
        {
            form[name] = value;
        }

        var (status, body) = await PostAsync("/device/auth", form);
        Assert.True(status == HttpStatusCode.OK, body.ToJsonString());
        return (body["device_code"]!.GetValue<string>(), body["user_code"]!.GetValue<string>());
    }

    public Task<(HttpStatusCode Status, JsonObject Body)> PollAsync(string deviceCode) => PostAsync(
        "/token",
        new(StringComparer.Ordinal) { ["grant_type"] = "urn:ietf:params:oauth:grant-type:device_code", ["client_id"] = CommandLine, ["device_code"] = deviceCode },
        withProof: true);

    public Task<(HttpStatusCode Status, JsonObject Body)> RefreshAsync(string refreshToken) => PostAsync(
        "/token",
        new(StringComparer.Ordinal) { ["grant_type"] = "refresh_token", ["client_id"] = CommandLine, ["refresh_token"] = refreshToken },
        withProof: true);

    /// <summary>Submits a form of a page as a person would, with the fields the page came with.</summary>
    public async Task<HttpResponseMessage> SubmitAsync(string page, params (string Name, string Value)[] fields)
    {
        var form = Regex.Matches(page, "<input type=\"hidden\" name=\"(?<name>[^\"]+)\" value=\"(?<value>[^\"]*)\"", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1))
            .ToDictionary(m => m.Groups["name"].Value, m => WebUtility.HtmlDecode(m.Groups["value"].Value), StringComparer.Ordinal);
        foreach (var (name, value) in fields)
        {
            form[name] = value;
        }

        var action = WebUtility.HtmlDecode(Regex.Match(page, "<form method=\"post\" action=\"(?<action>[^\"]+)\"", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1)).Groups["action"].Value);
        return await _http.PostAsync(new Uri(action), new FormUrlEncodedContent(form));
    }

    /// <summary>The whole of the command line's sign-in, approved in this browser.</summary>
    public async Task<JsonObject> ApproveDeviceAsync(string name = "researcher", params (string Name, string Value)[] more)
    {
        var (deviceCode, userCode) = await DeviceAsync(more);
        await ApproveAsync(userCode, name);
        var (status, tokens) = await PollAsync(deviceCode);
        Assert.True(status == HttpStatusCode.OK, tokens.ToJsonString());
        return tokens;
    }

    public async Task ApproveAsync(string userCode, string name = "researcher")
    {
        using var input = await GetAsync("/device");
        using var confirm = await SubmitAsync(await input.Content.ReadAsStringAsync(), ("user_code", userCode));
        using var confirmed = await SubmitAsync(await confirm.Content.ReadAsStringAsync());
        if (confirmed.StatusCode == HttpStatusCode.OK)
        {
            return;
        }

        var uid = UidOf(await FollowAsync(confirmed.Headers.Location!.ToString()));
        using var resumed = await GetAsync((await TicketAsync(uid, name)).AbsoluteUri);
        using var done = await GetAsync(resumed.Headers.Location!.ToString());
        Assert.True(done.StatusCode == HttpStatusCode.OK, await done.Content.ReadAsStringAsync());
    }

    public static JsonWebToken Read(JsonObject tokens, string member = "access_token") => new(tokens[member]!.GetValue<string>());

    public static long Number(JsonWebToken token, string claim) => long.Parse(token.GetClaim(claim).Value, CultureInfo.InvariantCulture);
}
