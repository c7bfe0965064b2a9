using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace DataPortal.Cli.Tests;

/// <summary>
/// A portal and its authority in one small server, as strict as the standards allow: device flow (RFC 8628), rotating refresh tokens of which a second
/// use ends the family, proofs of possession (RFC 9449) at every step, programs by <c>private_key_jwt</c> (RFC 7523).
/// </summary>
internal sealed class Authority : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly ConcurrentDictionary<string, byte> ids = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, (string Thumbprint, DateTimeOffset Until)> accessTokens = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, (string Family, string Thumbprint, bool Used)> refreshTokens = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, byte> endedFamilies = new(StringComparer.Ordinal);
    private readonly Lock gate = new();

    private Authority(WebApplication app) => this.app = app;

    public string Url => app.Urls.Single();

    /// <summary>What the device's polls are told, in order; after the last one it is signed in.</summary>
    public Queue<string> Polls { get; } = new();

    public List<DateTimeOffset> PolledAt { get; } = [];

    public ConcurrentQueue<string> Faults { get; } = new();

    public int Refreshes;

    public int Calls;

    public int Reuses;

    public bool WantsNonce { get; set; }

    public int AccessSeconds { get; set; } = 600;

    public int DeviceSeconds { get; set; } = 600;

    /// <summary>Answers the next calls of the portal with this code of a 401.</summary>
    public string? Challenge { get; set; }

    public string? Resource { get; set; }

    public bool IsRevocationDown { get; set; }

    public List<string> Revoked { get; } = [];

    public JsonObject? LastProgram { get; private set; }

    public static async Task<Authority> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var authority = new Authority(builder.Build());
        authority.app.Run(authority.AnswerAsync);
        await authority.app.StartAsync();
        return authority;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    /// <summary>Uses a refresh token as anybody could who has the key as well: for the control that a second use is noticed.</summary>
    public bool WouldTake(string refreshToken) => refreshTokens.TryGetValue(refreshToken, out var known) && !known.Used && !endedFamilies.ContainsKey(known.Family);

    private async Task AnswerAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!;
        if (path.StartsWith("/api/", StringComparison.Ordinal))
        {
            await PortalAsync(context);
            return;
        }

        var form = context.Request.HasFormContentType ? await context.Request.ReadFormAsync() : null;
        switch (path)
        {
            case "/.well-known/oauth-protected-resource":
                await WriteAsync(context, 200, new JsonObject
                {
                    ["resource"] = Resource ?? Url, ["authorization_servers"] = new JsonArray(Url), ["scopes_supported"] = new JsonArray("portal"),
                    ["dataportal_audience"] = "urn:dataportal", ["dataportal_cli_client_id"] = "portal-cli",
                });
                break;
            case "/.well-known/openid-configuration":
                await WriteAsync(context, 200, new JsonObject
                {
                    ["issuer"] = Url, ["token_endpoint"] = Url + "/token", ["device_authorization_endpoint"] = Url + "/device/auth", ["revocation_endpoint"] = Url + "/revoke",
                });
                break;
            case "/device/auth":
                Check(form!["client_id"] == "portal-cli" && form["resource"] == "urn:dataportal" && form["scope"] == "openid portal" && form["max_age"] == "60", "the device asks for something else");
                await WriteAsync(context, 200, new JsonObject
                {
                    ["device_code"] = "device-secret", ["user_code"] = "BCDF-GHJK", ["verification_uri"] = Url + "/device", ["expires_in"] = DeviceSeconds, ["interval"] = 1,
                });
                break;
            case "/token":
                await TokenAsync(context, form!);
                break;
            case "/revoke":
                lock (gate)
                    Revoked.Add(form!["token"]!);
                context.Response.StatusCode = IsRevocationDown ? 503 : 200;
                break;
            default:
                context.Response.StatusCode = 404;
                break;
        }
    }

    private async Task TokenAsync(HttpContext context, IFormCollection form)
    {
        if (await ProofAsync(context, null) is not { } thumbprint)
        {
            context.Response.Headers["DPoP-Nonce"] = "nonce-1";
            await WriteAsync(context, 400, new JsonObject { ["error"] = WantsNonce ? "use_dpop_nonce" : "invalid_dpop_proof" });
            return;
        }

        var (error, family) = (string)form["grant_type"]! switch
        {
            "urn:ietf:params:oauth:grant-type:device_code" => Poll(form["device_code"]!),
            "refresh_token" => Refresh(form["refresh_token"]!, thumbprint),
            "client_credentials" => (await ProgramAsync(form), ""),
            _ => ("unsupported_grant_type", ""),
        };
        if (error is not null)
        {
            await WriteAsync(context, 400, new JsonObject { ["error"] = error });
            return;
        }

        var access = "at-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));
        accessTokens[access] = (thumbprint, TimeProvider.System.GetUtcNow().AddSeconds(AccessSeconds));
        var answer = new JsonObject { ["access_token"] = access, ["token_type"] = "DPoP", ["expires_in"] = AccessSeconds };
        if (family.Length > 0)
        {
            var refresh = "rt-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));
            refreshTokens[refresh] = (family, thumbprint, false);
            answer["refresh_token"] = refresh;
        }

        await WriteAsync(context, 200, answer);
    }

    private (string? Error, string Family) Poll(string device)
    {
        lock (gate)
        {
            PolledAt.Add(TimeProvider.System.GetUtcNow());
            Check(device == "device-secret", "another device code");
            return Polls.TryDequeue(out var told) ? (told, "") : (null, "family-" + Guid.CreateVersion7());
        }
    }

    private (string? Error, string Family) Refresh(string token, string thumbprint)
    {
        lock (gate)
        {
            Refreshes++;
            if (!refreshTokens.TryGetValue(token, out var known) || known.Thumbprint != thumbprint || endedFamilies.ContainsKey(known.Family))
                return ("invalid_grant", "");
            if (known.Used)
            {
                Reuses++;
                endedFamilies[known.Family] = 0;
                return ("invalid_grant", "");
            }

            refreshTokens[token] = known with { Used = true };
            return (null, known.Family);
        }
    }

    private async Task<string?> ProgramAsync(IFormCollection form)
    {
        if (LastProgram is not { } program || form["client_assertion_type"] != "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
            return "invalid_client";
        var result = await new JsonWebTokenHandler().ValidateTokenAsync(form["client_assertion"], new TokenValidationParameters
        {
            ValidIssuer = program["id"]!.ToString(), ValidAudience = Url, IssuerSigningKey = new JsonWebKey(program["publicKey"]!.ToJsonString()), TryAllIssuerSigningKeys = true, ValidAlgorithms = ["ES256", "PS256"], RequireExpirationTime = true,
        });
        return result.IsValid && (string)result.Claims["sub"] == program["id"]!.ToString() && ids.TryAdd((string)result.Claims["jti"], 0) ? null : "invalid_client";
    }

    private async Task PortalAsync(HttpContext context)
    {
        Interlocked.Increment(ref Calls);
        if (Challenge is { } code)
        {
            Challenge = null;
            var error = code == "step_up_required" ? "insufficient_user_authentication" : "invalid_token";
            context.Response.Headers.WWWAuthenticate = $"DPoP error=\"{error}\"";
            await WriteAsync(context, 401, new JsonObject { ["code"] = code, ["detail"] = "Refused for the test." });
            return;
        }

        var header = context.Request.Headers.Authorization.ToString();
        var token = header.StartsWith("DPoP ", StringComparison.Ordinal) ? header[5..] : "";
        if (!accessTokens.TryGetValue(token, out var known) || known.Until < TimeProvider.System.GetUtcNow())
        {
            context.Response.Headers.WWWAuthenticate = "DPoP error=\"invalid_token\"";
            await WriteAsync(context, 401, new JsonObject { ["code"] = "token_expired", ["detail"] = "Expired." });
            return;
        }

        if (await ProofAsync(context, token) is not { } thumbprint || thumbprint != known.Thumbprint)
        {
            context.Response.Headers["DPoP-Nonce"] = "nonce-2";
            context.Response.Headers.WWWAuthenticate = "DPoP error=\"use_dpop_nonce\"";
            await WriteAsync(context, 401, new JsonObject { ["code"] = "dpop_proof_invalid", ["detail"] = "The proof does not hold." });
            return;
        }

        if (context.Request.Path == "/api/v1/clients" && context.Request.Method == "POST")
        {
            var program = (await JsonNode.ParseAsync(context.Request.Body))!.AsObject();
            program["id"] = "p-0123456789abcdef0123";
            LastProgram = program;
            await WriteAsync(context, 201, new JsonObject { ["program"] = new JsonObject { ["id"] = program["id"]!.ToString(), ["keys"] = new JsonArray(new JsonObject { ["kid"] = "kid-1" }) } });
            return;
        }

        await WriteAsync(context, 200, context.Request.Path == "/api/v1/clients"
            ? new JsonObject { ["items"] = new JsonArray(new JsonObject { ["id"] = "p-0123456789abcdef0123", ["name"] = "夜間の集計プログラムその一の長い名前", ["project"] = "kras-outcomes-of-a-long-name", ["expiresOn"] = "2027-01-01", ["state"] = "live" }) }
            : new JsonObject { ["name"] = "Researcher", ["email"] = "researcher@example.org", ["clientId"] = "portal-cli", ["roles"] = new JsonArray() });
    }

    /// <summary>The thumbprint of the key that proved this request; null when the proof does not hold.</summary>
    private async Task<string?> ProofAsync(HttpContext context, string? accessToken)
    {
        var proof = context.Request.Headers["DPoP"].ToString();
        try
        {
            var token = new JsonWebToken(proof);
            using var key = JsonDocument.Parse(Base64UrlEncoder.Decode(proof.Split('.')[0]));
            var jwk = new JsonWebKey(key.RootElement.GetProperty("jwk").GetRawText());
            var signed = await new JsonWebTokenHandler().ValidateTokenAsync(proof, new TokenValidationParameters
            {
                IssuerSigningKey = jwk, TryAllIssuerSigningKeys = true, ValidAlgorithms = ["ES256"], ValidTypes = ["dpop+jwt"], ValidateIssuer = false, ValidateAudience = false, ValidateLifetime = false, RequireExpirationTime = false,
            });
            var ath = accessToken is null ? null : Base64UrlEncoder.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(accessToken)));
            var nonce = WantsNonce ? accessToken is null ? "nonce-1" : "nonce-2" : null;
            var isGood = signed.IsValid && !jwk.HasPrivateKey && Claim(token, "htm") == context.Request.Method && Claim(token, "htu") == Url + context.Request.Path && Claim(token, "ath") == ath
                && (nonce is null || Claim(token, "nonce") == nonce) && Math.Abs((token.IssuedAt - TimeProvider.System.GetUtcNow().UtcDateTime).TotalSeconds) < 30 && ids.TryAdd(Claim(token, "jti")!, 0);
            if (!isGood && (nonce is null || Claim(token, "nonce") == nonce))
                Faults.Enqueue($"{context.Request.Method} {context.Request.Path}: {proof}");
            return isGood ? Base64UrlEncoder.Encode(jwk.ComputeJwkThumbprint()) : null;
        }
        catch (Exception e) when (e is ArgumentException or JsonException or KeyNotFoundException)
        {
            Faults.Enqueue($"{context.Request.Method} {context.Request.Path}: {e.Message}");
            return null;
        }
    }

    private static string? Claim(JsonWebToken token, string name) => token.TryGetPayloadValue<string>(name, out var value) ? value : null;

    private void Check(bool holds, string fault)
    {
        if (!holds)
            Faults.Enqueue(fault);
    }

    private static Task WriteAsync(HttpContext context, int status, JsonObject body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = status < 400 || !context.Request.Path.StartsWithSegments("/api", StringComparison.Ordinal) ? "application/json" : "application/problem+json";
        return context.Response.WriteAsync(body.ToJsonString());
    }
}
