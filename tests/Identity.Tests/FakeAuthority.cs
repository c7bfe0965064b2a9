using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Web;
using DataPortal.Identity.Tokens;
using DataPortal.Kernel;
using DataPortal.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace DataPortal.Identity.Tests;

/// <summary>Who sits before the browser, as the authority knows them.</summary>
public sealed record Person(string Subject)
{
    public string Acr { get; init; } = "urn:dataportal:acr:mfa";

    public string[] Amr { get; init; } = ["pwd", "otp", "mfa"];

    public TimeSpan SignedInAgo { get; init; }

    public string? Email { get; init; }

    public bool? IsEmailVerified { get; init; }

    public string Sid { get; init; } = Guid.CreateVersion7().ToString("N");
}

/// <summary>
/// A small OpenID provider that keeps the rules: PAR, PKCE, one-use codes, client assertions. <see cref="Authorise"/> is what the browser would do
/// there. It can be told to break one rule at a time.
/// </summary>
public sealed class FakeAuthority : HttpMessageHandler
{
    public const string Realm = "https://authority.example/realm";
    public const string Client = "portal";

    private readonly Dictionary<string, Dictionary<string, string>> _pushed = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (Dictionary<string, string> Request, Person Person)> _codes = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();

    public ECDsaSecurityKey Key { get; } = new(ECDsa.Create(ECCurve.NamedCurves.nistP256)) { KeyId = Guid.CreateVersion7().ToString("N") };

    public ECDsa ClientKey { get; } = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public bool OffersPar { get; set; } = true;

    public bool OffersEndSession { get; set; } = true;

    public string AccessToken { get; } = "an access token that the portal has no use for";

    /// <summary>Changes the next id_token before it is signed.</summary>
    public Action<SecurityTokenDescriptor>? Change { get; set; }

    /// <summary>Changes the token endpoint's next answer as it is sent.</summary>
    public Action<JsonObject>? Rewrite { get; set; }

    /// <summary>What the browser's last request, pushed or not, asked for.</summary>
    public IReadOnlyDictionary<string, string> Asked { get; private set; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The person signs in, and is sent back with a code.</summary>
    public Uri Authorise(Uri address, Person person)
    {
        Assert.StartsWith(Realm + "/authorize?", address.AbsoluteUri, StringComparison.Ordinal);
        var query = Parse(address.Query.TrimStart('?'));
        lock (_gate)
        {
            var request = query.TryGetValue("request_uri", out var uri) ? _pushed.GetValueOrDefault(uri) ?? throw new InvalidOperationException("An unknown request_uri.") : query;
            if (uri is not null)
            {
                _pushed.Remove(uri);
            }
            else
            {
                Assert.False(OffersPar);
            }

            Assert.Equal((Client, "code", "S256"), (request["client_id"], request["response_type"], request["code_challenge_method"]));
            Assert.Contains("openid", request["scope"].Split(' '));
            Asked = request;
            var code = Guid.CreateVersion7().ToString("N");
            _codes[code] = (request, person);
            return Back(request, $"code={code}");
        }
    }

    public Uri Refuse(Uri address)
    {
        lock (_gate)
        {
            _pushed.Remove(Parse(address.Query.TrimStart('?'))["request_uri"], out var request);
            return Back(request!, "error=access_denied&error_description=no");
        }
    }

    public string Sign(Action<SecurityTokenDescriptor> change)
    {
        var descriptor = new SecurityTokenDescriptor
        {
            Issuer = Realm,
            Audience = Client,
            IssuedAt = Now,
            NotBefore = Now,
            Expires = Now.AddMinutes(5),
            Claims = new Dictionary<string, object>(StringComparer.Ordinal),
            SigningCredentials = new SigningCredentials(Key, SecurityAlgorithms.EcdsaSha256),
        };
        change(descriptor);
        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(descriptor);
    }

    /// <summary>An access token for the portal, of a sign-in just now with two factors.</summary>
    public string TokenOf(string subject, Action<SecurityTokenDescriptor>? change = null) => Sign(d =>
    {
        (d.Audience, d.TokenType) = ("urn:dataportal", "at+jwt");
        (d.Claims["sub"], d.Claims["client_id"], d.Claims["scope"], d.Claims["jti"]) = (subject, "test", "portal", Guid.CreateVersion7().ToString());
        (d.Claims["acr"], d.Claims["auth_time"]) = ("urn:dataportal:acr:mfa", new DateTimeOffset(Now).ToUnixTimeSeconds());
        change?.Invoke(d);
    });

    /// <summary>Settings under which a portal trusts this authority.</summary>
    public void Configure(IDictionary<string, string?> settings, string folder)
    {
        var key = Path.Combine(folder, "client.pem");
        File.WriteAllText(key, ClientKey.ExportPkcs8PrivateKeyPem());
        settings["Oidc:Authority"] = Realm;
        settings["Oidc:PublicUrl"] = SignInPortal.Public;
        settings["Oidc:ClientKeyFile"] = key;
    }

    /// <summary>The portal's requests to the authority come here.</summary>
    public void Serve(WebApplicationBuilder builder) => builder.Services.AddHttpClient(AccessTokens.HttpClient).ConfigurePrimaryHttpMessageHandler(() => this);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var form = request.Content is null ? [] : Parse(await request.Content.ReadAsStringAsync(cancellationToken));
        return request.RequestUri!.AbsolutePath switch
        {
            "/realm/.well-known/openid-configuration" => Json(Discovery()),
            "/realm/jwks" => Json(new JsonObject { ["keys"] = new JsonArray(Public(Key)) }),
            "/realm/par" => await PushAsync(form),
            "/realm/token" => await TokenAsync(form),
            _ => new HttpResponseMessage(HttpStatusCode.NotFound),
        };
    }

    private static DateTime Now => TimeProvider.System.GetUtcNow().UtcDateTime;

    private static Uri Back(Dictionary<string, string> request, string what) =>
        new($"{request["redirect_uri"]}?{what}&state={Uri.EscapeDataString(request["state"])}&iss={Uri.EscapeDataString(Realm)}");

    private JsonObject Discovery()
    {
        var document = new JsonObject
        {
            ["issuer"] = Realm,
            ["jwks_uri"] = Realm + "/jwks",
            ["authorization_endpoint"] = Realm + "/authorize",
            ["token_endpoint"] = Realm + "/token",
            ["authorization_response_iss_parameter_supported"] = true,
        };
        if (OffersPar)
        {
            document["pushed_authorization_request_endpoint"] = Realm + "/par";
        }

        if (OffersEndSession)
        {
            document["end_session_endpoint"] = Realm + "/logout";
        }

        return document;
    }

    private async Task<HttpResponseMessage> PushAsync(Dictionary<string, string> form)
    {
        if (!await IsClientAsync(form))
        {
            return Json(new JsonObject { ["error"] = "invalid_client" }, HttpStatusCode.Unauthorized);
        }

        var uri = "urn:ietf:params:oauth:request_uri:" + Guid.CreateVersion7().ToString("N");
        lock (_gate)
        {
            _pushed[uri] = form;
        }

        return Json(new JsonObject { ["request_uri"] = uri, ["expires_in"] = 60 }, HttpStatusCode.Created);
    }

    private async Task<HttpResponseMessage> TokenAsync(Dictionary<string, string> form)
    {
        (Dictionary<string, string> Request, Person Person) issued;
        lock (_gate)
        {
            if (!_codes.Remove(form.GetValueOrDefault("code", ""), out issued))
            {
                return Json(new JsonObject { ["error"] = "invalid_grant" }, HttpStatusCode.BadRequest);
            }
        }

        var challenge = Base64UrlEncoder.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(form.GetValueOrDefault("code_verifier", ""))));
        if (!await IsClientAsync(form) || challenge != issued.Request["code_challenge"] || form["redirect_uri"] != issued.Request["redirect_uri"])
        {
            return Json(new JsonObject { ["error"] = "invalid_grant" }, HttpStatusCode.BadRequest);
        }

        var person = issued.Person;
        var hash = SHA256.HashData(Encoding.ASCII.GetBytes(AccessToken));
        var idToken = Sign(d =>
        {
            d.Claims["sub"] = person.Subject;
            d.Claims["sid"] = person.Sid;
            d.Claims["nonce"] = issued.Request["nonce"];
            d.Claims["acr"] = person.Acr;
            d.Claims["amr"] = person.Amr;
            d.Claims["auth_time"] = new DateTimeOffset(Now - person.SignedInAgo).ToUnixTimeSeconds();
            d.Claims["at_hash"] = Base64UrlEncoder.Encode(hash[..16]);
            if (person.Email is not null)
            {
                d.Claims["email"] = person.Email;
            }

            if (person.IsEmailVerified is { } isVerified)
            {
                d.Claims["email_verified"] = isVerified;
            }

            Change?.Invoke(d);
        });
        var answer = new JsonObject { ["access_token"] = AccessToken, ["token_type"] = "Bearer", ["expires_in"] = 300, ["id_token"] = idToken };
        Rewrite?.Invoke(answer);
        return Json(answer);
    }

    private async Task<bool> IsClientAsync(Dictionary<string, string> form)
    {
        var result = await new JsonWebTokenHandler().ValidateTokenAsync(form.GetValueOrDefault("client_assertion", ""), new TokenValidationParameters
        {
            ValidIssuer = Client,
            ValidAudience = Realm,
            ValidAlgorithms = [SecurityAlgorithms.EcdsaSha256],
            IssuerSigningKeyResolver = (_, _, _, _) => [new ECDsaSecurityKey(ClientKey)],
        });
        return result.IsValid && result.Claims["sub"] is Client && form["client_assertion_type"] == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
    }

    private static JsonObject Public(ECDsaSecurityKey key)
    {
        var jwk = JsonWebKeyConverter.ConvertFromECDsaSecurityKey(key);
        return new JsonObject { ["kty"] = "EC", ["crv"] = "P-256", ["x"] = jwk.X, ["y"] = jwk.Y, ["kid"] = key.KeyId, ["use"] = "sig" };
    }

    private static HttpResponseMessage Json(JsonObject body, HttpStatusCode status = HttpStatusCode.OK) => new(status) { Content = JsonContent.Create(body) };

    private static Dictionary<string, string> Parse(string form)
    {
        var values = HttpUtility.ParseQueryString(form);
        return values.AllKeys.ToDictionary(k => k!, k => values[k]!, StringComparer.Ordinal);
    }
}

/// <summary>The portal with a sign-in at that authority; browsers know it as <see cref="Public"/>.</summary>
public abstract class SignInPortal(DatabaseProvider provider) : PortalFixture(provider)
{
    public const string Public = "https://portal.example";

    public FakeAuthority Authority { get; } = new();

    /// <summary>The whole configuration, for another Host on the same database.</summary>
    public Dictionary<string, string?> Settings { get; } = new(StringComparer.Ordinal);

    public void Join(WebApplicationBuilder builder) => Authority.Serve(builder);

    protected override string TokenOf(string subject) => Authority.TokenOf(subject);

    protected override void Configure(IDictionary<string, string?> settings)
    {
        Authority.Configure(settings, Folder);
        settings["SignIn:RequestsPerMinute"] = "1000000";
        foreach (var (name, value) in settings)
        {
            Settings[name] = value;
        }
    }

    protected override void Customise(WebApplicationBuilder builder) => Join(builder);

    protected override void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/api/v1/planted/decision", () => TypedResults.NoContent()).RequireAuthorization(Policies.SignedIn).RequireStepUp();
        routes.MapGet("/planted/page", () => TypedResults.NoContent()).RequireAuthorization(Policies.SignedIn).RequireStepUp();
    }
}

public sealed class SqliteSignIn() : SignInPortal(DatabaseProvider.Sqlite);

public sealed class PostgresSignIn() : SignInPortal(DatabaseProvider.Postgres);
