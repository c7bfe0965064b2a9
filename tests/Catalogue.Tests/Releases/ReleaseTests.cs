using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using DataPortal.Catalogue.Contracts;
using DataPortal.Catalogue.Tests.Registration;
using DataPortal.Kernel;
using DataPortal.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace DataPortal.Catalogue.Tests.Releases;

public sealed class ReleasesOnSqlite(SqlitePortal portal) : ReleaseTests(portal), IClassFixture<SqlitePortal>;

public sealed class ReleasesOnPostgres(PostgresPortal portal) : ReleaseTests(portal), IClassFixture<PostgresPortal>;

public abstract class ReleaseTests(PortalFixture portal) : PortalTests(portal)
{
    [Fact]
    public async Task Publishing_opens_a_release_once_and_leaves_the_default_alone()
    {
        var (steward, stranger) = (await Portal.ActorAsync("steward", Roles.Steward), await Portal.ActorAsync("stranger"));
        var (first, second) = (Stewardship.NewName(), Stewardship.NewName());
        await steward.RegisterAsync(Zips.Cases(2), first, publish: true);
        Assert.Equal(HttpStatusCode.NoContent, await ChooseAsync(steward, first));
        await steward.RegisterAsync(Zips.Cases(3), second);
        Assert.Null(await FindAsync(second));

        using var published = await steward.PostAsync($"/api/v1/releases/{second}/publish");
        Assert.Equal(HttpStatusCode.OK, published.StatusCode);
        using var again = await steward.PostAsync($"/api/v1/releases/{second}/publish");
        Assert.Equal(HttpStatusCode.Conflict, again.StatusCode);
        Assert.Equal("release_state", await again.CodeAsync());

        var list = await stranger.Http.GetFromJsonAsync<JsonElement>(new Uri("/api/v1/releases", UriKind.Relative));
        Assert.Equal(first, list.GetProperty("default").GetString());
        Assert.Contains(list.GetProperty("items").EnumerateArray(), r => r.GetProperty("name").GetString() == second);
        Assert.Equal(3, (await FindAsync(second))?.Cases);
        Assert.Same(await FindAsync(second), await FindAsync(second));
    }

    [Fact]
    public async Task Only_a_published_release_becomes_the_default_and_only_by_a_steward()
    {
        var (steward, stranger) = (await Portal.ActorAsync("steward", Roles.Steward), await Portal.ActorAsync("stranger"));
        var name = Stewardship.NewName();
        await steward.RegisterAsync(Zips.Cases(1), name);
        Assert.Equal(HttpStatusCode.Conflict, await ChooseAsync(steward, name));
        Assert.Equal(HttpStatusCode.NotFound, await ChooseAsync(steward, "absent"));
        Assert.Equal(HttpStatusCode.Forbidden, await ChooseAsync(stranger, name));
        Assert.Equal(HttpStatusCode.BadRequest, await ChooseAsync(steward, null));
    }

    [Theory]
    [InlineData("publish")]
    [InlineData("verification")]
    public async Task What_stewards_do_is_closed_to_others_and_404_for_what_is_absent(string what)
    {
        var (steward, hospital) = (await Portal.ActorAsync("steward", Roles.Steward), await Portal.ActorAsync("hospital", Roles.Hospital));
        using var refused = await hospital.PostAsync($"/api/v1/releases/any/{what}");
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        using var absent = await steward.PostAsync($"/api/v1/releases/absent/{what}");
        Assert.Equal(HttpStatusCode.NotFound, absent.StatusCode);
        using var anonymous = await Portal.Anonymous.PostAsync(new Uri($"/api/v1/releases/any/{what}", UriKind.Relative), null);
        Assert.Equal(HttpStatusCode.Unauthorized, anonymous.StatusCode);
    }

    [Fact]
    public async Task The_entity_tag_spares_a_second_answer_until_the_state_changes()
    {
        var steward = await Portal.ActorAsync("steward", Roles.Steward);
        var name = Stewardship.NewName();
        await steward.RegisterAsync(Zips.Cases(1), name);
        using var first = await steward.GetAsync($"/api/v1/releases/{name}");
        var tag = first.Headers.ETag!;
        Assert.Equal(HttpStatusCode.NotModified, await GetWithTagAsync(steward, name, tag));
        using var published = await steward.PostAsync($"/api/v1/releases/{name}/publish");
        Assert.Equal(HttpStatusCode.OK, await GetWithTagAsync(steward, name, tag));
    }

    [Fact]
    public async Task One_flipped_byte_fails_the_verification()
    {
        var steward = await Portal.ActorAsync("steward", Roles.Steward);
        var name = Stewardship.NewName();
        await steward.RegisterAsync(Zips.Cases(5), name);
        Assert.True(await HoldsAsync(steward, name));
        var folder = Path.Combine(Portal.Folder, "data", "releases", name);
        foreach (var file in Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Where(f => new FileInfo(f).Length > 0).Take(8))
        {
            var bytes = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
            bytes[bytes.Length / 2] ^= 1;
            await File.WriteAllBytesAsync(file, bytes, TestContext.Current.CancellationToken);
            Assert.False(await HoldsAsync(steward, name), file);
            bytes[bytes.Length / 2] ^= 1;
            await File.WriteAllBytesAsync(file, bytes, TestContext.Current.CancellationToken);
        }

        Assert.True(await HoldsAsync(steward, name));
    }

    [Fact]
    public async Task Another_release_in_its_place_is_found_out()
    {
        var steward = await Portal.ActorAsync("steward", Roles.Steward);
        var (name, other) = (Stewardship.NewName(), Stewardship.NewName());
        await steward.RegisterAsync(Zips.Cases(5), name);
        await steward.RegisterAsync(Zips.Cases(4), other);
        var releases = Path.Combine(Portal.Folder, "data", "releases");
        Directory.Move(Path.Combine(releases, name), Path.Combine(releases, "aside"));
        Directory.Move(Path.Combine(releases, other), Path.Combine(releases, name));
        Assert.False(await HoldsAsync(steward, name));
    }

    private static async Task<bool> HoldsAsync(Actor steward, string name)
    {
        using var answer = await steward.PostAsync($"/api/v1/releases/{name}/verification");
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("holds").GetBoolean();
    }

    private static async Task<HttpStatusCode> ChooseAsync(Actor actor, string? name)
    {
        using var answer = await actor.Http.PutAsJsonAsync(new Uri("/api/v1/releases/default", UriKind.Relative), new { release = name });
        return answer.StatusCode;
    }

    private static async Task<HttpStatusCode> GetWithTagAsync(Actor actor, string name, EntityTagHeaderValue tag)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"/api/v1/releases/{name}", UriKind.Relative));
        request.Headers.IfNoneMatch.Add(tag);
        using var answer = await actor.Http.SendAsync(request);
        return answer.StatusCode;
    }

    private async Task<DataPortal.Releases.Release?> FindAsync(string name)
    {
        await using var scope = Portal.Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<IReleases>().FindAsync(name, TestContext.Current.CancellationToken);
    }
}
