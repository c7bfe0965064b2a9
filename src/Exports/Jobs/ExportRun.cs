using System.Data.Common;
using System.Security.Cryptography;
using System.Text;
using DataPortal.Access.Contracts;
using DataPortal.Audit.Contracts;
using DataPortal.CohortEngine.Evaluation;
using DataPortal.Cohorts.Contracts;
using DataPortal.Exports.Packaging;
using DataPortal.Exports.Requests;
using DataPortal.Kernel;
using DataPortal.Releases.Sealing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace DataPortal.Exports.Jobs;

/// <summary>
/// One run of one export. It may be killed at any moment: whatever it wrote counts only once the database says so, and the next run goes on from there
/// to the same bytes. It asks anew before every chunk whether the recipient may still have the data and whether anybody has withdrawn.
/// </summary>
internal sealed class ExportRun(
    IServiceScopeFactory scopes, IOptions<DataDirectory> data, IOptions<ExportsOptions> options, TimeProvider clock, ILogger<ExportRun> log)
{
    private const int DiskFull = 28;
    private const int WindowsDiskFull = unchecked((int)0x80070070);

    /// <exception cref="OperationCanceledException">The portal stops; the scheduler will run it again.</exception>
    /// <exception cref="DbException">The database does not answer; the state is unknown, and the sweep will find the export again.</exception>
    public async Task RunAsync(Guid id, CancellationToken ct)
    {
        if (await StartAsync(id, ct) is not { } epoch)
        {
            return;
        }

        try
        {
            await WriteAsync(id, epoch, ct);
        }
        catch (Exception e) when (e is SupersededException or DbUpdateConcurrencyException)
        {
            Log.Superseded(log, id, epoch);
            await DiscardIfCancelledAsync(id);
        }
        catch (RefusedException e)
        {
            await FailAsync(id, epoch, e.Refusal.Code, e.Refusal.Message, ct);
        }
        catch (AnswerUnavailableException e)
        {
            await FailAsync(id, epoch, e.Code, e.Message, ct);
        }
        catch (IOException e) when (e.HResult is DiskFull or WindowsDiskFull)
        {
            await FailAsync(id, epoch, "disk_full", "The portal has no room for the files at the moment. What was written is kept; try again later.", ct);
        }
        catch (Exception e) when (e is not (OperationCanceledException or DbException or DbUpdateException) && !ct.IsCancellationRequested)
        {
            Log.Broken(log, id, e);
            await FailAsync(id, epoch, ProblemCodes.Internal, "The portal failed; its log says why.", ct);
        }
    }

    private Task<int?> StartAsync(Guid id, CancellationToken ct) => InScopeAsync<int?>(async services =>
    {
        var db = services.GetRequiredService<PortalDb>();
        var export = await db.Set<Export>().SingleOrDefaultAsync(e => e.Id == id, ct);
        if (export is null || export.Start() is not null)
        {
            return null;
        }

        await db.SaveChangesAsync(ct);
        return export.Epoch;
    });

    private async Task WriteAsync(Guid id, int epoch, CancellationToken ct)
    {
        var parts = Path.Combine(Home(id), "parts");
        Directory.CreateDirectory(parts);
        Writing? writing = null;
        while (true)
        {
            var state = writing;
            var (next, isDone) = await InScopeAsync(async services =>
            {
                var db = services.GetRequiredService<PortalDb>();
                var export = await LoadAsync(db, id, epoch, ct);
                var cohort = await AuthorizeAsync(services, export, ct);
                if (state is null || !ReferenceEquals(state.Excluded, cohort.Excluded))
                {
                    state = await PlanAsync(db, id, epoch, parts, cohort, ct);
                    export = await LoadAsync(db, id, epoch, ct);
                }

                if (export.CasesDone < state.Cohort.Length)
                {
                    await WriteChunkAsync(db, export, epoch, parts, state, ct);
                    return (state, false);
                }

                await PublishAsync(services, db, id, epoch, parts, state, ct);
                return (state, true);
            });
            if (isDone)
            {
                return;
            }

            writing = next;
        }
    }

    /// <summary>What the whole run needs to know; made once, and again when somebody has withdrawn meanwhile.</summary>
    private async Task<Writing> PlanAsync(PortalDb db, Guid id, int epoch, string parts, OpenCohort cohort, CancellationToken ct)
    {
        var export = await db.Set<Export>().Include(e => e.Chunks).SingleAsync(e => e.Id == id, ct);
        var cases = cohort.Cases;
        var grant = cohort.Grant;
        var permissions = export.IncludesGermline ? grant.Permissions : grant.Permissions & ~DataPermission.Germline;
        var digest = Digest(cohort);
        var isWhole = export.Chunks.All(c => c.Rows.Keys.All(sheet => File.Exists(Chunk.PathOf(parts, c.Number, c.Epoch, sheet))));
        export.Plan(cases.Count, digest, options.Value.ChunkCases, isWhole, clock.GetUtcNow().UtcDateTime);
        await db.SaveChangesAsync(ct);
        Log.Running(log, id, epoch, cases.Count, export.CasesDone);
        return new Writing(cohort.Excluded, cases.ToArray(), new TablesProfile(cohort.Release, cases, permissions, grant.Pseudonyms!), cohort);
    }

    private static async Task WriteChunkAsync(PortalDb db, Export export, int epoch, string parts, Writing writing, CancellationToken ct)
    {
        var count = Math.Min(export.ChunkCases, writing.Cohort.Length - export.CasesDone);
        using var chunk = new Chunk(parts, export.CasesDone / export.ChunkCases, epoch);
        foreach (var number in writing.Cohort.AsSpan(export.CasesDone, count))
        {
            ct.ThrowIfCancellationRequested();
            writing.Profile.Write(number, chunk);
        }

        chunk.Seal();
        export.Record(epoch, count, chunk.Rows);
        await db.SaveChangesAsync(ct);
    }

    private async Task PublishAsync(IServiceProvider services, PortalDb db, Guid id, int epoch, string parts, Writing writing, CancellationToken ct)
    {
        var export = await db.Set<Export>().Include(e => e.Chunks).SingleAsync(e => e.Id == id, ct);
        var chunks = export.Chunks.OrderBy(c => c.Number).ToList();
        using var package = new Package(Home(id), epoch);
        foreach (var sheet in writing.Profile.Sheets)
        {
            var rows = chunks.Sum(c => c.Rows.GetValueOrDefault(sheet.Name));
            var paths = chunks.Where(c => c.Rows.ContainsKey(sheet.Name)).Select(c => Chunk.PathOf(parts, c.Number, c.Epoch, sheet.Name));
            await package.AddAsync(sheet, paths, rows, ct);
        }

        var title = $"{export.Release}: {export.Query}";
        package.Add(DataPackage.FileName, DataPackage.Describe($"export-{id:N}", title, writing.Profile.Sheets, package.Files));
        package.Publish(Manifest(export, writing, package.Files));

        var now = clock.GetUtcNow().UtcDateTime;
        export.Complete(epoch, package.FolderName, now, TimeSpan.FromDays(options.Value.RetentionDays));
        services.GetRequiredService<AuditTrail>().Record(Event(AuditAction.ExportCompleted, export) with { Rows = export.Cases });
        await db.SaveChangesAsync(ct);
        Log.Completed(log, id, export.Cases!.Value);
        ExportFiles.KeepOnly(Home(id), package.FolderName);
    }

    private byte[] Manifest(Export export, Writing writing, IReadOnlyList<PackagedFile> files)
    {
        var release = writing.Opened.Release.Manifest;
        using var signer = ReleaseSigner.OpenOrCreate(data.Value.Keys);
        return new ExportManifest(
            ExportManifest.CurrentFormat, export.Id, export.Release, release.DataCutoff, export.Query, export.ProjectName, export.ProjectId, export.Profile,
            export.Cases!.Value, writing.Profile.PatientCount, ["case_id, patient_id: pseudonyms of the project", .. release.Deidentification],
            new ConsentSnapshot(export.ConsentTaken!.Value, writing.Excluded.Count, export.ConsentDigest!), WithdrawnSince: 0,
            clock.GetUtcNow().UtcDateTime, Formulas.Statement, files).Sign(signer);
    }

    private async Task FailAsync(Guid id, int epoch, string code, string message, CancellationToken ct)
    {
        Log.Failed(log, id, code);
        try
        {
            await InScopeAsync(async services =>
            {
                var db = services.GetRequiredService<PortalDb>();
                var export = await LoadAsync(db, id, epoch, ct);
                export.Fail(epoch, code, message, clock.GetUtcNow().UtcDateTime);
                services.GetRequiredService<AuditTrail>().Record(Event(AuditAction.ExportFailed, export) with { Outcome = AuditOutcome.Failed, Code = code });
                return await db.SaveChangesAsync(ct);
            });
        }
        catch (Exception e) when (e is SupersededException or DbUpdateConcurrencyException)
        {
            Log.Superseded(log, id, epoch);
        }
    }

    private Task DiscardIfCancelledAsync(Guid id) => InScopeAsync(async services =>
    {
        var state = await services.GetRequiredService<PortalDb>().Set<Export>().Where(e => e.Id == id).Select(e => e.State).SingleAsync(CancellationToken.None);
        if (state == ExportState.Cancelled)
        {
            ExportFiles.Delete(Home(id));
        }

        return state;
    });

    private static async Task<Export> LoadAsync(PortalDb db, Guid id, int epoch, CancellationToken ct)
    {
        db.ChangeTracker.Clear();
        var export = await db.Set<Export>().SingleAsync(e => e.Id == id, ct);
        return export.IsRun(epoch) ? export : throw new SupersededException();
    }

    /// <summary>Acts for the account that asked, as the database knows it now; the second of the three checks of what leaves the portal.</summary>
    private static async Task<OpenCohort> AuthorizeAsync(IServiceProvider services, Export export, CancellationToken ct)
    {
        var user = services.GetRequiredService<CurrentUser>();
        if (await services.GetRequiredService<ICurrentUserSource>().FindForJobAsync(export.Subject, export.ClientId, ct) is not { } caller)
        {
            throw new RefusedException(Refusal.Forbidden("account_closed", "The account that asked for this export no longer exists or is disabled."));
        }

        user.ActAs(caller);
        var question = new CohortQuestion(export.Release, export.ProjectId.ToString("D"), export.Query, null, Japanese: false);
        var result = await services.GetRequiredService<ICohorts>().OpenAsync(user, question, RequestExport.Needed(export.IncludesGermline), ct);
        return result.IsOpen ? result.Cohort : throw new RefusedException(result.Refusal);
    }

    private static string Digest(OpenCohort cohort)
    {
        var withdrawn = cohort.Excluded.ToArray().Select(number => cohort.Grant.Pseudonyms!.Case(cohort.Release.CaseId(number))).Order(StringComparer.Ordinal);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(string.Concat(withdrawn.Select(name => name + "\n")))));
    }

    private static AuditEvent Event(AuditAction action, Export export) => new(action)
    {
        Actor = export.AccountId,
        Project = export.ProjectId,
        Release = export.Release,
        Resource = $"export/{export.Id}",
        Query = export.Query,
    };

    private string Home(Guid id) => ExportFiles.Home(data.Value, id);

    private async Task<T> InScopeAsync<T>(Func<IServiceProvider, Task<T>> work)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await work(scope.ServiceProvider);
    }

    private sealed record Writing(CaseSet Excluded, int[] Cohort, TablesProfile Profile, OpenCohort Opened);

    private sealed class RefusedException(Refusal refusal) : Exception(refusal.Code)
    {
        public Refusal Refusal { get; } = refusal;
    }
}
