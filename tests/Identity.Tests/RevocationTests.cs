using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using DataPortal.Host;
using DataPortal.Kernel;
using DataPortal.Research.Tests;
using DataPortal.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace DataPortal.Identity.Tests;

/// <summary>Hosts that share one PostgreSQL and one folder, with a release to make extracts from; the first is the fixture's own.</summary>
public sealed class TwoHosts() : ResearchPortal(DatabaseProvider.Postgres)
{
    private readonly Dictionary<string, string?> _settings = new(StringComparer.Ordinal);

    public FakeAuthority Authority { get; } = new();

    public async Task<WebApplication> AnotherAsync(params (string Name, string Value)[] settings)
    {
        var all = new Dictionary<string, string?>(_settings, StringComparer.Ordinal);
        foreach (var (name, value) in settings)
        {
            all[name] = value;
        }

        var app = PortalApplication.Build(new ConfigurationBuilder().AddInMemoryCollection(all).Build(), new RunMode(IsEvaluation: false), builder =>
        {
            builder.Logging.ClearProviders();
            Customise(builder);
        });
        await app.StartAsync();
        return app;
    }

    protected override string TokenOf(string subject) => Authority.TokenOf(subject);

    protected override void Configure(IDictionary<string, string?> settings)
    {
        base.Configure(settings);
        Authority.Configure(settings, Folder);
        foreach (var (name, value) in settings)
        {
            _settings[name] = value;
        }
    }

    protected override void Customise(WebApplicationBuilder builder)
    {
        base.Customise(builder);
        Authority.Serve(builder);
    }
}

/// <summary>What somebody may no longer do ends soon, on whichever Host they are doing it, a download of minutes included.</summary>
public sealed class RevocationTests(TwoHosts portal) : PortalTests(portal), IClassFixture<TwoHosts>
{
    private const string Me = "/api/v1/me";
    private const long LongFile = 4L << 30;

    private static readonly TimeSpan Allowed = TimeSpan.FromSeconds(5);

    [Theory]
    [InlineData("disabling")]
    [InlineData("sign-out")]
    public async Task Cookie_token_and_running_download_end_within_five_seconds_on_both_hosts(string what)
    {
        await using var second = await portal.AnotherAsync();
        var (member, file) = await MemberWithLongExtractAsync();
        Uri[] hosts = [portal.Url, new Uri(second.Urls.First())];
        using var browser = new Browser(portal.Url);
        using var signedIn = await browser.SignInAsync(portal.Authority, new Person(member.Subject));
        var callers = hosts.SelectMany(host => new[] { WithCookie(host, browser), WithToken(host, member) }).ToList();
        foreach (var caller in callers)
        {
            using var answer = await caller.GetAsync(new Uri(Me, UriKind.Relative));
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        var downloads = new List<Download>();
        foreach (var caller in callers)
        {
            downloads.Add(await Download.StartAsync(caller, file));
        }

        await Task.Delay(TimeSpan.FromSeconds(3), TestContext.Current.CancellationToken);
        Assert.All(downloads, d => Assert.False(d.Broken.IsCompleted));

        using var admin = await portal.ActorAsync("Administrator", Roles.Admin);
        var (watch, begun) = (Stopwatch.StartNew(), Stopwatch.GetTimestamp());
        using var done = await admin.Http.PostAsJsonAsync(new Uri($"/api/v1/people/{member.AccountId}/{what}", UriKind.Relative), new { reason = "Left the hospital" });
        Assert.Equal(HttpStatusCode.NoContent, done.StatusCode);
        var access = await Task.WhenAll(callers.Select(caller => RefusedAfterAsync(caller, watch)));
        var broken = await Task.WhenAll(downloads.Select(d => d.Broken.WaitAsync(TimeSpan.FromSeconds(30))));

        var worst = (Cookie: Longest(access[0], access[2]), Token: Longest(access[1], access[3]), Download: Stopwatch.GetElapsedTime(begun, broken.Max()));
        TestContext.Current.TestOutputHelper!.WriteLine(
            $"{what}: worst of two Hosts: cookie {worst.Cookie.TotalMilliseconds:0} ms, token {worst.Token.TotalMilliseconds:0} ms, running download {worst.Download.TotalMilliseconds:0} ms.");
        Assert.True(worst.Cookie < Allowed && worst.Token < Allowed && worst.Download < Allowed, worst.ToString());
        Assert.Equal(4, (await portal.AuditAsync(member, "export.download-stopped")).Count);
        callers.ForEach(c => c.Dispose());
    }

    /// <summary>The control: it is the watching that ends it.</summary>
    [Fact]
    public async Task Where_nobody_watches_the_download_goes_on()
    {
        await using var careless = await portal.AnotherAsync(("Exports:DownloadCheckSeconds", "3600"));
        var (member, file) = await MemberWithLongExtractAsync();
        using var caller = WithToken(new Uri(careless.Urls.First()), member);
        var download = await Download.StartAsync(caller, file);
        using var admin = await portal.ActorAsync("Administrator", Roles.Admin);
        using var done = await admin.Http.PostAsJsonAsync(new Uri($"/api/v1/people/{member.AccountId}/disabling", UriKind.Relative), new { reason = "Left the hospital" });
        Assert.Equal(HttpStatusCode.NoContent, done.StatusCode);
        using var refused = await caller.GetAsync(new Uri(Me, UriKind.Relative));
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);

        var before = download.Bytes;
        await Task.Delay(Allowed + TimeSpan.FromSeconds(2), TestContext.Current.CancellationToken);
        Assert.False(download.Broken.IsCompleted);
        Assert.True(download.Bytes > before);
    }

    [Fact]
    public async Task A_proof_that_one_host_has_seen_is_refused_by_the_other()
    {
        await using var second = await portal.AnotherAsync();
        var member = await portal.ActorAsync("Member");
        using var key = System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP256);
        var token = portal.Authority.TokenOf(member.Subject, d => d.Claims["cnf"] = new Dictionary<string, object>(StringComparer.Ordinal) { ["jkt"] = Proof.Thumbprint(key) });

        // A proof names the address that callers use, which a proxy hands on to both; here it is the first one's.
        var proof = new Proof(portal.Url, token, key);
        string? sent = null;
        proof.Send = made => [sent ??= made];
        using var first = await proof.AskAsync(portal.Anonymous);
        using var elsewhere = new HttpClient { BaseAddress = new Uri(second.Urls.First()), DefaultRequestHeaders = { Host = portal.Url.Authority } };
        using var replayed = await proof.AskAsync(elsewhere);
        sent = null;
        proof.Payload["jti"] = "another";
        using var fresh = await proof.AskAsync(elsewhere);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Unauthorized, HttpStatusCode.OK), (first.StatusCode, replayed.StatusCode, fresh.StatusCode));
    }

    private static TimeSpan Longest(TimeSpan one, TimeSpan other) => one > other ? one : other;

    private static HttpClient WithToken(Uri host, Actor member) => new() { BaseAddress = host, DefaultRequestHeaders = { Authorization = member.Http.DefaultRequestHeaders.Authorization } };

    private static HttpClient WithCookie(Uri host, Browser browser)
    {
        var http = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = host };
        http.DefaultRequestHeaders.Add("Cookie", "__Host-portal=" + browser.Session);
        return http;
    }

    private static async Task<TimeSpan> RefusedAfterAsync(HttpClient caller, Stopwatch watch)
    {
        while (true)
        {
            using var answer = await caller.GetAsync(new Uri(Me, UriKind.Relative));
            if (answer.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
            {
                return watch.Elapsed;
            }

            Assert.True(answer.StatusCode == HttpStatusCode.OK && watch.Elapsed < TimeSpan.FromSeconds(30), answer.StatusCode.ToString());
        }
    }

    /// <summary>An extract of the product's own making, one file of which is made longer afterwards than anything between server and client can hold.</summary>
    private async Task<(Actor Member, string File)> MemberWithLongExtractAsync()
    {
        var member = await portal.MemberAsync("Member", ResearchPortal.Usual);
        var accepted = await ResearchPortal.PostAsync(member, "/api/v1/exports", new { query = "KRAS G12C", profile = "tables" });
        Assert.Equal(HttpStatusCode.Accepted, accepted.Status);
        var id = (Guid)accepted.Body!["id"]!;
        var patience = new CancellationTokenSource(TimeSpan.FromSeconds(90));
        while ((await ResearchPortal.GetAsync(member, $"/api/v1/exports/{id}")).Status == HttpStatusCode.Accepted)
        {
            await Task.Delay(100, patience.Token);
        }

        var data = portal.Services.GetRequiredService<IOptions<DataDirectory>>().Value.Directory;
        var path = Directory.EnumerateFiles(data, "cases.csv", SearchOption.AllDirectories).Single(f => f.Contains(id.ToString("N"), StringComparison.OrdinalIgnoreCase) || f.Contains(id.ToString("D"), StringComparison.OrdinalIgnoreCase));
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Write);
        file.SetLength(LongFile);
        return (member, $"/api/v1/exports/{id}/files/cases.csv");
    }

    /// <summary>Reads on and on, unhurriedly, until there is no more or the connection breaks.</summary>
    private sealed class Download
    {
        private long _bytes;

        private Download(HttpResponseMessage answer) => Broken = ReadAsync(answer);

        public long Bytes => Interlocked.Read(ref _bytes);

        /// <summary>The timestamp at which it broke off.</summary>
        public Task<long> Broken { get; }

        public static async Task<Download> StartAsync(HttpClient caller, string path)
        {
            var answer = await caller.GetAsync(new Uri(path, UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);
            Assert.Equal((HttpStatusCode.OK, LongFile), (answer.StatusCode, answer.Content.Headers.ContentLength));
            return new Download(answer);
        }

        private async Task<long> ReadAsync(HttpResponseMessage answer)
        {
            using (answer)
            {
                var buffer = new byte[64 * 1024];
                try
                {
                    await using var stream = await answer.Content.ReadAsStreamAsync();
                    while (await stream.ReadAsync(buffer) is > 0 and var read)
                    {
                        Interlocked.Add(ref _bytes, read);
                        await Task.Delay(5);
                    }
                }
                catch (Exception e) when (e is IOException or HttpRequestException)
                {
                    return Stopwatch.GetTimestamp();
                }

                throw new InvalidOperationException("The file came to its end.");
            }
        }
    }
}
