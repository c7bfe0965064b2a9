using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using DataPortal.Access.Contracts;
using DataPortal.Access.Projects;
using DataPortal.Kernel;
using DataPortal.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.IdentityModel.Tokens;

namespace DataPortal.Access.Tests;

/// <summary>Programs that people make: what may be handed on to them, and what they can do with it.</summary>
[Trait("Category", "Trust")]
public abstract class ProgramTests(AccessPortal portal) : PortalTests(portal)
{
    private const DataPermission Everything = DataPermission.Summary | DataPermission.Records | DataPermission.Download;
    private const string Clients = "/api/v1/clients";

    [Fact]
    public async Task The_owner_makes_reads_renames_and_revokes_a_program()
    {
        var (owner, project) = await OwnerAsync();
        var (status, made) = await PostAsync(owner, Clients, Good(project));
        Assert.Equal(HttpStatusCode.Created, status);
        Assert.Null(made["privateKey"]);
        var program = made["program"]!;
        var id = program["id"]!.GetValue<string>();
        Assert.Equal((project.Name, "live", "nightly"), (program["project"]!.GetValue<string>(), program["state"]!.GetValue<string>(), program["name"]!.GetValue<string>()));

        var (_, list) = await AccessPortal.GetAsync(owner, Clients);
        Assert.Equal(id, Assert.Single(list["items"]!.AsArray())!["id"]!.GetValue<string>());
        var (_, changed) = await SendAsync(owner, HttpMethod.Patch, $"{Clients}/{id}", new { name = "weekly", permissions = new[] { "summary" } });
        Assert.Equal(("weekly", "[\"summary\"]"), (changed["name"]!.GetValue<string>(), changed["permissions"]!.ToJsonString()));
        (_, changed) = await SendAsync(owner, HttpMethod.Patch, $"{Clients}/{id}", new { permissions = new[] { "summary", "records" } });
        Assert.Equal("[\"summary\",\"records\"]", changed["permissions"]!.ToJsonString());

        foreach (var _ in (int[])[1, 2])
        {
            Assert.Equal(HttpStatusCode.NoContent, (await SendAsync(owner, HttpMethod.Delete, $"{Clients}/{id}", null)).Status);
        }

        Assert.Empty((await AccessPortal.GetAsync(owner, Clients)).Body["items"]!.AsArray());
        Assert.Equal("revoked", (await AccessPortal.GetAsync(owner, $"{Clients}/{id}")).Body["state"]!.GetValue<string>());
        await AssertRefusedAsync(owner, HttpMethod.Patch, $"{Clients}/{id}", new { name = "again" }, HttpStatusCode.Conflict, "program_revoked");
        await AssertRefusedAsync(owner, HttpMethod.Post, $"{Clients}/{id}/keys", new { generate = true }, HttpStatusCode.Conflict, "program_revoked");
    }

    [Fact]
    public async Task A_key_that_the_portal_makes_is_shown_once_and_kept_nowhere()
    {
        var (owner, project) = await OwnerAsync();
        var (_, made) = await PostAsync(owner, Clients, Good(project, publicKey: null, generate: true));
        var secret = made["privateKey"]!.AsObject();
        var d = secret["d"]!.GetValue<string>();
        // The pair is one: what the private half signs, the public half that is kept verifies.
        var kept = await StoredKeysAsync(made["program"]!["id"]!.GetValue<string>());
        using var signer = ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = Point(secret), D = Base64UrlEncoder.DecodeBytes(d) });
        using var verifier = ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = Point(JsonNode.Parse(kept)!["keys"]![0]!) });
        var hash = SHA256.HashData("words"u8);
        Assert.True(verifier.VerifyHash(hash, signer.SignHash(hash)));

        Assert.DoesNotContain(d, kept, StringComparison.Ordinal);
        Assert.DoesNotContain(d, (await AccessPortal.GetAsync(owner, $"{Clients}/{made["program"]!["id"]}")).Body.ToJsonString(), StringComparison.Ordinal);
        Assert.DoesNotContain("\"d\"", kept, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_are_rotated_one_after_the_other()
    {
        var (owner, project) = await OwnerAsync();
        var program = await MakeAsync(owner, project);
        var path = $"{Clients}/{program}";
        var first = (await AccessPortal.GetAsync(owner, path)).Body["keys"]![0]!["kid"]!.GetValue<string>();
        await AssertRefusedAsync(owner, HttpMethod.Delete, $"{path}/keys/{first}", null, HttpStatusCode.Conflict, "key_last");
        Assert.Equal(HttpStatusCode.OK, (await PostAsync(owner, path + "/keys", new { publicKey = Rsa(2048) })).Status);
        await AssertRefusedAsync(owner, HttpMethod.Post, path + "/keys", new { generate = true }, HttpStatusCode.Conflict, "keys_full");
        Assert.Equal(HttpStatusCode.NoContent, (await SendAsync(owner, HttpMethod.Delete, $"{path}/keys/{first}", null)).Status);
        await AssertRefusedAsync(owner, HttpMethod.Delete, $"{path}/keys/{first}", null, HttpStatusCode.NotFound, "not_found");
        Assert.Equal("PS256", Assert.Single((await AccessPortal.GetAsync(owner, path)).Body["keys"]!.AsArray())!["algorithm"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_private_key_posted_by_mistake_is_refused_and_not_kept()
    {
        var (owner, project) = await OwnerAsync();
        using var pair = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var key = Ec(pair);
        key["d"] = Base64UrlEncoder.Encode(pair.ExportParameters(true).D);
        foreach (var bad in new[] { key, new JsonObject { ["kty"] = "oct", ["k"] = "c2VjcmV0" } })
        {
            var (status, body) = await PostAsync(owner, Clients, Good(project, bad));
            Assert.Equal((HttpStatusCode.UnprocessableEntity, "key_private"), (status, body["code"]!.GetValue<string>()));
            Assert.DoesNotContain((bad["d"] ?? bad["k"])!.GetValue<string>(), body.ToJsonString(), StringComparison.Ordinal);
        }

        Assert.Empty((await AccessPortal.GetAsync(owner, Clients)).Body["items"]!.AsArray());
    }

    [Fact]
    public async Task Keys_that_are_weak_broken_or_of_another_kind_are_refused()
    {
        var (owner, project) = await OwnerAsync();
        using var pair = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        foreach (var bad in new List<JsonNode>
        {
            Rsa(1024), Ec(ECCurve.NamedCurves.nistP384), Ec(ECCurve.NamedCurves.nistP521), With(Ec(pair), "y", Ec(pair)["x"]!), With(Ec(pair), "crv", "P-384"), With(Ec(pair), "alg", "HS256"), With(Ec(pair), "use", "enc"),
            With(Ec(pair), "x5c", "MII"), With(Ec(pair), "x", "AA"), With(Ec(pair), "x", "not base64 !"), With(Ec(pair), "kid", new string('k', 200)), With(Ec(pair), "kid", "a\nb"), With(Ec(pair), "x", 7),
            With(Rsa(2048), "e", "Aw"), With(Rsa(2048), "e", "AQAA"), new JsonObject { ["kty"] = "OKP", ["crv"] = "Ed25519", ["x"] = "AA" }, new JsonObject(), JsonValue.Create("key"), new JsonArray(),
        })
        {
            var (status, body) = await PostAsync(owner, Clients, Good(project, bad));
            Assert.True(status == HttpStatusCode.UnprocessableEntity && body["code"]!.GetValue<string>() == "key_invalid", $"{bad.ToJsonString()}: {body.ToJsonString()}");
        }

        // The control: the same shape with good numbers is taken.
        foreach (var good in new[] { Ec(pair), Rsa(2048), With(Ec(ECCurve.NamedCurves.nistP256), "kid", "mine-1") })
        {
            Assert.Equal(HttpStatusCode.Created, (await PostAsync(owner, Clients, Good(project, good))).Status);
        }
    }

    [Fact]
    public async Task Nobody_hands_on_more_than_they_have()
    {
        var (owner, project) = await OwnerAsync(Everything, daysLeft: 30);
        var today = AccessPortal.Today;
        foreach (var (body, status, code) in new (JsonObject, HttpStatusCode, string)[]
        {
            (With(Good(project), "permissions", new JsonArray("summary", "germline")), HttpStatusCode.Forbidden, "permission_missing"),
            (With(Good(project), "permissions", new JsonArray("admin")), HttpStatusCode.Forbidden, "permission_missing"),
            (With(Good(project), "permissions", new JsonArray()), HttpStatusCode.BadRequest, "invalid_request"),
            (With(Good(project), "expiresOn", Day(today.AddDays(-1))), HttpStatusCode.UnprocessableEntity, "expiry_past"),
            (With(Good(project), "expiresOn", Day(today.AddDays(31))), HttpStatusCode.UnprocessableEntity, "expiry_too_late"),
            (With(Good(project), "project", "p-none"), HttpStatusCode.NotFound, "not_found"),
            (With(Good(project), "name", ""), HttpStatusCode.BadRequest, "invalid_request"),
            (With(Good(project), "generate", true), HttpStatusCode.BadRequest, "invalid_request"),
            (With(Good(project), "publicKey", null), HttpStatusCode.BadRequest, "invalid_request"),
            // Mass assignment: what is not asked for is refused, and not silently taken or dropped.
            (With(Good(project), "id", "p-mine"), HttpStatusCode.BadRequest, "invalid_request"),
            (With(Good(project), "account", owner.AccountId.ToString()), HttpStatusCode.BadRequest, "invalid_request"),
            (With(Good(project), "roles", new JsonArray("admin")), HttpStatusCode.BadRequest, "invalid_request"),
            (With(Good(project), "revokedAt", null), HttpStatusCode.BadRequest, "invalid_request"),
        })
        {
            await AssertRefusedAsync(owner, HttpMethod.Post, Clients, body, status, code);
        }

        Assert.Equal(HttpStatusCode.Created, (await PostAsync(owner, Clients, With(Good(project), "expiresOn", Day(today.AddDays(30))))).Status);
        var longer = await OwnerAsync(Everything, daysLeft: 800);
        await AssertRefusedAsync(longer.Owner, HttpMethod.Post, Clients, With(Good(longer.Project), "expiresOn", Day(today.AddYears(1).AddDays(1))), HttpStatusCode.UnprocessableEntity, "expiry_too_late");
        Assert.Equal(HttpStatusCode.Created, (await PostAsync(longer.Owner, Clients, With(Good(longer.Project), "expiresOn", Day(today.AddYears(1))))).Status);

        await portal.ChangeAsync(project, p => Assert.Null(p.Suspend("overdue")));
        await AssertRefusedAsync(owner, HttpMethod.Post, Clients, Good(project), HttpStatusCode.Conflict, "project_inactive");
    }

    [Fact]
    public async Task Keys_outlive_a_session_and_need_a_fresh_sign_in_and_revoking_does_not()
    {
        var (owner, project) = await OwnerAsync();
        var program = await MakeAsync(owner, project);
        var weak = portal.SignedInAgain(owner, d => d.Claims["acr"] = "urn:dataportal:acr:password");
        var stale = portal.SignedInAgain(owner, d => d.Claims["auth_time"] = TimeProvider.System.GetUtcNow().AddMinutes(-11).ToUnixTimeSeconds());
        foreach (var one in new[] { weak, stale })
        {
            await AssertRefusedAsync(one, HttpMethod.Post, Clients, Good(project), HttpStatusCode.Unauthorized, "step_up_required");
            await AssertRefusedAsync(one, HttpMethod.Post, $"{Clients}/{program}/keys", new { generate = true }, HttpStatusCode.Unauthorized, "step_up_required");
        }

        await AssertRefusedAsync(weak, HttpMethod.Patch, $"{Clients}/{program}", new { permissions = new[] { "records" } }, HttpStatusCode.Forbidden, "mfa_required");
        Assert.Equal(HttpStatusCode.NoContent, (await SendAsync(weak, HttpMethod.Delete, $"{Clients}/{program}", null)).Status);
    }

    [Fact]
    public async Task To_a_stranger_a_program_is_absent_and_an_administrator_may_only_look_and_revoke()
    {
        var (owner, project) = await OwnerAsync();
        var program = await MakeAsync(owner, project);
        var (stranger, admin) = (await portal.ActorAsync("Stranger"), await portal.ActorAsync("Admin", Roles.Admin));
        foreach (var (method, path, body) in new (HttpMethod, string, object?)[]
        {
            (HttpMethod.Get, $"{Clients}/{program}", null), (HttpMethod.Patch, $"{Clients}/{program}", new { name = "mine" }), (HttpMethod.Delete, $"{Clients}/{program}", null),
            (HttpMethod.Post, $"{Clients}/{program}/keys", new { generate = true }), (HttpMethod.Delete, $"{Clients}/{program}/keys/x", null), (HttpMethod.Get, $"{Clients}?account={owner.AccountId}", null),
        })
        {
            await AssertRefusedAsync(stranger, method, path, body, HttpStatusCode.NotFound, "not_found");
        }

        await AssertRefusedAsync(admin, HttpMethod.Patch, $"{Clients}/{program}", new { name = "mine" }, HttpStatusCode.NotFound, "not_found");
        await AssertRefusedAsync(admin, HttpMethod.Post, $"{Clients}/{program}/keys", new { generate = true }, HttpStatusCode.NotFound, "not_found");
        var weak = portal.SignedInAgain(admin, d => d.Claims["acr"] = "urn:dataportal:acr:password");
        await AssertRefusedAsync(weak, HttpMethod.Delete, $"{Clients}/{program}", null, HttpStatusCode.NotFound, "not_found");
        Assert.Single((await AccessPortal.GetAsync(admin, $"{Clients}?account={owner.AccountId}")).Body["items"]!.AsArray());
        Assert.Equal(HttpStatusCode.NoContent, (await SendAsync(admin, HttpMethod.Delete, $"{Clients}/{program}", null)).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await AccessPortal.AskAsync(portal.Program(owner, program), DataPermission.Summary)).Status);
    }

    [Fact]
    public async Task However_many_are_made_at_once_twenty_live()
    {
        var (owner, project) = await OwnerAsync();
        var outcomes = new System.Collections.Concurrent.ConcurrentBag<(HttpStatusCode Status, string? Code)>();
        await Parallel.ForEachAsync(Enumerable.Range(0, 40), new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (_, _) =>
        {
            var (status, body) = await PostAsync(owner, Clients, Good(project, publicKey: null, generate: true));
            outcomes.Add((status, body["code"]?.GetValue<string>()));
        });
        Assert.Equal(20, outcomes.Count(o => o.Status == HttpStatusCode.Created));
        Assert.Equal(20, outcomes.Count(o => o == (HttpStatusCode.Conflict, "programs_full")));
        var items = (await AccessPortal.GetAsync(owner, Clients)).Body["items"]!.AsArray();
        Assert.Equal(20, items.Count);

        // Room is made by revoking, and an expired one must not be lengthened past the limit.
        var first = items[0]!["id"]!.GetValue<string>();
        await portal.WithDbAsync(db => db.Database.ExecuteSqlAsync($"UPDATE identity_clients SET expires_on = {AccessPortal.Today.AddDays(-1)} WHERE id = {first}"));
        await MakeAsync(owner, project);
        await AssertRefusedAsync(owner, HttpMethod.Patch, $"{Clients}/{first}", new { expiresOn = Day(AccessPortal.Today) }, HttpStatusCode.Conflict, "programs_full");
        Assert.Equal(HttpStatusCode.NoContent, (await SendAsync(owner, HttpMethod.Delete, $"{Clients}/{items[1]!["id"]}", null)).Status);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(owner, HttpMethod.Patch, $"{Clients}/{first}", new { expiresOn = Day(AccessPortal.Today) })).Status);
    }

    [Fact]
    public async Task What_is_done_about_programs_is_on_record()
    {
        var (owner, project) = await OwnerAsync();
        var program = await MakeAsync(owner, project);
        await PostAsync(owner, Clients, With(Good(project), "permissions", new JsonArray("germline")));
        await SendAsync(owner, HttpMethod.Delete, $"{Clients}/{program}", null);
        var entries = await portal.WithDbAsync(db => db.Database.SqlQuery<string>(
            $"SELECT action || ' ' || lower(outcome) || ' ' || COALESCE(code, '') || COALESCE(resource, '') AS \"Value\" FROM audit_entries WHERE actor = {owner.AccountId} AND action LIKE 'program.%' ORDER BY id").ToListAsync());
        Assert.Equal([$"program.created ok program/{program}", "program.created denied permission_missing", $"program.revoked ok program/{program}"], entries);
    }

    private async Task<(Actor Owner, Project Project)> OwnerAsync(DataPermission permissions = Everything, int daysLeft = 100, params string[] roles)
    {
        var owner = await portal.ActorAsync("Owner", roles);
        return (owner, await portal.ProjectAsync(AccessPortal.InForce(daysLeft), null, (owner, permissions)));
    }

    internal static JsonObject Good(Project project, JsonNode? publicKey, bool generate = false)
    {
        var body = new JsonObject
        {
            ["name"] = "nightly", ["project"] = project.Name, ["permissions"] = new JsonArray("summary", "records"), ["expiresOn"] = Day(AccessPortal.Today.AddDays(20)),
        };
        if (publicKey is not null)
        {
            body["publicKey"] = publicKey.DeepClone();
        }

        if (generate)
        {
            body["generate"] = true;
        }

        return body;
    }

    internal static JsonObject Good(Project project) => Good(project, Ec(ECCurve.NamedCurves.nistP256));

    internal static async Task<string> MakeAsync(Actor owner, Project project, params string[] permissions)
    {
        var body = permissions is [] ? Good(project) : With(Good(project), "permissions", new JsonArray([.. permissions.Select(p => JsonValue.Create(p))]));
        var (status, made) = await PostAsync(owner, Clients, body);
        Assert.True(status == HttpStatusCode.Created, made.ToJsonString());
        return made["program"]!["id"]!.GetValue<string>();
    }

    internal static Task<(HttpStatusCode Status, JsonObject Body)> PostAsync(Actor actor, string path, object body) => SendAsync(actor, HttpMethod.Post, path, body);

    internal static async Task<(HttpStatusCode Status, JsonObject Body)> SendAsync(Actor actor, HttpMethod method, string path, object? body)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative)) { Content = body is null ? null : JsonContent.Create(body) };
        using var answer = await actor.Http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        return (answer.StatusCode, text.Length == 0 ? [] : JsonNode.Parse(text)!.AsObject());
    }

    internal static async Task AssertRefusedAsync(Actor actor, HttpMethod method, string path, object? body, HttpStatusCode status, string code)
    {
        var (given, problem) = await SendAsync(actor, method, path, body);
        Assert.True((code, status) == (problem["code"]?.GetValue<string>(), given), $"{method} {path} {(body as JsonObject)?.ToJsonString()}: {given} {problem.ToJsonString()}");
    }

    private Task<string> StoredKeysAsync(string program) => portal.WithDbAsync(db => db.Database.SqlQuery<string>($"SELECT public_keys AS \"Value\" FROM identity_clients WHERE id = {program}").SingleAsync());

    private static string Day(DateOnly day) => day.ToString("o", System.Globalization.CultureInfo.InvariantCulture);

    private static JsonObject With(JsonObject body, string member, JsonNode? value)
    {
        body[member] = value?.DeepClone();
        return body;
    }

    private static ECPoint Point(JsonNode jwk) => new() { X = Base64UrlEncoder.DecodeBytes(jwk["x"]!.GetValue<string>()), Y = Base64UrlEncoder.DecodeBytes(jwk["y"]!.GetValue<string>()) };

    private static JsonObject Ec(ECCurve curve)
    {
        using var pair = ECDsa.Create(curve);
        return Ec(pair);
    }

    private static JsonObject Ec(ECDsa pair)
    {
        var q = pair.ExportParameters(false).Q;
        return new JsonObject { ["kty"] = "EC", ["crv"] = $"P-{pair.KeySize}", ["x"] = Base64UrlEncoder.Encode(q.X), ["y"] = Base64UrlEncoder.Encode(q.Y) };
    }

    private static JsonObject Rsa(int bits)
    {
        using var pair = RSA.Create(bits);
        var key = pair.ExportParameters(false);
        return new JsonObject { ["kty"] = "RSA", ["n"] = Base64UrlEncoder.Encode(key.Modulus), ["e"] = Base64UrlEncoder.Encode(key.Exponent) };
    }
}

public sealed class ProgramTestsOnSqlite(SqliteAccessPortal portal) : ProgramTests(portal), IClassFixture<SqliteAccessPortal>;

public sealed class ProgramTestsOnPostgres(PostgresAccessPortal portal) : ProgramTests(portal), IClassFixture<PostgresAccessPortal>;
