using System.Net;
using DataPortal.Catalogue.Registration;
using DataPortal.Catalogue.Releases;
using DataPortal.Kernel;
using DataPortal.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace DataPortal.Catalogue.Tests.Registration;

public sealed class InterruptionOnSqlite(SqlitePortal portal) : InterruptionTests(portal), IClassFixture<SqlitePortal>;

public sealed class InterruptionOnPostgres(PostgresPortal portal) : InterruptionTests(portal), IClassFixture<PostgresPortal>;

/// <summary>What a process leaves that died in the middle of its work is made by hand here; then the worker starts as it does with the portal.</summary>
public abstract class InterruptionTests(PortalFixture portal) : PortalTests(portal)
{
    [Fact]
    public async Task A_registration_whose_process_died_ends_as_interrupted_and_its_remains_are_removed()
    {
        var steward = await Portal.ActorAsync("steward", Roles.Steward);
        var (run, name) = await LeaveBehindAsync(steward.AccountId);
        await RestartAsync();
        var state = await steward.WaitAsync(new Uri($"/api/v1/registrations/{run}", UriKind.Relative));
        Assert.Equal("interrupted", state.GetProperty("code").GetString());
        var folders = Portal.Services.GetRequiredService<CatalogueFolders>();
        Assert.DoesNotContain(Directory.GetDirectories(folders.Releases), d => d.Contains(name, StringComparison.Ordinal));
        Assert.Empty(Directory.GetFileSystemEntries(RunPath(run)));
        Assert.Equal("done", (await steward.RegisterAsync(Zips.Cases(1), name)).GetProperty("state").GetString());
    }

    [Fact]
    public async Task A_registration_that_another_process_works_on_is_left_alone()
    {
        var steward = await Portal.ActorAsync("steward", Roles.Steward);
        var (run, name) = await LeaveBehindAsync(steward.AccountId);
        using (RunFolder.Take(RunPath(run)))
        {
            await RestartAsync();
            Assert.Equal(RegistrationState.Running, await Portal.WithDbAsync(db => db.Set<RegistrationRun>().Where(r => r.Id == run).Select(r => r.State).SingleAsync()));
            using var taken = await steward.SubmitAsync(Zips.Cases(1), name);
            Assert.Equal(HttpStatusCode.Conflict, taken.StatusCode);
        }

        await RestartAsync();
        Assert.Equal(RegistrationState.Failed, await Portal.WithDbAsync(db => db.Set<RegistrationRun>().Where(r => r.Id == run).Select(r => r.State).SingleAsync()));
    }

    private string RunPath(Guid run) => Path.Combine(Portal.Services.GetRequiredService<CatalogueFolders>().Registrations, run.ToString("N"));

    private async Task<(Guid Run, string Release)> LeaveBehindAsync(Guid steward)
    {
        var (id, name, now) = (Guid.CreateVersion7(), Stewardship.NewName(), TimeProvider.System.GetUtcNow().UtcDateTime);
        var run = RegistrationRun.Accept(id, "portal", name, false, steward, now);
        Assert.Null(run.Start(now));
        await Portal.WithDbAsync(async db =>
        {
            db.AddRange(run, ReleaseEntry.Draft(name, "portal", now));
            return await db.SaveChangesAsync();
        });
        Directory.CreateDirectory(Path.Combine(RunPath(id), "unpacked"));
        await File.WriteAllTextAsync(Path.Combine(RunPath(id), "unpacked", "registrations.ndjson"), "{}");
        var folders = Portal.Services.GetRequiredService<CatalogueFolders>();
        Directory.CreateDirectory(Path.Combine(folders.Releases, $".building-{name}-{Guid.CreateVersion7():N}"));
        Directory.CreateDirectory(Path.Combine(folders.Releases, name));
        return (id, name);
    }

    private async Task RestartAsync()
    {
        using var worker = ActivatorUtilities.CreateInstance<RegistrationWorker>(Portal.Services, new object[] { ActivatorUtilities.CreateInstance<RegistrationQueue>(Portal.Services) });
        await ((IHostedService)worker).StartAsync(TestContext.Current.CancellationToken);
        await ((IHostedService)worker).StopAsync(TestContext.Current.CancellationToken);
    }
}
