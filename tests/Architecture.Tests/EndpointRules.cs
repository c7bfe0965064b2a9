using System.Reflection;
using DataPortal.Audit.Contracts;
using DataPortal.Kernel;
using DataPortal.Testing;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace DataPortal.Architecture.Tests;

/// <summary>What the running portal routes: each endpoint is closed or knowingly public, audited or knowingly not, and can be called off.</summary>
public sealed class EndpointRules(SqlitePortal portal, PortalWithViolators violators) : IClassFixture<SqlitePortal>, IClassFixture<PortalWithViolators>
{
    /// <summary>Whoever adds a line here opens the portal by one more route to everybody.</summary>
    private static readonly string[] Public =
    [
        "/healthz", "/readyz", "/.well-known/oauth-protected-resource",
        "/session", "/session/start", "/session/callback", "/session/end", "/session/backchannel-logout",
        "/sign-in", "/sign-in/abort", "/sign-in/code", "/sign-in/continue", "/sign-in/enrol", "/sign-in/passkey", "/sign-in/passkey/options", "/sign-in/recovery", "/consent",
        "/invitation", "/forgot-password", "/reset-password", "/new-address", "/assets/{name}",
    ];

    /// <summary>What staff may change although they proved who they are hours ago, and why. Whatever decides, publishes, refunds or grants is not for this list.</summary>
    private static readonly Dictionary<string, string> WithoutStepUp = new(StringComparer.Ordinal)
    {
        ["WithdrawTraining"] = "Takes access away, which nothing should delay.",
        ["VerifyRelease"] = "Reads files and compares sums; changes nothing.",
        ["ImportVocabulary"] = "Adds a version that nobody sees before a release is built with it and published, which needs step-up.",
        ["SubmitRegistration"] = "Hands in a case, day by day and by hospitals' programs too; nobody sees it before a release is published.",
    };

    private static readonly string[] Safe = ["GET", "HEAD", "OPTIONS"];

    private static readonly (string Name, Func<IReadOnlyList<RouteEndpoint>, IEnumerable<string>> Violations)[] Rules =
    [
        ("policy", endpoints => from e in endpoints
                                where !Public.Contains(Path(e), StringComparer.Ordinal) && (IsOpen(e) || e.Metadata.GetOrderedMetadata<IAuthorizeData>().Count + e.Metadata.GetOrderedMetadata<AuthorizationPolicy>().Count == 0)
                                select Path(e)),
        ("audit", endpoints => from e in endpoints
                               where e.Metadata.GetOrderedMetadata<AuditedMetadata>().Count + e.Metadata.GetOrderedMetadata<NotAuditedMetadata>().Count != 1
                               select Path(e)),
        ("reason", endpoints => from e in endpoints
                                where e.Metadata.GetMetadata<NotAuditedMetadata>() is { Reason.Length: < 10 }
                                select Path(e)),
        ("name", endpoints => (from e in endpoints where e.Metadata.GetMetadata<IEndpointNameMetadata>() is null select Path(e))
                              .Concat(endpoints.GroupBy(e => e.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName, StringComparer.Ordinal).Where(g => g.Key is not null && g.Count() > 1).SelectMany(g => g.Select(Path)))),
        ("cancellation", endpoints => from e in endpoints
                                      where e.Metadata.GetMetadata<MethodInfo>()?.GetParameters().Any(p => p.ParameterType == typeof(CancellationToken)) != true
                                      select Path(e)),
        ("step-up", endpoints => from e in endpoints
                                 where ChangesAsStaff(e) && !NeedsStepUp(e) && !WithoutStepUp.ContainsKey(NameOf(e) ?? "")
                                 select Path(e)),
        ("typed result", endpoints => from e in endpoints
                                      where e.Metadata.GetMetadata<MethodInfo>() is not { } handler || IsUntyped(handler.ReturnType)
                                      select Path(e)),
    ];

    public static TheoryData<string> RuleNames => [.. Rules.Select(r => r.Name)];

    [Theory]
    [MemberData(nameof(RuleNames))]
    public void Every_endpoint_keeps_the_rule(string rule)
    {
        var endpoints = portal.Endpoints.OfType<RouteEndpoint>().ToList();

        Assert.Contains(endpoints, e => Path(e) == "/api/v1/audit");
        Assert.Empty(Violations(rule, endpoints));
    }

    [Theory]
    [MemberData(nameof(RuleNames))]
    public void A_planted_violator_is_caught(string rule)
    {
        var planted = violators.Endpoints.OfType<RouteEndpoint>().Where(e => Path(e).StartsWith("/violates/", StringComparison.Ordinal)).ToList();

        var caught = Violations(rule, planted);

        Assert.Contains("/violates/" + rule.Replace(' ', '-'), caught, StringComparer.Ordinal);
        Assert.DoesNotContain(caught, c => c.StartsWith("/violates/nothing", StringComparison.Ordinal));
    }

    [Fact]
    public void The_public_list_names_only_what_exists() =>
        Assert.Empty(Public.Except(portal.Endpoints.OfType<RouteEndpoint>().Select(Path), StringComparer.Ordinal));

    [Fact]
    public void What_needs_no_step_up_exists_and_would_need_it() => Assert.Equal(
        WithoutStepUp.Keys.Order(StringComparer.Ordinal),
        portal.Endpoints.OfType<RouteEndpoint>().Where(e => ChangesAsStaff(e) && !NeedsStepUp(e)).Select(NameOf).Order(StringComparer.Ordinal));

    [Theory]
    [InlineData("PublishRelease")]
    [InlineData("ChooseDefaultRelease")]
    [InlineData("InvitePerson")]
    [InlineData("ChangeRoles")]
    [InlineData("ApproveRoleRequest")]
    [InlineData("RejectRoleRequest")]
    [InlineData("DisablePerson")]
    [InlineData("EnablePerson")]
    [InlineData("ResetSecondFactor")]
    [InlineData("RecordTraining")]
    public void What_decides_publishes_or_grants_needs_it(string name)
    {
        var endpoint = Assert.Single(portal.Endpoints.OfType<RouteEndpoint>(), e => NameOf(e) == name);
        Assert.True(ChangesAsStaff(endpoint) && NeedsStepUp(endpoint));
    }

    private static bool ChangesAsStaff(RouteEndpoint endpoint) =>
        endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods.Except(Safe, StringComparer.Ordinal).Any() == true
        && (endpoint.Metadata.GetOrderedMetadata<IAuthorizeData>().Any(a => Roles.All.Contains(a.Policy, StringComparer.Ordinal))
            || Requirements(endpoint).OfType<RoleRequirement>().Any(r => r.AnyOf.Count > 0));

    private static bool NeedsStepUp(RouteEndpoint endpoint) => Requirements(endpoint).OfType<StepUpRequirement>().Any();

    private static IEnumerable<IAuthorizationRequirement> Requirements(RouteEndpoint endpoint) => endpoint.Metadata.GetOrderedMetadata<AuthorizationPolicy>().SelectMany(p => p.Requirements);

    private static string? NameOf(RouteEndpoint endpoint) => endpoint.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName;

    private static List<string> Violations(string rule, IReadOnlyList<RouteEndpoint> endpoints) => [.. Rules.Single(r => r.Name == rule).Violations(endpoints)];

    private static bool IsOpen(RouteEndpoint endpoint) => endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null;

    private static bool IsUntyped(Type type)
    {
        var answer = type.IsGenericType && (type.GetGenericTypeDefinition() == typeof(Task<>) || type.GetGenericTypeDefinition() == typeof(ValueTask<>)) ? type.GetGenericArguments()[0] : type;
        return answer == typeof(IResult) || answer == typeof(object) || answer == typeof(Task) || answer == typeof(void);
    }

    private static string Path(RouteEndpoint endpoint) => "/" + endpoint.RoutePattern.RawText!.Trim('/');
}

/// <summary>The portal with one endpoint against each rule, and one against none.</summary>
public sealed class PortalWithViolators() : PortalFixture(DatabaseProvider.Sqlite)
{
    private const string Reason = "Planted by a test of the rules.";

    protected override void Map(IEndpointRouteBuilder routes)
    {
        var planted = routes.MapGroup("/violates");
        planted.MapGet("/nothing", (CancellationToken ct) => TypedResults.Ok(1)).WithName("Nothing").RequireAuthorization(Policies.SignedIn).NotAudited(Reason);
        planted.MapGet("/policy", (CancellationToken ct) => TypedResults.Ok(1)).WithName("Policy").NotAudited(Reason);
        planted.MapGet("/audit", (CancellationToken ct) => TypedResults.Ok(1)).WithName("Audit").RequireAuthorization(Policies.SignedIn);
        planted.MapGet("/reason", (CancellationToken ct) => TypedResults.Ok(1)).WithName("Reason").RequireAuthorization(Policies.SignedIn).NotAudited("");
        planted.MapGet("/name", (CancellationToken ct) => TypedResults.Ok(1)).RequireAuthorization(Policies.SignedIn).NotAudited(Reason);
        planted.MapGet("/cancellation", () => TypedResults.Ok(1)).WithName("Cancellation").RequireAuthorization(Policies.SignedIn).NotAudited(Reason);
        planted.MapPost("/step-up", (CancellationToken ct) => TypedResults.Ok(1)).WithName("StepUp").RequireAuthorization(Policies.Finance).NotAudited(Reason);
        planted.MapDelete("/step-up/any", (CancellationToken ct) => TypedResults.Ok(1)).WithName("StepUpAny").RequireAnyRole(Roles.Finance, Roles.Reviewer).NotAudited(Reason);
        planted.MapPost("/nothing/decided", (CancellationToken ct) => TypedResults.Ok(1)).WithName("Decided").RequireAuthorization(Policies.Finance).RequireStepUp().NotAudited(Reason);
        planted.MapGet("/typed-result", (CancellationToken ct) => Untyped()).WithName("TypedResult").RequireAuthorization(Policies.SignedIn).NotAudited(Reason);
    }

    private static IResult Untyped() => TypedResults.Ok(1);
}
