using System.Net;
using DataPortal.Exports.Requests;
using DataPortal.Host;
using DataPortal.Kernel;
using DataPortal.Research.Tests;
using DataPortal.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Quartz;

namespace DataPortal.Exports.Tests;

/// <summary>A portal whose scheduler stops in the middle of a job, and another one on the same database and folder that starts afterwards.</summary>
public abstract class RestartTests(ExportPortal portal) : PortalTests(portal)
{
    [Fact]
    public async Task A_job_that_was_stopped_is_finished_by_the_next_start_to_the_same_bytes()
    {
        var researcher = await portal.MemberAsync("Researcher", ResearchPortal.Usual);
        var undisturbed = Extracts.Sums(await Extracts.MakeAsync(researcher));
        var held = portal.Gate.HoldAt(researcher.AccountId, 4);
        var id = await Extracts.StartAsync(researcher);
        await held.Reached;

        var scheduler = await portal.Services.GetRequiredService<ISchedulerFactory>().GetScheduler();
        await scheduler.Shutdown(waitForJobsToComplete: true);
        Assert.Equal(HttpStatusCode.Accepted, (await ResearchPortal.GetAsync(researcher, $"{Extracts.Exports}/{id}")).Status);
        Assert.Equal((ExportState.Running, 1, 3 * 7), await StateAsync(id));

        await using var next = Next();
        await next.StartAsync();
        var manifest = await Extracts.FinishAsync(researcher, id);
        await next.StopAsync();

        Assert.Equal(HttpStatusCode.OK, manifest.Status);
        Assert.Equal(undisturbed, Extracts.Sums(manifest.Body!));
        Assert.Equal((ExportState.Completed, 2, ResearchRelease.KrasG12C), await StateAsync(id));
    }

    private Task<(ExportState, int, int)> StateAsync(Guid id) => portal.WithDbAsync(async db =>
    {
        var export = await db.Set<Export>().AsNoTracking().SingleAsync(e => e.Id == id);
        return (export.State, export.Epoch, export.CasesDone);
    });

    private WebApplication Next() => PortalApplication.Build(
        new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["Database:Provider"] = portal.Provider.ToString(),
            ["Database:ConnectionString"] = portal.Database.ConnectionString,
            ["Data:Directory"] = Path.Combine(portal.Folder, "data"),
            ["Server:Urls:0"] = "http://127.0.0.1:0",
            ["Oidc:Authority"] = portal.Issuer.Authority,
        }).Build(),
        new RunMode(IsEvaluation: false),
        builder => builder.Logging.ClearProviders());
}

public sealed class RestartTestsOnSqlite(SqliteExports portal) : RestartTests(portal), IClassFixture<SqliteExports>;

public sealed class RestartTestsOnPostgres(PostgresExports portal) : RestartTests(portal), IClassFixture<PostgresExports>;
