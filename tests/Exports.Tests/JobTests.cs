using System.Net;
using DataPortal.Exports.Jobs;
using DataPortal.Exports.Packaging;
using DataPortal.Exports.Requests;
using DataPortal.Kernel;
using DataPortal.Research.Tests;
using DataPortal.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Quartz;

namespace DataPortal.Exports.Tests;

/// <summary>What happens to a job in the middle: chunks are of seven cases here, and the job is held before one of them.</summary>
public abstract class JobTests(ExportPortal portal) : PortalTests(portal)
{
    [Fact]
    public async Task A_run_that_is_overtaken_changes_nothing_and_its_successor_gives_the_same_bytes()
    {
        var researcher = await portal.MemberAsync("Researcher", ResearchPortal.Usual);
        var undisturbed = Extracts.Sums(await Extracts.MakeAsync(researcher));
        var held = portal.Gate.HoldAt(researcher.AccountId, 4);
        var id = await Extracts.StartAsync(researcher);
        await held.Reached;
        var before = await ExportAsync(id);
        Assert.Equal((ExportState.Running, 1, 3 * 7), (before.State, before.Epoch, before.CasesDone));

        // As another node would, after this one was declared dead.
        await RunAsync(id);
        var manifest = await Extracts.FinishAsync(researcher, id);
        Assert.Equal(undisturbed, Extracts.Sums(manifest.Body!));

        // The one declared dead wakes up.
        held.Release();
        await UntilAsync(async () => !await QueuedAsync(id));
        var after = await ExportAsync(id);
        Assert.Equal((ExportState.Completed, 2), (after.State, after.Epoch));
        // The undisturbed one and this one, each once.
        Assert.Equal([(long?)ResearchRelease.KrasG12C, ResearchRelease.KrasG12C], (await portal.AuditAsync(researcher, "export.completed")).Select(e => e.Rows));
        Assert.Equal(undisturbed["cases.csv"], Sha256(await Extracts.DownloadAsync(researcher, id, "cases.csv")));
    }

    [Fact]
    public async Task A_case_withdrawn_in_the_middle_is_in_no_file()
    {
        var researcher = await portal.MemberAsync("Researcher", ResearchPortal.Usual);
        var whole = await Extracts.MakeAsync(researcher);
        var held = portal.Gate.HoldAt(researcher.AccountId, 4);
        var id = await Extracts.StartAsync(researcher);
        await held.Reached;

        using var withdrawn = portal.WithdrawOne(out _);
        held.Release();
        var manifest = (await Extracts.FinishAsync(researcher, id)).Body!;

        Assert.Equal(ResearchRelease.KrasG12C - 1, (int?)manifest["cases"]);
        Assert.Equal(1, (int?)manifest["consentSnapshot"]!["withdrawn"]);
        Assert.NotEqual((string?)whole["consentSnapshot"]!["digest"], (string?)manifest["consentSnapshot"]!["digest"]);
        var before = (await Extracts.RowsAsync(researcher, Extracts.IdOf(whole), "cases.csv")).Select(c => c["case_id"]).ToList();
        var after = (await Extracts.RowsAsync(researcher, id, "cases.csv")).Select(c => c["case_id"]).ToList();
        var gone = Assert.Single(before.Except(after, StringComparer.Ordinal));
        Assert.DoesNotContain(await Extracts.RowsAsync(researcher, id, "alterations.csv"), a => a["case_id"] == gone);
    }

    [Fact]
    public async Task A_project_suspended_in_the_middle_gets_nothing_more()
    {
        var researcher = await portal.MemberAsync("Researcher", ResearchPortal.Usual);
        var held = portal.Gate.HoldAt(researcher.AccountId, 3);
        var id = await Extracts.StartAsync(researcher);
        await held.Reached;

        await portal.SuspendAsync(researcher);
        held.Release();
        var answer = await Extracts.FinishAsync(researcher, id);

        Assert.Equal((HttpStatusCode.Conflict, "export_failed"), (answer.Status, answer.Code));
        Assert.Equal("project_suspended", (string?)answer.Body!["export"]!["failure"]!["code"]);
        Assert.Equal("project_suspended", Assert.Single(await portal.AuditAsync(researcher, "export.failed")).Code);
        Assert.Equal(HttpStatusCode.Conflict, (await ResearchPortal.GetAsync(researcher, $"{Extracts.Exports}/{id}/files/cases.csv")).Status);
        var retried = await ResearchPortal.SendAsync(researcher, HttpMethod.Post, $"{Extracts.Exports}/{id}/retry", null);
        Assert.Equal((HttpStatusCode.Forbidden, "project_suspended"), (retried.Status, retried.Code));
    }

    [Fact]
    public async Task A_project_suspended_afterwards_downloads_nothing_more()
    {
        var researcher = await portal.MemberAsync("Researcher", ResearchPortal.Usual);
        var id = Extracts.IdOf(await Extracts.MakeAsync(researcher));
        await Extracts.DownloadAsync(researcher, id, "cases.csv");

        await portal.SuspendAsync(researcher);

        var file = await ResearchPortal.GetAsync(researcher, $"{Extracts.Exports}/{id}/files/cases.csv");
        Assert.Equal((HttpStatusCode.Forbidden, "project_suspended"), (file.Status, file.Code));
        Assert.Equal(HttpStatusCode.Forbidden, (await ResearchPortal.GetAsync(researcher, $"{Extracts.Exports}/{id}")).Status);
    }

    [Fact]
    public async Task A_cancelled_export_stops_and_leaves_no_file()
    {
        var researcher = await portal.MemberAsync("Researcher", ResearchPortal.Usual);
        var held = portal.Gate.HoldAt(researcher.AccountId, 3);
        var id = await Extracts.StartAsync(researcher);
        await held.Reached;
        Assert.True(Directory.Exists(Home(id)));

        var cancelled = await ResearchPortal.SendAsync(researcher, HttpMethod.Delete, $"{Extracts.Exports}/{id}", null);
        held.Release();

        Assert.Equal(HttpStatusCode.Accepted, cancelled.Status);
        var answer = await Extracts.FinishAsync(researcher, id);
        Assert.Equal((HttpStatusCode.Gone, "export_cancelled"), (answer.Status, answer.Code));
        await UntilAsync(() => Task.FromResult(!Directory.Exists(Home(id))));
        var twice = await ResearchPortal.SendAsync(researcher, HttpMethod.Delete, $"{Extracts.Exports}/{id}", null);
        Assert.Equal((HttpStatusCode.Conflict, "export_state"), (twice.Status, twice.Code));
    }

    [Fact]
    public async Task A_failed_export_goes_on_where_it_stopped_when_it_is_tried_again()
    {
        var researcher = await portal.MemberAsync("Researcher", ResearchPortal.Usual);
        var undisturbed = Extracts.Sums(await Extracts.MakeAsync(researcher));
        var held = portal.Gate.HoldAt(researcher.AccountId, 4);
        var id = await Extracts.StartAsync(researcher);
        await held.Reached;
        // A folder where a part is to be written: the file system refuses, as a full disk does.
        var obstacle = Chunk.PathOf(Path.Combine(Home(id), "parts"), 3, 1, "cases") + ".tmp";
        Directory.CreateDirectory(obstacle);
        held.Release();
        var failed = await Extracts.FinishAsync(researcher, id);
        Assert.Equal("export_failed", failed.Code);
        Directory.Delete(obstacle);

        var retried = await ResearchPortal.SendAsync(researcher, HttpMethod.Post, $"{Extracts.Exports}/{id}/retry", null);
        Assert.Equal(HttpStatusCode.Accepted, retried.Status);
        Assert.True((int)retried.Body!["casesDone"]! >= 2 * 7);
        var manifest = await Extracts.FinishAsync(researcher, id);

        Assert.Equal(HttpStatusCode.OK, manifest.Status);
        Assert.Equal(undisturbed, Extracts.Sums(manifest.Body!));
    }

    [Fact]
    public async Task A_part_that_was_lost_is_written_again()
    {
        var researcher = await portal.MemberAsync("Researcher", ResearchPortal.Usual);
        var undisturbed = Extracts.Sums(await Extracts.MakeAsync(researcher));
        var held = portal.Gate.HoldAt(researcher.AccountId, 4);
        var id = await Extracts.StartAsync(researcher);
        await held.Reached;

        File.Delete(Chunk.PathOf(Path.Combine(Home(id), "parts"), 1, 1, "cases"));
        await RunAsync(id);
        held.Release();

        Assert.Equal(undisturbed, Extracts.Sums((await Extracts.FinishAsync(researcher, id)).Body!));
    }

    [Fact]
    public async Task An_export_whose_job_was_lost_is_found_by_the_sweep()
    {
        var researcher = await portal.MemberAsync("Researcher", ResearchPortal.Usual);
        var held = portal.Gate.HoldAt(researcher.AccountId, 2);
        var id = await Extracts.StartAsync(researcher);
        await held.Reached;
        var scheduler = await portal.Services.GetRequiredService<ISchedulerFactory>().GetScheduler();
        Assert.True(await scheduler.DeleteJob(ExportQueue.KeyOf(await ExportAsync(id))));

        await SweepAsync(portal.Services);
        held.Release();

        Assert.Equal(HttpStatusCode.OK, (await Extracts.FinishAsync(researcher, id)).Status);
    }

    [Fact]
    public async Task When_its_time_is_over_the_files_are_gone()
    {
        var researcher = await portal.MemberAsync("Researcher", ResearchPortal.Usual);
        var id = Extracts.IdOf(await Extracts.MakeAsync(researcher));
        await portal.WithDbAsync(db => db.Database.ExecuteSqlAsync($"UPDATE exports_exports SET expires_at = {TimeProvider.System.GetUtcNow().UtcDateTime.AddDays(-1)} WHERE id = {id}"));

        // The run may still be clearing up after itself; then the next sweep makes up for it.
        await UntilAsync(async () =>
        {
            await SweepAsync(portal.Services);
            return !Directory.Exists(Home(id));
        });

        Assert.Equal((HttpStatusCode.Gone, "export_expired"), await OutcomeAsync(researcher, $"{Extracts.Exports}/{id}"));
        Assert.Equal((HttpStatusCode.Gone, "export_expired"), await OutcomeAsync(researcher, $"{Extracts.Exports}/{id}/files/cases.csv"));
    }

    private static async Task<(HttpStatusCode, string?)> OutcomeAsync(Actor actor, string path)
    {
        var answer = await ResearchPortal.GetAsync(actor, path);
        return (answer.Status, answer.Code);
    }

    private static async Task SweepAsync(IServiceProvider services)
    {
        await using var scope = services.CreateAsyncScope();
        await ActivatorUtilities.CreateInstance<SweepExports>(scope.ServiceProvider).SweepAsync(CancellationToken.None);
    }

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        for (var i = 0; i < 200 && !await holds(); i++)
        {
            await Task.Delay(50);
        }

        Assert.True(await holds());
    }

    private static string Sha256(byte[] bytes) => Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes));

    private async Task RunAsync(Guid id)
    {
        await using var scope = portal.Services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<ExportRun>().RunAsync(id, CancellationToken.None);
    }

    private async Task<bool> QueuedAsync(Guid id) => await portal.Services.GetRequiredService<ExportQueue>().IsQueuedAsync(await ExportAsync(id), CancellationToken.None);

    private Task<Export> ExportAsync(Guid id) => portal.WithDbAsync(db => db.Set<Export>().AsNoTracking().SingleAsync(e => e.Id == id));

    private string Home(Guid id) => ExportFiles.Home(portal.Services.GetRequiredService<IOptions<DataDirectory>>().Value, id);
}

public sealed class JobTestsOnSqlite(SqliteExports portal) : JobTests(portal), IClassFixture<SqliteExports>;

public sealed class JobTestsOnPostgres(PostgresExports portal) : JobTests(portal), IClassFixture<PostgresExports>;
