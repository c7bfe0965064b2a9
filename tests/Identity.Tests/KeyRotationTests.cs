using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using DataPortal.Host;
using DataPortal.Identity.Provider;
using DataPortal.Identity.Tokens;
using DataPortal.Kernel;
using DataPortal.Testing;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace DataPortal.Identity.Tests;

/// <summary>Hosts with a bundled provider each, on one PostgreSQL and one key ring, behind one issuer.</summary>
public sealed class RotatingHosts() : PortalFixture(DatabaseProvider.Postgres)
{
    private readonly Dictionary<string, string?> _settings = new(StringComparer.Ordinal);

    public int FirstPort { get; } = EvaluationPortal.FreePort();

    public int SecondPort { get; } = EvaluationPortal.FreePort();

    public async Task<WebApplication> AnotherAsync(bool withProvider, Action<IServiceCollection>? customise = null)
    {
        var settings = new Dictionary<string, string?>(_settings, StringComparer.Ordinal)
        {
            ["Provider:Start"] = withProvider ? "true" : "false",
            ["Provider:Port"] = SecondPort.ToString(CultureInfo.InvariantCulture),
        };
        var app = PortalApplication.Build(new ConfigurationBuilder().AddInMemoryCollection(settings).Build(), new RunMode(IsEvaluation: false), builder =>
        {
            builder.Logging.ClearProviders();
            customise?.Invoke(builder.Services);
        });
        await app.StartAsync();
        return app;
    }

    protected override void Configure(IDictionary<string, string?> settings)
    {
        EvaluationPortal.RequireNode();
        settings["Oidc:Authority"] = $"http://localhost:{FirstPort.ToString(CultureInfo.InvariantCulture)}";
        settings["Provider:Start"] = "true";
        settings["Provider:Port"] = FirstPort.ToString(CultureInfo.InvariantCulture);
        settings["Provider:Portal"] = "http://localhost:1";
        // Longer than the providers take to hear of it, as in production; shorter by far.
        settings["Provider:KeyAhead"] = "00:00:04";
        foreach (var (name, value) in settings)
        {
            _settings[name] = value;
        }
    }
}

public sealed class KeyRotationTests(RotatingHosts portal) : PortalTests(portal), IClassFixture<RotatingHosts>
{
    private const int Rotations = 3;
    private const int People = 4;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    [Fact]
    public async Task Three_rotations_under_load_refuse_nobody_on_either_host()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var second = await portal.AnotherAsync(withProvider: true);
        var known = await portal.Services.GetRequiredService<AuthorityMetadata>().GetConfigurationAsync(ct);
        await using var frozen = await portal.AnotherAsync(withProvider: false, services => services.PostConfigure<JwtBearerOptions>(
            JwtBearerDefaults.AuthenticationScheme, bearer => bearer.ConfigurationManager = new StaticConfigurationManager<OpenIdConnectConfiguration>(known)));
        Uri[] providers = [new($"http://localhost:{portal.FirstPort}"), new($"http://localhost:{portal.SecondPort}")];
        Uri[] hosts = [portal.Url, new(second.Urls.First())];

        var answers = new ConcurrentDictionary<HttpStatusCode, int>();
        var signed = new ConcurrentDictionary<(int Provider, string Key), string>(); // with a token of each
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var load = Enumerable.Range(0, People).Select(i => Task.Run(() => UseAsync(i), ct)).ToList();

        var keys = new List<string> { await SignerAsync(portal.Services) };
        await UntilSignedAsync(keys[0]);
        for (var rotation = 0; rotation < Rotations; rotation++)
        {
            await RotateAsync(rotation % 2 == 0 ? portal.Services : second.Services);
            keys.Add(await NewestAsync(keys));
            await UntilSignedAsync(keys[^1]);
        }

        await stop.CancelAsync();
        await Task.WhenAll(load);
        TestContext.Current.TestOutputHelper?.WriteLine(string.Join(", ", answers.Select(a => $"{a.Value} × {(int)a.Key}")));
        Assert.Equal([HttpStatusCode.OK], answers.Keys);
        Assert.InRange(answers[HttpStatusCode.OK], 200, int.MaxValue);
        Assert.Equal(Rotations + 1, keys.Distinct(StringComparer.Ordinal).Count());

        // Tokens of every key are good on both, the oldest too; the control, which reads keys once, knows the first key and none that came after.
        using var http = new HttpClient();
        foreach (var ((_, key), token) in signed)
        {
            Assert.All(await Task.WhenAll(hosts.Select(h => AskAsync(http, h, token))), status => Assert.Equal(HttpStatusCode.OK, status));
            Assert.Equal(key == keys[0] ? HttpStatusCode.OK : HttpStatusCode.Unauthorized, await AskAsync(http, new Uri(frozen.Urls.First()), token));
        }

        async Task UseAsync(int person)
        {
            var actor = await portal.ActorAsync("Member");
            var browsers = providers.Select(p => new ProviderBrowser(portal.Services, p)).ToList();
            using var client = new HttpClient();
            var (_, tokens) = await browsers[0].RedeemAsync(await browsers[0].SignInAsync(actor.Subject));
            var refresh = tokens["refresh_token"]!.GetValue<string>();
            var held = new List<string>();
            for (var turn = person; !stop.IsCancellationRequested; turn++)
            {
                var (status, fresh) = await browsers[turn % 2].RefreshAsPortalAsync(refresh);
                Assert.True(status == HttpStatusCode.OK, fresh.ToJsonString());
                refresh = fresh["refresh_token"]?.GetValue<string>() ?? refresh;
                var token = fresh["access_token"]!.GetValue<string>();
                held.Add(token);
                foreach (var host in hosts)
                {
                    foreach (var one in (string[])[token, held[turn * 7 % held.Count]])
                    {
                        answers.AddOrUpdate(await AskAsync(client, host, one), 1, (_, n) => n + 1);
                    }
                }

                signed.TryAdd((turn % 2, ProviderBrowser.Read(fresh).Kid), token);
                await Task.Delay(Pause, CancellationToken.None);
            }

            browsers.ForEach(b => b.Dispose());
        }

        async Task UntilSignedAsync(string key)
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
            patience.CancelAfter(TimeSpan.FromSeconds(30));
            while (!signed.ContainsKey((0, key)) || !signed.ContainsKey((1, key)))
            {
                if (load.Find(l => l.IsFaulted) is { } failed)
                {
                    await failed;
                }

                await Task.Delay(50, patience.Token);
            }
        }

        async Task<string> NewestAsync(List<string> before)
        {
            var published = await WithKeysAsync(portal.Services, k => k.InUseAsync(KeyPurpose.Token, ct));
            return Assert.Single(published.Select(Kid), k => !before.Contains(k, StringComparer.Ordinal));
        }

        Task<bool> RotateAsync(IServiceProvider services) => WithKeysAsync(services, async k =>
        {
            await k.RotateAsync(KeyPurpose.Token, ct);
            return true;
        });

        Task<string> SignerAsync(IServiceProvider services) => WithKeysAsync(services, async k => Kid((await k.InUseAsync(KeyPurpose.Token, ct))[0]));
    }

    private static string Kid(string jwk) => System.Text.Json.Nodes.JsonNode.Parse(jwk)!["kid"]!.GetValue<string>();

    private static async Task<T> WithKeysAsync<T>(IServiceProvider services, Func<ProviderKeys, Task<T>> use)
    {
        await using var scope = services.CreateAsyncScope();
        return await use(scope.ServiceProvider.GetRequiredService<ProviderKeys>());
    }

    private static async Task<HttpStatusCode> AskAsync(HttpClient http, Uri host, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(host, "/api/v1/me")) { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", token) } };
        using var answer = await http.SendAsync(request);
        return answer.StatusCode;
    }
}
