using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;
using DataPortal.Audit.Contracts;
using DataPortal.Catalogue.Import;
using DataPortal.Catalogue.Import.CBioPortal;
using DataPortal.Catalogue.Import.Portal;
using DataPortal.Catalogue.Releases;
using DataPortal.Catalogue.Vocabularies;
using DataPortal.Kernel;
using DataPortal.Releases;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace DataPortal.Catalogue.Registration;

/// <summary>
/// Works on one registration after the other. A release is built beside its place and moved there when it is whole; the catalogue says "sealed" only after that.
/// Whatever goes wrong on the way, the draft goes, and the run ends as failed with its reason.
/// </summary>
internal sealed class RegistrationWorker(
    RegistrationQueue queue, CatalogueFolders folders, ReleaseBuilding building, CurrentVocabulary vocabulary, IServiceScopeFactory scopes,
    IOptions<CatalogueOptions> options, TimeProvider clock, ILogger<RegistrationWorker> log) : BackgroundService
{
    private static readonly TimeSpan ProgressEvery = TimeSpan.FromSeconds(1);
    private static readonly JsonSerializerOptions ReportJson = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) } };

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await EndInterruptedAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await foreach (var (run, folder) in queue.TakeAllAsync(stoppingToken))
                await GuardAsync(run, () => WorkAsync(run, folder, stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            foreach (var (run, folder) in queue.Drain())
                await GuardAsync(run, () => EndAsync(run, folder, Interrupted));
        }
    }

    /// <summary>When not even the end can be written down the run stays open, and the next start of the portal ends it; the portal itself stays up.</summary>
    private async Task GuardAsync(Guid id, Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            log.RegistrationFailed(e.GetType().Name, id, e.StackTrace);
        }
    }

    private static (string Code, string Message, string? Report) Interrupted => ("interrupted", "The portal was stopped before the work was done. Hand the cases over again.", null);

    private async Task WorkAsync(Guid id, RunFolder folder, CancellationToken ct)
    {
        ImportReport? report = null;
        try
        {
            var run = await StartAsync(id, ct);
            var (manifest, finished) = await Task.Run(() => Build(run, folder, ct), ct);
            report = finished;
            await CompleteAsync(id, manifest, finished, ct);
            folder.KeepFindings();
            log.RegistrationCompleted(id, manifest.Cases);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            await EndAsync(id, folder, Interrupted);
        }
        catch (Exception e) when (Reason(e) is { } reason)
        {
            log.RegistrationRefused(id, reason.Code);
            await EndAsync(id, folder, (reason.Code, reason.Message, Json(report)));
        }
        catch (Exception e)
        {
            log.RegistrationFailed(e.GetType().Name, id, e.StackTrace);
            await EndAsync(id, folder, (ProblemCodes.Internal, "The portal failed; the registration's id finds the cause in its log.", null));
        }
    }

    private (Manifest Manifest, ImportReport Report) Build(RegistrationRun run, RunFolder folder, CancellationToken ct)
    {
        ZipUpload.Unpack(folder.Upload, folder.Unpacked, options.Value, ct);
        // The archive is on the disk once too often now, and the release needs room.
        File.Delete(folder.Upload);
        using var findings = new FileStream(folder.Findings, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0);
        using var importLog = new ImportLog(findings);
        var names = vocabulary.Get();
        var source = run.Format == "cbioportal"
            ? StudyImport.Read(folder.Unpacked, names, importLog, ct)
            : PortalImport.Read(folder.Unpacked, names, clock, importLog, ct);
        var manifest = building.Build(run.Release, run.Format, names, source, new ThrottledProgress(scopes, run.Id), ct);
        return (manifest, importLog.Report(run.Format, manifest.Cases));
    }

    private async Task<RegistrationRun> StartAsync(Guid id, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<PortalDb>();
        var run = await db.Set<RegistrationRun>().SingleAsync(r => r.Id == id, ct);
        if (run.Start(clock.GetUtcNow().UtcDateTime) is { } refusal)
            throw new InvalidOperationException(refusal.Message);
        await db.SaveChangesAsync(ct);
        return run;
    }

    private async Task CompleteAsync(Guid id, Manifest manifest, ImportReport report, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<PortalDb>();
        var trail = scope.ServiceProvider.GetRequiredService<AuditTrail>();
        var run = await db.Set<RegistrationRun>().SingleAsync(r => r.Id == id, ct);
        var entry = await db.Set<ReleaseEntry>().SingleAsync(r => r.Name == run.Release, ct);
        var now = clock.GetUtcNow().UtcDateTime;
        var refusal = run.Finish(manifest.Cases, Json(report)!, now)
            ?? entry.Seal(manifest, await ReleaseBuilding.ManifestHashAsync(folders.Release(run.Release), ct), now) ?? (run.Publish ? entry.Publish(now) : null);
        if (refusal is not null)
            throw new InvalidOperationException(refusal.Message);
        Record(trail, run, AuditAction.RegistrationCompleted, null);
        Record(trail, run, AuditAction.ReleaseSealed, null);
        if (run.Publish)
            Record(trail, run, AuditAction.ReleasePublished, null);
        await db.SaveChangesAsync(ct);
    }

    /// <summary>Ends a run as failed and takes away everything that it made. Runs when the portal is stopping too, so it is not to be cancelled.</summary>
    private async Task EndAsync(Guid id, RunFolder folder, (string Code, string Message, string? Report) reason)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<PortalDb>();
        var run = await db.Set<RegistrationRun>().SingleAsync(r => r.Id == id, CancellationToken.None);
        RemoveRelease(run.Release);
        folder.KeepFindings();
        if (run.Fail(reason.Code, reason.Message, reason.Report, clock.GetUtcNow().UtcDateTime) is not null)
            return;
        if (await db.Set<ReleaseEntry>().SingleOrDefaultAsync(r => r.Name == run.Release && r.State == ReleaseState.Draft, CancellationToken.None) is { } draft)
            db.Remove(draft);
        Record(scope.ServiceProvider.GetRequiredService<AuditTrail>(), run, AuditAction.RegistrationCompleted, reason.Code);
        await db.SaveChangesAsync(CancellationToken.None);
    }

    /// <summary>After a crash: whatever no living process holds is at an end.</summary>
    private async Task EndInterruptedAsync(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var open = await scope.ServiceProvider.GetRequiredService<PortalDb>().Set<RegistrationRun>().AsNoTracking()
            .Where(r => r.State == RegistrationState.Waiting || r.State == RegistrationState.Running).Select(r => r.Id).ToListAsync(ct);
        foreach (var id in open)
        {
            if (RunFolder.TryTake(Path.Combine(folders.Registrations, id.ToString("N"))) is { } folder)
            {
                log.RegistrationRefused(id, Interrupted.Code);
                await EndAsync(id, folder, Interrupted);
            }
        }

        await RemoveOrphansAsync(scope.ServiceProvider.GetRequiredService<PortalDb>(), ct);
    }

    /// <summary>Folders of uploads that were cut off before they were entered.</summary>
    private async Task RemoveOrphansAsync(PortalDb db, CancellationToken ct)
    {
        foreach (var path in Directory.Exists(folders.Registrations) ? Directory.GetDirectories(folders.Registrations) : [])
        {
            if (Guid.TryParseExact(Path.GetFileName(path), "N", out var id) && File.Exists(Path.Combine(path, "upload.zip"))
                && !await db.Set<RegistrationRun>().AnyAsync(r => r.Id == id, ct) && RunFolder.TryTake(path) is { } folder)
            {
                folder.Remove();
            }
        }
    }

    /// <summary>Only of a release that the catalogue never called sealed.</summary>
    private void RemoveRelease(string name)
    {
        building.RemoveRemains(name);
        var folder = folders.Release(name);
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
    }

    private static void Record(AuditTrail trail, RegistrationRun run, AuditAction action, string? code) => trail.Record(new AuditEvent(action)
    {
        Actor = run.RequestedBy, Release = run.Release, Resource = $"registration/{run.Id}", Rows = run.Cases, Code = code,
        Outcome = code is null ? AuditOutcome.Ok : AuditOutcome.Failed,
    });

    private static (string Code, string Message)? Reason(Exception e) => e switch
    {
        _ when DiskFull.Is(e) => (DiskFull.Code, DiskFull.Message),
        ImportException import => (import.Code, import.Message),
        ReleaseException release => (release.Code, release.Message),
        _ => null,
    };

    private static string? Json(ImportReport? report) => report is null ? null : JsonSerializer.Serialize(report, ReportJson);

    /// <summary>Writes progress to the run at most once a second, from the building thread itself.</summary>
    private sealed class ThrottledProgress(IServiceScopeFactory scopes, Guid id) : IProgress<BuildProgress>
    {
        private long last;

        public void Report(BuildProgress value)
        {
            if (last != 0 && Stopwatch.GetElapsedTime(last) < ProgressEvery)
                return;
            last = Stopwatch.GetTimestamp();
            using var scope = scopes.CreateScope();
            var db = scope.ServiceProvider.GetRequiredService<PortalDb>();
            var run = db.Set<RegistrationRun>().Single(r => r.Id == id);
            if (run.Advance(value.Stage, value.Done, value.Cases) is null)
                db.SaveChanges();
        }
    }
}
