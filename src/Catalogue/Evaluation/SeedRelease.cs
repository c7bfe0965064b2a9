using DataPortal.Audit.Contracts;
using DataPortal.Catalogue.Contracts;
using DataPortal.Catalogue.Import;
using DataPortal.Catalogue.Releases;
using DataPortal.Catalogue.Vocabularies;
using DataPortal.Kernel;
using DataPortal.Releases;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace DataPortal.Catalogue.Evaluation;

/// <summary>Evaluation mode's first release: made-up cases under the name <c>synthetic</c>, published and chosen as the default, when there is no release at all.</summary>
internal sealed class SeedRelease(
    RunMode mode, CatalogueFolders folders, ReleaseBuilding building, CurrentVocabulary vocabulary, TimeProvider clock, ILogger<SeedRelease> log) : IEvaluationSetup
{
    private const string Name = "synthetic";

    public int Order => 300;

    public async Task PrepareAsync(EvaluationContext context, CancellationToken ct)
    {
        if (!mode.IsEvaluation)
            throw new InvalidOperationException("Made-up releases are built in evaluation mode only.");
        if (context.Services.GetService<IEvaluationRegistrations>() is not { } registrations)
            return;
        var db = context.Services.GetRequiredService<PortalDb>();
        if (await db.Set<ReleaseEntry>().AnyAsync(ct))
            return;

        // A start that was cut off may have left its folder; the catalogue does not know it.
        building.RemoveRemains(Name);
        if (Directory.Exists(folders.Release(Name)))
            Directory.Delete(folders.Release(Name), recursive: true);
        var manifest = await Task.Run(() => Build(registrations, context.Seed, ct), ct);
        var now = clock.GetUtcNow().UtcDateTime;
        var entry = ReleaseEntry.Draft(Name, Name, now);
        if ((entry.Seal(manifest, await ReleaseBuilding.ManifestHashAsync(folders.Release(Name), ct), now) ?? entry.Publish(now)) is { } refusal)
            throw new InvalidOperationException(refusal.Message);
        db.AddRange(entry, new DefaultRelease { Release = Name });
        var trail = context.Services.GetRequiredService<AuditTrail>();
        foreach (var action in (AuditAction[])[AuditAction.ReleaseSealed, AuditAction.ReleasePublished, AuditAction.ReleaseMadeDefault])
            trail.Record(new AuditEvent(action) { Release = Name, Rows = manifest.Cases });
        await db.SaveChangesAsync(ct);
    }

    private Manifest Build(IEvaluationRegistrations registrations, int seed, CancellationToken ct)
    {
        var given = 0;
        using var importLog = new ImportLog(null);
        var file = importLog.Open(Name, "made-up cases");
        // Made-up cases have mistyped dates as real ones do; they go the same way into a release.
        var plausibility = new Plausibility(clock);
        var cases = registrations.Read(seed).Select(row =>
        {
            file.Begin(++given);
            plausibility.Mend(row, file);
            return new ImportedCase(row, code => file.Drop(code));
        });
        double Read() => registrations.Cases == 0 ? 1 : Math.Min(1, (double)given / registrations.Cases);
        return building.Build(Name, Name, vocabulary.Get(), new RegistrationSource(registrations.Assays, cases, Read), new LoggedProgress(log), ct);
    }

    private sealed class LoggedProgress(ILogger log) : IProgress<BuildProgress>
    {
        private const int Step = 5;
        private int next;

        public void Report(BuildProgress value)
        {
            var percent = (int)(value.Done * 100);
            if (percent < next)
                return;
            next = percent + Step;
            log.SeedProgress(Name, value.Stage, percent, value.Cases);
        }
    }
}
