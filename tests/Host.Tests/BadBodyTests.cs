using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using DataPortal.Kernel;
using DataPortal.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;

namespace DataPortal.Host.Tests;

/// <summary>Every route that takes a body, whoever wrote it: found at run time, so that a new one is tested from its first day.</summary>
public sealed partial class BadBodyTests(PlantedPortal portal) : IClassFixture<PlantedPortal>
{
    private static readonly (string Name, byte[] Body)[] BadBodies =
    [
        ("an empty object", "{}"u8.ToArray()),
        ("an array", "[]"u8.ToArray()),
        ("null", "null"u8.ToArray()),
        ("a string", "\"x\""u8.ToArray()),
        ("nothing", []),
        ("half an object", "{\"a\":"u8.ToArray()),
        ("an unknown member", "{\"noSuchMember\":1}"u8.ToArray()),
        ("a wrong type for everything", Encoding.UTF8.GetBytes("{" + string.Join(',', new[] { "query", "project", "purpose", "profile", "name", "release" }.Select(n => $"\"{n}\":{{\"x\":[]}}")) + "}")),
        ("invalid UTF-8", [0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]),
        ("deep nesting", Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("{\"a\":", 5000)))),
        ("a NUL", "{\"purpose\":\"\0\"}"u8.ToArray()),
        ("a huge number", "{\"years\":1e999999}"u8.ToArray()),
    ];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_bad_body_is_a_bad_request_with_its_errors_on_every_route()
    {
        using var everyone = await portal.ActorAsync("Everyone", [.. Roles.All]);
        var routes = Bodied(portal).ToList();
        Assert.Contains("POST /api/v1/planted", routes.Select(r => r.Method + " " + r.Path));
        var wrong = new List<string>();
        foreach (var (method, path) in routes)
        {
            foreach (var (name, body) in BadBodies)
            {
                using var content = new ByteArrayContent(body) { Headers = { ContentType = new("application/json") } };
                using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = content };
                using var answer = await everyone.Http.SendAsync(request, Ct);
                if (await FaultAsync(answer) is { } fault)
                {
                    wrong.Add($"{method} {path} with {name}: {fault}");
                }
            }
        }

        Assert.Empty(wrong);
    }

    [Fact]
    public async Task Validation_names_every_member_that_is_wrong_nested_ones_included()
    {
        using var actor = await portal.ActorAsync("Actor");

        var answer = await actor.Http.PostAsync("/api/v1/planted", JsonContent.Create(new { purpose = "x", years = 11, nested = new { text = "y" } }), Ct);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>(Ct);
        Assert.Equal("invalid_request", problem.GetProperty("code").GetString());
        Assert.Equal(["nested.text", "purpose", "years"], problem.GetProperty("errors").EnumerateObject().Select(e => e.Name.ToLowerInvariant()).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_good_body_is_accepted()
    {
        using var actor = await portal.ActorAsync("Actor");

        var answer = await actor.Http.PostAsync("/api/v1/planted", JsonContent.Create(new { purpose = "research", years = 2, nested = new { text = "yes" } }), Ct);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    private static async Task<string?> FaultAsync(HttpResponseMessage answer)
    {
        var text = await answer.Content.ReadAsStringAsync(Ct);
        if (answer.StatusCode != HttpStatusCode.BadRequest)
        {
            return $"{(int)answer.StatusCode} {text}";
        }

        using var problem = JsonDocument.Parse(text);
        return problem.RootElement.TryGetProperty("errors", out var errors) && errors.EnumerateObject().Any()
            && problem.RootElement.GetProperty("code").GetString() == ProblemCodes.InvalidRequest
            ? null
            : "no errors or no code: " + text;
    }

    private static IEnumerable<(string Method, string Path)> Bodied(PortalFixture portal) =>
        from endpoint in portal.Endpoints.OfType<RouteEndpoint>()
        where endpoint.Metadata.GetMetadata<IAcceptsMetadata>() is { } accepts && accepts.ContentTypes.Contains("application/json")
        from method in endpoint.Metadata.GetRequiredMetadata<HttpMethodMetadata>().HttpMethods
        select (method, "/" + Parameter().Replace(endpoint.RoutePattern.RawText!.Trim('/'), p => p.Value.Contains("guid", StringComparison.Ordinal) ? Guid.Empty.ToString() : "x"));

    [GeneratedRegex(@"\{[^}]*\}", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Parameter();
}
