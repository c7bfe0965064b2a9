using System.IO.Compression;
using System.Net;
using System.Text;
using DataPortal.Kernel;
using DataPortal.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.FileProviders;

namespace DataPortal.Host.Tests;

/// <summary>The portal over a small folder of pages as the build of <c>src/web</c> leaves it.</summary>
public sealed class PortalWithPages() : PortalFixture(DatabaseProvider.Sqlite)
{
    public const string Page = "<!doctype html><title>page</title>";
    public const string Script = "export const answer = 42;";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("portal-pages-");

    protected override void Customise(WebApplicationBuilder builder)
    {
        var assets = _folder.CreateSubdirectory("assets").FullName;
        File.WriteAllText(Path.Combine(_folder.FullName, "index.html"), Page);
        File.WriteAllText(Path.Combine(_folder.FullName, "scheme.js"), Script);
        File.WriteAllText(Path.Combine(assets, "main-AbC123.js"), Script);
        using (var compressed = new BrotliStream(File.Create(Path.Combine(assets, "main-AbC123.js.br")), CompressionLevel.SmallestSize))
        {
            compressed.Write(Encoding.UTF8.GetBytes(Script));
        }

        builder.Environment.WebRootFileProvider = new PhysicalFileProvider(_folder.FullName);
    }
}

public sealed class PagesTests(PortalWithPages portal, SqlitePortal without) : IClassFixture<PortalWithPages>, IClassFixture<SqlitePortal>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/")]
    [InlineData("/search")]
    [InlineData("/search?q=KRAS%20G12C")]
    [InlineData("/cases/c0123")]
    [InlineData("/patients")]
    public async Task A_page_is_answered_and_may_run_nothing_inline(string address)
    {
        var answer = await portal.Anonymous.GetAsync(address, Ct);

        Assert.Equal(PortalWithPages.Page, await answer.Content.ReadAsStringAsync(Ct));
        Assert.Equal("text/html", answer.Content.Headers.ContentType?.MediaType);
        Assert.True(answer.Headers.CacheControl?.NoCache);
        var policy = Assert.Single(answer.Headers.GetValues("Content-Security-Policy"));
        Assert.Contains("script-src 'self';", policy, StringComparison.Ordinal);
        Assert.Contains("style-src 'self';", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/api/v1/no-such-thing")]
    [InlineData("/api")]
    [InlineData("/session/nothing")]
    [InlineData("/openapi/v2.json")]
    [InlineData("/searching")]
    [InlineData("/no-such-page")]
    public async Task What_is_no_page_is_never_answered_by_one(string address)
    {
        var answer = await portal.Anonymous.GetAsync(address, Ct);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal("default-src 'none'; frame-ancestors 'none'", Assert.Single(answer.Headers.GetValues("Content-Security-Policy")));
    }

    [Fact]
    public async Task A_page_is_only_read() =>
        Assert.Equal(HttpStatusCode.NotFound, (await portal.Anonymous.PostAsync(new Uri("/search", UriKind.Relative), null, Ct)).StatusCode);

    [Fact]
    public async Task Files_named_after_their_content_are_kept_for_ever_and_others_are_not()
    {
        var hashed = await portal.Anonymous.GetAsync("/assets/main-AbC123.js", Ct);
        var plain = await portal.Anonymous.GetAsync("/scheme.js", Ct);

        Assert.Contains("immutable", hashed.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
        Assert.Equal(TimeSpan.FromDays(365), hashed.Headers.CacheControl.MaxAge);
        Assert.True(plain.Headers.CacheControl?.NoCache);
        Assert.All(new[] { hashed, plain }, a => Assert.Equal("text/javascript", a.Content.Headers.ContentType?.MediaType));
    }

    [Theory]
    [InlineData("br", true)]
    [InlineData("gzip, deflate, br", true)]
    [InlineData("br;q=0", false)]
    [InlineData("gzip", false)]
    public async Task A_browser_that_understands_brotli_gets_what_the_build_has_compressed(string accepted, bool compressed)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/assets/main-AbC123.js");
        request.Headers.TryAddWithoutValidation("Accept-Encoding", accepted);

        var answer = await portal.Anonymous.SendAsync(request, Ct);

        Assert.Equal(compressed, answer.Content.Headers.ContentEncoding.Contains("br"));
        Assert.Equal("text/javascript", answer.Content.Headers.ContentType?.MediaType);
        Assert.Contains("Accept-Encoding", answer.Headers.Vary);
        await using var body = await answer.Content.ReadAsStreamAsync(Ct);
        using var reader = new StreamReader(compressed ? new BrotliStream(body, CompressionMode.Decompress) : body);
        Assert.Equal(PortalWithPages.Script, await reader.ReadToEndAsync(Ct));
    }

    [Fact]
    public async Task Without_built_pages_the_api_still_answers()
    {
        Assert.Equal(HttpStatusCode.NotFound, (await without.Anonymous.GetAsync("/search", Ct)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await without.Anonymous.GetAsync("/healthz", Ct)).StatusCode);
    }
}
