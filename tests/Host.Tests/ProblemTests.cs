using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace DataPortal.Host.Tests;

public sealed class ProblemTests(PlantedPortal portal) : IClassFixture<PlantedPortal>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_bug_tells_its_trace_id_and_nothing_else()
    {
        using var actor = await portal.ActorAsync("Actor");

        var answer = await actor.Http.PostAsync("/api/v1/planted/broken", JsonContent.Create(new { purpose = "Jane Doe", years = 2, nested = new { text = "yes" } }), Ct);

        var problem = await ProblemAsync(answer, HttpStatusCode.InternalServerError, "internal_error");
        Assert.Equal(["code", "detail", "status", "title", "traceId", "type"], problem.EnumerateObject().Select(m => m.Name).Order(StringComparer.Ordinal));
        Assert.DoesNotContain("Jane", problem.GetRawText(), StringComparison.Ordinal);
        Assert.NotEmpty(problem.GetProperty("traceId").GetString()!);
    }

    [Fact]
    public async Task Where_there_is_nothing_the_answer_is_not_found_signed_in_or_not()
    {
        using var actor = await portal.ActorAsync("Actor");

        await ProblemAsync(await portal.Anonymous.GetAsync("/api/v1/no-such-thing", Ct), HttpStatusCode.NotFound, "not_found");
        await ProblemAsync(await actor.Http.GetAsync("/api/v1/no-such-thing", Ct), HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task A_wrong_method_is_named()
    {
        using var actor = await portal.ActorAsync("Actor");

        await ProblemAsync(await actor.Http.DeleteAsync("/api/v1/planted", Ct), HttpStatusCode.MethodNotAllowed, "method_not_allowed");
    }

    [Fact]
    public async Task A_body_that_is_too_large_is_refused_unread()
    {
        using var actor = await portal.ActorAsync("Actor");
        using var content = new StringContent("{\"purpose\":\"" + new string('(', 100 * 1024) + "\"}", Encoding.UTF8, "application/json");

        await ProblemAsync(await actor.Http.PostAsync("/api/v1/planted", content, Ct), HttpStatusCode.RequestEntityTooLarge, "too_large");
    }

    [Fact]
    public async Task A_body_that_is_not_json_is_refused_as_such()
    {
        using var actor = await portal.ActorAsync("Actor");
        using var content = new StringContent("purpose=x", Encoding.UTF8, "application/x-www-form-urlencoded");

        await ProblemAsync(await actor.Http.PostAsync("/api/v1/planted", content, Ct), HttpStatusCode.UnsupportedMediaType, "unsupported_media_type");
    }

    [Theory]
    [InlineData("{\"purpose\":\"research\",\"purpose\":\"other\",\"years\":2,\"nested\":{\"text\":\"yes\"}}")]
    [InlineData("{\"purpose\":\"research\",\"years\":\"2\",\"nested\":{\"text\":\"yes\"}}")]
    [InlineData("{\"purpose\":\"research\",\"years\":2,\"nested\":{\"text\":\"yes\"},\"isAdmin\":true}")]
    [InlineData("{\"Purpose\":\"research\",\"years\":2,\"nested\":{\"text\":\"yes\"}}")]
    [InlineData("{\"purpose\":\"research\",\"years\":2,/* hm */\"nested\":{\"text\":\"yes\"}}")]
    public async Task Json_is_taken_strictly(string body)
    {
        using var actor = await portal.ActorAsync("Actor");
        using var content = new StringContent(body, Encoding.UTF8, "application/json");

        await ProblemAsync(await actor.Http.PostAsync("/api/v1/planted", content, Ct), HttpStatusCode.BadRequest, "invalid_request");
    }

    [Fact]
    public async Task A_caller_who_accepts_only_text_still_gets_the_problem()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/audit") { Headers = { { "Accept", "text/plain" } } };

        await ProblemAsync(await portal.Anonymous.SendAsync(request, Ct), HttpStatusCode.Unauthorized, null);
    }

    [Theory]
    [InlineData("/healthz", 200)]
    [InlineData("/api/v1/audit", 401)]
    [InlineData("/no-such-page", 404)]
    [InlineData("/docs/index.html", 200)]
    public async Task Every_answer_carries_the_security_headers_and_a_request_id(string path, int status)
    {
        var answer = await portal.Anonymous.GetAsync(path, Ct);

        Assert.Equal(status, (int)answer.StatusCode);
        AssertHeaders(answer);
    }

    [Fact]
    public async Task A_failure_carries_them_too_and_echoes_the_request_id()
    {
        using var actor = await portal.ActorAsync("Actor");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/planted/broken")
        {
            Content = JsonContent.Create(new { purpose = "research", years = 2, nested = new { text = "yes" } }),
            Headers = { { "X-Request-Id", "mine-1" } },
        };

        var answer = await actor.Http.SendAsync(request, Ct);

        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        AssertHeaders(answer);
        Assert.Equal("mine-1", answer.Headers.GetValues("X-Request-Id").Single());
    }

    [Theory]
    [InlineData("has spaces in it")]
    [InlineData("way-too-long-way-too-long-way-too-long-way-too-long-way-too-long-way-too-long")]
    public async Task A_request_id_that_could_disturb_a_log_is_replaced(string id)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/healthz");
        request.Headers.TryAddWithoutValidation("X-Request-Id", id);

        var answer = await portal.Anonymous.SendAsync(request, Ct);

        Assert.NotEqual(id, answer.Headers.GetValues("X-Request-Id").Single());
    }

    private static void AssertHeaders(HttpResponseMessage answer)
    {
        Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Equal("DENY", answer.Headers.GetValues("X-Frame-Options").Single());
        Assert.Contains("frame-ancestors 'none'", answer.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.NotEmpty(answer.Headers.GetValues("X-Request-Id").Single());
        Assert.False(answer.Headers.Contains("Server"));
    }

    private static async Task<JsonElement> ProblemAsync(HttpResponseMessage answer, HttpStatusCode status, string? code)
    {
        Assert.Equal(status, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>(Ct);
        Assert.Equal((int)status, problem.GetProperty("status").GetInt32());
        if (code is not null)
        {
            Assert.Equal(code, problem.GetProperty("code").GetString());
        }

        return problem;
    }
}
