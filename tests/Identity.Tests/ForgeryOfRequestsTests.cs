using System.Net;
using System.Text.Json.Nodes;
using DataPortal.Kernel;
using DataPortal.Testing;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.DependencyInjection;

namespace DataPortal.Identity.Tests;

/// <summary>The portal with the framework's antiforgery answering that all is well.</summary>
public sealed class GulliblePortal() : SignInPortal(DatabaseProvider.Sqlite)
{
    protected override void Customise(WebApplicationBuilder builder)
    {
        base.Customise(builder);
        builder.Services.AddSingleton<IAntiforgery, Anything>();
    }

    private sealed class Anything : IAntiforgery
    {
        private static readonly AntiforgeryTokenSet Tokens = new("token", "cookie", "field", "header");

        public AntiforgeryTokenSet GetAndStoreTokens(HttpContext httpContext) => Tokens;

        public AntiforgeryTokenSet GetTokens(HttpContext httpContext) => Tokens;

        public Task<bool> IsRequestValidAsync(HttpContext httpContext) => Task.FromResult(true);

        public void SetCookieTokenAndHeader(HttpContext httpContext)
        {
        }

        public Task ValidateRequestAsync(HttpContext httpContext) => Task.CompletedTask;
    }
}

/// <summary>What another site makes a signed-in person's browser send changes nothing, on no route.</summary>
public sealed class ForgeryOfRequestsTests(SqliteSignIn portal, GulliblePortal gullible) : IClassFixture<SqliteSignIn>, IClassFixture<GulliblePortal>
{
    private static readonly string[] Safe = ["GET", "HEAD", "OPTIONS", "TRACE"];

    [Fact]
    public async Task Without_the_token_every_route_that_changes_something_refuses_a_session()
    {
        using var victim = await SignedInAsync(portal);
        using var another = await SignedInAsync(portal);
        var theirs = await another.CsrfAsync();
        var (own, routes) = (await victim.CsrfAsync(), Unsafe(portal));
        foreach (var (method, path) in routes)
        {
            foreach (var headers in new (string, string)[][]
            {
                [], [("X-CSRF-Token", "")], [("X-CSRF-Token", "forged")], [("X-CSRF-Token", theirs)], [("X-CSRF-Token", own), ("Sec-Fetch-Site", "cross-site")],
            })
            {
                using var answer = await SendAsync(victim, method, path, headers);
                Assert.True(await IsRefusedAsync(answer), $"{method} {path} with {string.Join(", ", headers)}: {answer.StatusCode}");
            }
        }

        Assert.InRange(routes.Count, 50, int.MaxValue);
        TestContext.Current.TestOutputHelper!.WriteLine($"{routes.Count} routes that change something, 5 forgeries each: all refused.");
    }

    /// <summary>The control: the same requests reach what they are for.</summary>
    [Fact]
    public async Task With_the_check_off_they_reach_their_routes()
    {
        var victim = await SignedInAsync(gullible);
        foreach (var (method, path) in Unsafe(gullible))
        {
            using var answer = await SendAsync(victim, method, path, [("X-CSRF-Token", "forged")]);
            Assert.False(await IsRefusedAsync(answer) || answer.StatusCode == HttpStatusCode.Unauthorized, $"{method} {path}");

            // Some of them do what they are for, and end the session.
            if (await victim.MeAsync() != HttpStatusCode.OK)
            {
                victim.Dispose();
                victim = await SignedInAsync(gullible);
            }
        }

        victim.Dispose();
    }

    [Fact]
    public async Task A_caller_with_a_token_in_the_header_needs_none()
    {
        using var actor = await portal.ActorAsync("Member");
        using var answer = await actor.Http.PostAsync(new Uri("/api/v1/planted/decision", UriKind.Relative), null);
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
    }

    private static List<(string Method, string Path)> Unsafe(PortalFixture portal) =>
    [
        .. from endpoint in portal.Endpoints.OfType<RouteEndpoint>()
           from method in endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? []
           where !Safe.Contains(method, StringComparer.Ordinal)
           select (method, "/" + string.Join('/', endpoint.RoutePattern.PathSegments.Select(s => s.Parts is [RoutePatternLiteralPart literal] ? literal.Content : Guid.Empty.ToString()))),
    ];

    private static async Task<Browser> SignedInAsync(SignInPortal portal)
    {
        var actor = await portal.ActorAsync("Member", [.. Roles.All]);
        var browser = new Browser(portal.Url);
        using var answer = await browser.SignInAsync(portal.Authority, new Person(actor.Subject));
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        return browser;
    }

    /// <summary>As a form of another site can.</summary>
    private static async Task<HttpResponseMessage> SendAsync(Browser browser, string method, string path, (string, string)[] headers)
    {
        using var form = new FormUrlEncodedContent([new("a", "b")]);
        return await browser.SendAsync(new HttpMethod(method), path, form, headers);
    }

    private static async Task<bool> IsRefusedAsync(HttpResponseMessage answer)
    {
        var body = await answer.Content.ReadAsStringAsync();
        return answer.Content.Headers.ContentType?.MediaType == "text/html"
            ? answer.StatusCode == HttpStatusCode.BadRequest && body.Contains("This form is no longer good", StringComparison.Ordinal)
            : answer.StatusCode == HttpStatusCode.Forbidden && (string?)JsonNode.Parse(body)!["code"] == "csrf_invalid";
    }
}
