using System.Net;
using System.Net.Sockets;
using System.Text;
using DataPortal.Identity.Credentials;
using DataPortal.Identity.Pages;
using DataPortal.Kernel;
using DataPortal.Testing;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace DataPortal.Identity.Tests;

/// <summary>What every page withstands, found at run time: a page added tomorrow is tested from its first day.</summary>
[Trait("Category", "Trust")]
public abstract class PageDefenceTests(AccountsPortal portal) : PortalTests(portal)
{
    private IEnumerable<(string Method, string Path)> Pages =>
        from endpoint in portal.Endpoints.OfType<RouteEndpoint>()
        where endpoint.Metadata.GetMetadata<PageMetadata>() is not null
        from method in endpoint.Metadata.GetRequiredMetadata<HttpMethodMetadata>().HttpMethods
        select (method, "/" + endpoint.RoutePattern.RawText!.Trim('/').Replace("{name}", "identity.css", StringComparison.Ordinal));

    private List<string> Forms => [.. Pages.Where(p => p.Method != "GET").Select(p => p.Path)];

    [Fact]
    public async Task No_form_is_taken_from_another_site()
    {
        Assert.InRange(Forms.Count, 20, 60);
        var person = await portal.PersonAsync("Member");
        using var visitor = await portal.SignedInAsync(person);
        using var other = await portal.SignedInAsync(await portal.PersonAsync("Attacker"));
        await visitor.OpenAsync("/account");
        await other.OpenAsync("/account");
        var good = visitor.Form("/account/profile")["__RequestVerificationToken"];
        var theirs = other.Form("/account/profile")["__RequestVerificationToken"];
        foreach (var path in Forms)
        {
            foreach (var token in new[] { null, "", "x", good[..^2] + "AA", theirs })
            {
                var form = token is null ? new Dictionary<string, string>(StringComparer.Ordinal) : new(StringComparer.Ordinal) { ["__RequestVerificationToken"] = token };
                await visitor.PostAsync(path, form);
                Assert.True(visitor.Status is HttpStatusCode.BadRequest or HttpStatusCode.Forbidden, $"{path} with {token ?? "no token"}: {visitor.Status}");
                Assert.Contains("This form is no longer good", visitor.Text, StringComparison.Ordinal);
            }

            // A good token that came along with a request from elsewhere.
            using var content = new FormUrlEncodedContent([new("__RequestVerificationToken", good)]);
            using var crossSite = await visitor.Browser.SendAsync(HttpMethod.Post, path, content, ("Sec-Fetch-Site", "cross-site"));
            Assert.True(crossSite.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.Forbidden, path);
        }

        // And without a session, where there is a form for people who are not signed in.
        foreach (var path in Forms.Where(p => !p.StartsWith("/account", StringComparison.Ordinal)))
        {
            using var stranger = new Visitor(portal.Url);
            await stranger.PostAsync(path, []);
            Assert.True(stranger.Status == HttpStatusCode.BadRequest, path);
        }

        Assert.Equal(HttpStatusCode.OK, await visitor.Browser.MeAsync());
    }

    [Fact]
    public async Task With_the_check_off_the_same_forms_do_what_they_say()
    {
        await using var open = await portal.NodeAsync(services => services.AddSingleton<IAntiforgery, NoAntiforgery>());
        var person = await portal.PersonAsync("Member");
        using var signedIn = await portal.SignedInAsync(person);
        using var visitor = new Visitor(new Uri(open.Urls.Single()));
        signedIn.Browser.Cookies.ToList().ForEach(c => visitor.Browser.Cookies[c.Key] = c.Value);
        await visitor.PostAsync("/account/sessions/end-all", []);
        Assert.Equal((HttpStatusCode.Redirect, "/"), (visitor.Status, visitor.Location!.OriginalString));
        Assert.NotEqual(HttpStatusCode.OK, await signedIn.Browser.MeAsync());
    }

    [Fact]
    public async Task Ten_megabytes_are_refused_by_every_form()
    {
        using var visitor = await portal.SignedInAsync(await portal.PersonAsync("Member"));
        foreach (var path in Forms)
        {
            using var content = new ByteArrayContent(Encoding.ASCII.GetBytes("password=" + new string('x', 10 << 20))) { Headers = { ContentType = new("application/x-www-form-urlencoded") } };
            try
            {
                using var answer = await visitor.Browser.SendAsync(HttpMethod.Post, path, content);
                Assert.True(answer.StatusCode == HttpStatusCode.RequestEntityTooLarge, $"{path}: {answer.StatusCode}");
            }
            catch (HttpRequestException e) when (e.InnerException is IOException or SocketException)
            {
                // The answer was given and the line cut before the client had sent everything.
            }
        }

        // Said in advance, and told honestly: the answer comes before the body.
        foreach (var path in Forms.Take(8))
        {
            Assert.StartsWith("HTTP/1.1 413 ", await RawAsync($"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 10485760\r\n\r\n"), StringComparison.Ordinal);
        }

        // The control: a form of ordinary size is read.
        using var small = new FormUrlEncodedContent([new("password", new string('x', 4000))]);
        using var read = await visitor.Browser.SendAsync(HttpMethod.Post, "/sign-in", small);
        Assert.NotEqual(HttpStatusCode.RequestEntityTooLarge, read.StatusCode);
    }

    [Fact]
    public async Task No_page_sends_anybody_to_another_site()
    {
        var shapes = Redirects.Shapes();
        Assert.InRange(shapes.Count, 200, 2000);
        Assert.All(shapes, s => Assert.False(LocalPath.TryParse(s, out _), s));
        Assert.Contains(shapes, Redirects.Naive);
        Assert.All(["/", "/account", "/a/b?c=d&e=%20f#g", "/search?q=a%2Fb"], s => Assert.True(LocalPath.TryParse(s, out _), s));

        using var visitor = new Visitor(portal.Url);
        var uid = await portal.InteractionAsync();
        foreach (var shape in shapes)
        {
            var text = Uri.EscapeDataString(shape);
            foreach (var address in new[] { "/sign-in?return=", "/session/start?return=", $"/sign-in?uid={uid}&return=", "/forgot-password?return=", "/consent?return=" })
            {
                await visitor.OpenAsync(address + text);
                Assert.True(visitor.Location is null || IsOwn(visitor.Location.OriginalString) || visitor.Location.OriginalString.StartsWith(FakeAuthority.Realm + "/authorize?", StringComparison.Ordinal), $"{address}{shape} → {visitor.Location}");
                Assert.DoesNotContain("forger.example\"", visitor.Page.Replace(text.Length == 0 ? "\0" : text, "", StringComparison.Ordinal), StringComparison.OrdinalIgnoreCase);
            }
        }

        // And by forms, in every field at once.
        foreach (var shape in shapes.Where((_, i) => i % 10 == 0))
        {
            await visitor.SignInAsync(uid, "x@example.org", "wrong");
            await visitor.SubmitAsync("/sign-in", ("uid", shape), ("return", shape), ("email", shape), ("returnUrl", shape));
            Assert.Null(visitor.Location);
        }
    }

    [Fact]
    public async Task Line_breaks_in_anything_become_no_header()
    {
        var person = await portal.PersonAsync("Member");
        using var visitor = await portal.SignedInAsync(person);
        await visitor.OpenAsync("/account");
        foreach (var text in new[] { "a\r\nSet-Cookie: planted=1", "a\nSet-Cookie: planted=1", "a\rSet-Cookie: planted=1", "a\u0085Set-Cookie: planted=1", "嘊嘍Set-Cookie:planted=1" })
        {
            foreach (var path in new[] { "/sign-in?return=", "/sign-in?uid=", "/session/start?return=", "/account?notice=", "/account?lang=", "/invitation?token=", "/assets/" })
            {
                await visitor.OpenAsync(path + Uri.EscapeDataString(text));
            }

            await visitor.OpenAsync("/account");
            await visitor.SubmitAsync("/account/profile", ("name", text), ("locale", text));
            await visitor.OpenAsync("/account");
            await visitor.SubmitAsync("/account/address", ("new-email", text + "@example.org"));
            Assert.NotEqual("/account?notice=address", visitor.Location?.OriginalString);
            await visitor.OpenAsync("/account");
        }

        Assert.DoesNotContain("planted", visitor.Browser.Cookies.Keys);
        Assert.DoesNotContain(portal.Mails(person.Email), m => m.Contains("planted", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_token_in_the_address_signs_nobody_in()
    {
        var admin = await portal.AdminAsync();
        var token = admin.Http.DefaultRequestHeaders.Authorization!.Parameter!;
        using var signedIn = await portal.SignedInAsync(await portal.PersonAsync("Member"));
        using var visitor = new Visitor(portal.Url);
        foreach (var name in new[] { "access_token", "token", "id_token", "bearer", "Authorization", "authorization", "jwt", "__Host-portal", "session" })
        {
            foreach (var value in new[] { token, "Bearer " + token, signedIn.Browser.Session! })
            {
                await visitor.OpenAsync($"/account?{name}={Uri.EscapeDataString(value)}");
                Assert.StartsWith("/session/start?", visitor.Location?.OriginalString, StringComparison.Ordinal);
                using var answer = await visitor.Browser.GetAsync($"/api/v1/me?{name}={Uri.EscapeDataString(value)}");
                Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
            }
        }

        Assert.Equal(HttpStatusCode.OK, (await admin.SendAsync(HttpMethod.Get, "/api/v1/me")).Status);
    }

    [Fact]
    public async Task Whoever_hammers_the_open_pages_is_told_when_to_come_back()
    {
        await using var node = await portal.NodeAsync(services => services.Configure<SignInOptions>(o => o.RequestsPerMinute = 20));
        using var visitor = new Visitor(new Uri(node.Urls.Single()));
        var served = 0;
        while (served <= 20 && (await visitor.OpenAsync("/forgot-password")).Status == HttpStatusCode.OK)
        {
            served++;
        }

        Assert.Equal((20, HttpStatusCode.TooManyRequests), (served, visitor.Status));
        Assert.Contains("Too many requests", visitor.Text, StringComparison.Ordinal);
        using var answer = await visitor.Browser.SendAsync(HttpMethod.Post, "/sign-in", new FormUrlEncodedContent([]));
        Assert.Equal(HttpStatusCode.TooManyRequests, answer.StatusCode);
        Assert.InRange(answer.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 60);
        // Others of the portal are not slowed down by it.
        Assert.Equal(HttpStatusCode.Unauthorized, await visitor.Browser.MeAsync());
    }

    [Fact]
    public async Task Every_page_speaks_both_languages_loads_nothing_from_elsewhere_and_is_not_kept()
    {
        var person = await portal.PersonAsync("Member");
        using var visitor = await portal.SignedInAsync(person);
        var uid = await portal.InteractionAsync();
        var consent = await portal.InteractionAsync("consent", subject: person.Subject);
        foreach (var path in new[] { "/sign-in?uid=" + uid, "/forgot-password", "/account", "/account/second-factor", "/consent?uid=" + consent, "/sign-in?uid=unknown", "/invitation?token=x" })
        {
            foreach (var (language, word) in new[] { ("en", "Data Portal"), ("ja", "データポータル") })
            {
                using var answer = await visitor.Browser.GetAsync($"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}lang={language}");
                var page = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
                Assert.Contains($"<html lang=\"{language}\"", page, StringComparison.Ordinal);
                Assert.Contains(word, WebUtility.HtmlDecode(page), StringComparison.Ordinal);
                Assert.DoesNotMatch("(src|href)=\"(https?:)?//", page);
                Assert.DoesNotMatch("<script>|<style| on[a-z]+=\"| style=\"", page);
                Assert.True(answer.Headers.CacheControl!.NoStore);
                var policy = answer.Headers.GetValues("Content-Security-Policy").Single();
                Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
                Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
                Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
            }
        }

        // The choice is remembered.
        await visitor.OpenAsync("/forgot-password");
        Assert.Contains("パスワードの再設定", visitor.Text, StringComparison.Ordinal);
    }

    private static bool IsOwn(string location) => LocalPath.TryParse(location, out _);

    private async Task<string> RawAsync(string request)
    {
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(portal.Url.Host, portal.Url.Port, TestContext.Current.CancellationToken);
        var stream = tcp.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request), TestContext.Current.CancellationToken);
        var buffer = new byte[4096];
        return Encoding.UTF8.GetString(buffer, 0, await stream.ReadAsync(buffer, TestContext.Current.CancellationToken));
    }

    /// <summary>The defence off.</summary>
    private sealed class NoAntiforgery : IAntiforgery
    {
        private static readonly AntiforgeryTokenSet Set = new("x", "x", "__RequestVerificationToken", "X-CSRF-Token");

        public AntiforgeryTokenSet GetAndStoreTokens(HttpContext httpContext) => Set;

        public AntiforgeryTokenSet GetTokens(HttpContext httpContext) => Set;

        public Task<bool> IsRequestValidAsync(HttpContext httpContext) => Task.FromResult(true);

        public void SetCookieTokenAndHeader(HttpContext httpContext)
        {
        }

        public Task ValidateRequestAsync(HttpContext httpContext) => Task.CompletedTask;
    }
}

public sealed class PageDefenceTestsOnSqlite(SqliteAccounts portal) : PageDefenceTests(portal), IClassFixture<SqliteAccounts>;

public sealed class PageDefenceTestsOnPostgres(PostgresAccounts portal) : PageDefenceTests(portal), IClassFixture<PostgresAccounts>;

/// <summary>Addresses that lead away, made from hosts, beginnings and the ways in which browsers, proxies and frameworks have been fooled.</summary>
internal static class Redirects
{
    private static readonly string[] Beginnings =
    [
        "//", "///", "////", "/\\", "\\\\", "\\/", "/\\/", "/\t/", "/\n/", "/\r\n/", "\t//", " //", "/%09/", "/%0a/", "/%0d/", "/%5c", "/%5c%5c", "%2f%2f", "/%2f", "/%2f%2f", "%5c%5c", "/%255c", "/%252f", "/.//", "/..//", "/a/..//",
        "/%2e%2e//", "http://", "https://", "HTTPS://", "https:/", "https:", "https:\\\\", "http:/\\", "https:%2f%2f", "ftp://", "javascript://", "data://", "ws://", "blob:https://", "x:", "://", ":", "?//..//", "@", "\u3000//", "\u200b//",
        "／／", "/／", "\u2028//", "\ufeff//", "/\u0000/", "/%00/", "//%00", "\u000b//", "/;//",
    ];

    private static readonly string[] Hosts = ["forger.example", "portal.example@forger.example", "forger.example/portal.example", "forger.example%23portal.example", "[::ffff:7f00:1]"];

    public static List<string> Shapes() => [.. Beginnings.SelectMany(b => Hosts.Select(h => b + h)).Where(s => !IsHarmless(s)).Append("javascript:alert(1)").Append("data:text/html,x").Append("").Append("account").Append("../account")];

    /// <summary>What many a site checks.</summary>
    public static bool Naive(string path) => path.StartsWith('/') && !path.StartsWith("//", StringComparison.Ordinal);

    /// <summary>A query or a parameter within a path of ours leads nowhere.</summary>
    private static bool IsHarmless(string shape) => shape.StartsWith('?');
}
