using System.Text.Json;
using System.Text.RegularExpressions;
using DataPortal.Testing;
using Microsoft.AspNetCore.Routing;

namespace DataPortal.Host.Tests;

public sealed partial class OpenApiTests(SqlitePortal portal) : IClassFixture<SqlitePortal>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_document_describes_every_route_once_under_a_name_of_its_own()
    {
        using var document = JsonDocument.Parse(await portal.Anonymous.GetStringAsync("/openapi/v1.json", Ct));
        var operations = document.RootElement.GetProperty("paths").EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject().Select(operation => (Path: path.Name, operation.Name, Id: operation.Value.GetProperty("operationId").GetString())))
            .ToList();

        // Pages are for people; nothing else may be left out.
        var left = portal.Endpoints.OfType<RouteEndpoint>().Where(e => e.Metadata.Any(m => m.GetType().Name == "PageMetadata")).ToList();
        Assert.NotEmpty(left);
        Assert.DoesNotContain(left, e => e.RoutePattern.RawText!.TrimStart('/').StartsWith("api/", StringComparison.Ordinal));
        var routed = portal.Endpoints.OfType<RouteEndpoint>().Except(left).Select(e => Constraint().Replace("/" + e.RoutePattern.RawText!.Trim('/'), "}").Replace("{*", "{", StringComparison.Ordinal)).Distinct(StringComparer.Ordinal);

        Assert.NotEmpty(operations);
        Assert.Empty(routed.Except(operations.Select(o => o.Path), StringComparer.Ordinal));
        Assert.Equal(operations.Count, operations.Select(o => o.Id).Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public async Task The_document_says_which_routes_need_a_token()
    {
        using var document = JsonDocument.Parse(await portal.Anonymous.GetStringAsync("/openapi/v1.json", Ct));
        var paths = document.RootElement.GetProperty("paths");

        Assert.True(paths.GetProperty("/api/v1/audit").GetProperty("get").TryGetProperty("security", out _));
        Assert.False(paths.GetProperty("/healthz").GetProperty("get").TryGetProperty("security", out _));
    }

    [Fact]
    public async Task The_page_loads_nothing_from_elsewhere()
    {
        var page = await portal.Anonymous.GetStringAsync("/docs/index.html", Ct);
        var loaded = Reference().Matches(page).Select(m => m.Groups["url"].Value).ToList();

        Assert.NotEmpty(loaded);
        Assert.DoesNotContain(loaded, url => url.Contains("//", StringComparison.Ordinal));
        foreach (var url in loaded)
        {
            Assert.True((await portal.Anonymous.GetAsync(new Uri(new Uri(portal.Url, "/docs/"), url), Ct)).IsSuccessStatusCode, url);
        }
    }

    [GeneratedRegex(@":[^}]*\}", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Constraint();

    [GeneratedRegex("(src|href)=\"(?<url>[^\"]+)\"", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Reference();
}
