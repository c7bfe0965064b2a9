using DataPortal.Catalogue.Contracts;
using DataPortal.Catalogue.Evaluation;
using DataPortal.Kernel;
using DataPortal.Releases;
using DataPortal.Releases.Dictionary;
using DataPortal.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace DataPortal.Catalogue.Tests.Evaluation;

public sealed class SeededPortal() : PortalFixture(DatabaseProvider.Sqlite)
{
    protected override void Customise(WebApplicationBuilder builder) => builder.Services.AddSingleton<IEvaluationRegistrations, SomeCases>();

    internal sealed class SomeCases : IEvaluationRegistrations
    {
        public int Cases => 20;

        public IReadOnlyList<Assay> Assays => [];

        public IEnumerable<Row> Read(int seed) => Enumerable.Range(0, Cases).Select(i =>
        {
            var row = new Row(DataDictionary.Current.Case);
            row.Set(DataDictionary.Current["case.registration_id"], $"{seed}-{i}");
            return row;
        });
    }
}

public sealed class SeedReleaseTests(SeededPortal portal) : IClassFixture<SeededPortal>
{
    [Fact]
    public async Task An_empty_portal_gets_one_published_default_release_and_a_used_one_is_left_alone()
    {
        var ct = TestContext.Current.CancellationToken;
        for (var start = 0; start < 2; start++)
        {
            await using var scope = portal.Services.CreateAsyncScope();
            var seed = ActivatorUtilities.CreateInstance<SeedRelease>(portal.Services, new RunMode(IsEvaluation: true));
            await seed.PrepareAsync(new EvaluationContext(portal.Folder, portal.Url, portal.Url, scope.ServiceProvider, 42), ct);
            var releases = scope.ServiceProvider.GetRequiredService<IReleases>();
            var only = Assert.Single(await releases.ListAsync(ct));
            Assert.Equal(("synthetic", 20, true), (only.Name, only.Cases, only.IsDefault));
            Assert.Equal(20, (await releases.FindAsync("synthetic", ct))?.Cases);
        }
    }

    [Fact]
    public async Task Outside_evaluation_mode_it_refuses() => await Assert.ThrowsAsync<InvalidOperationException>(async () =>
    {
        await using var scope = portal.Services.CreateAsyncScope();
        await ActivatorUtilities.CreateInstance<SeedRelease>(portal.Services, new RunMode(IsEvaluation: false))
            .PrepareAsync(new EvaluationContext(portal.Folder, portal.Url, portal.Url, scope.ServiceProvider, 42), TestContext.Current.CancellationToken);
    });
}
