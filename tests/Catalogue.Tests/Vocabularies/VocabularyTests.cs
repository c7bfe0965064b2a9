using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using DataPortal.Catalogue.Tests.Registration;
using DataPortal.Catalogue.Vocabularies;
using DataPortal.Kernel;
using DataPortal.Releases;
using DataPortal.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace DataPortal.Catalogue.Tests.Vocabularies;

public sealed class VocabularyTests(SqlitePortal portal) : IClassFixture<SqlitePortal>
{
    [Fact]
    public async Task An_imported_panel_is_known_to_later_releases_and_not_to_earlier_ones()
    {
        var steward = await portal.ActorAsync("steward", Roles.Steward);
        var (before, after) = (Stewardship.NewName(), Stewardship.NewName());
        await steward.RegisterAsync(Zips.Cases(1), before);
        using var answer = await PostAsync(steward, Zips.Of(("panel.txt", "stable_id: NEWPANEL\ndescription: New\ngene_list: KRAS\tTP53\n")));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.True((await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("number").GetInt32() >= 1);
        Assert.NotNull(portal.Services.GetRequiredService<CurrentVocabulary>().Get().Panels.Find("NEWPANEL"));
        await steward.RegisterAsync(Zips.Cases(1), after);
        var releases = portal.Services.GetRequiredService<CatalogueFolders>();
        Assert.Null(Release.Open(releases.Release(before)).Vocabulary.Panels.Find("NEWPANEL"));
        Assert.NotNull(Release.Open(releases.Release(after)).Vocabulary.Panels.Find("NEWPANEL"));
    }

    [Fact]
    public async Task What_is_no_vocabulary_changes_nothing_and_only_stewards_may()
    {
        var (steward, hospital) = (await portal.ActorAsync("steward", Roles.Steward), await portal.ActorAsync("hospital", Roles.Hospital));
        var before = portal.Services.GetRequiredService<CurrentVocabulary>().Get();
        using var nonsense = await PostAsync(steward, Zips.Of(("nonsense.txt", "\0\0\0")));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, nonsense.StatusCode);
        using var empty = await PostAsync(steward, []);
        Assert.Equal(HttpStatusCode.BadRequest, empty.StatusCode);
        using var path = await PostAsync(steward, Zips.Of(("../x.txt", "x")));
        Assert.Equal("zip_path", await path.CodeAsync());
        using var refused = await PostAsync(hospital, Zips.Of(("x.txt", "x")));
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Same(before, portal.Services.GetRequiredService<CurrentVocabulary>().Get());
    }

    private static async Task<HttpResponseMessage> PostAsync(Actor actor, byte[] zip)
    {
        using var body = new ByteArrayContent(zip);
        return await actor.Http.PostAsync(new Uri("/api/v1/vocabularies", UriKind.Relative), body);
    }
}
